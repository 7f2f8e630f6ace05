"""What a person decides about an alert: approve, reject, cancel. The verbs are the flow's; here is only the form."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from alerts.console.alerts import alert_page
from alerts.console.desk import desk_of
from alerts.console.posted import Form, one
from alerts.console.visitor import Genuine, InAlerts
from alerts.flow.cancel import cancel
from alerts.flow.review import ReviewError, approve, reject
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
