"""All contacts as CSV, in the columns that an import takes, with how each address stands."""

from __future__ import annotations

import csv
import io

from alerts.flow.partners.add_contact import FIELDS
from alerts.flow.partners.contact_table import STANDING
from alerts.model.partner import Address, Contact
from alerts.store import partners
from alerts.store.engine import Connection

_SAFE = frozenset({"phone", "webhook"})
"""Columns that begin with a plus sign and mean it."""

_FORMULA = ("=", "@", "+", "-", "\t", "\r")


def export_contacts(connection: Connection) -> str:
    """The CSV, header first; contacts by number, without those that have left."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*FIELDS, STANDING], lineterminator="\n")
    writer.writeheader()
    for contact in partners.everybody(connection):
        given = [c for c in partners.consent_log(connection, contact.id) if c.given]
        row = {name: text if name in _SAFE else _cell(text) for name, text in written(contact).items()}
        consent = "; ".join(dict.fromkeys(f"{c.how}: {c.words}" for c in given))
        standing = "; ".join(f"{a.channel}: {_stands(a)}" for a in contact.addresses)
        writer.writerow({**row, "consent": _cell(consent), STANDING: standing})
    return out.getvalue()


def written(c: Contact) -> dict[str, str]:
    """A contact in the columns of a list, without consent and standing."""
    by_channel = {a.channel: a.address for a in c.addresses}
    return {
        "partner": c.partner.name, "front": c.partner.front, "label": c.label,
        "phone": by_channel.get("sms", ""), "email": by_channel.get("email", ""),
        "chat": by_channel.get("chat", ""), "webhook": by_channel.get("webhook", ""), "language": c.language,
        "time_zone": c.time_zone, "places": "; ".join(c.places), "substances": "; ".join(c.substances),
        "least": str(c.least), "wake": _yes(c.wake), "quiet_from": f"{c.quiet_from:%H:%M}",
        "quiet_to": f"{c.quiet_to:%H:%M}", "weekly": str(c.weekly or ""), "drills": _yes(c.drills),
        "digest": c.digest, "channels": "; ".join(c.channels),
        "verified": _yes(all(a.verified for a in c.addresses))
    }  # fmt: skip


def _stands(a: Address) -> str:
    return a.disabled or ("no consent" if not a.consent else "ok" if a.verified else "not proven")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _cell(text: str) -> str:
    # A spreadsheet would run what begins like a formula, and consent may be in a stranger's words.
    return f"'{text}" if text.startswith(_FORMULA) else text
