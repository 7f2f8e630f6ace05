"""From one edition of an alert to what its messages may say. What is not in the record is not said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from alerts.app import App
from alerts.flow.addressing.notice_of import rests_on_notices
from alerts.flow.scope.place_names import place_name, shown_places
from alerts.flow.scope.region import NATION
from alerts.model.alert import ALERT_MOVES, Alert, AlertState, AlertVersion, PlaceFacts
from alerts.model.intent import StoredSignal
from alerts.model.partner import Contact
from alerts.model.reason import Reason
from alerts.privacy import shown_counts
from alerts.wording.content import AlertContent, Change, Reference
from alerts.wording.place_name import PlaceName
from detectors.methods.mention import said_of
from detectors.sample import SampleKind

KIND_OF: dict[Reason, str] = {
    Reason.RETURNED: "returned",
    Reason.ABOVE_THRESHOLD: "rise",
    Reason.PANEL_CHANGE: "detected",
    Reason.NEW_PLACE: "update",
    Reason.ESCALATED: "update",
    Reason.CONFIRMED: "update",
    Reason.RENEWED: "update",
    Reason.CORRECTED: "correction",
    Reason.EXPIRED: "expiry",
    Reason.ESTABLISHED: "expiry",
    Reason.ALL_CLEAR: "all_clear",
}
"""Reason of an edition → kind of message. A first sighting depends on what the detectors saw; see `kind_of`."""

WHY_ENDED: dict[Reason, str] = {Reason.CORRECTED: "lab_withdrew", Reason.EXPIRED: "no_new_findings",
                              Reason.ESTABLISHED: "established"}  # fmt: skip
"""Reason of an edition → key of `[reasons]` in words/*.toml, where the edition itself names none."""


def kind_of(version: AlertVersion, signals: Sequence[StoredSignal]) -> str:
    """Which template says this. "New here" is said only where a detector found nothing of it here before."""
    if version.reason is Reason.NEW_PLACE and version.change == "new_place":
        return "spread"
    if version.reason is Reason.PANEL_CHANGE and version.change:
        return "update"
    untested = UNTESTED.get(version.kind)
    if untested and version.reason in FIRST_REASONS:
        return "bulletin" if rests_on_notices(version) else untested
    if version.reason is not Reason.FIRST_SIGHTING:
        return KIND_OF[version.reason]
    return "first_sighting" if _is_new(signals) else "detected"


UNTESTED = {"field report": "field_report", "notice": "bulletin"}
"""Evidence of which nothing was tested → the kind of message that says so from the first word."""

FIRST_REASONS = ALERT_MOVES[None][AlertState.OPEN]
"""Reasons that open an alert."""


def as_first(version: AlertVersion, first: AlertVersion) -> AlertVersion:
    """A later edition for somebody who never got the alert: what is known now, told as the alert itself."""
    signals = tuple(dict.fromkeys((*first.signals, *version.signals)))
    # What a change in the laboratory would explain is told as found, not as the spread that it was first taken for.
    reason = version.reason if version.reason is Reason.PANEL_CHANGE else first.reason
    return replace(version, reason=reason, change="", new_places=(), signals=signals, because="")


def content(
    app: App,
    alert: Alert,
    version: AlertVersion,
    signals: Sequence[StoredSignal],
    first_alert: date,
    notice: Reference | None = None,
    editions: Sequence[AlertVersion] = (),
) -> AlertContent:
    """Everything that is the same for all who hear of this edition; `for_contact` adds what is theirs.

    notice: what an alert from elsewhere is about. editions: all of the alert's; counts that could be had by
    subtracting an earlier one are not said.
    """
    programme = app.configuration.programme
    smallest = app.configuration.privacy.smallest_count
    substance = app.lexicon.substances[alert.substance]
    places = version.places
    earlier = [_counts(v) for v in editions if v.version < version.version]
    # Notices are no samples: how many there are says nothing of how much there is.
    told = [*earlier, _counts(version)] if alert.kind != SampleKind.NOTICE else []
    count, tested = shown_counts(told, smallest)
    new = _is_new(signals) and version.reason is Reason.FIRST_SIGHTING
    day = version.at.astimezone(programme.zone).date()
    return AlertContent(
        front=programme.name,
        programme=programme.name,
        alert=alert.number,
        version=version.version,
        level=version.level,
        substance=alert.substance,
        name=substance.display("en"),
        profile=substance.action,
        names={language: substance.display(language) for language in programme.languages},
        family=_family_names(app, alert.substance),
        places=_where(app, version, signals) or (place_name(app, alert.region),),
        alert_date=day,
        expires=None if _ends(alert, version) else _end_day(app, alert, version),
        confidence="bulletin" if rests_on_notices(version) else version.confidence,
        watched=any(s.signal.method == "watchlist" for s in signals),
        panel_change=version.reason is Reason.PANEL_CHANGE,
        evidence=alert.kind,
        link=f"{programme.public_url.rstrip('/')}/a/{alert.number}",
        source=_source(app, places),
        attribution=_attribution(app, places),
        sampled_first=min((p.first for p in places if p.first), default=None),
        sampled_last=max((p.last for p in places if p.last), default=None),
        last_seen=max((p.last for p in places if p.last), default=None),
        count=count,
        tested=tested,
        look_back_days=_look_back(signals) if new else _absence(version, signals),
        lag_days=_lag(signals),
        first_alert=first_alert if version.reason not in FIRST_REASONS else None,
        changes=_changes(app, version),
        reason=version.because or WHY_ENDED.get(version.reason, ""),
        note=dict(version.note),
        contact=programme.contact,
        bulletin=notice,
        exercise=alert.exercise,
        simulated=programme.simulated,
    )  # fmt: skip


def why_url(unsubscribe: str) -> str:
    """Where "why did I get this?" is answered: beneath the reader's own link, so that a mail has only one that is
    theirs."""
    return f"{unsubscribe}/why"


def for_contact(base: AlertContent, contact: Contact, *, opt_out: bool, unsubscribe: str) -> AlertContent:
    """The same content under the partner's own name, with the words that end it where they are due."""
    why = why_url(unsubscribe) if unsubscribe else ""
    return replace(base, front=contact.partner.front, opt_out=opt_out, unsubscribe=unsubscribe, why_link=why)


def _counts(version: AlertVersion) -> tuple[int, int | None]:
    """(samples with the substance, samples tested) of an edition."""
    found = len({ref for p in version.places for ref in p.evidence})
    return found, sum(p.tested or 0 for p in version.places) or None


def _end_day(app: App, alert: Alert, version: AlertVersion) -> date:
    """The day that this edition names: evidence that comes silently afterwards does not change what was said."""
    return (version.expires_at or alert.expires_at).astimezone(app.configuration.programme.zone).date()


def _ends(alert: Alert, version: AlertVersion) -> bool:
    return alert.state is AlertState.ENDED and version.version == alert.version


def _where(app: App, version: AlertVersion, signals: Sequence[StoredSignal]) -> tuple[PlaceName, ...]:
    """The alert's places; of a notice, those that it speaks of, for it is read here and tells of elsewhere."""
    spoken = [code for s in signals if s.signal.method == "mention" for code in said_of(s.signal)]
    named = tuple(dict.fromkeys(code for code in spoken if code != NATION)) or tuple(dict.fromkeys(spoken))
    codes = named if version.kind == SampleKind.NOTICE and named else tuple(p.place for p in version.places)
    return shown_places(app, codes)


def _is_new(signals: Sequence[StoredSignal]) -> bool:
    return any("first in place" in s.signal.labels for s in signals)


def _family_names(app: App, substance: str) -> tuple[str, ...]:
    names = (s.display("en") for s in app.lexicon.substances.values() if s.parent == substance and s.role != "marker")
    return tuple(sorted(names))


def _feeds(places: Sequence[PlaceFacts]) -> list[str]:
    return list(dict.fromkeys(ref.partition("/")[0] for p in places for ref in p.evidence))


def _source(app: App, places: Sequence[PlaceFacts]) -> str:
    """Who says so: the feeds behind the evidence, as the operator named them."""
    feeds = app.configuration.feeds
    names = [feeds[f].source if f in feeds and feeds[f].source else f.replace("-", " ") for f in _feeds(places)]
    return ", ".join(dict.fromkeys(names)) or app.configuration.programme.name


def _attribution(app: App, places: Sequence[PlaceFacts]) -> str:
    """The wording that a source asks for, unless the operator named the source in their own words."""
    texts = []
    for feed in _feeds(places):
        settings = app.configuration.feeds.get(feed)
        preset = settings.known if settings and not settings.source else None
        if preset is not None and preset.attribution:
            texts.append(preset.attribution)
    return "; ".join(dict.fromkeys(texts))


def _look_back(signals: Sequence[StoredSignal]) -> int | None:
    spans = [
        (s.signal.baseline.last - s.signal.baseline.first).days + 1 for s in signals if s.signal.baseline is not None
    ]
    return max(spans, default=None)


def _lag(signals: Sequence[StoredSignal]) -> int | None:
    lags = [s.signal.lag_days for s in signals if s.signal.lag_days is not None]
    return round(max(lags)) if lags else None


def _absence(version: AlertVersion, signals: Sequence[StoredSignal]) -> int | None:
    """Days for which it was not found, where a detector proved that; the end of an alert alone proves nothing."""
    if version.reason is not Reason.RETURNED:
        return None
    days = [s.signal.parameters.get("absent_days") for s in signals if s.signal.method == "returned"]
    return max((int(d) for d in days if isinstance(d, int | float)), default=None)


def _changes(app: App, version: AlertVersion) -> tuple[Change, ...]:
    places = shown_places(app, version.new_places)
    known = {
        "new_place": Change("new_place", places),
        "level": Change("level", (), str(version.level)),
        "confidence": Change("confidence", (), version.confidence),
        "renewed": Change("renewed"),
        "place_withdrawn": Change("place_withdrawn", places),
        "panel_change": Change("panel_change"),
    }
    if version.renamed:
        known["substance"] = Change("substance", (), app.lexicon.substances[version.renamed].display("en"))
    return tuple(known[key] for key in version.change.split(",") if key in known)
