"""A console that a proxy shows below a path of another site, as `programme.public_url` says."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class PathInFront:
    """ASGI middleware: addresses are understood with and without the path, since proxies do both."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app = app
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "root_path": self.base}, receive, send)
