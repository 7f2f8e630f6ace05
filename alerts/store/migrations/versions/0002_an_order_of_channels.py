"""an order of channels for each contact, and a fallback from one to the next"""

import sqlalchemy as sa
from alembic import op

import alerts.store.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("channels", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("outbox", sa.Column("turn", sa.Integer()))
    op.add_column("outbox", sa.Column("given_up_at", alerts.store.columns.Instant(timezone=True)))
