"""The console as a server: in front until Ctrl-C, or in the background of a demonstration."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import uvicorn

from alerts.app import App
from alerts.console.routes import build


def listen(address: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def server_of(app: App, clock: Callable[[], datetime]) -> uvicorn.Server:
    """The console of an app, not running yet."""
    return uvicorn.Server(
        uvicorn.Config(
            build(app, clock, os.environ), log_level="warning", access_log=False, timeout_graceful_shutdown=5,
            lifespan="off",
        )
    )  # fmt: skip


@contextmanager
def serve_in_background(app: App, clock: Callable[[], datetime], listener: socket.socket) -> Iterator[None]:
    """Serve on a thread while the block runs."""
    server = server_of(app, clock)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="console", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
