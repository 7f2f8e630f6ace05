"""Tables that only the operator knows: a column map in config.toml, read from a folder or a portal, page by page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from alerts.app import open_app
from alerts.config.feed import Feed
from alerts.config.load import ConfigurationError, parse, parse_columns
from alerts.flow.collection.reparse import reparse
from alerts.flow.thresholds.seed import seed
from alerts.model.feed_state import FeedCondition
from alerts.store import archive
from alerts.store.engine import Store
from detectors.feeds.layout import Layout
from detectors.feeds.presets import presets
from detectors.feeds.table import read
from tests.databases import SqliteFiles
from tests.evidence.programme import FEED, Programme, at
from tests.peers.portal_peer import Portal

MAP = """
kind = "drug"
key = "Lab No."
tested = "Date of report"
county = "Where"
substance = "Found"
method = "How"
day_first = true
pseudo = { "n/a" = "nothing found" }
"""
TABLE = (
    "Lab No.;Client;Where;Date of report;Found;How\n"
    "A-1;Jane Doe;Alameda;14/5/2025;xylazine;GC-MS\n"
    "A-1;Jane Doe;Alameda;14/5/2025;fentanyl;GC-MS\n"
    "A-2;John Roe;Kern;15/5/2025;n/a;FTIR\n"
)


@contextmanager
def own(url: str, folder: Path, feed: str, columns: str) -> Iterator[Programme]:
    drop = folder / "drop"
    drop.mkdir(exist_ok=True)
    text = f'[store]\nurl = "{url}"\n[feeds.{FEED}]\nevery = "1d"\ncadence_days = 7\nstate = "CA"\n'
    text += feed.replace("DROP", str(drop)) + f"\n[feeds.{FEED}.columns]\n{columns}"
    app = open_app(parse(text, "mine.toml", {}), {}, durable=False)
    try:
        seed(app, at("2025-01-01 00:00"))
        yield Programme(app, drop)
    finally:
        app.close()


def _archived(store: Store, when: datetime) -> bytes:
    with store.read() as connection:
        return b"".join(archive.fetch(connection, d.sha256) or b"" for d in archive.documents_of(connection, FEED))


def test_a_semicolon_table_by_the_operators_own_map(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    feed = 'reader = "table"\nfolder = "DROP"\nlag_days = 3\nterms = "Ours."\nattribution = "County lab"'
    with own(sqlite_files.migrated(), tmp_path, feed, MAP) as programme:
        when = at("2025-05-20 09:00")
        programme.drop("results.csv", TABLE, when)
        assert programme.collect(when).condition is FeedCondition.FRESH
        assert programme.believed(when) == {"A-1": ("fentanyl", "xylazine"), "A-2": ()}
        assert b"Jane" not in _archived(programme.app.store, when), "only columns of the map are kept"
        known = programme.app.configuration.feeds[FEED].known
        assert known is not None
        assert (known.terms, known.attribution, known.lag_days) == ("Ours.", "County lab", 3)
        with programme.app.store.read() as connection:
            number = archive.documents_of(connection, FEED)[0].id
        again = reparse(programme.app, str(number))
        assert (again.same, again.changes) == (2, ())


def test_the_same_map_reads_a_workbook() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in TABLE.splitlines():
        sheet.append(line.split(";"))
    out = io.BytesIO()
    book.save(out)
    samples = read(out.getvalue(), settings=parse_columns(MAP, "map.toml").layout(Layout())).samples
    assert [(s.key, s.tested, len(s.findings), s.methods) for s in samples] == [
        ("A-1", date(2025, 5, 14), 2, ("GC-MS",)), ("A-2", date(2025, 5, 15), 0, ("FTIR",)),
    ]  # fmt: skip


DEATHS = [
    {"caseno": f"C{n}", "died": f"2025-05-{n % 28 + 1:02d}", "cause": "XYLAZINE TOXICITY" if n % 9 == 0 else "FALL",
     "age": 40 + n % 30, "street": f"{n} Privet Drive", "county": "Alameda"}
    for n in range(23)
]  # fmt: skip
CAUSES = 'kind = "death"\nkey = "caseno"\ncollected = "died"\ntext = "cause"\ncounty = "county"\n'


@pytest.mark.parametrize(
    ("reader", "path", "page"),
    [
        ("socrata", "/resource/abcd-1234.json", "$limit"),
        ("ckan", "/api/3/action/datastore_search?resource_id=11111111-2222-3333-4444-555555555555", "limit"),
    ],
)
def test_a_portal_is_asked_page_by_page_for_the_maps_columns_only(
    sqlite_files: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, path: str, page: str
) -> None:
    with Portal(DEATHS) as portal:
        feed = f'reader = "{reader}"\nurl = "{portal.url(path)}"\nallow_private = true\n'
        if reader == "socrata":
            feed += "where = \"cause like '%TOXIC%'\"\n"
        with own(sqlite_files.migrated(), tmp_path, feed, CAUSES) as programme:
            when = at("2025-06-01 09:00")
            _small_pages(monkeypatch, 10)
            outcome = programme.collect(when)
            assert outcome.condition is FeedCondition.FRESH, outcome.sentence
            assert len(programme.believed(when)) == 23, "all three pages were read"
            assert [q[page] for q in portal.queries] == ["10", "10", "10"]
            asked = portal.queries[0]["$select" if reader == "socrata" else "fields"]
            assert sorted(asked.split(",")) == ["caseno", "cause", "county", "died"]
            assert b"Privet" not in portal.sent, "what was not asked for never left the portal"
            assert (portal.queries[0].get("$where") is not None) is (reader == "socrata")
            # Three pages again, the same bytes: nothing new. One row fewer: one sample withdrawn, none else touched.
            assert programme.collect(at("2025-06-02 09:00")).condition is FeedCondition.UNCHANGED
            portal.rows.pop(4)
            programme.collect(at("2025-06-03 09:00"))
            state = programme.state()
            assert (state.new, state.revised, state.retracted) == (0, 0, 1)


def _small_pages(monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    from dataclasses import replace

    from alerts.flow.collection import fetch
    from alerts.flow.collection.read import settings_of

    monkeypatch.setattr(fetch, "settings_of", lambda feed, known: replace(settings_of(feed, known), page=page))


def test_a_table_of_one_page_is_asked_for_with_its_tag(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    with Portal(DEATHS) as portal:
        feed = f'reader = "socrata"\nurl = "{portal.url("/resource/abcd-1234.json")}"\nallow_private = true'
        with own(sqlite_files.migrated(), tmp_path, feed, CAUSES) as programme:
            programme.collect(at("2025-06-01 09:00"))
            assert programme.collect(at("2025-06-02 09:00")).condition is FeedCondition.UNCHANGED
            assert portal.statuses == [200, 304]


def test_a_preset_is_enabled_by_its_name_and_a_renamed_column_is_mended_in_the_configuration() -> None:
    text = '[feeds.cook]\npreset = "cook-me"\nevery = "1d"\n[feeds.cook.columns]\ntext = ["cause_line_a"]\n'
    feed = parse(text, "mine.toml", {}).feeds["cook"]
    known = feed.known
    assert known is not None
    assert feed.url == presets()["cook-me"].url
    assert known.settings.layout.text == ("cause_line_a",)
    assert known.settings.layout.key == ("casenumber",)
    assert known.settings.dataset == presets()["cook-me"].settings.dataset
    assert known.terms == presets()["cook-me"].terms


def test_all_mistakes_of_a_map_are_said_at_once() -> None:
    text = """
[feeds.lab]
reader = "table"
folder = "drop"
every = "often"
cadence_days = 7
[feeds.lab.columns]
kee = "Sample"
kind = "powder"
flags = ["Xylazine"]
date_type = "Which date"
"""
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "mine.toml", {})
    said = "\n".join(caught.value.mistakes)
    for mistake in (
        "lab.every: must be a number and a unit, like 30s, 15m, 6h or 1d.",
        "lab.columns.kind: must be 'drug', 'death', 'seizure', 'biological' or 'field report', not 'powder'.",
        "lab.columns.flags: must be a table, not ['Xylazine'].",
        "lab.columns.kee: there is no such key. Did you mean 'key'?",
        "lab.columns: `date_type` needs `date_roles`: what each of its words means.",
        "lab: columns names no sample id: give `key`, or `key_parts` where several columns make it.",
        "lab: columns names no date: give `collected`, `tested` or `published`.",
    ):
        assert f"mine.toml: feeds.{mistake}" in said
    assert len(caught.value.mistakes) == 7


def test_a_feed_without_a_map_is_what_it_was() -> None:
    plain = Feed.model_validate({"preset": "unc-lab-detail", "folder": "drop", "every": "1h"})
    assert plain.known == presets()["unc-lab-detail"]
    assert plain.cadence_days == presets()["unc-lab-detail"].cadence_days
    with pytest.raises(ValueError, match="no preset 'no-such'"):
        Feed.model_validate({"preset": "no-such", "folder": "d", "every": "1h", "cadence_days": 1})
