"""A page on which anybody can say what they saw. It asks for no name, and nothing of who sent it is kept."""

from __future__ import annotations

import hmac
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.app import App
from alerts.console.desk import Desk, desk_of
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.public import language_of
from alerts.console.refusal import NOT_FOUND, STALE_FORM, Refusal
from alerts.flow.inbound.report import OLDEST, keep_report
from alerts.store import reports

router = APIRouter(include_in_schema=False)

FORM_LASTS = 12
"""Hours for which a form may lie open before it is sent: a van has no network everywhere."""
LONGEST = 1200
"""Letters of one answer."""
TOO_MANY = {
    "en": "You have sent several reports in this hour. Please wait a while, or call us.",
    "es": "Ya envió varios reportes en esta hora. Espere un rato, o llámenos.",
}
NOTHING_SAID = {"en": "Please write what you saw.", "es": "Por favor escriba qué vio."}
NOT_THAT_DAY = {
    "en": "Please give a day between 60 days ago and today, or leave it empty.",
    "es": "Por favor ponga un día entre hace 60 días y hoy, o déjelo vacío.",
}


@router.get("/report")
def ask(request: Request, lang: str = "") -> HTMLResponse:
    desk = _open(request)
    return _page(request, desk, language_of(desk.app, lang, request.headers.get("accept-language", "")))


@router.post("/report")
def take(request: Request, form: Form) -> HTMLResponse:
    """Keep a report. There is no session and no cookie, so there is nothing that another site could ride on; the mark
    in the form only shows that somebody opened this page not long ago."""
    desk = _open(request)
    now = desk.clock()
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(*STALE_FORM)
    if not any(hmac.compare_digest(one(form, "mark").encode(), m.encode()) for m in _marks(desk, now)):
        raise Refusal(*STALE_FORM)
    language = language_of(desk.app, one(form, "lang"), "")
    if one(form, "website"):
        return _page(request, desk, language, done=True)  # nobody sees this field; only a program fills it in
    what, happened = one(form, "what")[:LONGEST], one(form, "happened")[:LONGEST]
    day, readable = _day(one(form, "when"), now.astimezone(desk.app.configuration.programme.zone).date())
    problem = "" if what or happened else NOTHING_SAID[_spoken(language)]
    problem = problem or ("" if readable else NOT_THAT_DAY[_spoken(language)])
    if problem:
        return _page(request, desk, language, problem=problem, form=form, status=422)
    who = request.client.host if request.client else ""
    place = one(form, "where")
    if place not in {code for code, _ in _places(desk.app, language)}:
        place = desk.app.gazetteer.resolve(desk.app.configuration.programme.state) or ""
    if not desk.report_flood.admits(who, now) or not _kept(desk, f"{what}\n{happened}".strip(), place, day, now):
        return _page(request, desk, language, problem=TOO_MANY[_spoken(language)], form=form, status=429)
    return _page(request, desk, language, done=True)


def _kept(desk: Desk, words: str, place: str, day: date | None, now: datetime) -> bool:
    """False when so many came today that nobody could read more of them."""
    most = desk.app.configuration.delivery.web_reports_a_day
    with desk.app.store.write() as connection:
        today = now.astimezone(desk.app.configuration.programme.zone).date()
        came = reports.count_on(connection, today, "web")
        if came >= 2 * most:
            return False
        keep_report(desk.app, connection, words, place, day, now, way="web", counts=came < most)
    return True


def _open(request: Request) -> Desk:
    desk = desk_of(request)
    if not desk.app.configuration.delivery.web_reports:
        raise Refusal(*NOT_FOUND)
    return desk


def _marks(desk: Desk, now: datetime) -> list[str]:
    """Marks of this hour and of those before it, the newest first. They say nothing of who asked for one."""
    hours = (now - timedelta(hours=back) for back in range(FORM_LASTS + 1))
    return [hmac.digest(desk.app.key, f"report|{hour:%Y-%m-%dT%H}".encode(), "sha256").hex()[:32] for hour in hours]


def _places(app: App, language: str) -> list[tuple[str, str]]:
    """(code, name) of the counties of the programme's state."""
    state = app.gazetteer.resolve(app.configuration.programme.state)
    if state is None:
        return []
    named = [(c, app.gazetteer.name(c, language)) for c in app.gazetteer.members(state) if c != state]
    return sorted(
        ((c, name.partition(",")[0]) for c, name in named), key=lambda pair: pair[1].removeprefix("condado de ")
    )


def _day(said: str, today: date) -> tuple[date | None, bool]:
    """(day or None, whether it could be understood)."""
    if not said:
        return None, True
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None, False
    return day, today - OLDEST <= day <= today


def _spoken(language: str) -> str:
    return language if language in ("en", "es") else "en"


def _page(
    request: Request,
    desk: Desk,
    language: str,
    *,
    done: bool = False,
    problem: str = "",
    form: Form | None = None,
    status: int = 200,
) -> HTMLResponse:
    now = desk.clock()
    today = now.astimezone(desk.app.configuration.programme.zone).date()
    return page(
        request, "report.html", status=status, language=_spoken(language), done=done, problem=problem,
        given={name: one(form or {}, name) for name in ("what", "where", "when", "happened")},
        places=_places(desk.app, _spoken(language)), mark=_marks(desk, now)[0], longest=LONGEST,
        earliest=(today - OLDEST).isoformat(), today=today.isoformat(),
    )  # fmt: skip
