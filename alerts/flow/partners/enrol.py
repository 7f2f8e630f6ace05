"""A contact comes in by hand or from a list: stored, and asked to prove each address before it gets anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts.app import App
from alerts.flow.partners.add_contact import YES, checked, stored
from alerts.flow.partners.prove import ask_for_proof, unproven
from alerts.model.partner import Contact
from alerts.store import partners


def enrol(app: App, row: Mapping[str, str], how: str, now: datetime) -> Contact:
    """As `add_contact`, with the question whether the address is theirs sent out. Raises ContactError.

    A row that says verified = yes was proven elsewhere, and a programme may do without (partners.verify).
    """
    with app.store.write() as connection:
        contact = checked(app, connection, row)
        ask = app.configuration.partners.verify and row.get("verified", "").strip().lower() not in YES
        given = unproven(contact) if ask else contact
        new = stored(connection, given, row["consent"].strip(), how, now)
    if ask:
        ask_for_proof(app, new.id, now)
    with app.store.read() as connection:
        found = partners.get(connection, new.id)
    assert found is not None
    return found
