"""How often one visitor may post, without keeping who they are."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MOST_VISITORS = 10_000


class Flood:
    """Counts in memory only. The mark of a visitor is a hash under a salt that is thrown away with each window, so that
    not even this process can say afterwards who was here."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most = most
        self._window = window
        self._until: datetime | None = None
        self._salt = b""
        self._counts: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def admits(self, visitor: str, now: datetime) -> bool:
        """Whether this one may post once more; counts the attempt."""
        with self._lock:
            if self._until is None or now >= self._until:
                self._until, self._salt = now + self._window, secrets.token_bytes(16)
                self._counts.clear()
            mark = hashlib.blake2b(visitor.encode(), key=self._salt, digest_size=16).digest()
            count = self._counts[mark] = self._counts.get(mark, 0) + 1
            while len(self._counts) > MOST_VISITORS:
                self._counts.popitem(last=False)
            return count <= self._most
