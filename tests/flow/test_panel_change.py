"""A laboratory that begins to look for something: a person decides, nobody is paged by a change of method."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from alerts.flow.decide import PANEL_CHANGE, decide
from alerts.model.intent import StoredSignal
from alerts.model.level import Level
from alerts.model.reason import Reason
from alerts.model.threshold import Release, Threshold
from detectors.signal import Signal, Window

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
