"""The folder into which mail that comes back is delivered: read, acted upon, emptied."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alerts.app import App
from alerts.flow.delivery.bounced import bounced
from notifiers.bounces import LARGEST

MOST = 500
"""Mails of one reading: a flood of them must not hold up other work."""


def read_bounces(app: App, now: datetime) -> int:
    """Read what lies in `email.bounces_folder` (a Maildir's `new`, or .eml files); returns how many messages ended.

    Each mail is removed once what it says is written down: it holds addresses, and nobody needs it again. A folder
    that is not there holds nothing.
    """
    where = app.configuration.email.bounces_folder
    if not where:
        return 0
    folder = Path(where)
    inner = folder / "new"
    found = sorted(inner.iterdir() if inner.is_dir() else folder.glob("*.eml"))
    ended = 0
    for path in found[:MOST]:
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            raw = file.read(LARGEST)
        ended += bounced(app, raw, now)
        path.unlink(missing_ok=True)
    return ended
