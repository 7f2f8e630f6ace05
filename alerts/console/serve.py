"""The console on a port of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import uvicorn

from alerts.app import App
from alerts.console.routes import build


def server(app: App, clock: Callable[[], datetime], environment: Mapping[str, str]) -> uvicorn.Server:
    """A server that is ready to `run()`, bound as `[console]` says. Give `run` sockets to bind it elsewhere.

    It keeps no access log: who opened which alert from where is nobody's business. Forwarded headers are believed only
    by `build`, from the proxies that the configuration names; uvicorn's own trust in loopback is switched off.
    """
    console = app.configuration.console
    return uvicorn.Server(
        uvicorn.Config(
            build(app, clock, environment), host=console.bind, port=console.port, access_log=False, proxy_headers=False,
            server_header=False, lifespan="off", log_level="warning", timeout_graceful_shutdown=5,
        )
    )  # fmt: skip
