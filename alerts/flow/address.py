"""Turn approved editions into outbox rows: one transaction each, with its ledger entry."""

from __future__ import annotations

from datetime import datetime

from alerts.app import App
from alerts.flow.merge_waiting import merge_waiting
from alerts.flow.plan import Plan, plan
from alerts.flow.withdraw_waiting import withdraw_waiting
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.reason import ENDINGS
from alerts.privacy import rounded_audience
from alerts.record.append import append
from alerts.store import alerts, outbox
from alerts.store.engine import Connection


def address(app: App, now: datetime) -> int:
    """Address every approved edition; returns how many messages were written into the outbox."""
    with app.store.read() as connection:
        waiting = alerts.versions_in(connection, {VersionState.APPROVED})
    written = 0
    for version in waiting:
        early = plan_first(app, version, now)
        with app.store.write() as connection:
            alert = alerts.get(connection, version.alert)
            assert alert is not None
            if version.reason in ENDINGS:
                withdraw_waiting(app, connection, alert, version, now)
            planned = early or plan(app, connection, alert, version, now)
            written += write_out(app, connection, alert, version, planned, now)
    return written


def plan_first(app: App, version: AlertVersion, now: datetime) -> Plan | None:
    """The plan of a first edition, made while others may write: for a state it takes long, and a STOP or a receipt
    must not wait for it. Who takes back consent meanwhile is found when the row is claimed.

    None for a later edition: whom it is for depends on what is just being sent, so it is planned as it is written.
    """
    if version.version > 1:
        return None
    with app.store.read() as connection:
        alert = alerts.get(connection, version.alert)
        return None if alert is None else plan(app, connection, alert, version, now)


def write_out(
    app: App, connection: Connection, alert: Alert, version: AlertVersion, planned: Plan, now: datetime
) -> int:
    """Write a plan's rows. An edition that somebody else addressed meanwhile brings none."""
    if not alerts.move_version(connection, version, VersionState.ADDRESSED, texts_sha256=planned.sha256):
        return 0
    if version.version > 1:
        # Who still waits for an earlier edition gets this one in its stead: it says all that the earlier one did.
        withdraw_waiting(app, connection, alert, version, now, only=planned.pairs)
    outbox.keep_letters(connection, planned.letters)
    written = outbox.add(connection, planned.deliveries)
    held = {s.contact for s in planned.first if s.channel == "sms" and s.due > now}
    for contact in sorted(held & outbox.with_several_waiting(connection, "sms", now)) if held else ():
        merge_waiting(app, connection, contact, now)
    channels = {s.channel for s in planned.first}
    append(
        connection,
        at=now,
        kind="alert.addressed",
        subject=alert.number,
        fields={
            "version": version.version,
            "audience": len(planned.first),
            "audience_about": rounded_audience(len(planned.first)),
            "channels": sorted(channels),
            "segments": planned.segments,
            "texts_sha256": planned.sha256,
        },
    )
    return written
