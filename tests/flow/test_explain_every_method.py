"""One state in which every method has something to say on one day, and each of its signals comes out equal again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
import sqlalchemy as sa

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.detection.detect import detect
from alerts.flow.detection.explain_signal import explain_signal
from alerts.flow.thresholds.seed import seed
from alerts.store import evidence
from alerts.store.tables import signals
from detectors.registry import BUILT_IN
from detectors.sample import Finding, Sample, SampleKind
from tests.databases import SqliteFiles
from tests.flow.test_backtest import RULE

END = 1000
START = date(2023, 1, 1)
NOW = datetime(2023, 1, 1, 20, tzinfo=UTC) + timedelta(days=END)
ASKED = {"potency": '"fentanyl"', "silence": '"*"'}
KINDS = {"mention": 'notice", "drug'}
OTHERS = ("caffeine", "lidocaine", "acetaminophen", "quinine", "procaine", "levamisole", "cocaine")
CUTS = tuple(combinations(OTHERS, 3))


def taken(key: str, n: int, *names: str, place: str, strength: float | None = None) -> Sample:
    quantity = {"quantity": strength, "unit": "%"} if strength is not None else {}
    findings = tuple(
        Finding(name, name, "GCMS", **(quantity if name == "fentanyl" else {}))
        for name in names  # type: ignore[arg-type]
    )
    day = START + timedelta(days=n)
    return Sample(f"{place}.{key}.{n}", SampleKind.DRUG, findings, place=place, collected=day, methods=("GCMS",))


def state() -> Iterator[Sample]:
    r = random.Random(5)
    for place in ("06001", "06013", "06029", "06037", "06073", "06085", "06107"):
        for n in range(0, END, 2):
            yield taken("calm", n, "fentanyl", place=place)
    for n in range(END):  # more and more common in one county
        share = 0.04 if n < END - 28 else 0.5
        yield taken("rise", n, "fentanyl", *(["xylazine"] if r.random() < share else []), place="06001")
    for n in range(4 * 7):  # … so much in the last week that it alone is enough
        yield taken(f"week{n % 4}", END - 1 - n // 4, "fentanyl", "xylazine", place="06001")
    yield taken("listed", END - 1, "carfentanil", place="06013")
    for n in (END - 20, END - 9, END - 2):
        yield taken("new", n, "bromazolam", place="06013")
    for n in range(END - 16, END):  # a laboratory begins to look for it
        yield taken("panel", n, "medetomidine", place="06029")
    for n in (100, 110, 120, 130, END - 6, END - 2):
        yield taken("back", n, "etizolam", place="06037")
    for n in range(0, END - 40, 2):
        yield taken("silent", n, "fentanyl", place="06067")
    for n in range(500, 860, 12):
        yield taken("gone", n, "flualprazolam", place="06073")
    for n, name in ((END - 12, "butylone"), (END - 8, "alpha-pvp"), (END - 3, "methylone")):
        yield taken("class", n, name, place="06085")
    for n in (END - 30, END - 20, END - 10, END - 2):
        yield taken("pair", n, "isotonitazene", "para-fluorofentanyl", place="06107")
    for i, cut in enumerate((*CUTS, *CUTS)):
        n = END - 400 + 8 * i if i < 42 else END - 1 - 2 * (i - 42)
        strength = 8 * r.lognormvariate(0, 0.3) * (1 + (i >= 42))
        yield taken("strong", n, "fentanyl", *cut, place="06019", strength=strength)
    yield Sample(
        "notice", SampleKind.NOTICE, (Finding("protonitazene", "protonitazene"),), place="53",
        collected=START + timedelta(days=END - 1), methods=("notice: detection",),
    )  # fmt: skip


@pytest.fixture
def app(sqlite_files: SqliteFiles) -> Iterator[App]:
    rules = [
        RULE.format(
            name=name, method=name, what=ASKED.get(name, '"role:contaminant"'), kind=KINDS.get(name, "drug"),
            level="advisory", release="review",
        )
        for name in BUILT_IN
    ]  # fmt: skip
    text = f'[programme]\nstate = "CA"\n[store]\nurl = "{sqlite_files.migrated()}"\n' + "".join(rules)
    made = open_app(parse(text, "every.toml", {}), {}, durable=False)
    seed(made, datetime(2010, 1, 1, tzinfo=UTC))
    with made.store.write() as connection:
        evidence.store(
            connection, "lab", list(state()), now=NOW, document=0, whole=False, known_on=lambda s: s.collected or START
        )
    yield made
    made.close()


def test_every_method_says_something_and_says_it_again(app: App) -> None:
    detect(app, NOW)
    with app.store.read() as connection:
        numbers = list(connection.scalars(sa.select(signals.c.id)))
    said = [explain_signal(app, number) for number in numbers]
    assert {e.stored.signal.method for e in said} == set(BUILT_IN)
    for explained in said:
        assert explained.equal, (explained.stored.signal.method, explained.differences, explained.problem)
        assert explained.sentence.endswith(".")
