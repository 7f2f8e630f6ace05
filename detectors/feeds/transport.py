"""The connection that fetches go through: it looks at each address before connecting, and keeps one deadline for all.

A feed's URL is typed by an operator, but where its host name and its redirects lead is decided by strangers. The check
therefore sits where the socket is opened: the address that was checked is the address connected to, so that a name
which resolves differently a moment later (DNS rebinding) gains nothing. The deadline sits at the socket too, since a
server that drips one header byte a second never trips a time-out that starts again with every byte.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

Options = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]] | None


@dataclass(frozen=True, slots=True)
class Rules:
    """deadline: `time.monotonic` at which all must be over. allow_private: private addresses may be reached."""

    deadline: float
    allow_private: bool


RULES: ContextVar[Rules] = ContextVar("rules of the fetch in this thread")


class AddressRefused(Exception):  # noqa: N818 -- an outcome, told on as FetchRefused
    """The host name leads to an address inside the operator's own network, and the feed is not allowed to go there."""


def public(address: str) -> bool:
    """Whether an address is of the public internet. IPv4 inside IPv6 (mapped, 6to4, NAT64) is unwrapped first."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None:
            ip = ip.sixtofour
        elif ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast and not ip.is_unspecified and not ip.is_reserved


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} does not resolve ({error})") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not RULES.get().allow_private:
            # One private address among several public ones is refused as well: no honest public source has one.
            for address in addresses:
                if not public(address):
                    raise AddressRefused(f"{host} leads to {address}, which is not an address of the public internet")
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            try:
                return _Stream(
                    self._inner.connect_tcp(
                        address, port, _left(timeout, httpcore.ConnectTimeout), local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _left(timeout: float | None, out_of_time: type[httpcore.TimeoutException]) -> float:
    left = RULES.get().deadline - time.monotonic()
    if left <= 0:
        raise out_of_time("the time for the whole fetch is over")
    return left if timeout is None else min(timeout, left)


class _Pooled(httpx.HTTPTransport):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=20,
            max_keepalive_connections=5,
            keepalive_expiry=30.0,
            network_backend=_Backend(),
        )


class CheckedTransport(httpx.BaseTransport):
    """httpx's own transport over our network backend; usable only inside `fetch`, which sets the rules.

    A connection that is kept open is not looked at again when it is used again. So those of feeds that may reach
    private addresses are kept apart: no redirect of another feed finds one of them open.
    """

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        context = httpx.create_ssl_context(verify=verify, trust_env=False)
        self._by_rule = {allowed: _Pooled(context) for allowed in (False, True)}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._by_rule[RULES.get().allow_private].handle_request(request)

    def close(self) -> None:
        for pooled in self._by_rule.values():
            pooled.close()


class FeedClient(httpx.Client):
    """The client that `fetch` wants: no redirects of its own, nothing taken from the environment, no cookies kept.

    Safe to share among threads and feeds. Close it when done.
    """

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        # Their lines bear whole addresses, tokens and all, and every header; what is to be said of a fetch we say.
        for talkative in ("httpx", "httpcore"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        super().__init__(
            transport=CheckedTransport(verify), cookies=no_cookies, follow_redirects=False, trust_env=False
        )
