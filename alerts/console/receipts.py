"""Receipts of the carrier by the shortest way: after an alert they come for everybody in the same minute."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.console.desk import Desk
from alerts.console.posted import MOST_BYTES
from alerts.console.security import HEADERS
from notifiers.twilio_callbacks import parse_status
from notifiers.twilio_signature import genuine

PATH = "/callbacks/twilio/status"
_ANSWER = {
    "type": "http.response.start",
    "status": 204,
    "headers": [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()],
}


class Receipts:
    """ASGI middleware. A receipt that is genuine and can be read is answered here, when it is on the disk; the way
    through all rooms takes longer than the receipt itself. Whatever is not goes that way, and is told there what is
    wrong with it."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._paths = (desk.base + PATH, PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in self._paths or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        came: deque[Message] = deque()
        body = b""
        while len(body) <= MOST_BYTES:
            came.append(await receive())
            body += came[-1].get("body", b"")
            if not came[-1].get("more_body", False):
                break
        if len(body) <= MOST_BYTES and await self._taken(scope, body):
            await send(_ANSWER)
            await send({"type": "http.response.body", "body": b""})
            return

        async def again() -> Message:
            return came.popleft() if came else await receive()

        await self._app(scope, again, send)

    async def _taken(self, scope: Scope, body: bytes) -> bool:
        query = scope["query_string"].decode("latin-1")
        called = f"{self._desk.public_url}{PATH}" + (f"?{query}" if query else "")
        signature = next((value for name, value in scope["headers"] if name == b"x-twilio-signature"), b"")
        if not genuine(called, body, signature.decode("latin-1"), self._desk.tokens):
            return False
        try:
            callback = parse_status(called, body)
        except ValueError:
            return False
        await asyncio.wrap_future(self._desk.settling.take(callback, self._desk.clock()))
        return True
