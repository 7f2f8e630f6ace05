"""Presets say all that staff must know; a tried document is told apart; a folder gives only what is complete."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.bench_fuzz import Outcome, fuzz, strangers
from bench.fuzz_documents import ANALYSIS, FHIR, HL7, JSONFEED, LAB_DETAIL, NFLIS, NYC, RSS, SEEDS, WORDPRESS
from detectors.feeds.fetched import FetchFailed
from detectors.feeds.folder import listing
from detectors.feeds.layout import Layout
from detectors.feeds.presets import preset, presets
from detectors.feeds.registry import READERS, kind_of, reader
from detectors.feeds.settings import settings_from
from tests.peers.lab_peer import LOGIN_PAGE

DRUGS = ", ".join(f'"combined_od{n}": "x"' for n in range(1, 8)).encode()


@pytest.mark.parametrize("name", list(presets()))
def test_a_preset_is_complete(name: str) -> None:
    known = preset(name)
    assert known.reader in READERS
    assert isinstance(known.settings, READERS[known.reader].settings)
    assert known.title
    assert known.terms
    assert known.attribution
    assert known.cadence_days > 0
    assert known.lag_days >= 0
    assert known.url.startswith("https://") or known.url == ""
    layout = getattr(known.settings, "layout", known.settings)
    if isinstance(layout, Layout):
        assert not {c.casefold() for c in layout.columns} & {c.casefold() for c in known.personal}


def test_unknown_names_are_told_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="allegheny-me"):
        preset("allegany")
    with pytest.raises(KeyError, match="socrata"):
        reader("socratic")


def test_settings_from_plain_values_name_every_mistake() -> None:
    layout = settings_from(Layout, {"kind": "death", "key": "id", "flags": {"Xyl": "xylazine"}})
    assert (layout.kind.value, layout.key, layout.flags) == ("death", ("id",), {"Xyl": "xylazine"})
    with pytest.raises(ValueError) as wrong:
        settings_from(Layout, {"kind": "dead", "colour": "red", "day_first": "yes", "key": 3}, "feeds.mine")
    for key in ("feeds.mine.kind", "feeds.mine.colour", "feeds.mine.day_first", "feeds.mine.key"):
        assert key in str(wrong.value)


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (b"case_ref,death_date,state,county,substance\nA,2024-01-01,PA,Allegheny,Fentanyl\n", "allegheny-me"),
        (LAB_DETAIL, "unc-lab-detail"),
        (ANALYSIS, "unc-analysis"),
        (NYC, "nyc-monthly"),
        (NFLIS, "nflis-dqs"),
        (RSS, "health-department-rss"),
        (WORDPRESS, "wordpress-news"),
        (JSONFEED, "json-feed"),
        (HL7, "hl7-laboratory"),
        (FHIR, "fhir-laboratory"),
        (b'[{"casenumber": "1", "death_date": "2024-01-01", "primarycause": "x"}]', "cook-me"),
        (b'{"result": {"records": [{"_id": 1, "death_date_and_time": "x", %s}]}}' % DRUGS, "allegheny-open-data"),
        (LOGIN_PAGE, ""),
        (b"", ""),
        (b"%PDF-1.4", ""),
        (b"a,b,c\n1,2,3\n", ""),
        (b"hello", ""),
    ],
)  # fmt: skip
def test_a_tried_document_is_told_apart(body: bytes, fits: str) -> None:
    guess = kind_of(body)
    assert guess.preset == fits
    assert str(guess).endswith(".")
    assert guess.preset or guess.mend


def test_a_login_page_is_named() -> None:
    assert "titled 'Sign in'" in str(kind_of(LOGIN_PAGE, "text/csv"))


def test_a_folder_gives_what_is_complete(tmp_path: Path) -> None:
    now = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for name, age in (("b.csv", 60.0), ("a.csv", 60.0), ("half.csv", 0.5), ("c.csv.part", 60.0), (".hidden", 60.0)):
        path = tmp_path / name
        path.write_bytes(name.encode())
        os.utime(path, (now.timestamp() - age,) * 2)
    (tmp_path / "folder").mkdir()
    (tmp_path / "outside").symlink_to(Path(__file__))
    first = listing(tmp_path, now=now)
    assert [f.path.name for f in first] == ["a.csv", "b.csv"]
    assert (first[0].size, len(first[0].sha256)) == (5, 64)
    known = [(f.path.name, f.size, f.modified) for f in first]
    later = listing(tmp_path, now=datetime(2024, 5, 1, 12, 1, tzinfo=UTC), known=known)
    assert [f.path.name for f in later] == ["half.csv"]
    with pytest.raises(FetchFailed, match="cannot be read"):
        listing(tmp_path / "nowhere", now=now)


def test_spoiled_documents() -> None:
    """A slice of `./run bench fuzz`: no crash, no hang, nothing taken for empty in silence."""
    outcome = fuzz(documents=3000, seconds=30, seed=20240501)
    assert outcome.faults == []
    assert outcome.counts["broken"] > 500
    assert outcome.counts["read"] > 300


def test_documents_of_another_kind_are_broken() -> None:
    outcome = Outcome()
    strangers(outcome)
    assert outcome.faults == []


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_every_seed_is_read(seed: object) -> None:
    got = reader(seed.reader).read(seed.body, content_type="", settings=seed.settings)  # type: ignore[attr-defined]
    assert got.samples or got.tallies or got.bulletins
    assert got.rows


def test_every_reader_and_preset_is_in_the_handbook() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
    missing = [name for name in (*READERS, *presets()) if f"`{name}`" not in handbook]
    assert missing == []
