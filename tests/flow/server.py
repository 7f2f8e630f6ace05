"""The system as it runs, without its console, for tests that kill it: `python -m tests.flow.server CONFIG`.

Each line on standard input starts a server of its own in a fresh process and answers with its number once it works.
What takes seconds, importing, is done once for all of them.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from alerts.app import open_app
from alerts.clock.bells import Bells
from alerts.config import load


def main() -> None:
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            serve(Path(sys.argv[1]))


def serve(config: Path) -> None:
    """Until somebody kills it."""
    Bells(open_app(load(config))).start()
    print(os.getpid(), flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
