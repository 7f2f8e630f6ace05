"""What may have changed since a message was written: asked for a whole batch at once, because each question costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import sqlalchemy as sa

from alerts.model.alert import AlertState
from alerts.model.delivery import DeliveryState
from alerts.model.level import Level
from alerts.model.partner import Contact, Partner
from alerts.model.reason import Reason
from alerts.store.engine import Connection
from alerts.store.standby import holds_elsewhere, tried_elsewhere
from alerts.store.tables import addresses, alert_versions, alerts, consents, contacts, ledger_head, outbox

_MARK = sa.select(
    sa.select(sa.func.max(consents.c.id)).scalar_subquery(), sa.select(sa.func.max(ledger_head.c.seq)).scalar_subquery()
)
_OPEN = (str(DeliveryState.QUEUED), str(DeliveryState.SENDING))


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one row. contact: with the hours it wants to be left alone, without addresses; None when it has been erased.

    address: the contact's address now; "" when it has none. consent: the last word of the log. blocked: an earlier
    edition of the same alert still waits for the same person. alert_state, newest: of the alert; reason: of the edition
    that the message is about; None for a message that is about no alert. told_elsewhere: of somebody with an order of
    channels: another one has come through. tried_elsewhere: another one is with its carrier just now.
    approved: the hash that the edition was approved under, "" for a message that is about no alert.
    """

    contact: Contact | None
    address: str
    disabled: str
    consent: bool
    blocked: bool
    alert_state: AlertState | None
    newest: int
    reason: Reason | None
    told_elsewhere: bool = False
    tried_elsewhere: bool = False
    approved: str = ""


def _asked() -> sa.Select[Any]:
    own = sa.and_(addresses.c.contact == outbox.c.contact, addresses.c.channel == outbox.c.channel)
    edition = sa.and_(alert_versions.c.alert == outbox.c.alert, alert_versions.c.version == outbox.c.version)
    last_word = (
        sa.select(consents.c.given)
        .where(consents.c.contact == outbox.c.contact, consents.c.channel == outbox.c.channel)
        .order_by(consents.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    before = outbox.alias("before")
    blocked = sa.exists(
        sa.select(before.c.id).where(
            before.c.alert == outbox.c.alert,
            before.c.contact == outbox.c.contact,
            before.c.channel == outbox.c.channel,
            before.c.version < outbox.c.version,
            before.c.state.in_(_OPEN),
        )
    )
    return (
        sa.select(
            outbox.c.id,
            contacts.c.id.label("contact"),
            contacts.c.label,
            contacts.c.language,
            contacts.c.time_zone,
            contacts.c.least,
            contacts.c.quiet_from,
            contacts.c.quiet_to,
            contacts.c.wake,
            contacts.c.active,
            addresses.c.address,
            addresses.c.disabled,
            last_word.label("consent"),
            blocked.label("blocked"),
            holds_elsewhere().label("told_elsewhere"),
            tried_elsewhere().label("tried_elsewhere"),
            alerts.c.state.label("alert_state"),
            alerts.c.version.label("newest"),
            alert_versions.c.reason,
            alert_versions.c.texts_sha256,
        )
        .select_from(
            outbox.outerjoin(contacts, contacts.c.id == outbox.c.contact)
            .outerjoin(addresses, own)
            .outerjoin(alerts, alerts.c.id == outbox.c.alert)
            .outerjoin(alert_versions, edition)
        )
        .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    )


_ASKED = _asked()
"""Put together once: a busy worker asks it for each few texts, and that costs more than its answer."""


def of(connection: Connection, deliveries: Sequence[str]) -> dict[str, Standing]:
    """Delivery id → how it stands now."""
    return {row.id: _standing(row) for row in connection.execute(_ASKED, {"ids": list(deliveries)})}


def mark(connection: Connection) -> tuple[int, int]:
    """Changes whenever anybody's consent or any alert does: while it stands, what was checked still holds."""
    row = connection.execute(_MARK).one()
    return int(row[0] or 0), int(row[1] or 0)


def _standing(row: Any) -> Standing:
    contact = None
    if row.contact is not None:
        contact = Contact(
            id=row.contact, partner=Partner(0, "", ""), label=row.label, language=row.language,
            time_zone=row.time_zone, places=(), substances=(), least=Level(row.least), addresses=(),
            quiet_from=time.fromisoformat(row.quiet_from), quiet_to=time.fromisoformat(row.quiet_to), wake=row.wake,
            active=row.active,
        )  # fmt: skip
    return Standing(
        contact=contact,
        address=row.address or "",
        disabled=row.disabled or "",
        consent=bool(row.consent),
        blocked=bool(row.blocked),
        alert_state=None if row.alert_state is None else AlertState(row.alert_state),
        newest=row.newest or 0,
        reason=None if row.reason is None else Reason(row.reason),
        told_elsewhere=bool(row.told_elsewhere),
        tried_elsewhere=bool(row.tried_elsewhere),
        approved=row.texts_sha256 or "",
    )
