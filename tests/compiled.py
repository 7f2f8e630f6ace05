"""Compiled statements, kept for all engines of the process that runs the tests.

A running program has one engine, which compiles each of its few hundred statements once. A test opens an engine of its
own and throws it away, so that compiling them again and again was a seventh of what the tests cost.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class ByKindOfDatabase(dict[Any, Any]):
    """SQLAlchemy's cache, in which an engine finds what another one of the same kind of database has compiled."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_kind(key), value)


def share() -> None:
    """From now on all engines have one cache."""
    kept = ByKindOfDatabase()

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def use_it(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=kept)


def _of_kind(key: Any) -> Any:
    # The dialect comes first, an object of one engine.
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)
