"""What becomes of signals: cases in the order in which an alert lives, then what holds for any case."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.flow.decision.decide import decide
from alerts.model.alert import AlertState
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level import RANK, Level
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import NOTIFIES, Reason
from alerts.model.threshold import Threshold
from tests.flow.nouns import ALAMEDA, CONTRA_COSTA, KERN, NOW, REGIONS, TODAY, alert, edition, facts, rule, stored

BELIEVED = frozenset({"lab/1", "lab/2", "lab/3"})


def one(
    signals: list[StoredSignal], thresholds: list[Threshold], alerts: list[OpenAlert] | None = None, later: int = 0
) -> Intent:
    (intent,) = decide(signals, thresholds, alerts or [], REGIONS, NOW + timedelta(days=later))
    return intent


def still_open(**changes: object) -> OpenAlert:
    return OpenAlert(alert(**changes), edition(), BELIEVED, TODAY)


def test_a_first_sighting_opens_an_alert() -> None:
    intent = one([stored()], [rule(expires_days=30)])
    assert (intent.reason, intent.alert, intent.region) == (Reason.FIRST_SIGHTING, None, "06")
    assert intent.new_places == (ALAMEDA,)
    assert intent.expires_at == NOW + timedelta(days=30)
    assert intent.confidence == "lab-confirmed"


def test_a_rise_is_not_called_a_first_sighting() -> None:
    assert one([stored(labels=("lab-confirmed",))], [rule()]).reason is Reason.ABOVE_THRESHOLD


def test_two_counties_are_one_alert_of_their_state() -> None:
    intent = one([stored(1), stored(2, CONTRA_COSTA, evidence=("lab/2",))], [rule()])
    assert {p.place for p in intent.places} == {ALAMEDA, CONTRA_COSTA}


def test_the_most_urgent_rule_that_fires_sets_the_level() -> None:
    rules = [rule(), rule("life-at-risk", level=Level.ACT_NOW, method="watchlist")]
    intent = one([stored(1), stored(2, threshold="life-at-risk", method="watchlist")], rules)
    assert (intent.level, intent.threshold.name) == (Level.ACT_NOW, "life-at-risk")


def test_a_death_and_a_powder_are_two_alerts() -> None:
    intents = decide([stored(1), stored(2, kind="death")], [rule()], [], REGIONS, NOW)
    assert [i.kind for i in intents] == ["death", "drug"]


def test_samples_that_two_signals_share_count_once() -> None:
    intent = one([stored(1, evidence=("lab/1", "lab/2")), stored(2, evidence=("lab/2", "lab/3"))], [rule()])
    assert [(p.findings, p.evidence) for p in intent.places] == [(3, ("lab/1", "lab/2", "lab/3"))]


def test_the_same_again_is_silent_and_keeps_the_alert_open() -> None:
    intent = one([stored()], [rule(expires_days=30)], [still_open()])
    assert intent.reason is Reason.STILL_OPEN
    assert intent.expires_at == NOW + timedelta(days=30)


def test_a_new_county_waits_until_the_next_update_is_allowed() -> None:
    signals = [stored(1), stored(2, CONTRA_COSTA, evidence=("lab/2",))]
    early = one(signals, [rule(update_hours=49)], [still_open()])
    assert early.reason is Reason.TOO_SOON
    due = one(signals, [rule(update_hours=48)], [still_open()])
    assert (due.reason, due.new_places, due.change) == (Reason.NEW_PLACE, (CONTRA_COSTA,), "new_place")
    assert [p.place for p in due.places] == [CONTRA_COSTA, ALAMEDA], "what is new stands first"


def test_what_grows_worse_does_not_wait() -> None:
    worse = rule("life-at-risk", level=Level.ACT_NOW, method="watchlist", update_hours=1000)
    intent = one([stored(threshold="life-at-risk", method="watchlist")], [rule(), worse], [still_open()])
    assert (intent.reason, intent.level, intent.change) == (Reason.ESCALATED, Level.ACT_NOW, "level")


def test_a_milder_rule_does_not_lower_an_open_alert() -> None:
    intent = one([stored()], [rule()], [still_open(level=Level.ACT_NOW)])
    assert (intent.reason, intent.level) == (Reason.STILL_OPEN, Level.ACT_NOW)


def test_a_place_that_the_laboratory_took_back_is_corrected() -> None:
    current = OpenAlert(
        alert(places=(ALAMEDA, KERN)), edition((facts(), facts(KERN, ("lab/9",)))), frozenset({"lab/1"}), TODAY
    )
    intent = one([stored()], [rule()], [current])
    assert (intent.reason, intent.new_places, intent.ends) == (Reason.CORRECTED, (KERN,), False)
    assert [p.place for p in intent.places] == [ALAMEDA]


def test_an_alert_of_which_nothing_is_left_ends_with_its_correction() -> None:
    intent = one([], [rule()], [OpenAlert(alert(), edition(), frozenset(), None)])
    assert (intent.reason, intent.ends, intent.new_places) == (Reason.CORRECTED, True, (ALAMEDA,))


def test_one_of_several_findings_taken_back_needs_no_message() -> None:
    current = OpenAlert(alert(), edition((facts(evidence=("lab/1", "lab/2")),)), frozenset({"lab/2"}), TODAY)
    assert decide([], [rule()], [current], REGIONS, NOW) == []


def test_what_came_silently_after_the_edition_holds_its_place() -> None:
    """The first sample is withdrawn, a second one of the same county stands: no correction, no false all-clear."""
    current = OpenAlert(alert(), edition(), frozenset(), TODAY, since={ALAMEDA: ("lab/7",)})
    assert decide([], [rule()], [current], REGIONS, NOW) == []


def test_an_alert_expires_when_nothing_more_is_found() -> None:
    quiet = OpenAlert(alert(expires_at=NOW), edition(), BELIEVED, TODAY - timedelta(days=60))
    intent = one([], [rule(expires_days=30)], [quiet])
    assert (intent.reason, intent.ends) == (Reason.EXPIRED, True)
    assert decide([], [rule()], [OpenAlert(alert(), edition(), BELIEVED, None)], REGIONS, NOW) == [], "not before"


def test_a_method_that_falls_silent_gives_no_false_all_clear() -> None:
    """It is no longer new, so no method speaks; it is still found, so nobody may hear that it is gone."""
    found = OpenAlert(alert(expires_at=NOW), edition(), BELIEVED, TODAY - timedelta(days=3))
    intent = one([], [rule(expires_days=30, longest_days=180)], [found])
    assert (intent.reason, intent.ends) == (Reason.STILL_OPEN, False)
    assert intent.expires_at is not None
    assert intent.expires_at > NOW


def test_what_is_still_found_after_the_longest_time_is_established() -> None:
    old = OpenAlert(alert(expires_at=NOW, opened_at=NOW - timedelta(days=180)), edition(), BELIEVED, TODAY)
    intent = one([], [rule(expires_days=30, longest_days=180)], [old])
    assert (intent.reason, intent.ends) == (Reason.ESTABLISHED, True)


def test_an_alert_that_is_spoken_of_without_end_is_established_too() -> None:
    """A method that fires each day would otherwise keep its alert open for ever."""
    current, rules = alert(opened_at=NOW, updated_at=NOW, expires_at=NOW + timedelta(days=30)), [rule()]
    for day in range(1, 400):
        (intent,) = decide([stored()], rules, [OpenAlert(current, edition(), BELIEVED, TODAY)], REGIONS, _in(day))
        assert intent.expires_at is not None
        if intent.ends:
            assert (intent.reason, day) == (Reason.ESTABLISHED, 180)
            return
        assert intent.expires_at > _in(day)
        current = replace(current, expires_at=intent.expires_at)
    pytest.fail("the alert stayed open for 400 days")


def test_a_new_place_keeps_even_an_old_alert_open() -> None:
    old = OpenAlert(alert(expires_at=NOW, opened_at=NOW - timedelta(days=180)), edition(), BELIEVED, TODAY)
    intent = one([stored(2, CONTRA_COSTA, evidence=("lab/2",))], [rule(expires_days=30)], [old])
    assert (intent.reason, intent.expires_at) == (Reason.NEW_PLACE, NOW + timedelta(days=30))


def test_an_alert_that_ended_leaves_a_time_of_quiet() -> None:
    over = OpenAlert(alert(state=AlertState.ENDED, ended_at=NOW - timedelta(days=29)))
    assert one([stored()], [rule(cool_down_days=30)], [over]).reason is Reason.COOLING
    assert one([stored()], [rule(cool_down_days=29)], [over]).reason is Reason.FIRST_SIGHTING


def test_the_quiet_does_not_silence_something_worse() -> None:
    over = OpenAlert(alert(state=AlertState.ENDED, ended_at=NOW - timedelta(days=1)))
    worse = rule("life-at-risk", level=Level.ACT_NOW, method="watchlist")
    intent = one([stored(threshold="life-at-risk", method="watchlist")], [rule(), worse], [over])
    assert intent.reason is Reason.FIRST_SIGHTING


def test_a_threshold_that_is_switched_off_says_so_and_does_nothing() -> None:
    intent = one([stored()], [rule(enabled=False)])
    assert intent.reason is Reason.SWITCHED_OFF
    assert intent.reason not in NOTIFIES


def test_an_alert_whose_rule_is_switched_off_still_ends() -> None:
    quiet = OpenAlert(alert(expires_at=NOW), edition(), BELIEVED, TODAY - timedelta(days=60))
    reasons = {i.reason for i in decide([stored()], [rule(enabled=False)], [quiet], REGIONS, NOW)}
    assert reasons == {Reason.SWITCHED_OFF, Reason.EXPIRED}


LEVELS = st.sampled_from(list(Level))
RULES = st.tuples(LEVELS, LEVELS, st.booleans(), st.booleans(), st.integers(0, 60), st.integers(0, 72)).map(
    lambda t: [
        rule("new-here", level=t[0], enabled=t[2], cool_down_days=t[4], update_hours=t[5]),
        rule("life-at-risk", level=t[1], enabled=t[3], cool_down_days=t[4], method="watchlist"),
    ]
)
REFS = st.lists(st.sampled_from(["lab/1", "lab/2", "lab/3", "lab/4"]), min_size=1, max_size=3, unique=True).map(tuple)
SIGNALS = st.lists(
    st.tuples(
        st.sampled_from(list(REGIONS)), st.sampled_from(["xylazine", "carfentanil"]),
        st.sampled_from(["new-here", "life-at-risk"]), REFS, st.booleans(), st.sampled_from(["drug", "death"]),
    ),
    max_size=6,
).map(
    lambda rows: [
        stored(
            i, place, substance=substance, threshold=threshold, evidence=refs, kind=kind,
            labels=("lab-confirmed", "first in place") if new else ("screening result",),
        )
        for i, (place, substance, threshold, refs, new, kind) in enumerate(rows)
    ]
)  # fmt: skip
ALERTS = st.lists(
    st.tuples(
        st.sampled_from(["xylazine", "carfentanil"]), st.sampled_from(["06", "42"]), LEVELS, st.booleans(),
        st.integers(-400, -1), st.integers(-30, 30), st.frozensets(st.sampled_from(["lab/1", "lab/2"])),
        st.one_of(st.none(), st.integers(-90, 0)),
    ),
    max_size=4, unique_by=lambda t: (t[0], t[1]),
).map(
    lambda rows: [
        OpenAlert(
            alert(
                id=i, substance=substance, region=region, level=level, opened_at=NOW + timedelta(days=opened),
                updated_at=NOW + timedelta(days=opened), expires_at=NOW + timedelta(days=expires),
                state=AlertState.OPEN if is_open else AlertState.ENDED,
                ended_at=None if is_open else NOW + timedelta(days=opened / 10),
            ),
            edition((facts(evidence=("lab/1", "lab/2")),), alert=i) if is_open else None,
            believed, None if found is None else TODAY + timedelta(days=found),
        )
        for i, (substance, region, level, is_open, opened, expires, believed, found) in enumerate(rows)
    ]
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(signals=SIGNALS, rules=RULES, alerts=ALERTS, seed=st.integers(0, 5))
def test_what_holds_for_any_case(
    signals: list[StoredSignal], rules: list[Threshold], alerts: list[OpenAlert], seed: int
) -> None:
    intents = decide(signals, rules, alerts, REGIONS, NOW)
    assert intents == decide(signals, rules, alerts, REGIONS, NOW), "the same input gives the same output"
    assert [RANK[i.level] for i in intents] == sorted(RANK[i.level] for i in intents), "the most urgent first"

    shuffled, turned, others = list(signals), list(rules), list(alerts)
    for mixed in (shuffled, turned, others):
        random.Random(seed).shuffle(mixed)
    again = decide(shuffled, turned, others, REGIONS, NOW)
    assert [_essence(i) for i in again] == [_essence(i) for i in intents], "the order of what is given does not matter"

    enabled = {r.name for r in rules if r.enabled}
    opened: set[tuple[str, str, str]] = set()
    about: set[int] = set()
    for intent in intents:
        key = (intent.substance, intent.region, intent.kind)
        if intent.reason in NOTIFIES and intent.signals:
            assert {s.threshold for s in intent.signals} <= enabled, "a rule that is switched off speaks for nobody"
        if intent.alert is None and intent.reason in NOTIFIES:
            assert key not in opened, "one emergence is opened once"
            opened.add(key)
            assert not any(a.alert.state is AlertState.OPEN and _key(a) == key for a in alerts)
        if intent.reason in (Reason.CORRECTED, Reason.EXPIRED, Reason.ESTABLISHED):
            assert intent.alert is not None, "nothing is taken back that was not said"
        if intent.alert is not None and intent.reason in NOTIFIES:
            assert intent.alert.id not in about, "one edition of an alert at a time"
            about.add(intent.alert.id)
        if intent.reason is Reason.COOLING:
            assert all(
                RANK[a.alert.level] <= RANK[intent.level]
                for a in alerts
                if a.alert.state is AlertState.ENDED and _key(a) == key
            ), "quiet must not silence something worse"

    for held in alerts:
        if held.alert.state is AlertState.OPEN and held.alert.expires_at <= NOW:
            mine = [i for i in intents if i.alert is not None and i.alert.id == held.alert.id]
            assert any(i.ends or (i.expires_at or NOW) > NOW or i.reason is Reason.CORRECTED for i in mine), (
                "an alert never stays open by being forgotten"
            )


def _key(held: OpenAlert) -> tuple[str, str, str]:
    return held.alert.substance, held.alert.region, held.alert.kind


def _essence(intent: Intent) -> tuple[object, ...]:
    """An intent without the order of what it holds."""
    places = {replace(p, evidence=tuple(sorted(p.evidence))) for p in intent.places}
    return (
        intent.reason, intent.substance, intent.region, intent.kind, intent.level, intent.threshold.name,
        intent.alert and intent.alert.id, frozenset(s.id for s in intent.signals), places, frozenset(intent.new_places),
        intent.confidence, intent.expires_at, intent.change, intent.ends,
    )  # fmt: skip


@pytest.mark.parametrize("found_every", [1, 7, 20, 29])
def test_an_alert_ends_at_the_latest_after_its_longest_time(found_every: int) -> None:
    """Day by day: silent methods, a substance that keeps being found; then established, never for ever."""
    current, rules = alert(opened_at=NOW, updated_at=NOW, expires_at=NOW + timedelta(days=30)), [rule()]
    for day in range(400):
        found: date = TODAY + timedelta(days=day - day % found_every)
        intents = decide(
            [], rules, [OpenAlert(current, edition(), BELIEVED, found)], REGIONS, NOW + timedelta(days=day)
        )
        for intent in intents:
            assert intent.expires_at is not None
            if intent.ends:
                assert intent.reason is Reason.ESTABLISHED
                assert 180 <= day <= 211
                return
            assert intent.expires_at > _in(day)
            current = replace(current, expires_at=intent.expires_at)
    pytest.fail("the alert stayed open for 400 days")


def _in(days: int) -> datetime:
    return NOW + timedelta(days=days)
