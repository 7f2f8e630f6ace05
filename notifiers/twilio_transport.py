"""Twilio's client over urllib3's kept connections.

The transport that comes with it looks the machine's proxies up for each request, and writes addresses and answers into
the log; it is half of the work that a text is.
"""

from __future__ import annotations

import logging
import os
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import certifi
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from urllib3 import PoolManager, ProxyManager, Timeout, make_headers

from notifiers.last_moment import POOLS

KEPT: Final = 32
"""Connections that are kept open for the next text, one a thread."""


class TwilioTransport(HttpClient):  # type: ignore[misc]
    """timeout: seconds for connecting and for each read. url: where the calls go, which decides on the proxy, read once
    from the machine's settings. heard: gets status and headers of every answer.

    `request` raises urllib3's HTTPError as it is, and tries nothing twice: a text has no idempotency key.
    """

    def __init__(self, timeout: float, url: str, heard: Callable[[int, Mapping[str, str]], None]) -> None:
        super().__init__(logging.getLogger("twilio.http"), False, timeout)
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._heard = heard
        self._pools = _pools(url)

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One call of the interface, as Twilio's client makes it: its fields go as a form."""
        sent = dict(headers or {})
        if auth is not None:
            sent |= make_headers(basic_auth=":".join(auth))
        if params:
            uri = f"{uri}?{_form(params)}"
        answer = self._pools.request(
            method, uri, body=_form(data) if data else None, headers=sent, redirect=allow_redirects, retries=False,
            timeout=self._timeout if timeout is None else timeout,
        )  # fmt: skip
        self._heard(answer.status, answer.headers)
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def close(self) -> None:
        """Gives the kept connections back."""
        self._pools.clear()


def _form(fields: Mapping[str, Any]) -> str:
    return urlencode([(name, value) for name, value in fields.items() if value is not None], doseq=True)


def _pools(url: str) -> PoolManager:
    options: dict[str, Any] = {
        "maxsize": KEPT, "cert_reqs": "CERT_REQUIRED",
        "ca_certs": os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where(),
    }  # fmt: skip
    asked = urlsplit(url)
    through = urllib.request.getproxies().get(asked.scheme)
    if through and not urllib.request.proxy_bypass(asked.hostname or ""):
        pools: PoolManager = ProxyManager(through, **options)
    else:
        pools = PoolManager(**options)
    pools.pool_classes_by_scheme = POOLS
    return pools
