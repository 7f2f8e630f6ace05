"""Messages to one person that are no edition of an alert, and what of an alert went out inside one of them."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

# The key says what the notice is about, so that no stroke of a bell says it twice. In the outbox the notice stands
# with the negative of its number in place of an alert's.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("contact", Number, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# A delivery that waited and was merged with others into one notice.
merges = sa.Table(
    "merges",
    metadata,
    sa.Column("delivery", sa.String(32), primary_key=True),
    sa.Column("notice", Number, sa.ForeignKey("notices.id"), nullable=False, index=True),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("substances", sa.JSON, nullable=False),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False, default=False),
)

# Signals that fired inside a silence, to be decided again at its end.
silenced = sa.Table(
    "silenced",
    metadata,
    sa.Column("silence", Number, sa.ForeignKey("silences.id"), primary_key=True),
    sa.Column("signal", Number, sa.ForeignKey("signals.id"), primary_key=True),
)
