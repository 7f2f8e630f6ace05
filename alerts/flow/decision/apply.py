"""Applying one intent: one transaction with its ledger entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.decision.said import said
from alerts.model.alert import Alert, AlertState, AlertVersion, VersionState
from alerts.model.intent import Intent
from alerts.model.reason import ENDINGS, NOTIFIES, Reason
from alerts.model.threshold import Release
from alerts.record.append import FieldValue, append
from alerts.store import alerts
from alerts.store.engine import Connection


def apply(app: App, intent: Intent, now: datetime) -> AlertVersion | None:
    """Do what an intent says; returns the edition it made, None when it made none: nobody is to be written to, or
    somebody else was faster."""
    with app.store.write() as connection:
        if intent.reason not in NOTIFIES:
            _note_evidence(connection, intent, now)
            return None
        if intent.alert is None:
            return _open(app, connection, intent, now)
        alert = alerts.get(connection, intent.alert.id, hold=True)
        # Somebody (a person who cancelled it, another worker) was faster: what is left is decided at the next look.
        if alert is None or alert.state is not AlertState.OPEN or alert.version != intent.alert.version:
            return None
        return _next_edition(app, connection, alert, intent, now)


def _open(app: App, connection: Connection, intent: Intent, now: datetime) -> AlertVersion | None:
    number, name = alerts.next_number(connection, now.year)
    # A worker whose lease ran out while it was looking: the other one has opened it meanwhile.
    if alerts.open_one(connection, intent.substance, intent.region, intent.kind) is not None:
        return None
    assert intent.expires_at is not None
    alert = Alert(
        id=number, number=name, substance=intent.substance, region=intent.region, kind=intent.kind,
        state=AlertState.OPEN, level=intent.level, threshold=intent.threshold.name,
        threshold_version=intent.threshold.version, opened_at=now, updated_at=now, evidence_at=now,
        expires_at=intent.expires_at, version=1, places=tuple(p.place for p in intent.places),
    )  # fmt: skip
    alerts.add(connection, alert)
    version = _version(app, connection, alert, intent, now)
    append(connection, at=now, kind="alert.opened", subject=name, fields=_fields(alert, version, intent))
    return version


def _next_edition(app: App, connection: Connection, before: Alert, intent: Intent, now: datetime) -> AlertVersion:
    ends = intent.ends
    told = any(v.state is VersionState.ADDRESSED for v in alerts.versions(connection, before.id))
    alert = replace(
        before,
        version=before.version + 1,
        level=intent.level,
        places=tuple(p.place for p in intent.places) or before.places,
        updated_at=now,
        evidence_at=before.evidence_at if intent.reason in ENDINGS else now,
        expires_at=intent.expires_at or before.expires_at,
        state=AlertState.ENDED if ends else AlertState.OPEN,
        ended_at=now if ends else None,
        ended_because=str(intent.reason) if ends else "",
    )
    # What still waits for approval says less than is known now, or something that no longer holds.
    deadline = alerts.supersede(connection, before.id)
    alerts.change(connection, before.state, alert, intent.reason)
    quiet = not told and intent.reason in ENDINGS
    version = _version(app, connection, alert, intent, now, quiet=quiet, deadline=deadline)
    kind = "alert.ended" if ends else "alert.updated"
    append(connection, at=now, kind=kind, subject=alert.number, fields=_fields(alert, version, intent))
    return version


def _version(
    app: App,
    connection: Connection,
    alert: Alert,
    intent: Intent,
    now: datetime,
    *,
    quiet: bool = False,
    deadline: datetime | None = None,
) -> AlertVersion:
    # An end or a correction takes back what was said before: it must not wait for an approver, nor tell those who
    # never got the alert.
    review = intent.threshold.release is Release.REVIEW and intent.reason not in ENDINGS
    state = VersionState.REJECTED if quiet else VersionState.HELD if review else VersionState.APPROVED
    # A review that was asked for keeps its first deadline: growing evidence must not put it off again and again.
    due = now + timedelta(hours=intent.threshold.review_hours)
    version = AlertVersion(
        alert=alert.id, version=alert.version, state=state, reason=intent.reason, level=intent.level, at=now,
        places=intent.places, new_places=intent.new_places, kind=intent.kind,
        methods=tuple(dict.fromkeys(s.signal.method for s in intent.signals)), confidence=intent.confidence,
        change=intent.change, sentence=said(app, intent), signals=tuple(s.id for s in intent.signals),
        deadline=min(due, deadline or due) if state is VersionState.HELD else None, because=intent.because,
        renamed=intent.renamed, expires_at=alert.expires_at if alert.state is AlertState.OPEN else None,
    )  # fmt: skip
    alerts.add_version(connection, version)
    return version


def _note_evidence(connection: Connection, intent: Intent, now: datetime) -> None:
    """New evidence for an alert that already says so keeps it open for longer, silently."""
    if intent.reason not in (Reason.STILL_OPEN, Reason.TOO_SOON) or intent.alert is None:
        return
    alert = alerts.get(connection, intent.alert.id, hold=True)
    if alert is None or alert.state is not AlertState.OPEN or intent.expires_at is None:
        return
    if intent.expires_at > alert.expires_at:
        longer = replace(alert, expires_at=intent.expires_at, evidence_at=now)
        alerts.change(connection, alert.state, longer, intent.reason)


def _fields(alert: Alert, version: AlertVersion, intent: Intent) -> dict[str, FieldValue]:
    return {
        "substance": alert.substance,
        "region": alert.region,
        "tested_kind": alert.kind,
        "level": str(version.level),
        "reason": str(version.reason),
        "version": version.version,
        "threshold": intent.threshold.name,
        "threshold_version": intent.threshold.version,
        "release": str(intent.threshold.release),
        "level_rule": intent.level_rule,
        "places": [p.place for p in version.places],
        "evidence": [ref for p in version.places for ref in p.evidence],
        "signals": [str(number) for number in version.signals],
        "expires_at": alert.expires_at.isoformat(),
    }
