"""Counts behind a plot, and the pulse of the work: the same on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alerts.store import evidence, pulse, work
from alerts.store.engine import Store
from alerts.store.tested_counts import DayCount, day_counts
from detectors.sample import Abundance, Finding, Sample, SampleKind

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 2, 2)


def _sample(key: str, day: date | None, place: str, *found: Finding, kind: SampleKind = SampleKind.DRUG) -> Sample:
    return Sample(key, kind, found, place=place, collected=day)


def _count(store: Store, place: str, *, now: datetime = NOW, by_knowledge: bool = False) -> list[DayCount]:
    with store.read() as connection:
        return day_counts(
            connection, substances={"xylazine"}, place=place, kind="drug", first=MONDAY, last=date(2026, 3, 2), now=now,
            by_knowledge=by_knowledge,
        )  # fmt: skip


def test_samples_are_counted_by_day_place_and_belief(store: Store) -> None:
    xylazine, trace = Finding("x", "xylazine"), Finding("x", "xylazine", abundance=Abundance.TRACE)
    read = [
        _sample("1", MONDAY, "06001", xylazine, Finding("x again", "xylazine", "second method")),
        _sample("2", MONDAY, "06001", trace),
        _sample("3", MONDAY, "06"),
        _sample("4", MONDAY + timedelta(3), "06075", xylazine),
        _sample("5", MONDAY, "36061", xylazine),
        _sample("6", MONDAY, "06001", xylazine, kind=SampleKind.DEATH),
        _sample("7", MONDAY - timedelta(1), "06001", xylazine),
        _sample("8", None, "06001", xylazine),
        _sample("9", MONDAY, "", xylazine),
    ]
    with store.write() as connection:
        evidence.store(connection, "lab", read, now=NOW, document=1, known_on=lambda _: date(2026, 3, 1), whole=True)
    assert _count(store, "06001") == [DayCount(MONDAY, 2, 1), DayCount(date(2026, 3, 1), 1, 1)]
    assert _count(store, "06") == [
        DayCount(MONDAY, 3, 1), DayCount(MONDAY + timedelta(3), 1, 1), DayCount(date(2026, 3, 1), 1, 1),
    ]  # fmt: skip
    assert sum(c.tested for c in _count(store, "US")) == 6
    assert _count(store, "06001", by_knowledge=True) == [DayCount(date(2026, 3, 1), 4, 3)]
    with store.write() as connection:
        later = NOW + timedelta(days=1)
        evidence.store(connection, "lab", read[1:], now=later, document=2, known_on=lambda _: MONDAY, whole=True)
    assert _count(store, "06001", now=later)[0] == DayCount(MONDAY, 1, 0)
    assert _count(store, "06001")[0] == DayCount(MONDAY, 2, 1)


def test_the_pulse_says_since_when_work_waits(store: Store) -> None:
    with store.write() as connection:
        assert pulse.due_since(connection, "watch") is None
        assert pulse.oldest_due_message(connection, NOW) is None
        work.ask_for(connection, "watch", NOW)
    with store.read() as connection:
        assert pulse.due_since(connection, "watch") == NOW
    with store.write() as connection:
        assert work.take(connection, "watch", owner="one", now=NOW, lease=timedelta(seconds=30))
        assert pulse.due_since(connection, "watch") is None
