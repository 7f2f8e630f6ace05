"""Silences: which hold, what each of them holds inside, and the form that asks for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import Desk, desk_of
from alerts.console.page import page
from alerts.console.posted import Fields, Form, one
from alerts.console.visitor import Genuine, InSilences, Visitor
from alerts.flow.reviewing.silence import LONGEST, end_silence, silence
from alerts.flow.scope.written_places import written_places
from alerts.model.intent import StoredSignal
from alerts.model.silence import Silence
from alerts.store import signals, silences

router = APIRouter()

_MOST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A silence with the signals that fired inside it."""

    silence: Silence
    held: tuple[StoredSignal, ...]


@router.get("/silences")
def overview(request: Request, visitor: InSilences) -> HTMLResponse:
    return _page(request, visitor)


@router.post("/silences", dependencies=[Genuine])
def begin(request: Request, visitor: InSilences, form: Form) -> Response:
    desk = desk_of(request)
    mistakes: list[str] = []
    words = [w.strip() for w in re.split(r"[,;\n]+", one(form, "substances")) if w.strip()]
    places = written_places(desk.app, one(form, "places"), mistakes)
    begins = moment_of(desk, one(form, "begins"), "From", mistakes)
    until = moment_of(desk, one(form, "until"), "Until", mistakes)
    if until is None and not one(form, "until"):
        mistakes.append("Say when it ends: a silence without an end is a missed warning.")
    if not mistakes and until is not None:
        try:
            silence(desk.app, words, places, until, visitor.person, one(form, "why"), desk.clock(), begins)
        except ValueError as error:
            mistakes.append(str(error))
    if mistakes:
        return _page(request, visitor, " ".join(mistakes), form)
    return RedirectResponse(f"{desk.base}/silences", 303)


@router.post("/silences/{number}/end", dependencies=[Genuine])
def end(request: Request, visitor: InSilences, number: int) -> Response:
    desk = desk_of(request)
    try:
        end_silence(desk.app, number, visitor.person, desk.clock())
    except ValueError as error:
        return _page(request, visitor, str(error))
    return RedirectResponse(f"{desk.base}/silences", 303)


def moment_of(desk: Desk, text: str, label: str, mistakes: list[str]) -> datetime | None:
    """A `datetime-local` field in the programme's time zone; None when it is empty or no moment, which is a mistake."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        mistakes.append(f"“{label}” is no date and hour: “{text}”. Write it like 2026-10-09T08:00.")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=desk.app.configuration.programme.zone)


def _page(request: Request, visitor: Visitor, problem: str = "", form: Fields | None = None) -> HTMLResponse:
    """form: what was posted and refused, which is shown again."""
    desk = desk_of(request)
    now = desk.clock()
    with desk.app.store.read() as connection:
        found = [
            Shown(one_, tuple(signals.by_number(connection, silences.held(connection, one_.id))))
            for one_ in silences.everything(connection)[:_MOST]
        ]
    return page(
        request,
        "silences.html",
        visitor,
        status=409 if problem else 200,
        room="silences",
        problem=problem,
        given={k: v[0] for k, v in form.items()} if form else {},
        force=[s for s in found if s.silence.begins_at <= now < s.silence.ends_at],
        ahead=[s for s in found if s.silence.begins_at > now and s.silence.ends_at > now],
        over=[s for s in found if s.silence.ends_at <= now],
        longest=LONGEST.days,
        most=_MOST,
    )
