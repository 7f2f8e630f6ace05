"""A person looks first: approving binds to the exact texts and audience, and nobody approves their own work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.address import plan_early, prepare, stands, write_out
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.reason import Reason
from alerts.model.staff import Person, Role
from alerts.record.append import append
from alerts.store import alerts
from alerts.store.engine import Connection
from alerts.wording.rules.case import Severity


class ReviewError(Exception):
    """The decision cannot be carried out; the text says why and what to do."""


def approve(
    app: App, number: str, by: Person, seen_sha256: str, now: datetime, break_glass: str = ""
) -> int:  # fmt: skip
    """Approve the newest edition of an alert and address it, in one transaction; returns how many messages that made.

    seen_sha256: hash of the plan that the approver was shown. If texts or audience changed since, nothing is sent and
    ReviewError says so: what is approved is byte for byte what goes out. break_glass: why it cannot wait for a second
    person or a better text; then the author may approve and errors of the linter do not block. It goes into the record,
    and somebody else must look at it afterwards.
    """
    with app.store.read() as connection:
        _, seen = _held(connection, number)
    early = plan_early(app, seen, now)
    with app.store.write() as connection:
        alert, version = _held(connection, number, hold=True)
        if by.role is not Role.STAFF:
            raise ReviewError("Only staff can approve an alert.")
        glass = break_glass.strip()
        if by.name == version.author and not glass:
            raise ReviewError("You made this edition, so somebody else must approve it (four eyes).")
        ready = stands(connection, early, alert, version) or prepare(app, connection, alert, version, now)
        planned = ready.plan
        if planned.sha256 != seen_sha256:
            raise ReviewError(
                "The texts or the list of receivers changed since you looked. Look at the page again, then approve."
            )
        errors = [f for f in planned.findings if f.severity is Severity.ERROR]
        if errors and not glass:
            raise ReviewError("The texts cannot go out like this: " + " ".join(f"{f.where}: {f.mend}" for f in errors))
        alerts.move_version(
            connection, version, VersionState.APPROVED, approved_by=by.name, approved_at=now,
            break_glass=glass,
        )  # fmt: skip
        append(
            connection, at=now, kind="alert.approved", subject=alert.number,
            fields={"version": version.version, "by": by.name, "role": str(by.role), "texts_sha256": planned.sha256,
                    "break_glass": bool(glass), "why": glass},
        )  # fmt: skip
        return write_out(app, connection, alert, replace(version, state=VersionState.APPROVED), ready, now)


def reject(app: App, number: str, by: Person, why: str, now: datetime) -> None:
    """Refuse the held edition of an alert, with a reason. A first edition that is refused ends the alert."""
    if not why.strip():
        raise ReviewError("Say why, in a few words: the reason goes into the record.")
    with app.store.write() as connection:
        alert, version = _held(connection, number, hold=True)
        alerts.move_version(connection, version, VersionState.REJECTED)
        append(
            connection, at=now, kind="alert.rejected", subject=alert.number,
            fields={"version": version.version, "by": by.name, "role": str(by.role), "why": why},
        )  # fmt: skip
        told = any(v.state is VersionState.ADDRESSED for v in alerts.versions(connection, alert.id))
        if not told:
            ended = replace(alert, state=AlertState.ENDED, ended_at=now, ended_because=str(Reason.REFUSED))
            alerts.change(connection, alert.state, ended, Reason.REFUSED)
            append(
                connection, at=now, kind="alert.ended", subject=alert.number,
                fields={"reason": "rejected at review", "substance": alert.substance, "region": alert.region},
            )  # fmt: skip


def look_back(app: App, number: str, version: int, by: Person, verdict: str, now: datetime) -> None:
    """After a break-glass approval: a second person says what they think of it. Raises ReviewError."""
    if by.role is not Role.STAFF:
        raise ReviewError("Only staff can review an approval.")
    if not verdict.strip():
        raise ReviewError("Say what you found, in a few words: it goes into the record.")
    with app.store.write() as connection:
        alert = alerts.by_number(connection, number, hold=True)
        waiting = [v for v in alerts.unreviewed_break_glass(connection) if alert is not None and v.alert == alert.id]
        edition = next((v for v in waiting if v.version == version), None)
        if alert is None or edition is None:
            raise ReviewError(f"No approval of {number}, edition {version}, waits to be looked at.")
        if by.name in (edition.approved_by, edition.author):
            raise ReviewError("You approved or made this edition, so somebody else must look at it.")
        alerts.mark_looked_at(connection, edition, by.name)
        append(
            connection, at=now, kind="alert.looked_at", subject=number,
            fields={"version": version, "by": by.name, "role": str(by.role), "verdict": verdict.strip()},
        )  # fmt: skip


def annotate(app: App, number: str, by: Person, note: Mapping[str, str], now: datetime) -> AlertVersion:
    """Add a sentence of staff, by language, to what waits for review. It is a new edition of which they are the author.

    Raises ReviewError: nothing waits, not staff, or a language that the programme does not write.
    """
    if by.role is not Role.STAFF:
        raise ReviewError("Only staff can write a note.")
    languages = app.configuration.programme.languages
    unknown = sorted(set(note) - set(languages))
    if unknown or not any(text.strip() for text in note.values()):
        raise ReviewError(f"Write the note in one or more of: {', '.join(languages)}.")
    with app.store.write() as connection:
        alert, version = _held(connection, number, hold=True)
        alerts.supersede(connection, alert.id)
        edition = replace(
            version, version=alert.version + 1, author=by.name, at=now,
            note={language: " ".join(text.split()) for language, text in note.items() if text.strip()},
        )  # fmt: skip
        alerts.add_version(connection, edition)
        alerts.change(connection, alert.state, replace(alert, version=edition.version), Reason.STILL_OPEN)
        append(
            connection, at=now, kind="alert.updated", subject=number,
            fields={"version": edition.version, "reason": str(edition.reason), "by": by.name,
                    "note": dict(edition.note), "substance": alert.substance, "region": alert.region,
                    "level": str(edition.level)},
        )  # fmt: skip
        return edition


def _held(connection: Connection, number: str, *, hold: bool = False) -> tuple[Alert, AlertVersion]:
    alert = alerts.by_number(connection, number, hold=hold)
    if alert is None:
        raise ReviewError(f"There is no alert {number}. `supplywatch alerts list` shows them.")
    version = alerts.versions(connection, alert.id)[-1]
    if version.state is not VersionState.HELD:
        raise ReviewError(f"{number} does not wait for a review: its newest edition is '{version.state}'.")
    return alert, version
