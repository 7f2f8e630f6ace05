"""A person ends an alert: those who got it are told, those who did not are left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.reviewing.review import ReviewError
from alerts.model.alert import AlertState, AlertVersion, VersionState
from alerts.model.reason import Reason
from alerts.model.staff import Person
from alerts.record.append import append
from alerts.store import alerts

ENDS: dict[str, Reason] = {
    "entered_wrong": Reason.CORRECTED,
    "place_wrong": Reason.CORRECTED,
    "replaced": Reason.CORRECTED,
    "lab_withdrew": Reason.CORRECTED,
    "no_new_findings": Reason.ALL_CLEAR,
    "established": Reason.ALL_CLEAR,
}
"""What staff may say to receivers (keys of `[reasons]` in words/*.toml), and whether that corrects or just ends it."""


def cancel(app: App, number: str, by: Person, why: str, now: datetime, because: str = "entered_wrong") -> int:
    """End an alert with a notice to exactly those who were told; returns how many messages that made.

    why: for the record. because: what receivers are told, a key of ENDS.
    """
    if not why.strip():
        raise ReviewError("Say why, in a few words: the reason goes into the record.")
    if because not in ENDS:
        raise ReviewError(f"'{because}' is not a reason that receivers can be told. Use one of {', '.join(ENDS)}.")
    reason = ENDS[because]
    with app.store.write() as connection:
        alert = alerts.by_number(connection, number, hold=True)
        if alert is None or alert.state is not AlertState.OPEN:
            raise ReviewError(f"There is no open alert {number}. `supplywatch alerts list` shows them.")
        alerts.supersede(connection, alert.id, VersionState.REJECTED)
        editions = alerts.versions(connection, alert.id)
        told = any(v.state is VersionState.ADDRESSED for v in editions)
        latest = editions[-1]
        alerts.add_version(
            connection,
            AlertVersion(
                alert=alert.id, version=alert.version + 1, reason=reason, level=alert.level, at=now,
                state=VersionState.APPROVED if told else VersionState.REJECTED, places=latest.places, new_places=(),
                kind=alert.kind, methods=latest.methods, confidence=latest.confidence, sentence=why, author=by.name,
                because=because,
            ),
        )  # fmt: skip
        ended = replace(
            alert, version=alert.version + 1, state=AlertState.ENDED, ended_at=now, updated_at=now,
            ended_because=f"cancelled: {why}",
        )  # fmt: skip
        alerts.change(connection, alert.state, ended, reason)
        append(
            connection, at=now, kind="alert.ended", subject=alert.number,
            fields={"reason": "cancelled", "why": why, "by": by.name, "version": alert.version + 1,
                    "because": because, "substance": alert.substance, "region": alert.region},
        )  # fmt: skip
    return address(app, now)
