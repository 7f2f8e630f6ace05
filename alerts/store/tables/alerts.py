"""Signals, the thresholds they are held against, and the alerts they become."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("threshold", sa.String(40), nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("substance", sa.String(80), nullable=False, index=True),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

thresholds = sa.Table(
    "thresholds",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("substance", sa.String(80), nullable=False),
    sa.Column("region", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, index=True),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("threshold", sa.String(40), nullable=False),
    sa.Column("threshold_version", sa.Integer, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("evidence_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_because", sa.Text, nullable=False, default=""),
    sa.Column("exercise", sa.Boolean, nullable=False, default=False),
)
# Two workers that decide at the same moment must not open the same alert twice.
sa.Index(
    "uq_alerts_one_open",
    alerts.c.substance,
    alerts.c.region,
    alerts.c.kind,
    unique=True,
    sqlite_where=sa.text("state = 'open' AND NOT exercise"),
    postgresql_where=sa.text("state = 'open' AND NOT exercise"),
)

alert_versions = sa.Table(
    "alert_versions",
    metadata,
    sa.Column("alert", Number, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("author", sa.String(80), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("approved_by", sa.String(80), nullable=False, default=""),
    sa.Column("approved_at", Instant),
    sa.Column("deadline", Instant),
    sa.Column("reminded_at", Instant),
    sa.Column("texts_sha256", sa.String(64), nullable=False, default=""),
    sa.Column("break_glass", sa.Text, nullable=False, default=""),
    sa.Column("looked_at_by", sa.String(80), nullable=False, default=""),
)
