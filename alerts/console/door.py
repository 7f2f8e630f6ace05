"""Signing in with a link that works once, and signing out."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Cookie, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.app import App
from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.refusal import STALE_FORM, Refusal
from alerts.console.visitor import Genuine, cookie_name, form_token, visitor_of
from alerts.model.staff import Role
from alerts.store import staff

router = APIRouter()

_DOOR = "supplywatch-door"
FIRST_ROOM: dict[Role, str] = {Role.STAFF: "/", Role.REVIEWER: "/log"}
"""Where a person stands after signing in."""


def make_link(app: App, person_name: str, role: Role, now: datetime) -> str:
    """A sign-in link for a person, who is made if unknown. Raises ValueError when the name has another role.

    It works once and for `console.sign_in_minutes`; the store keeps only its hash.
    """
    token = secrets.token_urlsafe(32)
    expires = now + timedelta(minutes=app.configuration.console.sign_in_minutes)
    with app.store.write() as connection:
        staff.add_link(connection, staff.add(connection, person_name, role), token, expires)
    return f"{app.configuration.programme.public_url.rstrip('/')}/door/{token}"


@router.get("/door/{link}")
def knock(request: Request, link: str) -> HTMLResponse:
    """A button, and nothing else: programs that preview links must not use the link up."""
    desk = desk_of(request)
    mark = secrets.token_urlsafe(18)
    answer = page(request, "door.html", token=form_token(desk, mark), link=link)
    answer.set_cookie(
        _DOOR, mark, max_age=3600, path=f"{desk.base}/door", secure=desk.secure, httponly=True, samesite="lax"
    )
    return answer


@router.post("/door/{link}")
def enter(request: Request, link: str, form: Form, mark: Annotated[str, Cookie(alias=_DOOR)] = "") -> Response:
    desk = desk_of(request)
    # Without this a stranger could sign somebody in under the stranger's own name.
    if not mark or not hmac.compare_digest(one(form, "token").encode(), form_token(desk, mark).encode()):
        raise Refusal(*STALE_FORM)
    now = desk.clock()
    session = secrets.token_urlsafe(32)
    lasts = timedelta(hours=desk.app.configuration.console.session_hours)
    with desk.app.store.write() as connection:
        person = staff.use_link(connection, link, now)
        if person is not None:
            staff.add_session(connection, person, session, now + lasts)
    if person is None:
        raise Refusal(
            403,
            "This sign-in link does not work any more",
            "A link works once and only for a short time. This one was used, is too old, or was never made.",
            "Ask whoever runs this system for a new one.",
        )
    answer = RedirectResponse(f"{desk.base}{FIRST_ROOM[person.role]}", 303)
    answer.delete_cookie(_DOOR, path=f"{desk.base}/door")
    answer.set_cookie(
        cookie_name(desk), session, max_age=int(lasts.total_seconds()), path="/", secure=desk.secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return answer


@router.post("/out", dependencies=[Genuine])
def leave(request: Request) -> Response:
    desk = desk_of(request)
    visitor = visitor_of(request)
    if visitor is not None:
        with desk.app.store.write() as connection:
            staff.end_session(connection, visitor.session)
    answer = page(
        request, "notice.html", title="You are signed out", sentence="This device has forgotten your visit.", mend=""
    )
    answer.delete_cookie(cookie_name(desk), path="/", secure=desk.secure, httponly=True, samesite="lax")
    return answer
