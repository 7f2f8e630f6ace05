"""What the carrier tells us by itself: receipts and replies, believed only with its signature."""

from __future__ import annotations

import asyncio
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.routing import Route

from alerts.console.desk import Desk, desk_of
from alerts.console.posted import Body, raw_body
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.flow.delivery.bounced import bounced
from alerts.flow.inbound.hear import hear
from notifiers.standard_webhooks import genuine as signed_lately
from notifiers.twilio_callbacks import parse_inbound, parse_status
from notifiers.twilio_signature import genuine

router = APIRouter(include_in_schema=False)


async def status(request: Request) -> Response:
    """A receipt, answered when it is on the disk. One that is not ours is answered like one that is: the carrier would
    only repeat it. Thousands come in the minute after an alert: none of them holds a thread while it waits."""
    desk = desk_of(request)
    body = await raw_body(request)
    called = _signed(request, desk, body)
    try:
        callback = parse_status(called, body)
    except ValueError as error:
        raise Refusal(400, "This is no receipt", f"{error}.") from None
    await asyncio.wrap_future(desk.settling.take(callback, desk.clock()))
    return Response(status_code=204)


RECEIPTS = Route("/callbacks/twilio/status", status, methods=["POST"])
"""Stands before all rooms: to look through every other address first takes longer than the receipt itself."""


@router.post("/callbacks/twilio/inbound")
def inbound(request: Request, body: Body) -> Response:
    """A text from a person, answered in TwiML."""
    desk = desk_of(request)
    _signed(request, desk, body)
    try:
        text = parse_inbound(body)
    except ValueError as error:
        raise Refusal(400, "This is no text", f"{error}.") from None
    answer = hear(desk.app, text, desk.clock())
    said = f"<Message>{escape(answer)}</Message>" if answer else ""
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>', media_type="application/xml")


@router.post("/callbacks/bounce")
def bounce(request: Request, body: Body) -> Response:
    """A mail that came back (RFC 3464), as the mail server got it, signed by the Standard Webhooks scheme."""
    desk = desk_of(request)
    if not desk.bounce_keys:
        raise Refusal(*NOT_FOUND)
    said = [request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
    if not signed_lately(desk.bounce_keys, said[0], said[1], said[2], body, desk.clock()):
        raise Refusal(403, "This is not your mail server", "The signature does not fit, or is old. Nothing was done.")
    bounced(desk.app, body, desk.clock())
    return Response(status_code=204)


def _signed(request: Request, desk: Desk, body: bytes) -> str:
    """The address as the carrier called it, when its signature fits; what a proxy made of it does not count."""
    if desk.app.configuration.sms.notifier != "twilio":
        raise Refusal(*NOT_FOUND)
    path = request.url.path.removeprefix(desk.base)
    called = f"{desk.public_url}{path}" + (f"?{request.url.query}" if request.url.query else "")
    if not genuine(called, body, request.headers.get("x-twilio-signature"), desk.tokens):
        raise Refusal(403, "This is not the carrier", "The signature does not fit the request, so nothing was done.")
    return called
