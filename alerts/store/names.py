"""Names that staff added to the shipped dictionary, and the dictionary with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from alerts.store.editions import as_stored
from alerts.store.engine import Connection
from alerts.store.tables import added_names, findings, samples
from detectors.sample import Sample
from detectors.words.lexicon import Lexicon
from detectors.words.substance import Substance

SHOWN = ("name", "category", "parent", "tier", "role", "action")


@dataclass(frozen=True, slots=True)
class AddedName:
    """One addition. entry: a new substance, or new synonyms of a known one. by: who; why: their reason."""

    id: int
    at: datetime
    by: str
    why: str
    entry: Substance


def add(connection: Connection, entry: Substance, *, by: str, why: str, now: datetime) -> int:
    """Write an addition and return its number, which is the dictionary's edition from then on."""
    values = {field: getattr(entry, field) for field in SHOWN} | {"name": dict(entry.name)}
    added = sa.insert(added_names).values(
        at=now, by=by, why=why, substance=entry.id, synonyms=list(entry.synonyms), **values
    )
    return int(connection.execute(added.returning(added_names.c.id)).scalar_one())


def everything(connection: Connection) -> list[AddedName]:
    """All additions in the order in which they were made."""
    return [
        AddedName(
            r.id, r.at, r.by, r.why,
            Substance(
                r.substance, dict(r.name), r.category, r.parent, r.tier, r.role, r.action, synonyms=tuple(r.synonyms)
            ),
        )
        for r in connection.execute(sa.select(added_names).order_by(added_names.c.id))
    ]  # fmt: skip


class Names:
    """The dictionary, which grows while the program runs. edition: number of the last addition in it, 0 for none."""

    def __init__(self, lexicon: Lexicon, edition: int = 0) -> None:
        self.lexicon = lexicon
        self.edition = edition

    @classmethod
    def opened(cls, connection: Connection) -> Names:
        found = everything(connection)
        return cls(Lexicon.load(extra=[a.entry for a in found]), found[-1].id if found else 0)

    def refresh(self, connection: Connection) -> bool:
        """Take in what was added since, here or by another node; True when there was something."""
        newest = connection.scalar(sa.select(sa.func.max(added_names.c.id))) or 0
        if newest == self.edition:
            return False
        fresh = Names.opened(connection)
        self.lexicon, self.edition = fresh.lexicon, fresh.edition
        return True


def unnamed(connection: Connection) -> list[str]:
    """Texts of findings that are believed now and name no substance that was known when they were read."""
    chosen = (
        sa.select(findings.c.named_as)
        .join(samples, samples.c.id == findings.c.sample)
        .where(findings.c.substance == "", samples.c.known_until.is_(None))
        .distinct()
    )
    return sorted(connection.scalars(chosen))


def holding(connection: Connection, texts: Iterable[str]) -> list[tuple[str, int, Sample]]:
    """(feed, document, sample) of all samples believed now that hold one of these unnamed findings."""
    rows = {}
    for text in texts:
        chosen = (
            sa.select(samples)
            .join(findings, findings.c.sample == samples.c.id)
            .where(findings.c.substance == "", findings.c.named_as == text, samples.c.known_until.is_(None))
        )
        rows.update({row.id: row for row in connection.execute(chosen)})
    kept = [rows[number] for number in sorted(rows)]
    return [(r.feed, r.document, s) for r, s in zip(kept, as_stored(connection, kept), strict=True)]
