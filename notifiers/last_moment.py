"""Asking whether a message may go when its request is made up and nothing but its last bytes have to leave.

Between a worker's own check and the socket lies a thousandth of a second of a client's work; a worker that is paused
just there and wakes an hour later would send what somebody else has sent long ago. Here lie microseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from notifiers.message import withdrawn

_asked = threading.local()


class asking:  # noqa: N801 -- reads as a word: `with asking(message.may_go):`
    """While the block runs, requests of this thread ask `may_go`; DeliveryError of code WITHDRAWN when it says no."""

    def __init__(self, may_go: Callable[[], bool]) -> None:
        self._may_go = may_go

    def __enter__(self) -> None:
        _asked.may_go = self._may_go

    def __exit__(self, *_: object) -> None:
        _asked.may_go = None


def _ask() -> None:
    may_go = getattr(_asked, "may_go", None)
    if may_go is not None and not may_go():
        raise withdrawn()


class _Connection(HTTPConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _ask()
        super().send(data)


class _SecureConnection(HTTPSConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _ask()
        super().send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""For urllib3's `pool_classes_by_scheme`: their connections ask before each piece of a request leaves."""
