"""All alerts, and one alert with everything that stands behind it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import Desk, desk_of
from alerts.console.evidence import shown
from alerts.console.page import page
from alerts.console.proposal import Proposal, proposal
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.spoken import Spoken
from alerts.console.visitor import InAlerts, Visitor
from alerts.flow.reviewing.cancel import ENDS
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.partner import Contact
from alerts.model.reason import SENTENCES
from alerts.store import alerts, ledger_rows, outbox, partners, signals
from alerts.store.engine import Connection
from alerts.wording.words import words

router = APIRouter()

_MOST = 200

STEPS: dict[DeliveryState, str] = {
    DeliveryState.QUEUED: "waits for its hour or its turn",
    DeliveryState.SENDING: "with the carrier just now",
    DeliveryState.ACCEPTED: "taken by the carrier, not yet confirmed",
    DeliveryState.DELIVERED: "arrived",
    DeliveryState.FAILED: "did not arrive: a person must look",
    DeliveryState.STANDBY: "another channel of this person comes first; this one is sent only if that fails",
    DeliveryState.CANCELLED: "not sent: consent or the alert was withdrawn",
}
"""What a state means for the person who waits for the message."""


@router.get("/alerts")
def overview(request: Request, visitor: InAlerts) -> HTMLResponse:
    with desk_of(request).app.store.read() as connection:
        found = alerts.everything(connection)
        held = {v.alert for v in alerts.versions_in(connection, {VersionState.HELD})}
    return page(request, "alerts.html", visitor, room="alerts", found=found, held=held)


@router.get("/alerts/{number}")
def show(request: Request, visitor: InAlerts, number: str) -> HTMLResponse:
    return alert_page(request, visitor, number)


def alert_page(request: Request, visitor: Visitor, number: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """The page of one alert. problem: why what was just asked for was not done."""
    desk = desk_of(request)
    now = desk.clock()
    with desk.app.store.read() as connection:
        alert = alerts.by_number(connection, number)
        if alert is None:
            raise Refusal(*NOT_FOUND)
        editions = alerts.versions(connection, alert.id)
        spoken = signals.by_number(connection, sorted({s for v in editions for s in v.signals}))
        say = Spoken(desk.app, now)
        held = editions[-1] if editions[-1].state is VersionState.HELD else None
        return page(
            request,
            "alert.html",
            visitor,
            status=status,
            room="alerts",
            problem=problem,
            alert=alert,
            held=held,
            proposal=_proposal(desk, connection, alert, held, now),
            languages=desk.app.configuration.programme.languages,
            own_work=held is not None and held.author == visitor.person.name,
            latest=editions[-1],
            editions=list(reversed(editions)),
            sentences=SENTENCES,
            endings={key: words(desk.app.shelf, "en").reasons[key] for key in ENDS},
            signals=[shown(desk.app, connection, s, say) for s in reversed(spoken)],
            messages=_worst_first(outbox.of_alert(connection, alert.id))[:_MOST],
            most=_MOST,
            counts=outbox.counts(connection, alert.id),
            steps=STEPS,
            people=_people(connection),
            record=list(ledger_rows.rows(connection, subject=alert.number)),
        )


def _proposal(
    desk: Desk, connection: Connection, alert: Alert, held: AlertVersion | None, now: datetime
) -> Proposal | None:
    if held is None:
        return None
    made = proposal(desk.app, connection, alert, held, now)
    if made.plan is not None:
        desk.keep(made.plan)
    return made


def _worst_first(messages: list[Delivery]) -> list[Delivery]:
    """What did not arrive on top, then the newest edition."""
    return sorted(messages, key=lambda m: (m.state is not DeliveryState.FAILED, -m.version))


def _people(connection: Connection) -> dict[int, Contact]:
    return {c.id: c for c in partners.everybody(connection, active=False)}
