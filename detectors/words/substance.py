"""One contaminant, marker, drug, medicine or cut, as the tables know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Substance:
    """An entry of substances.toml or medicines.toml, or one that staff added.

    id: stable key stored with findings. name: display name by language ("en", "es").
    category: class id ("nitazene", "antidepressant" …), for class filters.
    parent: id it rolls up to for counting, "" when it stands alone.
    tier: 1 (one finding is worth an alert), 2 (watched) or 3 (context).
    role: "contaminant", "marker", "drug", "medicine" or "cut"; a marker never alerts by itself. action: action profile.
    synonyms: spellings recognised anywhere. alone: spellings recognised only when they fill a cell.
    look_alikes: names never to be taken for this one.
    unii: FDA UNII. cas: CAS registry number. Both "" where not public.
    """

    id: str
    name: Mapping[str, str] = field(default_factory=dict, hash=False)
    category: str = ""
    parent: str = ""
    tier: int = 3
    role: str = "contaminant"
    action: str = "other"
    synonyms: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()
    unii: str = ""
    cas: str = ""

    def display(self, language: str = "en") -> str:
        """The name people read; English where the language has none."""
        return self.name.get(language) or self.name.get("en") or self.id


@dataclass(frozen=True, slots=True)
class Category:
    """A class of substances: its display name by language and what its members are unless they say otherwise."""

    id: str
    name: Mapping[str, str] = field(default_factory=dict, hash=False)
    action: str = "other"
    tier: int = 3
    role: str = "contaminant"
