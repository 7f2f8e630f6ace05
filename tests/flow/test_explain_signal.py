"""A stored signal comes out the same from what was known then, whatever is learnt later, or it says what differs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from alerts.app import App, open_app
from alerts.cli.main import program
from alerts.config.load import parse
from alerts.flow.detection.detect import detect
from alerts.flow.detection.explain_signal import NoSuchSignal, explain_signal
from alerts.flow.thresholds.seed import seed
from alerts.flow.thresholds.set_threshold import set_threshold
from alerts.model.intent import StoredSignal
from alerts.model.staff import Role
from alerts.store import evidence, staff
from alerts.store.tables import signals
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import SqliteFiles

START = date(2023, 1, 1)
RULE = """
[thresholds.{name}]
method = "{method}"
substances = ["role:contaminant"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
cool_down_days = 30
expires_days = 30
longest_days = 180
update_hours = 24
review_hours = 12
"""
CONFIG = """
[programme]
state = "CA"
[store]
url = "{store}"
""" + "".join(RULE.format(name=name, method=name) for name in ("watchlist", "novelty", "emergence"))


def noon(day: int) -> datetime:
    return datetime(2023, 1, 1, 20, 0, tzinfo=UTC) + timedelta(days=day)


def story() -> list[tuple[int, Sample]]:
    """(day known, sample): two counties, xylazine in a twentieth, then in a third; bromazolam from day 500 on."""
    r = random.Random(7)
    made = []
    for i in range(1400):
        event = r.randrange(600)
        share = 0.3 if event > 520 else 0.04
        names = [n for n, p in (("xylazine", share), ("bromazolam", 0.1 * (event > 500))) if r.random() < p]
        names += ["carfentanil"] if i % 300 == 0 else []
        found = tuple(Finding(n, n) for n in ("fentanyl", *names))
        place = r.choice(["06001", "06013"])
        taken = START + timedelta(days=event)
        sample = Sample(str(i), SampleKind.DRUG, found, place=place, collected=taken, methods=("GCMS",))
        made.append((event + r.choice((5, 12, 20)), sample))
    return sorted(made, key=lambda pair: (pair[0], pair[1].key))


@dataclass(frozen=True)
class Told:
    """A store in which twenty months have passed, and everything that was said in them."""

    app: App
    said: tuple[StoredSignal, ...]

    def by(self, method: str) -> StoredSignal:
        return next(s for s in self.said if s.signal.method == method)

    @contextmanager
    def forged(self, number: int, **fields: object) -> Iterator[None]:
        """The row of a signal says something else for a while."""
        chosen = sa.select(signals.c.body).where(signals.c.id == number)
        with self.app.store.read() as connection:
            held = connection.scalar(chosen)
        assert isinstance(held, dict)
        for body in ({**held, **fields}, held):
            with self.app.store.write() as connection:
                connection.execute(sa.update(signals).where(signals.c.id == number).values(body=body))
            if body is not held:
                yield


@pytest.fixture(scope="module")
def told(sqlite_files: SqliteFiles) -> Iterator[Told]:
    app = open_app(parse(CONFIG.format(store=sqlite_files.migrated()), "explain.toml", {}), {}, durable=False)
    seed(app, noon(0))
    said: dict[int, StoredSignal] = {}
    samples = story()
    for week in range(7, 611, 7):
        arrived = [(known, s) for known, s in samples if week - 7 < known <= week]
        known_on = {s.key: START + timedelta(days=known) for known, s in arrived}
        with app.store.write() as connection:
            evidence.store(
                connection, "lab", [s for _, s in arrived], now=noon(week), document=1,
                known_on=lambda s, known_on=known_on: known_on[s.key], whole=False,
            )  # fmt: skip
        said |= {s.id: s for s in detect(app, noon(week))}
    yield Told(app, tuple(said.values()))
    app.close()


def test_every_signal_comes_out_the_same_from_what_was_known_then(told: Told) -> None:
    assert {s.signal.method for s in told.said} == {"watchlist", "novelty", "emergence"}
    for stored in told.said[::3]:
        found = explain_signal(told.app, stored.id)
        assert found.equal, (stored, found.differences, found.problem)
        assert found.stored == stored


def test_a_forged_record_is_named_field_by_field(told: Told) -> None:
    stored = told.by("novelty")
    with told.forged(stored.id, observed=stored.signal.observed + 5, expected=0.123):
        found = explain_signal(told.app, stored.id)
        assert not found.equal
        assert [d.field for d in found.differences] == ["observed", "expected"]
    with told.forged(stored.id, kind="seizure"):
        assert "nothing" in explain_signal(told.app, stored.id).problem
    with pytest.raises(NoSuchSignal, match="no signal 999999"):
        explain_signal(told.app, 999999)


def test_the_command_prints_all_numbers_and_ends_with_1_when_they_differ(
    told: Told, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stored = told.by("emergence")
    signal = stored.signal
    config = tmp_path_factory.mktemp("explain") / "explain.toml"
    config.write_text(CONFIG.format(store=told.app.configuration.store.url), encoding="utf-8")
    arguments = ["explain", str(stored.id), "--config", str(config)]
    same = CliRunner().invoke(program, arguments)
    assert same.exit_code == 0, same.output
    assert signal.baseline is not None
    numbers = (signal.observed, signal.tested, f"{signal.expected:.4g}", f"{signal.probability:.4g}", signal.smallest)
    for part in ("comes out the same", *map(str, numbers), str(signal.baseline.first), *signal.evidence):
        assert part in same.output
    with told.forged(stored.id, probability=0.5):
        other = CliRunner().invoke(program, arguments)
    assert other.exit_code == 1
    assert "probability: stored 0.5" in other.output


def test_what_is_withdrawn_or_tuned_afterwards_changes_nothing(told: Told) -> None:
    with told.app.store.write() as connection:
        evidence.store(connection, "lab", [], now=noon(620), document=2, known_on=lambda _: START, whole=True)
        person = staff.add(connection, "Ana", Role.STAFF)
    set_threshold(told.app, "emergence", {"parameters": {"min_positives": 9}}, person, "too many", noon(621))
    assert all(explain_signal(told.app, s.id).equal for s in told.said[::8])
