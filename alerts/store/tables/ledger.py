"""The record. Rows are only ever added: triggers refuse UPDATE and DELETE on `ledger` and `ledger_fields`."""

import sqlalchemy as sa

from alerts.store.columns import Instant, Number, metadata

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(40), nullable=False, index=True),
    sa.Column("commitments", sa.JSON, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

ledger_fields = sa.Table(
    "ledger_fields",
    metadata,
    sa.Column("seq", Number, sa.ForeignKey("ledger.seq"), primary_key=True),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("salt", sa.String(32), nullable=False),
)

ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", Number, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
