"""The orders of each specimen as they stand: what a laboratory's samples are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection
from alerts.store.json_nouns import from_json, to_json
from alerts.store.tables import specimen_orders
from detectors.sample import Sample

_FETCH = 500


def specimen_of(connection: Connection, feed: str, orders: Iterable[str]) -> dict[str, str]:
    """Order → specimen that it belongs to, of those that are known."""
    found: dict[str, str] = {}
    for part in _parts(sorted(set(orders))):
        rows = connection.execute(
            sa.select(specimen_orders.c.order_key, specimen_orders.c.specimen).where(
                specimen_orders.c.feed == feed, specimen_orders.c.order_key.in_(part)
            )
        )
        found |= {row.order_key: row.specimen for row in rows}
    return found


def orders_of(connection: Connection, feed: str, specimens: Iterable[str]) -> dict[str, dict[str, Sample]]:
    """Specimen → its orders by key, in the order in which they first came."""
    found: dict[str, dict[str, Sample]] = {}
    for part in _parts(sorted(set(specimens))):
        rows = connection.execute(
            sa.select(specimen_orders)
            .where(specimen_orders.c.feed == feed, specimen_orders.c.specimen.in_(part))
            .order_by(specimen_orders.c.id)
        )
        for row in rows:
            found.setdefault(row.specimen, {})[row.order_key] = from_json(Sample, row.content)
    return found


def put(connection: Connection, feed: str, order: Sample) -> None:
    """Hold an order as it now stands, in the place of its earlier self."""
    now_is = {"specimen": order.specimen, "content": to_json(order)}
    if insert_new(connection, specimen_orders, {"feed": feed, "order_key": order.key, **now_is}) is None:
        key = (specimen_orders.c.feed == feed, specimen_orders.c.order_key == order.key)
        connection.execute(sa.update(specimen_orders).where(*key).values(now_is))


def drop(connection: Connection, feed: str, orders: Iterable[str]) -> None:
    """Forget orders that their laboratory took back."""
    for part in _parts(sorted(set(orders))):
        connection.execute(
            sa.delete(specimen_orders).where(specimen_orders.c.feed == feed, specimen_orders.c.order_key.in_(part))
        )


def _parts(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[i : i + _FETCH] for i in range(0, len(items), _FETCH))
