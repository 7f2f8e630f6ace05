"""Open alerts as the decider needs them: what their sources stand by, what came since, what receivers were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alerts.app import App
from alerts.flow.decision.came_since import came_since
from alerts.flow.decision.end_told import end_told
from alerts.flow.decision.hush import covers
from alerts.flow.scope.region import region_of
from alerts.flow.scope.select import family
from alerts.flow.scope.whole_class import bearing_out, counted_for
from alerts.model.alert import Alert, AlertState
from alerts.model.open_alert import OpenAlert
from alerts.model.reason import Reason
from alerts.model.silence import Silence
from alerts.model.threshold import Threshold
from alerts.store import alerts, evidence, silences, withdrawn
from alerts.store.engine import Connection
from detectors.history import Tested


def open_alerts(
    app: App, connection: Connection, rules: Sequence[Threshold], now: datetime, ended_since: datetime
) -> list[OpenAlert]:
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
        believed = evidence.still_believed(connection, refs, bearing_out(alert.substance, app.lexicon), now)
        renamed = _renamed(app, connection, refs - believed, now)
        zone = app.configuration.programme.zone
        counted = counted_for(alert, rules, app.lexicon)
        holding = list({t.ref: t for substance in sorted(counted) for t in app.believed.holding(substance)}.values())
        since, fresh = came_since(alert, counted, holding, app.gazetteer, zone)
        noted = any(v.reason is Reason.PANEL_CHANGE for v in editions)
        said = end_told(editions)
        result.append(
            OpenAlert(
                alert, latest, frozenset(believed), _last_found(app, alert, holding), renamed, since, noted,
                said.expires_at if said else None, said.at.astimezone(zone).date() if said else None,
                bool(quiet) and any(_hushed(app, silence, alert) for silence in quiet),
                fresh,
            )
        )  # fmt: skip
    return result


def _hushed(app: App, silence: Silence, alert: Alert) -> bool:
    return all(covers(app, silence, alert.substance, place) for place in alert.places or (alert.region,))


def _renamed(app: App, connection: Connection, gone: set[str], now: datetime) -> tuple[str, ...]:
    """Families of contaminants that the laboratory names now in samples whose earlier result it changed."""
    if not gone:
        return ()
    named = withdrawn.named_now(connection, sorted(gone), now)
    ids = {s for found in named.values() for s in found if s in app.lexicon.substances}
    return tuple(sorted({family(s, app.lexicon) for s in ids if app.lexicon.substances[s].role == "contaminant"}))


def _last_found(app: App, alert: Alert, holding: Sequence[Tested]) -> date | None:
    known = [t.known for t in holding if t.kind == alert.kind and region_of(t.place, app.gazetteer) == alert.region]
    return date.fromordinal(max(known)) if known else None
