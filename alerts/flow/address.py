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
        with app.store.write() as connection:
            alert = alerts.get(connection, version.alert)
            assert alert is not None
            if version.reason in ENDINGS:
                withdraw_waiting(app, connection, alert, version, now)
            written += write_out(app, connection, alert, version, plan(app, connection, alert, version, now), now)
    return written


def write_out(
    app: App, connection: Connection, alert: Alert, version: AlertVersion, planned: Plan, now: datetime
) -> int:
    """Write a plan's rows. An edition that somebody else addressed meanwhile brings none."""
    if not alerts.move_version(connection, version, VersionState.ADDRESSED, texts_sha256=planned.sha256):
        return 0
    # Who still waits for an earlier edition gets this one in its stead: it says all that the earlier one did.
    withdraw_waiting(app, connection, alert, version, now, only=planned.pairs)
    written = outbox.add(connection, planned.deliveries)
    for contact in sorted({d.contact for d in planned.first if d.channel == "sms" and d.due_at > now}):
        merge_waiting(app, connection, contact, now)
    channels = {d.channel for d in planned.first}
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
