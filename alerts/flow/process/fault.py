"""Places where a test may kill this process, to see that nothing is lost and nothing repeated."""

from __future__ import annotations

import os
import signal

POINTS = (
    "before-claim", "in-claim", "after-claim", "before-send", "after-send", "in-receipts", "after-receipts",
    "in-callback", "after-callback", "in-reconcile", "after-asking", "after-reconcile",
)  # fmt: skip
"""In running order. "in-": inside the transaction, before its commit."""

_VARIABLE = "SUPPLYWATCH_FAULT"


def fault(point: str) -> None:
    """Does nothing, unless the variable SUPPLYWATCH_FAULT names this point: then the process ends as by `kill -9`, or
    with "POINT:stop" is stopped until somebody sends SIGCONT. Only for the chaos bench and its tests."""
    wanted = os.environ.get(_VARIABLE)
    if wanted is not None:
        name, _, how = wanted.partition(":")
        if name == point:
            if how == "stop":
                # Once: who wakes must go on, not fall asleep again.
                del os.environ[_VARIABLE]
            os.kill(os.getpid(), signal.SIGSTOP if how == "stop" else signal.SIGKILL)
