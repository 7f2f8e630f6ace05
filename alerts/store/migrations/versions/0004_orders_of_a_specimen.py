"""orders of a specimen: what a laboratory's samples are put together from"""

import sqlalchemy as sa
from alembic import op

from alerts.store.columns import Number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "specimen_orders",
        sa.Column("id", Number, nullable=False),
        sa.Column("feed", sa.String(40), nullable=False),
        sa.Column("order_key", sa.String(200), nullable=False),
        sa.Column("specimen", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specimen_orders")),
        sa.UniqueConstraint("feed", "order_key", name=op.f("uq_specimen_orders_feed_order_key")),
    )
    op.create_index("ix_specimen_orders_feed_specimen", "specimen_orders", ["feed", "specimen"])
