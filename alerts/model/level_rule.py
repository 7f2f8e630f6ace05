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
    q: the smallest false-discovery rate of its signals, 1 where none has one. grounds: on how many independent grounds
    methods spoke (a finding and a share are two). sources: how many feeds found it, or how many kinds of evidence
    hold it, whichever are more. traces_only: nothing but traces was found.
    """

    substance: str
    kind: str
    confidence: str
    methods: frozenset[str]
    findings: int
    places: int
    q: float = 1.0
    grounds: int = 1
    sources: int = 1
    traces_only: bool = False


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One row of the table. A condition that is empty holds for everything.

    substances: ids of families. kinds: what was tested. confidence, methods: any of these. findings, places, grounds,
    sources: at least so many. false_discovery: the set at this rate holds it; 1 asks for nothing. traces_only: holds
    for mere traces alone.
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
    false_discovery: float = 1.0
    grounds: int = 1
    sources: int = 1
    traces_only: bool = False


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
            and weight.q <= rule.false_discovery
            and weight.grounds >= rule.grounds
            and weight.sources >= rule.sources
            and (weight.traces_only or not rule.traces_only)
        ):
            return rule
    return None
