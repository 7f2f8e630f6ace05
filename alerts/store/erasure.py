"""Taking a person out of every table that names them."""

from __future__ import annotations

import sqlalchemy as sa

from alerts.store import unwritten
from alerts.store.engine import Connection
from alerts.store.tables import addresses, attempts, consents, contacts, duty, inbound, outbox, verifications

GONE = "erased"


def erase_contact(connection: Connection, contact: int) -> None:
    """Addresses and words go; the rows that others count stay, with nothing in them that points at a person."""
    for table in (addresses, verifications, duty):
        connection.execute(sa.delete(table).where(table.c.contact == contact))
    connection.execute(sa.update(consents).where(consents.c.contact == contact).values(words=GONE, how=GONE))
    connection.execute(
        sa.update(contacts)
        .where(contacts.c.id == contact)
        .values(label=GONE, active=False, places=[], substances=[], drills=False, digest="", wake=False)
    )
    unwritten.forget(connection, contact)
    theirs = sa.select(outbox.c.id).where(outbox.c.contact == contact)
    # Carriers name the number in their refusals; the code beside it says as much.
    connection.execute(sa.update(attempts).where(attempts.c.delivery.in_(theirs)).values(detail=""))
    connection.execute(
        sa.update(outbox).where(outbox.c.contact == contact, outbox.c.problem != "").values(problem=GONE)
    )
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.contact == contact)
        .values(address="", subject="", text=GONE, html="", front="", provider_id="", letter="", own_link="")
    )
    connection.execute(sa.update(inbound).where(inbound.c.contact == contact).values(contact=None, answer=""))
