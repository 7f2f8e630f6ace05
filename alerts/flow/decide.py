"""What becomes of signals: pure, from data to intents with reasons. Applying them is another file's job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from alerts.flow.place_facts import merge, places_of, without_wider
from alerts.flow.weigh import confidence_of, rank_of_confidence, weigh
from alerts.model.alert import Alert, AlertState, AlertVersion, PlaceFacts, VersionState
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level import RANK
from alerts.model.level_rule import LevelRule
from alerts.model.reason import Reason
from alerts.model.threshold import Release, Threshold

NOTICE = "notice"
"""Kind of evidence of which nothing was tested: somebody wrote it."""

PANEL_CHANGE = "panel change"
"""Label of a signal that a change in the laboratory would explain as well as one in the supply."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as the decider needs it.

    latest: newest edition of an open one, None for one that ended. believed: which of its evidence ("feed/key") the
    sources still stand by. last_found: the day on which the newest finding of it in its region became known, new or
    not. renamed: what the laboratory now names the findings that it changed (ids of families), withdrawn ones apart.
    since: place → samples of it that became known after the alert was opened, in no edition or in one.
    panel_noted: an edition of it already says that the laboratory may have changed.
    said_until, said_on: the end that its receivers were last told, and the day of that; None while nobody was told.
    hushed: a silence covers it. fresh: samples that became known since it was opened, in places that it names.
    """

    alert: Alert
    latest: AlertVersion | None = None
    believed: frozenset[str] = frozenset()
    last_found: date | None = None
    renamed: tuple[str, ...] = ()
    since: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    panel_noted: bool = False
    said_until: datetime | None = None
    said_on: date | None = None
    hushed: bool = False
    fresh: tuple[PlaceFacts, ...] = ()


def decide(
    signals: Sequence[StoredSignal],
    thresholds: Sequence[Threshold],
    alerts: Sequence[OpenAlert],
    regions: Mapping[str, str],
    now: datetime,
    levels: Sequence[LevelRule] = (),
    silenced: frozenset[int] = frozenset(),
) -> list[Intent]:
    """One intent for each (substance, region, kind) that spoke, and one for each open alert that ends or is corrected.

    regions: place → its state. alerts: the open ones, those that ended within the longest cool-down, and the last one
    that ended of each substance, state and kind. levels: what evidence is worth. silenced: numbers of signals that a
    silence covers; corrections and ends are never silenced. The order of the result is that of urgency, then substance
    and region; the same input gives the same output.
    """
    by_name = {t.name: t for t in thresholds}
    groups: dict[tuple[str, str, str], list[StoredSignal]] = {}
    for stored in signals:
        key = (stored.signal.substance, regions[stored.signal.place], stored.signal.kind)
        groups.setdefault(key, []).append(stored)
    # A powder and a death that say the same bear each other out, though each is an alert of its own.
    kinds: dict[tuple[str, str], set[str]] = {}
    for substance, region, kind in groups:
        loud = any(s.id not in silenced and _heard(s, by_name) for s in groups[substance, region, kind])
        kinds.setdefault((substance, region), set()).update({kind} if loud else ())
    for open_alert in alerts:
        if open_alert.alert.state is AlertState.OPEN and not open_alert.alert.exercise:
            kinds.setdefault((open_alert.alert.substance, open_alert.alert.region), set()).add(open_alert.alert.kind)
    intents: list[Intent] = []
    spoken: set[int] = set()
    for (substance, region, kind), group in groups.items():
        mine = [a for a in alerts if (a.alert.substance, a.alert.region, a.alert.kind) == (substance, region, kind)]
        current = next((a for a in mine if a.alert.state is AlertState.OPEN), None)
        if current is not None and _withdrawn(current) is not None:
            continue  # the laboratory took something back: that is said first; what is left is decided afterwards
        ended = [a.alert for a in mine if a.alert.state is AlertState.ENDED]
        # A notice is no second source of a finding, nor a finding one of a notice from elsewhere.
        elsewhere = frozenset() if kind == NOTICE else frozenset(kinds[substance, region]) - {kind, NOTICE}
        intent = _of_group(substance, region, kind, group, by_name, current, ended, now, levels, silenced, elsewhere)
        if current is not None and intent.reason is Reason.STILL_OPEN and _end_has_come(current, now):
            intent = _end_or_renewal(current, by_name, now, intent)
        intents.append(intent)
        if current is not None and intent.reason not in (Reason.SWITCHED_OFF, Reason.SILENCED):
            spoken.add(current.alert.id)
    for open_alert in alerts:
        if open_alert.alert.state is not AlertState.OPEN:
            continue
        corrected = _withdrawn(open_alert)
        if corrected is not None:
            intents.append(_correction(open_alert, corrected, by_name, now))
        elif open_alert.alert.id not in spoken and _end_has_come(open_alert, now):
            intents.append(_end_or_renewal(open_alert, by_name, now))
    return sorted(intents, key=lambda i: (RANK[i.level], i.substance, i.region, i.kind))


def _of_group(
    substance: str,
    region: str,
    kind: str,
    group: Sequence[StoredSignal],
    thresholds: Mapping[str, Threshold],
    current: OpenAlert | None,
    ended: Sequence[Alert],
    now: datetime,
    levels: Sequence[LevelRule],
    silenced: frozenset[int],
    elsewhere: frozenset[str],
) -> Intent:
    """elsewhere: other kinds of evidence that hold the same substance in the region, today or in an open alert."""
    firing = [s for s in group if _heard(s, thresholds)]
    if not firing:
        named = {s.threshold for s in group}
        rule = next((r for name, r in sorted(thresholds.items()) if name in named), next(iter(thresholds.values())))
        return Intent(Reason.SWITCHED_OFF, substance, region, kind, rule.level, rule, tuple(group))
    loud = [s for s in firing if s.id not in silenced]
    if not loud:
        firing.sort(key=lambda s: (RANK[thresholds[s.threshold].level], s.threshold, s.signal.place))
        rule = thresholds[firing[0].threshold]
        alert = current.alert if current is not None else None
        return Intent(Reason.SILENCED, substance, region, kind, rule.level, rule, tuple(firing), alert)
    firing = loud
    known = current.latest if current is not None else None
    weighed = {
        name: weigh(thresholds[name], firing, known, levels, elsewhere) for name in {s.threshold for s in firing}
    }
    # Of two that are as urgent the one that lets it out speaks: another one's review must not hold up what is at risk.
    firing.sort(
        key=lambda s: (
            *_urgency(weighed[s.threshold][0]), RANK[thresholds[s.threshold].level], s.threshold, s.signal.place,
        )
    )  # fmt: skip
    rule, level_rule = weighed[firing[0].threshold]
    if changed := all(PANEL_CHANGE in s.signal.labels for s in firing):
        # What a laboratory's new panel would explain is no spread until a person says so.
        rule = replace(rule, release=Release.REVIEW)
    facts = places_of(firing)
    confidence = confidence_of(firing)
    expires = now + timedelta(days=max(thresholds[s.threshold].expires_days for s in firing))

    if current is None:
        cooling = [
            a for a in ended if a.ended_at is not None and now - a.ended_at < timedelta(days=rule.cool_down_days)
        ]
        # Cooling must not silence something worse than what had ended.
        if cooling and RANK[rule.level] >= min(RANK[a.level] for a in cooling):
            reason = Reason.COOLING
        elif changed:
            reason = Reason.PANEL_CHANGE
        elif any(a.ended_because == Reason.EXPIRED for a in ended):
            reason = Reason.RETURNED
        elif any("first in place" in s.signal.labels or s.signal.method == "watchlist" for s in firing):
            reason = Reason.FIRST_SIGHTING
        else:
            reason = Reason.ABOVE_THRESHOLD
        places = without_wider(facts, region)
        return Intent(
            reason, substance, region, kind, rule.level, rule, tuple(firing), None, places,
            tuple(p.place for p in places), confidence, expires, level_rule=level_rule,
        )  # fmt: skip

    alert, latest = current.alert, current.latest
    assert latest is not None
    known_now = without_wider(merge(facts, latest.places, first=()), region)
    named = {f.place for f in known_now}
    new_places = tuple(f.place for f in facts if f.place not in alert.places and f.place in named)
    level = min(rule.level, alert.level, key=lambda one: RANK[one])
    merged = tuple(f for f in merge(facts, latest.places, first=new_places) if f.place in named)
    best = min((confidence, latest.confidence), key=rank_of_confidence)
    surer = rank_of_confidence(best) < rank_of_confidence(latest.confidence)
    if changed and not current.panel_noted:
        # The first findings looked like a spread; five of them show that the laboratory may just have begun to look.
        # Whoever waits to approve the spread must see that instead, and nothing may grow worse by it.
        reason, level = Reason.PANEL_CHANGE, alert.level
    elif RANK[level] < RANK[alert.level]:
        reason = Reason.ESCALATED
    elif new_places or surer:
        waited = now - alert.updated_at >= timedelta(hours=rule.update_hours)
        reason = (Reason.NEW_PLACE if new_places else Reason.CONFIRMED) if waited else Reason.TOO_SOON
    else:
        reason = Reason.STILL_OPEN
    if reason in (Reason.STILL_OPEN, Reason.TOO_SOON):
        # A method that speaks each day must not keep its alert open for ever; only what is new for people may.
        expires = min(expires, alert.opened_at + timedelta(days=_rule(alert, thresholds).longest_days))
        if max(expires, alert.expires_at) <= now:
            reason = Reason.ESTABLISHED
            merged, new_places, surer = latest.places, (), False
    return Intent(
        reason, substance, region, kind, level, rule, tuple(firing), alert, merged, new_places, best,
        max(expires, alert.expires_at), change=_change(reason, new_places, surer=surer),
        ends=reason is Reason.ESTABLISHED, level_rule=level_rule,
        because="established" if reason is Reason.ESTABLISHED else "",
    )  # fmt: skip


def _heard(stored: StoredSignal, thresholds: Mapping[str, Threshold]) -> bool:
    return stored.threshold in thresholds and thresholds[stored.threshold].enabled


def _urgency(rule: Threshold) -> tuple[int, bool]:
    return RANK[rule.level], rule.release is Release.REVIEW


def _withdrawn(current: OpenAlert) -> tuple[PlaceFacts, ...] | None:
    """What is left of an alert's places when its sources withdrew something; None when they stand by all of it."""
    assert current.latest is not None
    left = []
    for facts in current.latest.places:
        evidence = tuple(ref for ref in facts.evidence if ref in current.believed)
        # What came silently after the edition holds the place too: to take it off would be a false all-clear.
        evidence = evidence or current.since.get(facts.place, ())
        if evidence:
            left.append(PlaceFacts(facts.place, len(evidence), facts.first, facts.last, evidence, facts.tested))
    # A place that still has evidence needs no correction: its count is said again with the next edition.
    if {f.place for f in left} == {f.place for f in current.latest.places}:
        return None
    return tuple(left)


def _correction(
    current: OpenAlert, left: tuple[PlaceFacts, ...], thresholds: Mapping[str, Threshold], now: datetime
) -> Intent:
    alert = current.alert
    assert current.latest is not None
    kept = {f.place for f in left}
    gone = tuple(f.place for f in current.latest.places if f.place not in kept)
    # One name is news; several are no sentence for a text.
    renamed = current.renamed[0] if len(current.renamed) == 1 else ""
    return Intent(
        Reason.CORRECTED, alert.substance, alert.region, alert.kind, alert.level, _rule(alert, thresholds), (), alert,
        left or current.latest.places, gone, current.latest.confidence, alert.expires_at if left else now,
        change=",".join([*(["place_withdrawn"] if left else []), *(["substance"] if renamed else [])]), ends=not left,
        because=_why_corrected(current), renamed=renamed,
    )  # fmt: skip


def _why_corrected(current: OpenAlert) -> str:
    if current.alert.kind == NOTICE:
        return "notice_changed"
    return "lab_changed" if current.renamed else "lab_withdrew"


def _end_has_come(current: OpenAlert, now: datetime) -> bool:
    """By the date that people were told, where they were told one: what goes on silently looks over to them."""
    return (current.said_until or current.alert.expires_at) <= now


def _end_or_renewal(
    current: OpenAlert, thresholds: Mapping[str, Threshold], now: datetime, spoken: Intent | None = None
) -> Intent:
    """At its end date an alert goes on with fresh evidence, and its receivers are told the new date; or it ends.

    A method falls silent when a substance is no longer new; "no new findings came in" would then be a false all-clear.
    Nor is a method that goes on speaking of the same samples fresh evidence. spoken: what its signals came to.
    """
    alert, latest = current.alert, current.latest
    assert latest is not None
    rule = _rule(alert, thresholds)
    since = (now - timedelta(days=rule.expires_days)).date()
    last = current.last_found
    found = last is not None and last > since
    fresh = found if current.said_on is None else last is not None and last > current.said_on
    latest_end = alert.opened_at + timedelta(days=rule.longest_days)
    # A renewal of a day, and the end on the next, would be two messages for one.
    least = timedelta(0) if current.said_on is None else SHORTEST_RENEWAL
    if fresh and now + least < latest_end:
        assert last is not None
        # Nobody is told while a silence holds, nor twice while an edition waits for its review.
        told = current.said_until is not None and not current.hushed and latest.state not in PENDING
        reason = Reason.RENEWED if told else Reason.STILL_OPEN
        expires = now + max(last - since, timedelta(0)) + timedelta(days=1)
        expires = max(min(expires, latest_end), alert.expires_at)
    else:
        reason = Reason.ESTABLISHED if fresh or found else Reason.EXPIRED
        expires = alert.expires_at
    goes_on = reason in (Reason.STILL_OPEN, Reason.RENEWED)
    # What came silently is told with the new date: its day is what makes the message news.
    places = merge(current.fresh, spoken.places if spoken else latest.places, first=()) if goes_on else latest.places
    return Intent(
        reason, alert.substance, alert.region, alert.kind, alert.level, rule, spoken.signals if spoken else (), alert,
        places, (), latest.confidence, expires,
        change="renewed" if reason is Reason.RENEWED else "", ends=not goes_on,
        because={Reason.ESTABLISHED: "established", Reason.EXPIRED: "no_new_findings"}.get(reason, ""),
    )  # fmt: skip


SHORTEST_RENEWAL = timedelta(days=7)
"""An alert that would reach its longest time sooner than this after its end date ends at that date, as established."""

PENDING = frozenset({VersionState.HELD, VersionState.APPROVED})
"""States of an edition that nobody was told of yet."""


def _rule(alert: Alert, thresholds: Mapping[str, Threshold]) -> Threshold:
    return thresholds.get(alert.threshold) or next(iter(thresholds.values()))


def _change(reason: Reason, new_places: Sequence[str], *, surer: bool) -> str:
    if reason not in (Reason.ESCALATED, Reason.NEW_PLACE, Reason.CONFIRMED, Reason.PANEL_CHANGE):
        return ""
    special = {Reason.ESCALATED: "level", Reason.PANEL_CHANGE: "panel_change"}
    keys = (special.get(reason, ""), "new_place" if new_places else "")
    return ",".join(key for key in (*keys, "confidence" if surer else "") if key)
