"""The console as a server: in front until Ctrl-C, or in the background of a demonstration."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import uvicorn

from alerts.app import App
from alerts.console.routes import build

WAITING = 4096
"""Callers that may wait to be let in: after an alert, a carrier calls back for everybody in the same minute."""


def listen(address: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(WAITING)
    except OSError:
        listener.close()
        raise
    return listener


def reached_at(bind: str, listener: socket.socket) -> str:
    """Where a browser on this machine reaches a console that listens there: "http://127.0.0.1:8700"."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 -- what was bound to, not a binding
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def is_elsewhere(public_url: str, listener: socket.socket) -> bool:
    """Whether a public address that names this very machine names another port than the one that is listened to.

    Any other public address may be that of a proxy, of which nothing can be known here.
    """
    named = urlsplit(public_url)
    port = named.port or {"http": 80, "https": 443}[named.scheme]
    return named.hostname in ("localhost", "127.0.0.1", "::1") and port != listener.getsockname()[1]


def server_of(app: App, clock: Callable[[], datetime], environment: Mapping[str, str] | None = None) -> uvicorn.Server:
    """The console of an app, not running yet. environment: for what carriers sign with; this process's own if None.

    There is no access log: who opened which alert from where is nobody's business. Forwarded headers are believed only
    by `build`, from the proxies that the configuration names; uvicorn's own trust in everything on loopback is off.
    """
    environment = os.environ if environment is None else environment
    return uvicorn.Server(
        uvicorn.Config(
            build(app, clock, environment), log_level="warning", access_log=False, timeout_graceful_shutdown=5,
            lifespan="off", proxy_headers=False, server_header=False,
        )
    )  # fmt: skip


@contextmanager
def serve_in_background(
    app: App, clock: Callable[[], datetime], listener: socket.socket, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Serve on a thread while the block runs."""
    server = server_of(app, clock, environment)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="console", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
