"""Rows into the outbox, many at once, and the letters that many of them share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from alerts.model.delivery import Delivery
from alerts.model.letter import Letter
from alerts.store.bulk import Bind, Bulk, Row
from alerts.store.columns import Instant
from alerts.store.conflicts import insert_new
from alerts.store.engine import Connection, batched
from alerts.store.outbox import FIELDS, RENAMED, WORDS, rank
from alerts.store.tables import letters, outbox

BATCH = 2000
"""Rows written at once: an alert to everybody in a state must not need the memory of a city's worth of mail."""
_OWN = ("id", "contact", "address", "own_link", "seal")
_SHARED = tuple(name for name in FIELDS if name not in _OWN)
_OWN_VALUES, _SHARED_VALUES = attrgetter(*_OWN), attrgetter(*_SHARED)
_COLUMNS = (*(RENAMED.get(name, name) for name in _SHARED), "rank")
"""What many rows of an edition have in common, in the order in which they are written."""
_MOMENTS = [place for place, name in enumerate(_COLUMNS) if isinstance(outbox.c[name].type, Instant)]
_LEVEL, _STATE, _TURN = (_SHARED.index(name) for name in ("level", "state", "turn"))
_OWN_WORDS = [_SHARED.index(name) for name in WORDS]


def add(connection: Connection, deliveries: Iterable[Delivery]) -> int:
    """Write rows that are not there yet, a batch at a time; returns how many were new. The key (alert, version,
    contact, channel), of which an id is made, makes a second addressing of the same version harmless. Their letters
    are there."""
    written = 0
    into = Bulk(connection, outbox, _OWN, _COLUMNS)
    bound = lru_cache(maxsize=1000)(into.bind("created_at"))
    waiting = iter(deliveries)
    while batch := {d.id: d for d in islice(waiting, BATCH)}:
        there = sa.select(outbox.c.id)
        for ids in batched(list(batch)):
            for known in connection.scalars(there.where(outbox.c.id.in_(ids))):
                del batch[known]
        # In the order of their ids, for the index that has them in this order.
        rows = [batch[one] for one in sorted(batch)]
        into.insert([(*_OWN_VALUES(d), into.share(_shared(d, bound, into.null))) for d in rows])
        written += len(rows)
    return written


def keep_letters(connection: Connection, made: Iterable[Letter]) -> None:
    """Write letters that are not there yet."""
    for letter in sorted(made, key=lambda letter: letter.id):
        words = {"subject": letter.subject, "text": letter.text, "html": letter.html}
        insert_new(connection, letters, {"id": letter.id, **words})


def _shared(delivery: Delivery, bound: Bind, null: Any) -> Row:
    """In the order of `_COLUMNS`, as the driver takes it."""
    made = list(_SHARED_VALUES(delivery))
    for place in _MOMENTS:
        made[place] = bound(made[place])
    made[_LEVEL], made[_STATE] = delivery.level.value, delivery.state.value
    if delivery.turn is None:
        made[_TURN] = null
    if delivery.letter:
        for place in _OWN_WORDS:
            made[place] = ""
    return (*made, rank(delivery.level, delivery.first_contact))
