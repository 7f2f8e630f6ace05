"""All rooms under one roof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from alerts.app import App, bounce_keys, twilio_tokens
from alerts.console import (
    alerts,
    api,
    callbacks,
    contact_changes,
    contact_lists,
    decisions,
    door,
    drills,
    duty,
    feeds,
    health,
    held_back,
    log,
    messages,
    names,
    partners,
    public,
    report,
    reports,
    silences,
    thresholds,
    today,
    verify,
    why,
)
from alerts.console.assets import Assets
from alerts.console.desk import STATIC, Desk
from alerts.console.page import page
from alerts.console.path_in_front import PathInFront
from alerts.console.receipts import Receipts
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.security import HEADERS, SecurityHeaders
from alerts.console.visitor import visitor_of

ROOMS = (
    door, today, alerts, decisions, messages, held_back, silences, drills, thresholds, contact_lists, partners,
    contact_changes, duty, feeds, names, log, api, public, report, reports, verify, why, health, callbacks,
)  # fmt: skip
"""In this order: a list's address ("/partners/import") stands before that of one contact ("/partners/7")."""


def build(app: App, clock: Callable[[], datetime], environment: Mapping[str, str]) -> FastAPI:
    """The console as an ASGI application. clock: gives the present moment with its zone. environment: for the tokens
    that carriers sign their callbacks with."""
    tokens = twilio_tokens(app.configuration, environment)
    desk = Desk(app, clock, tokens, bounce_keys(app.configuration, environment))
    # The interface's description is shown to staff by api.py; strangers get none.
    roof = FastAPI(
        title="Supplywatch",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    roof.state.desk = desk
    roof.mount("/static", Assets(directory=STATIC), name="static")
    roof.router.routes.insert(0, callbacks.RECEIPTS)
    for room in ROOMS:
        roof.include_router(room.router)
    roof.add_exception_handler(Refusal, _refused)
    roof.add_exception_handler(HTTPException, _not_there)
    roof.add_exception_handler(RequestValidationError, _not_there)
    roof.add_exception_handler(Exception, _failed)
    roof.add_middleware(SecurityHeaders)
    if desk.base:
        roof.add_middleware(PathInFront, base=desk.base)
    if app.configuration.sms.notifier == "twilio":
        roof.add_middleware(Receipts, desk=desk)
    if app.configuration.console.trusted_proxies:
        roof.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(app.configuration.console.trusted_proxies))
    return roof


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if request.url.path.removeprefix(request.app.state.desk.base).startswith("/api/"):
        return JSONResponse({"error": error.title, "detail": f"{error.sentence} {error.mend}".strip()}, error.status)
    # A person whose session ended sees the plain page, not somebody's navigation.
    visitor = visitor_of(request) if error.status != 401 else None
    return page(
        request,
        "notice.html",
        visitor,
        status=error.status,
        title=error.title,
        sentence=error.sentence,
        mend=error.mend,
    )


def _not_there(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code not in (404, 422):
        answer = _refused(request, Refusal(error.status_code, "This cannot be done here", "The address refuses this."))
        answer.headers.update(error.headers or {})
        return answer
    return _refused(request, Refusal(*NOT_FOUND))


def _failed(request: Request, _error: Exception) -> Response:
    # The server writes the error itself into its log.
    answer = page(
        request,
        "notice.html",
        status=500,
        title="This page failed",
        sentence="Watching and sending go on without the console.",
        mend="Try again; if it fails again, tell whoever runs this system. The details are in the server's log.",
    )
    answer.headers.update(HEADERS)  # this answer is made outside of the middleware that sets them
    return answer
