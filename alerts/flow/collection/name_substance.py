"""Staff teach the dictionary a name; what waited for it is named at once and counts as known from today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.app import App
from alerts.model.staff import Person
from alerts.record.append import append
from alerts.store import evidence, names, side_evidence, work
from detectors.words.lexicon import Lexicon
from detectors.words.naming import Namer
from detectors.words.substance import Substance


@dataclass(frozen=True, slots=True)
class Taught:
    """edition: of the dictionary. samples: how many stored samples hold a finding that is named now. names: its
    texts."""

    edition: int
    samples: int
    names: tuple[str, ...]


def name_substance(
    app: App,
    substance: str,
    *,
    synonyms: Sequence[str] = (),
    english: str = "",
    spanish: str = "",
    category: str = "",
    parent: str = "",
    by: Person,
    why: str,
    now: datetime,
) -> Taught:
    """Add synonyms to a known substance, or a new substance with its class. Raises ValueError with what is wrong.

    Samples that hold such a name get a new edition, known today: a drug that nobody could name is news on the day on
    which somebody can. Totals are named when their source is read again.
    """
    entry = _entry(app, substance, synonyms, english, spanish, category, parent)
    if not why.strip():
        raise ValueError("a reason is needed: it stays with the name")
    today = now.astimezone(app.configuration.programme.zone).date()
    with app.store.write() as connection:
        added = [a.entry for a in names.everything(connection)]
        lexicon = Lexicon.load(extra=[*added, entry])
        for text in synonyms:
            if entry.id not in lexicon.name(text).substances:
                raise ValueError(f"'{text}' would not be read as {entry.id}. Give it as the laboratory prints it")
        edition = names.add(connection, entry, by=by.name, why=why.strip(), now=now)
        append(
            connection, at=now, kind="name.added", subject=entry.id,
            fields={
                "substance": entry.id, "synonyms": list(entry.synonyms), "category": entry.category,
                "parent": entry.parent, "new": entry.id not in app.lexicon, "by": by.name, "why": why.strip(),
            },
        )  # fmt: skip
        known = tuple(text for text in names.unnamed(connection) if lexicon.name(text).substances)
        namer = Namer(lexicon, app.gazetteer)
        held = names.holding(connection, known)
        for feed, document, sample in held:
            evidence.store(
                connection, feed, [sample], now=now, document=document, known_on=lambda _: today, whole=False,
                named=namer.batch,
            )  # fmt: skip
        side_evidence.recognised(connection, [*known, *synonyms])
        work.ask_for(connection, work.WATCH, now)
    with app.store.read() as connection:
        app.names.refresh(connection)
    return Taught(edition, len(held), known)


def _entry(
    app: App, substance: str, synonyms: Sequence[str], english: str, spanish: str, category: str, parent: str
) -> Substance:
    lexicon = app.lexicon
    spellings = tuple(dict.fromkeys(s.strip() for s in synonyms if s.strip()))
    if substance in lexicon:
        if english or spanish or category or parent:
            raise ValueError(f"'{substance}' is known; only synonyms can be added to it")
        if not spellings:
            raise ValueError("give at least one synonym")
        return Substance(substance, synonyms=spellings)
    if not english:
        raise ValueError(
            f"'{substance}' is not in the dictionary. To add a new substance give its English name and its class; "
            "`supplywatch names list` shows what is near"
        )
    if category not in lexicon.categories:
        known = ", ".join(sorted(lexicon.categories))
        raise ValueError(f"there is no class '{category}'; there are: {known}")
    if parent and parent not in lexicon:
        raise ValueError(f"the parent '{parent}' is not in the dictionary")
    if not substance or not all(c.isascii() and (c.islower() or c.isdigit() or c == "-") for c in substance):
        raise ValueError(f"the id '{substance}' must be small letters, digits and hyphens")
    kind = lexicon.categories[category]
    shown = {"en": english} | ({"es": spanish} if spanish else {})
    return Substance(substance, shown, category, parent, kind.tier, kind.role, kind.action, synonyms=spellings)
