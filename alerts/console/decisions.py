"""What a person decides about an alert: approve, note, reject, cancel. The verbs are the flow's; these are forms."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from alerts.console.alerts import alert_page
from alerts.console.desk import desk_of
from alerts.console.posted import Form, one
from alerts.console.visitor import Genuine, InAlerts
from alerts.flow.reviewing.cancel import cancel
from alerts.flow.reviewing.review import ReviewError, annotate, approve, look_back, reject
from alerts.wording.shelf import WordingError

router = APIRouter(dependencies=[Genuine])

CONFLICT = 409


@router.post("/alerts/{number}/approve")
def approved(request: Request, visitor: InAlerts, number: str, form: Form) -> Response:
    desk = desk_of(request)
    try:
        approve(desk.app, number, visitor.person, one(form, "plan"), desk.clock())
    except (ReviewError, WordingError) as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/alerts/{number}#messages", 303)


@router.post("/alerts/{number}/break-glass")
def on_one_word(request: Request, visitor: InAlerts, number: str, form: Form) -> Response:
    """Approve without a second person, for a stated reason; it waits for somebody else to look at it afterwards."""
    desk = desk_of(request)
    why = one(form, "why")
    if not why:
        problem = "Say why it cannot wait for a second person: it is written down, and somebody looks at it afterwards."
        return alert_page(request, visitor, number, problem, CONFLICT)
    try:
        approve(desk.app, number, visitor.person, one(form, "plan"), desk.clock(), break_glass=why)
    except (ReviewError, WordingError) as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/alerts/{number}#messages", 303)


@router.post("/alerts/{number}/look-back/{version}")
def looked_at(request: Request, visitor: InAlerts, number: str, version: int, form: Form) -> Response:
    desk = desk_of(request)
    try:
        look_back(desk.app, number, version, visitor.person, one(form, "verdict"), desk.clock())
    except ReviewError as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/duty#glass", 303)


@router.post("/alerts/{number}/note")
def noted(request: Request, visitor: InAlerts, number: str, form: Form) -> Response:
    """A sentence of staff in the messages; whoever writes it is the author of a new edition that waits in its stead."""
    desk = desk_of(request)
    note = {language: one(form, f"note.{language}") for language in desk.app.configuration.programme.languages}
    try:
        annotate(desk.app, number, visitor.person, note, desk.clock())
    except ReviewError as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/alerts/{number}#review", 303)


@router.post("/alerts/{number}/reject")
def rejected(request: Request, visitor: InAlerts, number: str, form: Form) -> Response:
    desk = desk_of(request)
    try:
        reject(desk.app, number, visitor.person, one(form, "why"), desk.clock())
    except ReviewError as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/alerts/{number}", 303)


@router.post("/alerts/{number}/cancel")
def cancelled(request: Request, visitor: InAlerts, number: str, form: Form) -> Response:
    desk = desk_of(request)
    try:
        cancel(desk.app, number, visitor.person, one(form, "why"), desk.clock(), one(form, "because"))
    except (ReviewError, WordingError) as error:
        return alert_page(request, visitor, number, str(error), CONFLICT)
    return RedirectResponse(f"{desk.base}/alerts/{number}", 303)
