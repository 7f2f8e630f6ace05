"""Memory that a large import leaves behind, back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Let the C library return what is free. It keeps it otherwise, and the next large file would come on top: with a
    million rows, half as much again as the server ever needs at once. Does nothing where there is no such call."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
