"""Texts that wait for one person become one text: nobody is to wake up to five of them, and none is dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.send_notice import send_notice
from alerts.flow.scope.place_names import shown_places
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.level import RANK, Level
from alerts.store import alerts, notices, outbox, partners
from alerts.store.engine import Connection
from alerts.wording.kinds import KINDS
from alerts.wording.people import AlertLine, Waiting

WAITING = "waiting"
MERGED = "merged with others that waited into one text"


def merge_waiting(app: App, connection: Connection, contact: int, now: datetime) -> int | None:
    """Merge what waits for a contact's phone; returns the notice's number, None when fewer than two wait.

    A text on life at risk is never merged, nor one that takes back or ends an alert: each says what to do, whole.
    """
    rows = [
        row
        for row in outbox.waiting_for(connection, contact, "sms")
        if row.state is DeliveryState.QUEUED and row.attempt == 0 and row.due_at > now and _mergeable(row)
    ]
    if len(rows) < 2:
        return None
    taken = [row for row in rows if outbox.move(connection, row, DeliveryState.CANCELLED, problem=MERGED)]
    return write_merged(app, connection, contact, _whole(connection, taken), min(r.due_at for r in taken), now)


def write_merged(
    app: App, connection: Connection, contact: int, originals: Sequence[Delivery], due: datetime, now: datetime
) -> int | None:
    """One text for these deliveries, which have been cancelled; returns its notice."""
    to = partners.get(connection, contact)
    newest: dict[int, Delivery] = {}
    for row in sorted(originals, key=lambda r: r.version):
        newest[row.alert] = row
    if to is None or not newest:
        return None
    lines = [_line(app, connection, row) for row in newest.values()]
    lines.sort(key=lambda line: (RANK[Level(line.level)], line.on, line.alert))
    programme = app.configuration.programme
    fresh = (contact, "sms") not in partners.ever_sent(connection, contact)
    content = Waiting(
        to.partner.front, programme.name, tuple(lines), lines[0].link, opt_out=fresh, simulated=programme.simulated,
    )  # fmt: skip
    level = min((row.level for row in newest.values()), key=lambda one: RANK[one])
    ids = sorted(row.id for row in originals)
    mark = hashlib.sha256("|".join([*ids, now.isoformat()]).encode()).hexdigest()[:16]
    notice = send_notice(
        app, connection, f"waiting|{contact}|{mark}", content, to, now, level=level, only=("sms",), due_at=due
    )  # fmt: skip
    if notice is not None:
        notices.merge(connection, ids, notice)
    return notice


def _mergeable(row: Delivery) -> bool:
    if row.level is Level.ACT_NOW:
        return False
    return row.kind == WAITING or (row.alert > 0 and KINDS[row.kind].full)


def _whole(connection: Connection, rows: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries themselves, out of those that were merged before."""
    result: list[Delivery] = []
    for row in rows:
        if row.kind != WAITING:
            result.append(row)
            continue
        inside = (outbox.get(connection, one) for one in notices.merged_into(connection, -row.alert))
        result += [one for one in inside if one is not None]
    return result


def _line(app: App, connection: Connection, row: Delivery) -> AlertLine:
    alert = alerts.get(connection, row.alert)
    version = alerts.version(connection, row.alert, row.version)
    assert alert is not None
    assert version is not None
    substance = app.lexicon.substances[alert.substance]
    programme = app.configuration.programme
    return AlertLine(
        alert=alert.number, name=substance.display("en"),
        places=shown_places(app, tuple(p.place for p in version.places)), kind=row.kind, level=str(row.level),
        on=version.at.astimezone(programme.zone).date(), link=f"{programme.public_url.rstrip('/')}/a/{alert.number}",
        profile=substance.action,
    )  # fmt: skip
