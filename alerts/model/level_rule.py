"""What evidence is worth: how urgent a finding is, by what it is, how sure it is and how often it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.model.level import Level
from alerts.model.threshold import Release


@dataclass(frozen=True, slots=True)
class Weight:
    """What is known of one substance in one state, as the table of levels weighs it.

    confidence: the best word of its signals. methods: who spoke. findings: samples. places: how many places.
    """

    substance: str
    kind: str
    confidence: str
    methods: frozenset[str]
    findings: int
    places: int


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One row of the table. A condition that is empty holds for everything.

    substances: ids of families. kinds: what was tested. confidence, methods: any of these. findings, places: at least
    so many.
    """

    name: str
    level: Level
    release: Release
    substances: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    confidence: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    findings: int = 1
    places: int = 1


def first_fitting(rules: Sequence[LevelRule], weight: Weight) -> LevelRule | None:
    """The first rule of which every condition holds."""
    for rule in rules:
        if (
            (not rule.substances or weight.substance in rule.substances)
            and (not rule.kinds or weight.kind in rule.kinds)
            and (not rule.confidence or weight.confidence in rule.confidence)
            and (not rule.methods or rule.methods & weight.methods)
            and weight.findings >= rule.findings
            and weight.places >= rule.places
        ):
            return rule
    return None
