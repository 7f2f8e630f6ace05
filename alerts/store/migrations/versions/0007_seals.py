"""what binds a message to its approval"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Messages that wait while the program is brought up to date were made without one, and go out all the same.
    op.add_column("outbox", sa.Column("seal", sa.String(length=32), nullable=False, server_default="before"))
