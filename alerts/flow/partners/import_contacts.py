"""Contacts come in from a list: first what would become of every row, then the good ones, each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.flow.partners.add_contact import ContactError, checked
from alerts.flow.partners.enrol import enrol
from alerts.flow.partners.update_contact import Update, store_update, update_of
from alerts.model.partner import Contact
from alerts.store.engine import Connection

Rows = Sequence[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one row. line: in the file. contact: as it is or would be stored (then a new one has id 0), None
    when the row is not taken; mistakes: why, a sentence each. known: it is about somebody we have; changes: what it
    changes of them, (column, before, after)."""

    line: int
    partner: str
    label: str
    contact: Contact | None
    mistakes: tuple[str, ...] = ()
    known: bool = False
    changes: tuple[tuple[str, str, str], ...] = ()


def fates(app: App, connection: Connection, rows: Rows) -> list[Fate]:
    """What an import of these rows would do. Reads only. Of two rows with one address only the first is taken."""
    result = []
    lines: dict[str, int] = {}
    for line, row in rows:
        found = _checked(app, connection, line, row)
        # A file that names one address twice contradicts itself, also about somebody we know.
        twice = [a.address for a in (found.contact.addresses if found.contact else ()) if a.address in lines]
        if twice:
            said = tuple(f"{a} stands in line {lines[a]} already." for a in twice)
            found = Fate(line, found.partner, found.label, None, said)
        for a in found.contact.addresses if found.contact else ():
            lines[a.address] = line
        result.append(found)
    return result


def import_contacts(app: App, rows: Rows, how: str, now: datetime) -> list[Fate]:
    """Store the good rows: new people, whose owners are asked for proof, and what changes of those we know. `how` says
    in the consent log where new ones came from; an update never writes consent.

    Each row is its own transaction: one that went wrong holds none of the others back. What `fates` would not take is
    not taken: a second row with an address of the first would else change whom the first has just brought.
    """
    with app.store.read() as connection:
        shown = fates(app, connection, rows)
    result = []
    for (line, row), fate in zip(rows, shown, strict=True):
        if fate.contact is None:
            result.append(fate)
            continue
        try:
            update = _updated(app, row)
            made = update.contact if update else enrol(app, row, how, now)
        except ContactError as error:
            result.append(Fate(line, _told(row, "partner"), _told(row, "label"), None, tuple(error.mistakes)))
        else:
            changes = update.changes if update else ()
            known = update is not None
            result.append(Fate(line, _told(row, "partner"), _told(row, "label"), made, known=known, changes=changes))
    return result


def _updated(app: App, row: Mapping[str, str]) -> Update | None:
    with app.store.write() as connection:
        update = update_of(app, connection, row)
        if update is not None and update.changes:
            store_update(connection, update)
        return update


def _checked(app: App, connection: Connection, line: int, row: Mapping[str, str]) -> Fate:
    try:
        update = update_of(app, connection, row)
        if update is not None:
            told = _told(row, "partner") or update.contact.partner.name
            return Fate(line, told, update.contact.label, update.contact, known=True, changes=update.changes)
        return Fate(line, _told(row, "partner"), _told(row, "label"), checked(app, connection, row))
    except ContactError as error:
        return Fate(line, _told(row, "partner"), _told(row, "label"), None, tuple(error.mistakes))


def _told(row: Mapping[str, str], column: str) -> str:
    return (row.get(column) or "").strip()
