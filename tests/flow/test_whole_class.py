"""An alert of a whole class rests on its members: it stands while they stand, and goes on while they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.scope.whole_class import whole_class
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import look
from alerts.model.reason import Reason
from alerts.store import evidence
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import SqliteFiles
from tests.flow.test_backtest import RULE, both, compare

START = date(2024, 1, 1)
MEMBERS = ("butylone", "alpha-pvp", "methylone")


def opened(files: SqliteFiles) -> App:
    rule = RULE.format(
        name="class", method="tree", what='"role:contaminant"', kind="drug", level="advisory", release="automatic"
    )
    text = f'[programme]\nstate = "CA"\n[store]\nurl = "{files.migrated()}"\n' + rule
    app = open_app(parse(text, "class.toml", {}), {}, durable=False)
    seed(app, datetime(2010, 1, 1, tzinfo=UTC))
    return app


def found(n: int, name: str, key: str = "") -> Sample:
    taken = START + timedelta(days=n)
    return Sample(
        key or f"{name}.{n}", SampleKind.DRUG, (Finding(name, name, "GCMS"),), place="06001", collected=taken,
        methods=("GCMS",),
    )  # fmt: skip


def story() -> list[Sample]:
    """A year and more without a cathinone, then three different ones in nine days, and a fourth three weeks later."""
    calm = [found(n, "fentanyl") for n in range(0, 520, 2)]
    return [*calm, *(found(401 + 4 * i, m) for i, m in enumerate(MEMBERS)), found(430, "n-ethylpentylone")]


def test_it_is_not_taken_back_the_next_day_and_goes_on_while_members_come(sqlite_files: SqliteFiles) -> None:
    app = opened(sqlite_files)
    try:
        samples = story()
        first, last = START + timedelta(days=395), START + timedelta(days=515)
        fast, slow = both(app, samples, first, last, 2)
        compare(fast, slow)
        assert {r.substance for r in fast} == {"cathinone"}
        assert [r.reason for r in fast] == [Reason.FIRST_SIGHTING, Reason.RENEWED, Reason.EXPIRED]
        assert fast[1].on >= START + timedelta(days=432)
    finally:
        app.close()


def test_a_more_exact_name_is_no_correction_and_another_class_is(sqlite_files: SqliteFiles) -> None:
    app = opened(sqlite_files)
    try:
        now = datetime(2024, 1, 1, 20, tzinfo=UTC) + timedelta(days=411)
        store(app, [s for s in story() if s.collected and s.collected <= now.date()], now)
        (opening,) = look(app, now).intents
        assert (opening.substance, opening.reason) == ("cathinone", Reason.FIRST_SIGHTING)
        again = [found(401 + 4 * i, "dibutylone", f"{m}.{401 + 4 * i}") for i, m in enumerate(MEMBERS)]
        store(app, again, now + timedelta(days=1))
        assert not [i for i in look(app, now + timedelta(days=1)).intents if i.reason is Reason.CORRECTED]
        store(app, [replace(s, findings=(Finding("caffeine", "caffeine", "GCMS"),)) for s in again], now + timedelta(2))
        (end,) = (i for i in look(app, now + timedelta(days=2)).intents if i.substance == "cathinone")
        assert (end.reason, end.ends) == (Reason.CORRECTED, True)
    finally:
        app.close()


def store(app: App, samples: list[Sample], now: datetime) -> None:
    with app.store.write() as connection:
        evidence.store(
            connection, "lab", samples, now=now, document=0, whole=False, known_on=lambda s: s.collected or START
        )


def test_only_an_entry_that_stands_for_its_class_stands_for_its_members(sqlite_files: SqliteFiles) -> None:
    app = opened(sqlite_files)
    try:
        assert {*MEMBERS, "cathinone"} <= whole_class("cathinone", app.lexicon)
        assert "xylazine" not in whole_class("cathinone", app.lexicon)
        assert whole_class("butylone", app.lexicon) == {"butylone"}
    finally:
        app.close()
