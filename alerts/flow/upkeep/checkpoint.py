"""Once a day the record's head is signed and given out: to a folder, and by mail to whoever keeps it."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from alerts.app import App
from alerts.flow.addressing.send_notice import send_notice
from alerts.record.checkpoint import Checkpoint, departs, note_of, origin_of, read_note
from alerts.store import ledger_rows, partners, settings
from alerts.store.engine import Connection
from alerts.wording.staff import CheckpointMail

log = logging.getLogger("supplywatch.record")

LAST = "checkpoint"
"""Fact under which the newest note is kept."""
DEPARTS = "checkpoint.departs"
"""Fact that the record no longer holds that note, a sentence; outside monitors are told."""


def checkpoint(app: App, now: datetime) -> str | None:
    """Sign the head as of today; returns the note, None when today's was made before or the record departs from the
    last.

    A record that no longer holds yesterday's checkpoint is not signed: a signature would hide that it was rewritten.
    """
    day = now.astimezone(app.configuration.programme.zone).date()
    with app.store.write() as connection:
        entries, head = ledger_rows.take_head(connection)  # the lock: of several nodes one signs
        kept = settings.fact(connection, LAST)
        if kept and (last := read_note(kept)).day >= day:
            _write(app, last, kept)
            return None
        problem = departs(read_note(kept), ledger_rows.hashes(connection)) if kept else ""
        settings.note(connection, DEPARTS, problem)
        if problem:
            log.error("No checkpoint is signed. %s Compare with a copy, and ask who had access.", problem)
            return None
        made = Checkpoint(origin_of(app.configuration.programme.public_url), entries, head, day)
        note = note_of(made, app.checkpoint_seed)
        settings.note(connection, LAST, note)
        _mail(app, connection, made, note, now)
    _write(app, made, note)
    return note


def _mail(app: App, connection: Connection, made: Checkpoint, note: str, now: datetime) -> None:
    for address in app.configuration.checkpoints.mail_to:
        number = partners.contact_at(connection, "email", address)
        contact = None if number is None else partners.get(connection, number)
        if contact is None or not partners.has_consent(connection, contact.id, "email"):
            # Nothing goes out to anybody who did not agree to it, not even this.
            log.error("The checkpoint is not mailed to %s: add it as a contact who agreed.", address)
            continue
        content = CheckpointMail(app.configuration.programme.name, made.day, made.entries, note)
        send_notice(app, connection, f"checkpoint|{made.day}|{contact.id}", content, contact, now, only=("email",))


def _write(app: App, made: Checkpoint, note: str) -> None:
    """Written anew at the next bell when it did not come about: a full disk must not lose a day."""
    if not app.configuration.checkpoints.folder:
        return
    folder = Path(app.configuration.checkpoints.folder)
    path = folder / f"{made.day}.note"
    if path.exists():
        return  # what was given out is never written over
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        half.write_text(note, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        log.error("The checkpoint of %s cannot be written to %s: %s.", made.day, folder, error.strerror)
