"""Open alerts as the decider needs them: what their sources stand by, what came since, what receivers were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alerts.app import App
from alerts.flow.decide import OpenAlert
from alerts.flow.hush import covers
from alerts.flow.region import region_of
from alerts.flow.select import family, members
from alerts.model.alert import Alert, AlertState, AlertVersion, PlaceFacts, VersionState
from alerts.model.reason import Reason
from alerts.model.silence import Silence
from alerts.store import alerts, evidence, silences, withdrawn
from alerts.store.engine import Connection
from detectors.history import Tested


def open_alerts(app: App, connection: Connection, now: datetime, ended_since: datetime) -> list[OpenAlert]:
    """Open alerts with what their sources still stand by, those that ended since a moment, and the last of each."""
    result = []
    alive = alerts.open_or_ended_since(connection, ended_since)
    held = {a.id for a in alive}
    quiet = silences.in_force(connection, now)
    for alert in [*alive, *(a for a in alerts.last_ended(connection) if a.id not in held)]:
        if alert.state is not AlertState.OPEN:
            result.append(OpenAlert(alert))
            continue
        editions = alerts.versions(connection, alert.id)
        latest = editions[-1]
        refs = {ref for place in latest.places for ref in place.evidence}
        believed = evidence.still_believed(connection, refs, members(alert.substance, app.lexicon), now)
        renamed = _renamed(app, connection, refs - believed, now)
        since = _found_since(app, alert)
        noted = any(v.reason is Reason.PANEL_CHANGE for v in editions)
        said = _said(editions)
        zone = app.configuration.programme.zone
        result.append(
            OpenAlert(
                alert, latest, frozenset(believed), _last_found(app, alert), renamed, since, noted,
                said.expires_at if said else None, said.at.astimezone(zone).date() if said else None,
                bool(quiet) and any(_hushed(app, silence, alert) for silence in quiet),
                _fresh(app, alert),
            )
        )  # fmt: skip
    return result


def _said(editions: Sequence[AlertVersion]) -> AlertVersion | None:
    """The edition whose end date its receivers go by; None while nobody was told one.

    News of a place goes only to those whom it concerns: the others still have the date from before. A renewal that
    staff refused counts as said, or it would be put before them again at every look.
    """
    told = [
        v
        for v in editions
        if v.expires_at is not None
        and (v.state is VersionState.ADDRESSED or (v.state is VersionState.REJECTED and v.reason is Reason.RENEWED))
    ]
    to_all = [v for v in told if v.change != "new_place" and v.reason is not Reason.CORRECTED]
    chosen = to_all or told[:1]
    return chosen[-1] if chosen else None


def _hushed(app: App, silence: Silence, alert: Alert) -> bool:
    return all(covers(app, silence, alert.substance, place) for place in alert.places or (alert.region,))


def _renamed(app: App, connection: Connection, gone: set[str], now: datetime) -> tuple[str, ...]:
    """Families of contaminants that the laboratory names now in samples whose earlier result it changed."""
    if not gone:
        return ()
    named = withdrawn.named_now(connection, sorted(gone), now)
    ids = {s for found in named.values() for s in found if s in app.lexicon.substances}
    return tuple(sorted({family(s, app.lexicon) for s in ids if app.lexicon.substances[s].role == "contaminant"}))


def _found_since(app: App, alert: Alert) -> dict[str, tuple[str, ...]]:
    """Place, and the region itself → samples with the alert's substance that became known since its opening day."""
    first = alert.opened_at.astimezone(app.configuration.programme.zone).date().toordinal()
    found: dict[str, list[str]] = {}
    for t in app.believed.samples.values():
        if t.kind == alert.kind and t.known >= first and alert.substance in t.substances:
            for place in {t.place, region_of(t.place, app.gazetteer)}:
                found.setdefault(place, []).append(t.ref)
    return {place: tuple(refs) for place, refs in found.items()}


def _fresh(app: App, alert: Alert) -> tuple[PlaceFacts, ...]:
    """What became known since the alert's opening day, of the places that it names."""
    first = alert.opened_at.astimezone(app.configuration.programme.zone).date().toordinal()
    found: dict[str, list[Tested]] = {}
    for t in app.believed.samples.values():
        if t.kind == alert.kind and t.known >= first and alert.substance in t.substances:
            for place in {t.place, region_of(t.place, app.gazetteer)} & set(alert.places):
                found.setdefault(place, []).append(t)
    return tuple(
        PlaceFacts(
            place, len(samples), date.fromordinal(min(t.event for t in samples)),
            date.fromordinal(max(t.event for t in samples)), tuple(t.ref for t in samples),
        )
        for place, samples in sorted(found.items())
    )  # fmt: skip


def _last_found(app: App, alert: Alert) -> date | None:
    known = [
        t.known
        for t in app.believed.samples.values()
        if t.kind == alert.kind
        and (alert.substance in t.substances or alert.substance in t.traces)
        and region_of(t.place, app.gazetteer) == alert.region
    ]
    return date.fromordinal(max(known)) if known else None
