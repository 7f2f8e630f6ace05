"""Orders of a laboratory, as they came, become the samples that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.store import specimens
from alerts.store.engine import Connection
from detectors.feeds.specimen import whole
from detectors.sample import Sample


def put_together(
    connection: Connection, feed: str, read: Iterable[Sample], withdrawn: Sequence[str]
) -> tuple[list[Sample], tuple[str, ...]]:
    """(samples, keys of samples that are no more), after entering what was read.

    Orders without a specimen are samples themselves. A specimen of which one order was changed or withdrawn is put
    together anew from all the orders that stand; one of which none stands is withdrawn.
    """
    orders = list(read)
    parts = [order for order in orders if order.specimen]
    before = specimens.specimen_of(connection, feed, [*(p.key for p in parts), *withdrawn])
    taken_back = [key for key in withdrawn if key in before]
    if not parts and not taken_back:
        return orders, tuple(withdrawn)
    for part in parts:
        specimens.put(connection, feed, part)
    specimens.drop(connection, feed, taken_back)
    touched = list(dict.fromkeys([*(p.specimen for p in parts), *before.values()]))
    standing = specimens.orders_of(connection, feed, touched)
    samples = [order for order in orders if not order.specimen]
    samples += [whole(specimen, list(standing[specimen].values())) for specimen in touched if specimen in standing]
    # What came without its specimen at first stands under its order number: now it is part of the specimen.
    ungrouped = {part.key for part in parts if part.key not in before} - set(touched)
    gone = (set(withdrawn) | {s for s in touched if s not in standing} | ungrouped) - {s.key for s in samples}
    return samples, tuple(sorted(gone))


def as_put_together(connection: Connection, feed: str, read: Iterable[Sample]) -> list[Sample]:
    """What `put_together` would make of these orders beside those that stand. Stores nothing."""
    orders = list(read)
    standing = specimens.orders_of(connection, feed, [order.specimen for order in orders if order.specimen])
    for order in orders:
        if order.specimen:
            standing.setdefault(order.specimen, {})[order.key] = order
    alone = [order for order in orders if not order.specimen]
    return [*alone, *(whole(specimen, list(parts.values())) for specimen, parts in standing.items())]
