"""Editions of samples: nothing is overwritten, every past belief can be asked for, and the memory equals the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.store import evidence
from alerts.store.engine import Store, open_store
from alerts.store.tables import findings, samples
from detectors import history
from detectors.sample import Abundance, Finding, Sample, SampleKind
from tests.databases import SqliteFiles

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)


def sample(key: str, *names: str, traces: tuple[str, ...] = (), place: str = "06001", line: int = 0) -> Sample:
    found = tuple(Finding(n, n) for n in names) + tuple(Finding(n, n, abundance=Abundance.TRACE) for n in traces)
    return Sample(key, SampleKind.DRUG, found, place=place, collected=date(2026, 2, 20), methods=("GCMS",), line=line)


def put(store: Store, *read: Sample, now: datetime = NOW, whole: bool = False, feed: str = "lab") -> evidence.Stored:
    with store.write() as connection:
        return evidence.store(
            connection, feed, read, now=now, document=1, known_on=lambda _: now.date(), whole=whole
        )  # fmt: skip


def believed(store: Store, now: datetime, since: date = date(2020, 1, 1)) -> dict[str, tuple[str, ...]]:
    with store.read() as connection:
        return {t.ref: t.substances for t in evidence.known(connection, now=now, since=since)}


def test_a_change_is_a_new_edition_and_the_old_one_stays(store: Store) -> None:
    assert put(store, sample("1", "fentanyl")) == evidence.Stored(1, 0, 0)
    later = NOW + timedelta(days=1)
    assert put(store, sample("1", "fentanyl", "carfentanil"), now=later) == evidence.Stored(0, 1, 0)
    with store.read() as connection:
        rows = connection.execute(sa.select(samples).order_by(samples.c.revision)).all()
        kept = connection.execute(sa.select(findings.c.substance).order_by(findings.c.sample, findings.c.position))
        assert [f.substance for f in kept] == ["fentanyl", "fentanyl", "carfentanil"]
    assert [(r.revision, r.known_from, r.known_until) for r in rows] == [(1, NOW, later), (2, later, None)]
    assert believed(store, NOW) == {"lab/1": ("fentanyl",)}
    assert believed(store, later) == {"lab/1": ("fentanyl", "carfentanil")}


def test_the_same_again_is_no_edition_wherever_it_stands_in_the_file(store: Store) -> None:
    put(store, sample("1", "fentanyl", line=2))
    assert put(store, sample("1", "fentanyl", line=77), now=NOW + timedelta(days=1)) == evidence.Stored()


def test_what_vanishes_from_a_whole_document_was_withdrawn(store: Store) -> None:
    put(store, sample("1", "fentanyl"), sample("2", "xylazine"), whole=True)
    later = NOW + timedelta(days=1)
    assert put(store, sample("1", "fentanyl"), now=later, whole=True) == evidence.Stored(0, 0, 1)
    assert believed(store, later) == {"lab/1": ("fentanyl",)}
    assert believed(store, later - timedelta(seconds=1)) == {"lab/1": ("fentanyl",), "lab/2": ("xylazine",)}


def test_what_is_missing_from_a_window_was_not(store: Store) -> None:
    put(store, sample("1", "fentanyl"), sample("2", "xylazine"))
    assert put(store, sample("1", "fentanyl"), now=NOW + timedelta(days=1)) == evidence.Stored()
    assert len(believed(store, NOW + timedelta(days=2))) == 2


def test_what_was_withdrawn_can_come_back_and_withdraws_nobody_elses(store: Store) -> None:
    put(store, sample("1", "fentanyl"), whole=True)
    put(store, sample("1", "xylazine"), whole=True, feed="other")
    put(store, whole=True, now=NOW + timedelta(days=1))
    assert believed(store, NOW + timedelta(days=1)) == {"other/1": ("xylazine",)}
    assert put(store, sample("1", "fentanyl"), whole=True, now=NOW + timedelta(days=2)) == evidence.Stored(0, 1, 0)
    assert believed(store, NOW + timedelta(days=2)) == {"lab/1": ("fentanyl",), "other/1": ("xylazine",)}
    with store.read() as connection:
        chosen = sa.select(samples.c.revision).where(samples.c.feed == "lab").order_by(samples.c.revision)
        assert list(connection.scalars(chosen)) == [1, 2]


def test_a_sample_twice_in_one_document_is_one(store: Store) -> None:
    assert put(store, sample("1", "fentanyl"), sample("1", "xylazine")) == evidence.Stored(1, 0, 0)


def test_still_believed_asks_for_the_substance_too(store: Store) -> None:
    put(store, sample("1", "fentanyl"), sample("2", "xylazine"))
    later = NOW + timedelta(days=1)
    put(store, sample("1", "heroin"), now=later)
    with store.read() as connection:
        refs = ["lab/1", "lab/2", "lab/3", "nowhere/1"]
        wanted = frozenset({"fentanyl", "xylazine"})
        assert evidence.still_believed(connection, refs, wanted, NOW) == {"lab/1", "lab/2"}
        assert evidence.still_believed(connection, refs, wanted, later) == {"lab/2"}


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        put(store, sample("1", "fentanyl"), now=datetime(2026, 3, 2, 12, 0))  # noqa: DTZ001


KEYS = ("1", "2", "3", "4")
CONTENTS = st.lists(st.sampled_from(("fentanyl", "xylazine", "carfentanil")), unique=True, max_size=3).map(tuple)
READS = st.dictionaries(st.sampled_from(KEYS), st.tuples(CONTENTS, CONTENTS, st.sampled_from(("06001", "06013", ""))))
STEPS = st.lists(st.tuples(st.sampled_from(("a", "b")), READS, st.booleans(), st.booleans()), max_size=8)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_every_past_belief_stays_answerable_and_memory_equals_the_store(
    sqlite_files: SqliteFiles, steps: list[tuple[str, dict[str, tuple[tuple[str, ...], ...]], bool, bool]]
) -> None:
    """Random documents of two feeds, some whole, some not: against a plain dictionary as the model."""
    store = open_store(sqlite_files.migrated(), durable=False)
    try:
        model: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {}
        snapshots: list[tuple[datetime, dict[str, tuple[str, ...]]]] = []
        memory = evidence.Believed()
        since = date(2020, 1, 1)
        for step, (feed, read, whole, refresh) in enumerate(steps):
            now = NOW + timedelta(days=step)
            put(
                store, *(sample(k, *f, traces=t, place=p) for k, (f, t, p) in read.items()), now=now, whole=whole,
                feed=feed,
            )  # fmt: skip
            if whole:
                model = {ref: v for ref, v in model.items() if not ref.startswith(f"{feed}/")}
            model |= {f"{feed}/{k}": v for k, v in read.items()}
            snapshots.append((now, {ref: tuple(f) for ref, (f, t, p) in model.items() if p}))
            if refresh:
                with store.read() as connection:
                    there = evidence.known(connection, now=now, since=since)
                    assert _set(memory.refresh(connection, since, as_it_is)) == _set(there)
                    seen = memory.history(now.date(), {}).samples
                    assert seen == history.History.of(there, now.date()).samples
                    xylazine = tuple(s for s in seen if "xylazine" in s.substances or "xylazine" in s.traces)
                    assert memory.holding("xylazine") == xylazine
        for now, expected in snapshots:
            assert believed(store, now) == expected
            assert believed(store, now + timedelta(hours=23)) == expected
    finally:
        store.close()


def _set(tested: list[history.Tested]) -> set[history.Tested]:
    assert len(set(tested)) == len(tested)
    return set(tested)


def as_it_is(tested: history.Tested) -> history.Tested:
    return tested


def test_memory_forgets_what_is_too_old_and_keeps_what_was_made_of_each(store: Store) -> None:
    put(store, sample("1", "para-fluorofentanyl", traces=("fentanyl",)))
    put(store, sample("2", "xylazine"), now=NOW + timedelta(days=10))
    memory = evidence.Believed()
    with store.read() as connection:
        first, second = sorted(memory.refresh(connection, DAY, lambda t: replace(t, traces=())), key=lambda t: t.ref)
        assert (first.substances, first.traces) == (("para-fluorofentanyl",), ())
        assert memory.refresh(connection, DAY + timedelta(days=1), as_it_is) == [second]


def test_everything_a_sample_says_is_in_its_hash() -> None:
    base = sample("1", "fentanyl")
    changed = [
        replace(base, key="2"), replace(base, kind=SampleKind.DEATH), replace(base, findings=()),
        replace(base, state="CA"), replace(base, county="Kern"), replace(base, place="06029"),
        replace(base, collected=DAY), replace(base, tested=DAY), replace(base, published=DAY),
        replace(base, sold_as=("heroin",)), replace(base, methods=("FTIR",)),
        replace(base, findings=(replace(base.findings[0], quantity=1.0),)),
        replace(base, findings=(replace(base.findings[0], abundance=Abundance.TRACE),)),
    ]  # fmt: skip
    hashes = {evidence.content_hash(s) for s in (base, *changed)}
    assert len(hashes) == len(changed) + 1
    assert evidence.content_hash(replace(base, line=9)) == evidence.content_hash(base)


def test_a_large_first_import_leaves_the_database_as_every_other_one(store: Store) -> None:
    def shape() -> list[tuple[str, ...]]:
        found = sa.inspect(store.engine).get_indexes("samples")
        return sorted((str(i["name"]), *map(str, i["column_names"])) for i in found)

    before = shape()
    many = [sample(f"{n:05}", "fentanyl", "xylazine") for n in range(5000)]
    assert put(store, *many, whole=True) == evidence.Stored(5000, 0, 0)
    assert shape() == before
    assert put(store, *many[1:], sample("new", "heroin"), whole=True) == evidence.Stored(1, 0, 1)
    with store.read() as connection:
        nulls = sa.select(sa.func.count()).where(findings.c.quantity.is_(None), findings.c.sample.is_not(None))
        assert connection.scalar(nulls) == 10_001
        standing = sa.select(sa.func.count()).where(samples.c.known_until.is_(None), samples.c.published.is_(None))
        assert connection.scalar(standing) == 5000
        if store.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_an_import_that_fails_leaves_the_indexes_where_they_were(store: Store) -> None:
    before = sa.inspect(store.engine).get_indexes("samples")
    many = [sample(f"{n:05}", "fentanyl") for n in range(5000)]
    with pytest.raises(ValueError, match="time zone"):
        put(store, *many, now=NOW.replace(tzinfo=None))

    def torn():  # type: ignore[no-untyped-def]
        yield from many
        raise RuntimeError("the file is torn")

    with pytest.raises(RuntimeError), store.write() as connection:
        evidence.store(connection, "lab", torn(), now=NOW, document=1, known_on=lambda _: DAY, whole=True)
    assert sa.inspect(store.engine).get_indexes("samples") == before
    assert believed(store, NOW) == {}


@pytest.mark.parametrize("remembered", [10, 50_000])
@pytest.mark.parametrize("kinds", [3, 100_000])
def test_what_rows_share_is_written_to_each_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, remembered: int, kinds: int
) -> None:
    """Few different findings or as many as rows, remembered for all of the document or soon forgotten."""
    monkeypatch.setattr("alerts.store.incoming._REMEMBERED", remembered)
    many = [
        replace(
            sample(f"{n:05}", line=n), place=f"06{n % 3:03}",
            findings=tuple(Finding("a", "a", quantity=float((n + m) % kinds), unit="mg") for m in range(n % 4)),
        )
        for n in range(9000)
    ]  # fmt: skip
    assert put(store, *many).new == 9000
    again = [replace(s, county="Kern") if n % 100 == 0 else s for n, s in enumerate(many)]
    assert put(store, *again, now=NOW + timedelta(days=1)) == evidence.Stored(0, 90, 0)
    with store.read() as connection:
        assert evidence.samples_of(connection, "lab", now=NOW) == many
        now = evidence.samples_of(connection, "lab", now=NOW + timedelta(days=1))
        assert sorted(now, key=lambda s: s.key) == again
