"""Turn approved editions into outbox rows: decided in one transaction each, with its ledger entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.lay_out import lay_out, write_part
from alerts.flow.addressing.parts import parts
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.addressing.rows_of import rows_of
from alerts.flow.addressing.withdraw_waiting import withdraw_waiting
from alerts.flow.process.fault import fault
from alerts.flow.process.undisturbed import undisturbed
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.delivery import Delivery
from alerts.model.letter import Letter
from alerts.model.part import Part
from alerts.model.reason import ENDINGS
from alerts.privacy import rounded_audience
from alerts.record.append import append
from alerts.store import alerts, enqueue, reached, unwritten
from alerts.store.engine import Connection


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan made ready to be written. alert, version: as they were when it was made. first: its first part, and rows:
    what that becomes in the outbox. others: the other parts, as they are kept, with the number of messages in each.
    letters: words that many get."""

    alert: Alert
    version: AlertVersion
    plan: Plan
    first: Part | None
    rows: tuple[Delivery, ...]
    others: tuple[tuple[int, str], ...]
    letters: tuple[Letter, ...]


def address(app: App, now: datetime) -> int:
    """Address every approved edition; returns how many messages were decided. Those of a great many people are written
    into the outbox in parts: the first at once, the others by `lay_out`."""
    with app.store.read() as connection:
        waiting = alerts.versions_in(connection, {VersionState.APPROVED})
    written = 0
    for version in waiting:
        if version.reason in ENDINGS:
            _take_back(app, version, now)
        early = plan_early(app, version, now)
        with app.store.write() as connection:
            alert = alerts.get(connection, version.alert)
            assert alert is not None
            if version.reason in ENDINGS:
                withdraw_waiting(app, connection, alert, version, now)
            ready = stands(connection, early, alert, version) or prepare(app, connection, alert, version, now)
            written += write_out(app, connection, alert, version, ready, now)
            fault("in-addressing")
        fault("after-addressing")
    return written


def _take_back(app: App, version: AlertVersion, now: datetime) -> None:
    """Before an end is planned, what still waits of the alert is taken back: whoever has not heard of it need not. What
    a worker takes meanwhile is found again in the transaction that writes the end."""
    lay_out(app, now, alert=version.alert)
    with app.store.write() as connection:
        alert = alerts.get(connection, version.alert)
        edition = alerts.version(connection, version.alert, version.version)
        if alert is not None and edition == version:
            withdraw_waiting(app, connection, alert, version, now)


def plan_early(app: App, version: AlertVersion, now: datetime) -> Prepared | None:
    """The plan of an edition, made while others may write: for a state it takes long, and a STOP or a receipt must not
    wait for it. Who takes back consent meanwhile is found when the row is claimed.

    Before a later edition is planned, whatever is left of the earlier ones is written into the outbox: it shows who is
    meant by them. None for an alert that is gone.
    """
    if version.version > 1:
        lay_out(app, now, alert=version.alert)
    with app.store.read() as connection:
        alert = alerts.get(connection, version.alert)
        return None if alert is None else prepare(app, connection, alert, version, now)


def stands(connection: Connection, early: Prepared | None, alert: Alert, version: AlertVersion) -> Prepared | None:
    """The early plan, if whom a later edition is for has not changed: messages of an earlier one may have gone out
    meanwhile, and then it is planned anew, with everybody else waiting. None for one that does not stand."""
    if early is None or early.alert != alert or early.version != version:
        return None
    first = version.version == 1
    return early if first or reached.reach(connection, alert.id) == early.plan.knows else None


def prepare(app: App, connection: Connection, alert: Alert, version: AlertVersion, now: datetime) -> Prepared:
    """Plan an edition and make all of it ready but the writing. Reads only; raises WordingError as `plan` does."""
    with undisturbed():
        planned = plan(app, connection, alert, version, now)
        in_parts = parts(app, alert, version, planned.slips, planned.sha256, now)
        first = next(in_parts, None)
        rows = tuple(rows_of(app.key, first)) if first else ()
        others = tuple((len(p.lines), unwritten.dumped(p)) for p in in_parts)
        return Prepared(alert, version, planned, first, rows, others, planned.letters)


def write_out(
    app: App, connection: Connection, alert: Alert, version: AlertVersion, ready: Prepared, now: datetime
) -> int:
    """Write a plan's first part into the outbox and keep the others; returns how many messages that were. From then on
    the edition counts as sent out, and its audience stands. One that somebody else addressed meanwhile brings none.
    """
    planned, written = ready.plan, 0
    if not alerts.move_version(connection, version, VersionState.ADDRESSED, texts_sha256=planned.sha256):
        return 0
    if version.version > 1:
        # Who still waits for an earlier edition gets this one in its stead: it says all that the earlier one did.
        withdraw_waiting(app, connection, alert, version, now, only=planned.pairs)
    enqueue.keep_letters(connection, ready.letters)
    if ready.first is not None:
        written = write_part(app, connection, ready.first, ready.rows, now)
    for messages, body in ready.others:
        unwritten.keep(connection, version.alert, version.version, body)
        written += messages
    first = planned.first
    append(
        connection,
        at=now,
        kind="alert.addressed",
        subject=alert.number,
        fields={
            "version": version.version,
            "audience": len(first),
            "audience_about": rounded_audience(len(first)),
            "channels": sorted({s.channel for s in first}),
            "segments": planned.segments,
            "texts_sha256": planned.sha256,
        },
    )
    return written
