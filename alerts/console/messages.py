"""Messages: as their receivers see them, and how they fared."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.alerts import STEPS
from alerts.console.desk import desk_of
from alerts.console.masked import masked
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.proposal import layer
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.security import PREVIEW_POLICY
from alerts.console.visitor import Genuine, InAlerts, Visitor
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.delivery.dead_letters import DeadLetterError, assign, dismiss, retry
from alerts.model.delivery import DeliveryState
from alerts.store import alerts, attempts, carriers, dead_letters, outbox, partners
from alerts.store.engine import Connection
from alerts.wording.shelf import WordingError

router = APIRouter()

_MOST = 200


@router.get("/messages")
def overview(request: Request, visitor: InAlerts, state: str = "") -> HTMLResponse:
    if state and state not in set(DeliveryState):
        raise Refusal(*NOT_FOUND)
    with desk_of(request).app.store.read() as connection:
        found = outbox.latest(connection, _MOST, [DeliveryState(state)] if state else None)
        return page(
            request,
            "messages.html",
            visitor,
            room="messages",
            state=state,
            steps=STEPS,
            counts=outbox.counts(connection),
            most=_MOST,
            dead=dead_letters.waiting(connection, _MOST) if state == DeliveryState.FAILED else [],
            unknown=carriers.unknown(connection),
            stopped=carriers.open_circuits(connection),
            default_code=desk_of(request).app.configuration.delivery.default_code,
            messages=[(d, alerts.get(connection, d.alert)) for d in found],
        )


@router.get("/messages/{delivery}")
def show(request: Request, visitor: InAlerts, delivery: str) -> HTMLResponse:
    return _page(request, visitor, delivery)


def _page(request: Request, visitor: Visitor, delivery: str, problem: str = "") -> HTMLResponse:
    with desk_of(request).app.store.read() as connection:
        found = outbox.get(connection, delivery)
        if found is None:
            raise Refusal(*NOT_FOUND)
        return page(
            request,
            "message.html",
            visitor,
            status=409 if problem else 200,
            room="messages",
            problem=problem,
            message=found,
            steps=STEPS,
            alert=alerts.get(connection, found.alert),
            contact=partners.get(connection, found.contact),
            address=masked(found.address),
            attempts=attempts.attempts_of(connection, delivery),
            callbacks=attempts.callbacks_of(connection, delivery),
        )


@router.post("/messages/{delivery}/care", dependencies=[Genuine])
def care(request: Request, visitor: InAlerts, delivery: str, form: Form) -> Response:
    """Look after a message that did not arrive, send it again, or say that nothing more can be done for it."""
    desk = desk_of(request)
    who, wanted = visitor.person, one(form, "do")
    try:
        if wanted == "retry":
            retry(desk.app, delivery, who, desk.clock())
        elif wanted == "dismiss":
            dismiss(desk.app, delivery, who, one(form, "why"), desk.clock())
        else:
            assign(desk.app, delivery, who, desk.clock())
    except DeadLetterError as error:
        return _page(request, visitor, delivery, str(error))
    return RedirectResponse(f"{desk.base}/messages/{delivery}", 303)


@router.get("/messages/{delivery}/email")
def email(request: Request, visitor: InAlerts, delivery: str) -> Response:
    with desk_of(request).app.store.read() as connection:
        found = outbox.get(connection, delivery)
    if found is None or not found.html:
        raise Refusal(*NOT_FOUND)
    return preview(found.html)


@router.get("/alerts/{number}/proposed/{sha256}/{delivery}")
def proposed_email(request: Request, visitor: InAlerts, number: str, sha256: str, delivery: str) -> Response:
    """An email of the plan that the approver is looking at."""
    desk = desk_of(request)
    planned = desk.plans.get(sha256)
    if planned is None:
        with desk.app.store.read() as connection:
            planned = _planned(request, connection, number)
        desk.keep(planned)
        if planned.sha256 != sha256:
            raise Refusal(409, "The messages changed", "Texts or receivers are not those of the page you look at.",
                          "Load the page again.")  # fmt: skip
    found = next((d for d in planned.deliveries if d.id == delivery and d.html), None)
    if found is None:
        raise Refusal(*NOT_FOUND)
    return preview(found.html)


@router.get("/alerts/{number}/layers/{channel}/{language}")
def layers(request: Request, visitor: InAlerts, number: str, channel: str, language: str) -> Response:
    """The full page, the flyer or an email of the newest edition, in one language."""
    desk = desk_of(request)
    if language not in desk.app.configuration.programme.languages or channel not in ("page", "flyer", "email"):
        raise Refusal(*NOT_FOUND)
    with desk.app.store.read() as connection:
        planned = _planned(request, connection, number)
    try:
        return preview(layer(desk.app, planned, channel, language).html)
    except WordingError as error:
        raise Refusal(500, "This text cannot be made", str(error)) from None
    except ValueError:
        raise Refusal(*NOT_FOUND) from None


def _planned(request: Request, connection: Connection, number: str) -> Plan:
    desk = desk_of(request)
    alert = alerts.by_number(connection, number)
    if alert is None:
        raise Refusal(*NOT_FOUND)
    try:
        return plan(desk.app, connection, alert, alerts.versions(connection, alert.id)[-1], desk.clock())
    except WordingError as error:
        raise Refusal(500, "This text cannot be made", str(error)) from None


def preview(html: str) -> Response:
    """A message in a frame of ours: with its own style, and without the power to load, run or send anything."""
    headers = {"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(html, headers=headers)
