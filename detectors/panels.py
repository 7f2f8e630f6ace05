"""What a way of testing can see, so that "not found" counts only where it could have been found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detectors.words.tables import read_tables


@dataclass(frozen=True, slots=True)
class Panel:
    """One way of testing. title, limit, source: for people. words: patterns that recognise it as printed.

    sees: classes, or "all". also, never: single substances beside these. not_classes: classes that are missed.
    confirms: 0 for a screen; else how much its "not found" weighs against what another way seemed to show.
    """

    name: str
    title: str
    words: re.Pattern[str]
    limit: str
    source: str
    sees: frozenset[str]
    also: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    not_classes: frozenset[str] = frozenset()
    confirms: int = 0

    def can_see(self, substance: str, category: str) -> bool:
        """Whether it can be positive for this substance (id) of this class."""
        if substance in self.also:
            return True
        if substance in self.never or category in self.not_classes:
            return False
        return category in self.sees or "all" in self.sees


@cache
def panels() -> Mapping[str, Panel]:
    """Every panel by name, in the order in which they are tried. Raises ValueError for a class or id that is not
    there."""
    table = tomllib.loads(files("detectors").joinpath("panels.toml").read_text(encoding="utf-8"))
    named = read_tables()
    ids, classes = {s.id for s in named.substances}, set(named.categories) | {"all"}
    found: dict[str, Panel] = {}
    for name, row in table.items():
        sets = {key: frozenset(row.get(key, ())) for key in ("sees", "also", "never", "not_classes")}
        for key, known in (("sees", classes), ("not_classes", classes), ("also", ids), ("never", ids)):
            strange = sorted(sets[key] - known)
            if strange:
                raise ValueError(f"panels.toml: '{name}' names '{strange[0]}' in `{key}`, which has no entry.")
        words = re.compile("|".join(f"(?:{word})" for word in row["words"]), re.IGNORECASE)
        found[name] = Panel(
            name, row["title"], words, row["limit"], row["source"], **sets, confirms=row.get("confirms", 0)
        )
    return found


@cache
def panel_of(printed: str) -> Panel | None:
    """The panel that a method as printed is; None where it is not known."""
    return next((panel for panel in panels().values() if panel.words.search(printed)), None)


@cache
def outweighs(negative: str, positive: str) -> bool:
    """Whether a final "not found" by one method settles what another, both as printed, seemed to show.

    So does the same method once more, and where either is not named, since one laboratory then speaks of one test. Of
    two different ones only a way that confirms does, against one that sees no better: a strip says nothing against a
    mass spectrometer, nor gas chromatography against the finer liquid one.
    """
    if not negative or not positive or negative.casefold() == positive.casefold():
        return True
    against, shown = panel_of(negative), panel_of(positive)
    if against is None or shown is None:
        return False
    return against is shown or 0 < against.confirms >= shown.confirms


@cache
def could_see(methods: tuple[str, ...], substance: str, category: str = "") -> bool:
    """Whether a sample tested by these methods (as printed) could have been positive for a substance (id).

    category: its class; "" to look it up among the shipped ones. True where no method is named or one of them is not
    known: a laboratory's table seldom names its instrument, and to drop its negatives would make every finding look
    like a rise.
    """
    known = [panel_of(printed) for printed in methods]
    if not known or None in known:
        return True
    kind = category or _categories().get(substance, "")
    return any(panel is not None and panel.can_see(substance, kind) for panel in known)


@cache
def _categories() -> Mapping[str, str]:
    return {s.id: s.category for s in read_tables().substances}
