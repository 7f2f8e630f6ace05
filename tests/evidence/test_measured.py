"""What a sample was sold as and how strong it was come from the file through the store to the detectors."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.flow.collection.collect import collect
from alerts.flow.detection.detect import detect
from alerts.flow.detection.explain_signal import explain_signal
from alerts.flow.history.past import Past
from alerts.flow.scope.rolled_up import rolled_up
from alerts.flow.thresholds.seed import seed
from detectors import history
from detectors.signal import Signal
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import FEED, Programme, at
from tests.flow.timeline import sample

RULE = """
[thresholds.asked]
method = "{method}"
substances = {substances}
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
cool_down_days = 30
expires_days = 30
longest_days = 120
update_hours = 48
review_hours = 12
"""


def opened(url: str, feed: str, method: str, substances: str) -> App:
    text = f'[store]\nurl = "{url}"\n[feeds.{FEED}]\nevery = "1d"\ncadence_days = 7\nstate = "CA"\n{feed}'
    app = open_app(parse(text + RULE.format(method=method, substances=substances), "test", {}), {}, durable=False)
    seed(app, at("2025-01-01 00:00"))
    return app


def told(app: App, when: str) -> list[Signal]:
    collect(app, at(when), only=[FEED], force=True)
    signals = detect(app, at(when))
    for stored in signals:
        assert explain_signal(app, stored.id).equal, "said again from the store it is the same, number by number"
    return [stored.signal for stored in signals]


def test_a_pill_that_is_not_what_it_was_sold_as(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    """The UNC layout: what people expected stands in the one table, what the laboratory found in the other."""
    drop = tmp_path / "drop"
    drop.mkdir()
    app = opened(
        databases.migrated(), f'preset = "unc-lab-detail"\nfolder = "{drop}"\n', "combination", '["class:nitazene"]'
    )
    desk = Programme(app, drop)
    pill = replace(sample("P1", date(2025, 9, 5), "Alameda", "metonitazene"), sold_as=("Xanax",))
    honest = replace(sample("P2", date(2025, 9, 5), "Alameda", "metonitazene"), sold_as=("fentanyl",))
    both = [honest, pill]
    for made in (both[:1], both):
        when = at(f"2025-09-0{6 + len(made)} 09:00")
        desk.drop("lab_detail.csv", lab_detail_csv(made), when)
        desk.drop("analysis_dataset.csv", analysis_dataset_csv(made), when)
        said = told(app, f"2025-09-0{6 + len(made)} 09:00")
        if made == both:
            (signal,) = said
            assert (signal.substance, signal.place) == ("metonitazene", "06001")
            assert signal.evidence == (f"{FEED}/P1",)
            assert "sold as alprazolam" in signal.labels
        else:
            assert said == []
    (again,) = [t for t in Past.of_store(app).editions if t.ref == f"{FEED}/P1"]
    assert again.sold_as == ("alprazolam",)
    app.close()


CUTS = (
    "caffeine", "lidocaine", "procaine", "tetracaine", "benzocaine", "phenacetin", "acetaminophen", "ketamine",
    "quinine", "levamisole", "gabapentin", "diphenhydramine", "tramadol", "xylazine", "cocaine", "methamphetamine",
)  # fmt: skip
MAP = """reader = "table"
folder = "{folder}"
lag_days = 3
terms = "Ours."
attribution = "County lab"
[feeds.partner.columns]
kind = "drug"
key = "No"
collected = "Taken"
county = "Where"
substance = "Found"
method = "How"
quantity = "Amount"
unit = "Unit"
"""


def test_what_is_sold_becomes_stronger(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    """An operator's own table with measured strengths: a year around 8 %, then two months around 16 %."""
    drop = tmp_path / "drop"
    drop.mkdir()
    app = opened(databases.migrated(), MAP.format(folder=drop), "potency", '["fentanyl"]')
    r = random.Random(3)
    lines = ["No,Taken,Where,Found,How,Amount,Unit"]
    for n in range(60):
        taken = date(2025, 10, 1) - timedelta(days=4 * (59 - n) if n >= 46 else 420 - 7 * n)
        value = 8 * r.lognormvariate(0, 0.25) * (2 if n >= 46 else 1)
        lines.append(f"A{n},{taken},Alameda,fentanyl,qNMR,{value:.2f},%")
        lines.append(f"A{n},{taken},Alameda,{CUTS[n % len(CUTS)]},GC-MS,,")  # no two neighbours are of one batch
    before = [line for line in lines if not line.startswith(("A58,", "A59,"))]
    desk = Programme(app, drop)
    desk.drop("results.csv", "\n".join(before) + "\n", at("2025-09-28 09:00"))
    told(app, "2025-09-28 09:00")
    desk.drop("results.csv", "\n".join(lines) + "\n", at("2025-10-02 09:00"))
    signal = next(s for s in told(app, "2025-10-02 09:00") if s.place == "06001")
    assert signal.effect is not None
    assert signal.effect[1] < 2 < signal.effect[2]
    assert "in %" in signal.labels
    assert all(t.quantities[0][2:] == ("%", "qNMR") for t in Past.of_store(app).editions)
    app.close()


@pytest.mark.parametrize(
    ("printed", "means"),
    [
        ("Fentanyl", ("fentanyl",)),
        ("para-fluorofentanyl", ("fluorofentanyl",)),
        ("  Mystery  Mix ", ("mystery mix",)),
        ("", ()),
    ],
)
def test_words_of_a_street_name_become_ids_where_they_name_something(
    printed: str, means: tuple[str, ...], sqlite_files: SqliteFiles
) -> None:
    app = open_app(parse(f'[store]\nurl = "{sqlite_files.migrated()}"\n', "test", {}), {}, durable=False)
    seen = history.Tested(
        "lab/1", "drug", "06001", 1, 1, ("para-fluorofentanyl",), sold_as=(printed,) if printed else (),
        quantities=(("para-fluorofentanyl", 3.0, "%", "qNMR"),),
    )  # fmt: skip
    rolled = rolled_up(seen, app.lexicon)
    assert rolled.sold_as == means
    assert rolled.quantities == (("fluorofentanyl", 3.0, "%", "qNMR"),)
    app.close()
