"""Exercises: any alert through the real pipe, and how each exercise went."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import Genuine, InDrills, Visitor
from alerts.flow.reviewing.drill import LASTS, drill, score
from alerts.flow.reviewing.review import ReviewError
from alerts.store import alerts, outbox, partners
from alerts.wording.shelf import WordingError

router = APIRouter()

_MODELS = 50


@router.get("/drills")
def overview(request: Request, visitor: InDrills) -> HTMLResponse:
    return _page(request, visitor)


@router.post("/drills", dependencies=[Genuine])
def run(request: Request, visitor: InDrills, form: Form) -> Response:
    desk = desk_of(request)
    try:
        number, _ = drill(desk.app, one(form, "model"), visitor.person, desk.clock())
    except (ReviewError, WordingError) as error:
        return _page(request, visitor, str(error))
    return RedirectResponse(f"{desk.base}/drills/{number}", 303)


@router.get("/drills/{number}")
def show(request: Request, visitor: InDrills, number: str) -> HTMLResponse:
    """How one exercise went, as far as it has come."""
    with desk_of(request).app.store.read() as connection:
        exercise = alerts.by_number(connection, number)
        if exercise is None or not exercise.exercise:
            raise Refusal(*NOT_FOUND)
        return page(
            request,
            "drill.html",
            visitor,
            room="drills",
            exercise=exercise,
            edition=alerts.versions(connection, exercise.id)[-1],
            result=score(connection, exercise),
            messages=[(m, None) for m in outbox.of_alert(connection, exercise.id)],
            people={c.id: c for c in partners.everybody(connection, active=False)},
        )


def _page(request: Request, visitor: Visitor, problem: str = "") -> HTMLResponse:
    with desk_of(request).app.store.read() as connection:
        found = alerts.everything(connection)
        takes_part = [c for c in partners.everybody(connection) if c.drills]
        return page(
            request,
            "drills.html",
            visitor,
            status=409 if problem else 200,
            room="drills",
            problem=problem,
            models=[a for a in found if not a.exercise][:_MODELS],
            exercises=[(a, score(connection, a)) for a in found if a.exercise],
            opted_in=len(takes_part),
            reachable=sum(any(a.consent and a.verified and not a.disabled for a in c.addresses) for c in takes_part),
            hours=round(LASTS.total_seconds() / 3600),
        )
