"""Socrata, CKAN, WordPress and JSON Feed: paging, and columns about persons that are never asked for nor kept."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.fuzz_documents import CKAN, DEATHS, JSONFEED, OVERDOSES, SOCRATA, WORDPRESS
from detectors.feeds import ckan, jsonfeed, socrata, wordpress
from detectors.feeds.ckan import CkanSettings
from detectors.feeds.layout import TEXT_METHOD
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.presets import presets
from detectors.feeds.socrata import SocrataSettings
from detectors.sample import BrokenDocument
from tests.peers.lab_peer import LOGIN_PAGE

COOK = SocrataSettings("data.example.org", "aaaa-1111", DEATHS, page=2)
WPRDC = CkanSettings("data.example.org", "r1", OVERDOSES, page=2)


def test_socrata_records() -> None:
    got = socrata.read(SOCRATA, settings=SocrataSettings("data.example.org", "aaaa-1111", DEATHS))
    first, second = got.samples
    assert (first.key, first.collected, first.state, first.county) == ("ME2024-1", date(2024, 3, 1), "IL", "Cook")
    assert [(f.named_as, f.method) for f in second.findings] == [
        ("XYLAZINE", TEXT_METHOD),
        ("HEART DISEASE", TEXT_METHOD),
    ]
    assert got.whole


def test_a_full_page_is_not_taken_for_the_whole() -> None:
    assert not socrata.read(SOCRATA, settings=COOK).whole


def test_only_the_columns_needed_are_asked_for() -> None:
    query = parse_qs(urlsplit(socrata.address(COOK, 4)).query)
    assert query["$select"] == ["casenumber,death_date,primarycause,secondarycause"]
    assert (query["$limit"], query["$offset"]) == (["2"], ["4"])
    fields = parse_qs(urlsplit(ckan.address(WPRDC)).query)["fields"]
    assert fields == ["_id,death_date_and_time,combined_od1,combined_od2"]


@pytest.mark.parametrize("name", [n for n, p in presets().items() if p.reader in ("socrata", "ckan")])
def test_no_preset_asks_for_a_personal_column(name: str) -> None:
    preset = presets()[name]
    layout = preset.settings.layout
    assert not {c.casefold() for c in layout.columns} & {c.casefold() for c in preset.personal}
    assert preset.personal
    assert layout.asked


def test_pages_are_joined_and_stripped_of_what_was_not_asked_for() -> None:
    rows = [
        {"casenumber": f"C{n}", "death_date": "2024-03-01", "primarycause": "FENTANYL", "age": 44, "race": "X"}
        for n in range(5)
    ]
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        first = int(parse_qs(urlsplit(url).query)["$offset"][0])
        return json.dumps(rows[first : first + 2]).encode()

    body = socrata.pages(COOK, get)
    assert len(asked) == 3
    got = socrata.read(body, settings=COOK)
    assert [s.key for s in got.samples] == ["C0", "C1", "C2", "C3", "C4"]
    assert got.whole
    assert b"age" not in body
    assert b"race" not in body


def test_a_portal_that_ignores_the_offset_is_found_out() -> None:
    page = json.dumps([{"casenumber": "C1", "death_date": "2024-03-01", "primarycause": "x"}] * 2).encode()
    with pytest.raises(BrokenDocument, match="again and again"):
        socrata.pages(COOK, lambda url: page)


def test_ckan_records() -> None:
    got = ckan.read(CKAN, settings=CkanSettings("data.example.org", "r1", OVERDOSES))
    assert [[f.named_as for f in s.findings] for s in got.samples] == [["Fentanyl"], ["Cocaine", "Xylazine"]]
    assert ckan.read(ckan.redact(CKAN, settings=WPRDC), settings=WPRDC).samples == got.samples


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (LOGIN_PAGE, "a web page"),
        (b"casenumber,death_date\n", "sent text"),
        (b'{"error": true, "message": "no-such-column: casenumber"}', "no-such-column"),
        (b'{"success": false, "error": {"message": "Not found"}}', "Not found"),
        (b'{"rows": 3}', "no list of records"),
        (b"[1, 2]", "no records"),
        (SOCRATA[:-20], "JSON"),
        (b'[{"case_id": "1", "death_date": "2024-03-01", "primarycause": "x"}]', "'casenumber' is missing"),
        (b'[{"casenumber": "1", "death_date": "2024-03-01"}]', "'primarycause' is missing"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_broken_records(body: bytes, says: str) -> None:
    with pytest.raises(BrokenDocument, match=says):
        socrata.read(body, settings=COOK)


def test_an_empty_list_is_empty() -> None:
    got = socrata.read(b"[]", settings=COOK)
    assert (got.samples, got.rows) == ((), 0)


def test_wordpress_posts() -> None:
    got = wordpress.read(WORDPRESS, settings=NoticeSettings(state="NV"))
    (bulletin,) = got.bulletins
    assert (bulletin.key, bulletin.title, bulletin.text) == ("7", "Medetomidine & more", "Found in two samples.")
    assert (bulletin.published, bulletin.state) == (date(2024, 3, 1), "NV")
    assert b"author" not in wordpress.redact(WORDPRESS)
    with pytest.raises(BrokenDocument, match="not allowed"):
        wordpress.read(b'{"code": "rest_forbidden", "message": "not allowed"}')
    with pytest.raises(BrokenDocument, match="WordPress"):
        wordpress.read(SOCRATA)


def test_json_feed() -> None:
    (bulletin,) = jsonfeed.read(JSONFEED).bulletins
    assert (bulletin.key, bulletin.title, bulletin.published) == ("1", "Xylazine", date(2024, 3, 1))
    with pytest.raises(BrokenDocument, match="no JSON Feed"):
        jsonfeed.read(SOCRATA)
    late = jsonfeed.read(JSONFEED.replace(b"2024-03-01", b"2031-03-01"), received=date(2024, 3, 2))
    assert late.bulletins[0].published == date(2024, 3, 2)
    bad = jsonfeed.read(JSONFEED.replace(b"2024-03-01", b"2024-13-01"))
    assert (bad.bulletins, len(bad.quarantined)) == ((), 1)
