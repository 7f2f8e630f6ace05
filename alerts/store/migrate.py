"""Bring the database to today's shape. Runs on every start; several nodes may start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from alerts.store.engine import Store

_LOCK = 0x5355504C  # PostgreSQL advisory lock: "SUPL"


def migrate(store: Store) -> str:
    """Apply what is missing and return the revision the database is at.

    Raises RuntimeError when the database is newer than this program: writing to it could lose what the newer one keeps.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with store.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {s.revision for s in scripts.walk_revisions()}:
            raise RuntimeError(
                f"The database is at revision {current}, which this program does not know: a newer Supplywatch "
                "has used it. Install that version again, or restore the backup made before the upgrade."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    head = scripts.get_current_head()
    assert head is not None
    return head
