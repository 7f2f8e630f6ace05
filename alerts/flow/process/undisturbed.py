"""A stretch of work in which Python does not look for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """A plan makes hundreds of thousands of small objects and drops none: the collector would walk through all of them
    again and again, a quarter of the time in all. What others drop meanwhile is collected afterwards."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
