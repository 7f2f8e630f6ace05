"""Alembic's entry: the connection is handed in by alerts.store.migrate; there is no other way to run migrations."""

from alembic import context

from alerts.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
