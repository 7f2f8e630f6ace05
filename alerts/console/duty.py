"""The duty roster, who was asked about what waits, and what went out on one person's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.masked import masked
from alerts.console.page import page
from alerts.console.posted import Fields, Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.silences import moment_of
from alerts.console.visitor import Genuine, InDuty, Visitor
from alerts.flow.duty.pass_over import pass_over
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.duty.take_off_duty import take_off_duty
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.duty import OnDuty, present
from alerts.model.staff import Person, Role
from alerts.store import alerts, duty, notices, staff
from alerts.store.engine import Connection

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asked:
    """An edition that waits, and whom it was put before: (name, when), first to last."""

    alert: Alert
    held: AlertVersion
    whom: tuple[tuple[str, datetime], ...]


@router.get("/duty")
def overview(request: Request, visitor: InDuty) -> HTMLResponse:
    return _page(request, visitor)


@router.post("/duty", dependencies=[Genuine])
def put(request: Request, visitor: InDuty, form: Form) -> Response:
    """Put somebody on the roster, or move them within it."""
    desk = desk_of(request)
    name, place = one(form, "name"), one(form, "position")
    mistakes = [] if name else ["Say who."]
    if not (place.isdecimal() and 1 <= int(place) <= 99):
        mistakes.append(f"The place in the roster is a whole number from 1 to 99, not “{place}”.")
    if not mistakes:
        try:
            put_on_duty(
                desk.app, name, int(place), desk.clock(), phone=one(form, "phone"), email=one(form, "email"),
                language=one(form, "language"), by=visitor.person.name,
            )  # fmt: skip
        except ValueError as error:
            mistakes.append(str(error))
    return _page(request, visitor, " ".join(mistakes), form) if mistakes else _back(request)


@router.post("/duty/{number}/away", dependencies=[Genuine])
def away(request: Request, visitor: InDuty, number: int, form: Form) -> Response:
    """They are away until an hour; without one they are back."""
    desk = desk_of(request)
    mistakes: list[str] = []
    until = moment_of(desk, one(form, "until"), "Away until", mistakes)
    if not mistakes:
        try:
            pass_over(desk.app, _person(request, number), until, visitor.person.name, desk.clock())
        except ValueError as error:
            mistakes.append(str(error))
    return _page(request, visitor, " ".join(mistakes)) if mistakes else _back(request)


@router.post("/duty/{number}/off", dependencies=[Genuine])
def off(request: Request, visitor: InDuty, number: int) -> Response:
    desk = desk_of(request)
    try:
        take_off_duty(desk.app, _person(request, number), visitor.person.name, desk.clock())
    except ValueError as error:
        return _page(request, visitor, str(error))
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(f"{desk_of(request).base}/duty", 303)


def _person(request: Request, number: int) -> Person:
    with desk_of(request).app.store.read() as connection:
        found = next((p for p in staff.everybody(connection) if p.id == number), None)
    if found is None:
        raise Refusal(*NOT_FOUND)
    return found


def _page(request: Request, visitor: Visitor, problem: str = "", form: Fields | None = None) -> HTMLResponse:
    desk = desk_of(request)
    now = desk.clock()
    with desk.app.store.read() as connection:
        roster = duty.roster(connection)
        broken = [(v, alerts.get(connection, v.alert)) for v in reversed(alerts.break_glass(connection))]
        return page(
            request,
            "duty.html",
            visitor,
            status=409 if problem else 200,
            room="duty",
            problem=problem,
            given={k: v[0] for k, v in form.items()} if form else {},
            roster=roster,
            first=present(roster, now)[0].person.id if roster else 0,
            all_away=bool(roster) and all(o.away_until is not None and o.away_until > now for o in roster),
            masked=masked,
            people=[p for p in staff.everybody(connection) if p.role is Role.STAFF],
            languages=desk.app.configuration.programme.languages,
            rules=desk.app.configuration.review,
            asked=_asked(connection, roster),
            broken=broken,
        )


def _asked(connection: Connection, roster: tuple[OnDuty, ...]) -> list[Asked]:
    names = {one.contact.id: one.person.name for one in roster}
    result = []
    for held in alerts.versions_in(connection, {VersionState.HELD}):
        alert = alerts.get(connection, held.alert)
        assert alert is not None
        told = notices.about(connection, f"review|{alert.number}|{held.version}|")
        result.append(Asked(alert, held, tuple((names.get(c, "somebody who left"), at) for _, c, at in told)))
    return result
