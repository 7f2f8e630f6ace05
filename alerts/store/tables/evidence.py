"""What sources said, as they said it, and from when until when we believed it."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

archive = sa.Table(
    "archive",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),  # zlib
    sa.Column("redacted", sa.Boolean, nullable=False, default=False),
    sa.Column("stored_at", Instant, nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    # Of a file in a folder, as it was before anything was taken out; so that it need not be read again.
    sa.Column("size", Number, nullable=False, default=0),
    sa.Column("modified", sa.Float),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("content_type", sa.String(200), nullable=False, default=""),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
)

# One row is one edition of one sample: `known_until` closes it when the source changes or withdraws it.
samples = sa.Table(
    "samples",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(80), nullable=False),
    sa.Column("county", sa.String(120), nullable=False),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("collected", sa.Date),
    sa.Column("tested", sa.Date),
    sa.Column("published", sa.Date),
    sa.Column("known_on", sa.Date, nullable=False),
    sa.Column("sold_as", sa.JSON, nullable=False),
    sa.Column("methods", sa.JSON, nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("known_from", Instant, nullable=False),
    sa.Column("known_until", Instant),
    sa.Column("document", Number, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    # Counts transactions that changed evidence, in the order of their commits: readers ask "what changed since?".
    sa.Column("generation", Number, nullable=False, index=True),
    sa.UniqueConstraint("feed", "key", "revision"),
    sa.Index("ix_samples_known", "known_on", "known_until"),
)

# A laboratory may report one specimen over several orders; each stands here as it was last sent.
specimen_orders = sa.Table(
    "specimen_orders",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False),
    sa.Column("order_key", sa.String(200), nullable=False),
    sa.Column("specimen", sa.String(200), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.UniqueConstraint("feed", "order_key"),
    sa.Index("ix_specimen_orders_feed_specimen", "feed", "specimen"),
)

evidence_head = sa.Table(
    "evidence_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", Number, nullable=False),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("sample", Number, sa.ForeignKey("samples.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("named_as", sa.Text, nullable=False),
    sa.Column("substance", sa.String(80), nullable=False),
    sa.Column("method", sa.String(80), nullable=False),
    sa.Column("abundance", sa.String(10), nullable=False),
    sa.Column("quantity", sa.Float),
    sa.Column("unit", sa.String(20), nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("named_as", sa.Text, nullable=False),
    sa.Column("substance", sa.String(80), nullable=False),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("positives", sa.Integer, nullable=False),
    sa.Column("tested", sa.Integer),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("known_from", Instant, nullable=False),
    sa.Column("known_until", Instant),
    sa.Column("document", Number, nullable=False),
    sa.UniqueConstraint("feed", "key", "revision"),
)

bulletins = sa.Table(
    "bulletins",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("substances", sa.JSON, nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("known_from", Instant, nullable=False),
    sa.Column("known_until", Instant),
    sa.Column("document", Number, nullable=False),
    sa.UniqueConstraint("feed", "key", "revision"),
)

# What one edition of a bulletin says of a substance. Its sentences are not kept: they are its author's.
mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("bulletin", Number, sa.ForeignKey("bulletins.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("substance", sa.String(80), nullable=False),
    sa.Column("polarity", sa.String(24), nullable=False),
    sa.Column("statement", sa.String(12), nullable=False),
    sa.Column("place", sa.String(40), nullable=False),
    sa.Column("when", sa.String(10), nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed", sa.String(40), nullable=False, index=True),
    sa.Column("document", Number, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("column", sa.String(120), nullable=False),
    sa.Column("value", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("mend", sa.Text, nullable=False),
)

# Names and places that no dictionary has yet: a brand-new substance must not be lost because nobody listed it.
unrecognised = sa.Table(
    "unrecognised",
    metadata,
    sa.Column("what", sa.String(12), primary_key=True),
    sa.Column("feed", sa.String(40), primary_key=True),
    sa.Column("text", sa.String(200), primary_key=True),
    sa.Column("candidate", sa.String(80), nullable=False, default=""),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("last_seen", Instant, nullable=False),
)

# What staff added to the shipped dictionary, one row a time, never changed: who knew what when, and why.
added_names = sa.Table(
    "added_names",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("substance", sa.String(80), nullable=False),
    sa.Column("name", sa.JSON, nullable=False),  # display name by language; empty for synonyms of a known substance
    sa.Column("category", sa.String(40), nullable=False, default=""),
    sa.Column("parent", sa.String(80), nullable=False, default=""),
    sa.Column("tier", sa.Integer, nullable=False, default=3),
    sa.Column("role", sa.String(20), nullable=False, default=""),
    sa.Column("action", sa.String(40), nullable=False, default=""),
    sa.Column("synonyms", sa.JSON, nullable=False),
)
