"""A row of a list about somebody we know: what of them it changes. Consent is never among it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alerts.app import App
from alerts.flow.partners.add_contact import ContactError, checked, written_addresses
from alerts.flow.partners.export_contacts import written
from alerts.model.partner import Contact
from alerts.store import partners
from alerts.store.engine import Connection

# Columns that a list may change, in its order. An empty cell changes nothing.
CHANGEABLE = (
    "front", "label", "language", "time_zone", "places", "substances", "least", "wake", "quiet_from", "quiet_to",
    "weekly", "drills", "digest", "channels",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Update:
    """contact: as it would be. changes: (column, before, after), as a list writes them; () when all is so already."""

    contact: Contact
    changes: tuple[tuple[str, str, str], ...]


def update_of(app: App, connection: Connection, row: Mapping[str, str]) -> Update | None:
    """What a row changes of the contact who has its address; None when nobody has. Reads only.

    Raises ContactError: addresses of two contacts, a new address (which needs consent of its own), another
    organisation, somebody who has left, and whatever would be wrong in a new row.
    """
    value = {name: (text or "").strip() for name, text in row.items()}
    given = written_addresses(app, value, [])
    owners = {partners.contact_at(connection, one.channel, one.address) for one in given}
    known = owners - {None}
    if not known:
        return None
    contact = partners.get(connection, min(n for n in known if n is not None))
    assert contact is not None
    mistakes = []
    if len(known) > 1:
        mistakes.append("Its addresses belong to different contacts. Give each a row of its own.")
    for one in given:
        if len(known) == 1 and partners.contact_at(connection, one.channel, one.address) is None:
            mistakes.append(
                f"{one.address} is new: a list cannot add it to a known contact, because it needs consent of its own. "
                "Give it a row of its own."
            )
    if not contact.active:
        mistakes.append("This contact has left. Who comes back is added anew, with new consent, once they are erased.")
    if value.get("partner") and value["partner"] != contact.partner.name:
        mistakes.append(f"The address belongs to a contact of {contact.partner.name}, not of {value['partner']}.")
    before = written(contact)
    wanted = {name: value[name] for name in CHANGEABLE if value.get(name)}
    try:
        changed = checked(app, connection, {**before, **wanted, "consent": "as before"}, own=contact.id)
    except ContactError as error:
        mistakes += error.mistakes
    if mistakes:
        raise ContactError(mistakes)
    made = replace(
        changed, id=contact.id, addresses=contact.addresses, active=contact.active,
        partner=replace(contact.partner, front=changed.partner.front),
    )  # fmt: skip
    after = written(made)
    return Update(made, tuple((n, before[n], after[n]) for n in CHANGEABLE if before[n] != after[n]))


def store_update(connection: Connection, update: Update) -> None:
    """Write what changes. The consent log is not touched, nor is any address."""
    partners.change(connection, update.contact)
