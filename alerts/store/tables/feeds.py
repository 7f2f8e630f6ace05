"""Feeds with their schedule and health, and other work that one worker at a time may claim."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("condition", sa.String(20), nullable=False),
    sa.Column("sentence", sa.Text, nullable=False, default=""),
    sa.Column("mend", sa.Text, nullable=False, default=""),
    sa.Column("etag", sa.Text, nullable=False, default=""),
    sa.Column("last_modified", sa.Text, nullable=False, default=""),
    sa.Column("next_due", Instant, nullable=False),
    sa.Column("last_try", Instant),
    sa.Column("last_success", Instant),
    sa.Column("last_new", Instant),
    sa.Column("newest", sa.Date),
    sa.Column("http_status", sa.Integer),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("seen", sa.Integer, nullable=False, default=0),
    sa.Column("new", sa.Integer, nullable=False, default=0),
    sa.Column("revised", sa.Integer, nullable=False, default=0),
    sa.Column("retracted", sa.Integer, nullable=False, default=0),
    sa.Column("quarantined", sa.Integer, nullable=False, default=0),
    # Days from collection to knowledge that a tenth, half and nine tenths of the samples take; none for too few.
    sa.Column("lag_tenth", sa.Integer),
    sa.Column("lag_median", sa.Integer),
    sa.Column("lag_ninety", sa.Integer),
    sa.Column("last_sha256", sa.String(64), nullable=False, default=""),
    sa.Column("lease_owner", sa.String(80)),
    sa.Column("lease_until", Instant),
)

feed_events = sa.Table(
    "feed_events",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("condition", sa.String(20), nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("mend", sa.Text, nullable=False),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("next_due", Instant),
    sa.Column("lease_owner", sa.String(80)),
    sa.Column("lease_until", Instant),
    sa.Column("last_started", Instant),
    sa.Column("last_ended", Instant),
    sa.Column("problem", sa.Text, nullable=False, default=""),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
