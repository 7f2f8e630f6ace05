"""The only way out, and all that comes back."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("alert", Number, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("contact", Number, nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("address", sa.String(320), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("front", sa.String(60), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("segments", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("next_due", Instant, nullable=False),
    sa.Column("valid_until", Instant, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("provider", sa.String(20), nullable=False, default=""),
    sa.Column("provider_id", sa.String(120), nullable=False, default=""),
    sa.Column("problem", sa.Text, nullable=False, default=""),
    sa.Column("held_because", sa.Text, nullable=False, default=""),
    sa.Column("sending_since", Instant),
    sa.Column("accepted_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("lease_owner", sa.String(80)),
    sa.Column("lease_until", Instant),
    sa.UniqueConstraint("alert", "version", "contact", "channel"),
    sa.Index("ix_outbox_due", "state", "rank", "next_due"),
    sa.Index("ix_outbox_contact", "contact", "channel"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("delivery", sa.String(32), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("code", sa.String(40), nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, default=""),
)

callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("delivery", sa.String(32), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("provider_id", sa.String(120), nullable=False),
    sa.Column("status", sa.String(30), nullable=False),
    sa.Column("code", sa.String(20), nullable=False),
)

# What partners write back. The sender is kept only as the contact's number, never beside a field report.
inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("provider_id", sa.String(120), nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("contact", Number),
    sa.Column("meaning", sa.String(12), nullable=False),
    sa.Column("answer", sa.Text, nullable=False, default=""),
)
