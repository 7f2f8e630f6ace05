"""Who is asking: the session in the cookie, the room it opens, and the token that forms must carry."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from alerts.console.desk import Desk, desk_of
from alerts.console.posted import Form, one
from alerts.console.refusal import NOT_SIGNED_IN, NOT_YOUR_ROOM, STALE_FORM, Refusal
from alerts.console.uploaded import Upload
from alerts.model.staff import ROOMS, Person
from alerts.store import staff


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person. session: the cookie's token. csrf: what this session's forms carry back."""

    person: Person
    session: str
    csrf: str

    @property
    def rooms(self) -> frozenset[str]:
        return ROOMS[self.person.role]


def cookie_name(desk: Desk) -> str:
    """Over TLS the browser itself then guarantees that no other host set the cookie (RFC 6265bis, cookie prefixes)."""
    return "__Host-supplywatch" if desk.secure else "supplywatch"


def form_token(desk: Desk, secret: str) -> str:
    """The token for the forms of one session: only this installation can make it, and only for that session."""
    return hmac.new(desk.app.key, f"form|{secret}".encode(), hashlib.sha256).hexdigest()


def visitor_of(request: Request) -> Visitor | None:
    """Whoever is signed in, None for a stranger."""
    desk = desk_of(request)
    session = request.cookies.get(cookie_name(desk), "")
    if not session:
        return None
    with desk.app.store.read() as connection:
        person = staff.of_session(connection, session, desk.clock())
    return None if person is None else Visitor(person, session, form_token(desk, session))


def admitted(room: str) -> Callable[[Request], Visitor]:
    """A check at the door of one room, by the table of rooms."""

    def check(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if visitor is None:
            raise Refusal(*NOT_SIGNED_IN)
        if room not in visitor.rooms:
            raise Refusal(*NOT_YOUR_ROOM)
        return visitor

    return check


def genuine_form(request: Request, form: Form) -> None:
    """Refuse a form that another site made, or that was made for another session."""
    _refuse_foreign(request, one(form, "token"))


def genuine_upload(request: Request, upload: Upload) -> None:
    """As `genuine_form`, for a form that brings a file."""
    _refuse_foreign(request, upload.fields.get("token", ""))


def _refuse_foreign(request: Request, token: str) -> None:
    # The Origin header says "null" under our own Referrer-Policy; this one is set by the browser alone.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(*STALE_FORM)
    visitor = visitor_of(request)
    if visitor is None:
        raise Refusal(*NOT_SIGNED_IN)
    if not hmac.compare_digest(token.encode(), visitor.csrf.encode()):
        raise Refusal(*STALE_FORM)


Genuine = Depends(genuine_form)
GenuineUpload = Depends(genuine_upload)

InToday = Annotated[Visitor, Depends(admitted("today"))]
InAlerts = Annotated[Visitor, Depends(admitted("alerts"))]
InSilences = Annotated[Visitor, Depends(admitted("silences"))]
InDrills = Annotated[Visitor, Depends(admitted("drills"))]
InDuty = Annotated[Visitor, Depends(admitted("duty"))]
InThresholds = Annotated[Visitor, Depends(admitted("thresholds"))]
InPartners = Annotated[Visitor, Depends(admitted("partners"))]
InFeeds = Annotated[Visitor, Depends(admitted("feeds"))]
InNames = Annotated[Visitor, Depends(admitted("names"))]
InLog = Annotated[Visitor, Depends(admitted("log"))]
