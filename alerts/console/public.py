"""What anybody may open: the full page of an alert that was sent out, and the end of messages to one address."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.app import App
from alerts.console.desk import Desk, desk_of
from alerts.console.page import page
from alerts.console.public_plot import public_plot
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.flow.addressing.contents import content, kind_of
from alerts.flow.addressing.links import unsubscribe_target
from alerts.flow.addressing.notice_of import notice_of
from alerts.flow.partners.revoke import revoke
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.partner import Contact
from alerts.store import alerts, partners, signals
from alerts.store.engine import Connection
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.kinds import KINDS
from alerts.wording.words import words

router = APIRouter()


@router.api_route("/a/{number}", methods=["GET", "HEAD"], include_in_schema=False)
def alert_page(request: Request, number: str, lang: str = "") -> HTMLResponse:
    """The newest edition that was sent out, in one language. What was never sent out does not exist here."""
    desk = desk_of(request)
    language = language_of(desk.app, lang, request.headers.get("accept-language", ""))
    with desk.app.store.read() as connection:
        alert = alerts.by_number(connection, number)
        told = [] if alert is None else alerts.versions(connection, alert.id)
        told = [v for v in told if v.state is VersionState.ADDRESSED]
        if alert is None or not told:
            raise Refusal(*NOT_FOUND)
        html, spoken = _composed(desk, connection, alert, told, language)
    headers = {"Content-Language": spoken, "Vary": "Accept-Language", "Content-Security-Policy": _policy(html)}
    return HTMLResponse(html, headers=headers)


@router.get("/unsubscribe/{link}")
def ask(request: Request, link: str) -> HTMLResponse:
    """A button, and nothing else: a mail program that looks at links must not end anybody's messages."""
    contact, channel, on = _target(desk_of(request), link)
    return _unsubscribe_page(request, contact, channel, link, "ask" if on else "done")


@router.post("/unsubscribe/{link}")
def unsubscribe(request: Request, link: str) -> HTMLResponse:
    """End the messages to one address, with one click and without a session (RFC 8058). Twice is as good as once."""
    desk = desk_of(request)
    contact, channel, on = _target(desk, link)
    if on:
        with desk.app.store.write() as connection:
            revoke(connection, contact.id, channel, "link", "unsubscribe link in a message", desk.clock())
    return _unsubscribe_page(request, contact, channel, link, "done")


def _composed(
    desk: Desk, connection: Connection, alert: Alert, told: list[AlertVersion], language: str
) -> tuple[str, str]:
    """(HTML, the language it is really in)."""
    app = desk.app
    version = told[-1]
    spoken = signals.by_number(connection, version.signals)
    first_day = told[0].at.astimezone(app.configuration.programme.zone).date()
    kind = kind_of(version, spoken)
    given = content(app, alert, version, spoken, first_day, notice_of(connection, version), told)
    made = compose_anyway(given, kind=kind, channel="page", language=language, shelf=app.shelf)
    if plot := _plot(desk, connection, alert, version, made.language):
        drawn = replace(given, plot=plot)
        made = compose_anyway(drawn, kind=kind, channel="page", language=made.language, shelf=app.shelf)
    html = made.html
    over = alert.state is AlertState.ENDED and not KINDS[kind].ends
    if over:
        said = words(app.shelf, made.language).labels["ended"]
        html = re.sub(r"(<body[^>]*>(?:\s*<main[^>]*>)?)", rf'\1\n<p class="mark">{said}</p>', html, count=1)
    others = [other for other in app.configuration.programme.languages if other != made.language]
    links = " · ".join(
        f'<a href="?lang={other}" hreflang="{other}" lang="{other}">{words(app.shelf, other).called}</a>'
        for other in others
        if other in app.shelf.languages()
    )
    if links:
        html = re.sub(r"(</main>|</body>)", rf'<nav class="body quiet">{links}</nav>\n\1', html, count=1)
    return html, made.language


def _plot(desk: Desk, connection: Connection, alert: Alert, version: AlertVersion, language: str) -> str:
    """An edition's plot shows what was known when it was made, so that it is drawn once for all who look."""
    key = (alert.id, version.version, language)
    if key not in desk.plots:
        desk.keep_plot(key, public_plot(desk.app, connection, alert, version, language))
    return desk.plots[key]


def language_of(app: App, asked: str, accepted: str) -> str:
    """What the reader asked for, else what their browser prefers, else the programme's first language."""
    ours = app.configuration.programme.languages
    wanted = [asked, *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")[:10])]
    return next((language for language in wanted if language in ours), ours[0])


def _policy(html: str) -> str:
    """The page brings its own style, so that it can be saved and passed on; no other style and no script may run."""
    styles = re.findall(r"(?s)<style[^>]*>(.*?)</style>", html)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in styles)
    allowed = hashes or "'none'"
    rest = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; style-src {allowed}; {rest}"


def _target(desk: Desk, link: str) -> tuple[Contact, str, bool]:
    """(contact, channel, whether messages are on) of a link that we made."""
    target = unsubscribe_target(desk.app.key, link)
    if target is None:
        raise Refusal(*NOT_FOUND)
    with desk.app.store.read() as connection:
        contact = partners.get(connection, target[0])
        if contact is None:
            raise Refusal(*NOT_FOUND)
        return contact, target[1], partners.has_consent(connection, *target)


def _unsubscribe_page(request: Request, contact: Contact, channel: str, link: str, step: str) -> HTMLResponse:
    return page(
        request, "unsubscribe.html", step=step, front=contact.partner.front, channel=channel, link=link,
        language=contact.language if contact.language in ("en", "es") else "en",
    )  # fmt: skip
