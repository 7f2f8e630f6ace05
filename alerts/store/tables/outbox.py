"""The only way out, and all that comes back."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

# Words that many get, once. Where a row of the outbox names a letter, its own words are empty: they are the letter's,
# with the row's link in the gap.
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
)

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
    sa.Column("settled_at", Instant),
    sa.Column("accepted_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("lease_owner", sa.String(80)),
    sa.Column("lease_until", Instant),
    sa.Column("care_of", sa.String(80), nullable=False, default=""),
    sa.Column("dismissed_at", Instant),
    sa.Column("turn", sa.Integer),
    sa.Column("given_up_at", Instant),
    sa.Column("letter", sa.String(64), nullable=False, default=""),
    sa.Column("own_link", sa.Text, nullable=False, default=""),
    sa.Column("seal", sa.String(32), nullable=False, default=""),
    sa.UniqueConstraint("alert", "version", "contact", "channel"),
    # A worker asks for one carrier's most urgent due rows; the rows of tomorrow morning must not be looked at for it.
    sa.Index("ix_outbox_due", "state", "channel", "rank", "next_due", "created_at"),
    sa.Index("ix_outbox_edition", "alert", "version", "state"),
    sa.Index("ix_outbox_contact", "contact", "channel"),
    sa.Index("ix_outbox_address", "address"),
)

# Messages of editions to a great many people that are decided and not yet rows of the outbox, in parts. See
# alerts/store/unwritten.py for the body.
unwritten = sa.Table(
    "unwritten",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("alert", Number, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

# Editions whose messages are all through, so that the record says so once.
drained = sa.Table(
    "drained",
    metadata,
    sa.Column("alert", Number, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

# When a sender's line is free again: all workers draw on this one row.
budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("sender", sa.String(10), primary_key=True),
    sa.Column("free_at", Instant, nullable=False),
)

# A carrier that refuses our account: nothing more is tried there until then.
circuits = sa.Table(
    "circuits",
    metadata,
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("open_until", Instant, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)

# Error codes that the table in config.toml does not know.
unknown_codes = sa.Table(
    "unknown_codes",
    metadata,
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
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

# What people write back. Of a report only that one came is kept here: neither its words nor whose it was.
inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("provider_id", sa.String(120), nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("contact", Number),
    sa.Column("meaning", sa.String(12), nullable=False),
    sa.Column("text", sa.Text, nullable=False, default=""),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    # For a person to read: "" or since when it waits; by whom it was read.
    sa.Column("waits_since", Instant, index=True),
    sa.Column("seen_by", sa.String(80), nullable=False, default=""),
)

# How much one number wrote in a day. The number is a keyed hash: this table is to stop floods, not to know people.
writers = sa.Table(
    "writers",
    metadata,
    sa.Column("writer", sa.String(32), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("texts", sa.Integer, nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
)

# What people say of an alert: 1 seen here, 2 not here, 3 useful. voter: a keyed hash that differs from alert to alert.
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("alert", Number, primary_key=True),
    sa.Column("voter", sa.String(32), primary_key=True),
    sa.Column("threshold", sa.String(40), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("answer", sa.String(1), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
)

# What somebody saw, for staff to judge. The words stand here with their day, and not with their hour, which could be
# held against a carrier's books. sample: key of the sample it was made into, "" when it names no substance or came in a
# flood.
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("seen_on", sa.Date),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("substances", sa.JSON, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("sample", sa.String(64), nullable=False),
    sa.Column("verdict", sa.String(20), nullable=False, default=""),
    sa.Column("why", sa.Text, nullable=False, default=""),
    sa.Column("judged_by", sa.String(80), nullable=False, default=""),
)

# Who asked by text to be told, and has not confirmed it yet.
joining = sa.Table(
    "joining",
    metadata,
    sa.Column("address", sa.String(320), primary_key=True),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
)
