"""Every table, by what it remembers."""

from alerts.store.columns import metadata
from alerts.store.tables.alerts import alert_versions, alerts, signals, thresholds
from alerts.store.tables.evidence import (
    archive,
    bulletins,
    documents,
    evidence_head,
    findings,
    quarantine,
    samples,
    tallies,
    unrecognised,
)
from alerts.store.tables.feeds import feed_events, feeds, settings, work
from alerts.store.tables.ledger import ledger, ledger_fields, ledger_head
from alerts.store.tables.outbox import attempts, callbacks, inbound, outbox
from alerts.store.tables.people import addresses, consents, contacts, partners, sessions, sign_in_links, staff

__all__ = [
    "addresses", "alert_versions", "alerts", "archive", "attempts", "bulletins", "callbacks", "consents", "contacts",
    "documents", "evidence_head", "feed_events", "feeds", "findings", "inbound", "ledger", "ledger_fields",
    "ledger_head", "metadata",
    "outbox", "partners", "quarantine", "samples", "sessions", "settings", "sign_in_links", "signals", "staff",
    "tallies",
    "thresholds", "unrecognised", "work",
]  # fmt: skip
