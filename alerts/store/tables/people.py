"""Partners and their contacts with consent, staff and their sessions."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

partners = sa.Table(
    "partners",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("name", sa.String(120), nullable=False, unique=True),
    sa.Column("front", sa.String(60), nullable=False),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("partner", Number, sa.ForeignKey("partners.id"), nullable=False, index=True),
    sa.Column("label", sa.String(120), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("time_zone", sa.String(60), nullable=False),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("substances", sa.JSON, nullable=False),
    sa.Column("least", sa.String(10), nullable=False),
    sa.Column("quiet_from", sa.String(5), nullable=False),
    sa.Column("quiet_to", sa.String(5), nullable=False),
    sa.Column("wake", sa.Boolean, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("weekly", sa.Integer),
    sa.Column("drills", sa.Boolean, nullable=False, default=False),
    sa.Column("digest", sa.String(10), nullable=False, default=""),
    sa.Column("channels", sa.JSON, nullable=False, default=list),
)

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("contact", Number, sa.ForeignKey("contacts.id"), primary_key=True),
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("address", sa.String(320), nullable=False),
    sa.Column("disabled", sa.Text, nullable=False, default=""),
    sa.Column("verified", sa.Boolean, nullable=False, default=True),
    sa.UniqueConstraint("channel", "address"),
)

# Append only: the last line of a contact and channel is what holds.
consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("contact", Number, sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("how", sa.String(80), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# Proofs under way that a phone or inbox is its owner's. Only the hash of the code is kept.
verifications = sa.Table(
    "verifications",
    metadata,
    sa.Column("contact", Number, sa.ForeignKey("contacts.id"), primary_key=True),
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("code_sha256", sa.String(64), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
)

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, default=True),
)

# Who is asked first when something cannot wait, who next. Their phone and inbox are those of a contact.
duty = sa.Table(
    "duty",
    metadata,
    sa.Column("staff", Number, sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("contact", Number, sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("away_until", Instant),
)

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("staff", Number, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("staff", Number, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
