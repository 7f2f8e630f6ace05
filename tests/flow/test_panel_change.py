"""A laboratory that begins to look for something: a person decides, nobody is paged by a change of method."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerts.app import open_app
from alerts.config.load import parse
from alerts.flow.decision.decide import decide
from alerts.flow.history.backtest import backtest
from alerts.flow.history.past import Past
from alerts.flow.history.replay import replay
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.thresholds.seed import seed
from alerts.model.intent import PANEL_CHANGE, StoredSignal
from alerts.model.level import Level
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.threshold import Release, Threshold
from alerts.store import outbox, partners, thresholds
from detectors.sample import Finding, Sample, SampleKind
from detectors.signal import Signal, Window
from tests.databases import SqliteFiles
from tests.flow.nouns import alert, edition, facts

NOW = datetime(2023, 8, 1, 12, tzinfo=UTC)
RULE = Threshold(
    "new-here", 1, "novelty", ("role:contaminant",), "county", ("death",), Level.ADVISORY, Release.AUTOMATIC
)
SEEN = Signal(
    "novelty", "1", "xylazine", "42003", "death", date(2023, 8, 1), Window(date(2023, 5, 1), date(2023, 8, 1)), 5,
    ("me/1", "me/2", "me/3", "me/4", "me/5"), labels=("lab-confirmed",), first_seen=date(2023, 5, 28),
)  # fmt: skip


def test_a_rise_that_a_new_panel_explains_waits_for_a_person() -> None:
    labelled = replace(SEEN, labels=(*SEEN.labels, PANEL_CHANGE))
    (intent,) = decide([StoredSignal(1, labelled, RULE.name)], [RULE], [], {"42003": "42"}, NOW)
    assert (intent.reason, intent.threshold.release) == (Reason.PANEL_CHANGE, Release.REVIEW)


def test_the_same_rise_without_the_label_goes_out() -> None:
    (intent,) = decide([StoredSignal(1, SEEN, RULE.name)], [RULE], [], {"42003": "42"}, NOW)
    assert intent.threshold.release is Release.AUTOMATIC
    assert intent.reason is Reason.ABOVE_THRESHOLD


def test_a_finding_on_the_watchlist_beside_it_is_not_held_back() -> None:
    labelled = replace(SEEN, labels=(*SEEN.labels, PANEL_CHANGE))
    watched = replace(RULE, name="life-at-risk", method="watchlist", level=Level.ACT_NOW)
    listed = replace(SEEN, method="watchlist", labels=("watchlist", "lab-confirmed"))
    said = [StoredSignal(1, labelled, RULE.name), StoredSignal(2, listed, watched.name)]
    (intent,) = decide(said, [RULE, watched], [], {"42003": "42"}, NOW)
    assert (intent.reason, intent.level) == (Reason.FIRST_SIGHTING, Level.ACT_NOW)
    assert intent.threshold.release is Release.AUTOMATIC


def _open(*, noted: bool = False, level: Level = Level.ADVISORY) -> OpenAlert:
    known = alert(region="42", kind="death", places=("42003",), level=level)
    return OpenAlert(known, edition((facts("42003", SEEN.evidence),)), frozenset(SEEN.evidence), panel_noted=noted)


def test_an_alert_that_opened_as_a_spread_is_told_anew_as_a_panel_change() -> None:
    """Three findings looked like something new; with the next ones it is plain that the laboratory began to look."""
    labelled = StoredSignal(1, replace(SEEN, labels=(*SEEN.labels, PANEL_CHANGE)), RULE.name)
    (intent,) = decide([labelled], [RULE], [_open()], {"42003": "42"}, NOW)
    assert (intent.reason, intent.change, intent.ends) == (Reason.PANEL_CHANGE, "panel_change", False)
    assert intent.threshold.release is Release.REVIEW, "also where its threshold lets everything out"
    (again,) = decide([labelled], [RULE], [_open(noted=True)], {"42003": "42"}, NOW)
    assert again.reason is Reason.STILL_OPEN, "said once"


def test_a_panel_change_makes_nothing_more_urgent() -> None:
    worse = replace(RULE, level=Level.ACT_NOW)
    labelled = StoredSignal(1, replace(SEEN, labels=(*SEEN.labels, PANEL_CHANGE)), RULE.name)
    (intent,) = decide([labelled], [worse], [_open()], {"42003": "42"}, NOW)
    assert (intent.reason, intent.level) == (Reason.PANEL_CHANGE, Level.ADVISORY)


CONFIG = """
[programme]
state = "PA"
[store]
url = "{url}"
[thresholds.new-here]
method = "novelty"
substances = ["xylazine"]
scope = "state"
kinds = ["death"]
level = "advisory"
release = "automatic"
cool_down_days = 30
expires_days = 60
longest_days = 180
update_hours = 48
review_hours = 12
"""


def test_a_laboratory_that_begins_to_look_from_its_first_finding_to_the_message(sqlite_files: SqliteFiles) -> None:
    app = open_app(parse(CONFIG.format(url=sqlite_files.migrated()), "panel.toml", {}), {}, durable=False)
    seed(app, datetime(2022, 1, 1, tzinfo=UTC))
    row = {"partner": "Outreach", "phone": "+15105550111", "email": "", "language": "en", "consent": "signed form"}
    add_contact(app, {**row, "places": "PA"}, "test", datetime(2022, 1, 1, tzinfo=UTC))
    began = date(2023, 6, 1)
    deaths = []
    for n in range(-300, 30):
        found = ("fentanyl", "xylazine") if n >= 0 and n % 2 == 0 else ("fentanyl",)
        findings = tuple(Finding(name, name) for name in found)
        deaths.append(Sample(f"D{n}", SampleKind.DEATH, findings, "PA", "", "42003", began + timedelta(days=n)))
    past = Past.of_samples(app, "me", deaths, timedelta(0))
    with app.store.read() as connection:
        rules, people = thresholds.current(connection), partners.everybody(connection)
    last = began + timedelta(days=25)
    fast = backtest(app, {"": rules}, past, first=began, last=last, contacts=people)[""]
    slow = tuple(replay(app, "me", deaths, first=began, last=last, lag=timedelta(0)))
    assert fast == slow
    opened, noted = slow
    assert (opened.reason, opened.on) == ("first sighting", began + timedelta(days=4))
    assert (noted.reason, noted.number) == ("panel change", opened.number)
    assert noted.on <= began + timedelta(days=14)
    with app.store.read() as connection:
        (text,) = outbox.of_alert(connection, 1, noted.version)
    assert "may have just begun to test for it" in text.text
    app.close()
