"""After a restart on the same machine: work that a dead process held need not wait for its lease to run out."""

from __future__ import annotations

import os
import socket
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.drained import note_drained
from alerts.store import drained, leases


def recover(app: App, now: datetime) -> int:
    """Free what processes of this machine held that run no more; returns how many rows that were."""
    here = socket.gethostname()
    dead = []
    with app.store.write() as connection:
        for owner in leases.owners(connection):
            host, _, rest = owner.partition(":")
            pid = rest.partition(":")[0]
            if host == here and pid.isdecimal() and owner != app.store.owner and not _runs(int(pid)):
                dead.append(owner)
        freed = leases.free(connection, dead, now)
        # One that was killed just after an edition's last message did not write down that it is through.
        editions = drained.undrained(connection)
    note_drained(app, editions, now)
    return freed


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
