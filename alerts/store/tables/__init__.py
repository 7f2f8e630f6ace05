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
from alerts.store.tables.outbox import (
    attempts,
    budgets,
    callbacks,
    circuits,
    drained,
    feedback,
    inbound,
    joining,
    outbox,
    unknown_codes,
    writers,
)
from alerts.store.tables.people import addresses, consents, contacts, partners, sessions, sign_in_links, staff

__all__ = [
    "addresses", "alert_versions", "alerts", "archive", "attempts", "budgets", "bulletins", "callbacks", "circuits",
    "consents", "contacts", "documents", "drained", "evidence_head", "feed_events", "feedback", "feeds", "findings",
    "inbound", "joining", "ledger", "ledger_fields", "ledger_head", "metadata", "outbox", "partners", "quarantine",
    "samples", "sessions", "settings", "sign_in_links", "signals", "staff", "tallies", "thresholds", "unknown_codes",
    "unrecognised", "work", "writers",
]  # fmt: skip
