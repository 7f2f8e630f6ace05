"""What a threshold's evidence is worth: its level and release by the table of levels. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.model.alert import AlertVersion
from alerts.model.intent import StoredSignal
from alerts.model.level_rule import LevelRule, Weight, first_fitting
from alerts.model.threshold import Release, Threshold
from detectors.methods.combine import DIGEST_ONLY, ground_of

ORDER_OF_CONFIDENCE = ("lab-confirmed", "screening", "field report", "bulletin")
"""Best first; one lab-confirmed signal makes its alert lab-confirmed."""

CONFIDENCE_OF_KIND = {"field report": "field report", "notice": "bulletin"}
"""Kinds of evidence of which nothing was tested, whatever their signals say."""

CONFIDENCE_OF_LABEL = {
    "lab-confirmed": "lab-confirmed",
    "method not stated": "lab-confirmed",
    "screening result": "screening",
    "test strip only": "screening",
}
"""What a method says of how its samples were tested → the word for people. A laboratory's table seldom names its
instrument: what does not say counts as its laboratory's."""


def weigh(
    rule: Threshold,
    firing: Sequence[StoredSignal],
    known: AlertVersion | None,
    levels: Sequence[LevelRule],
    elsewhere: frozenset[str],
) -> tuple[Threshold, str]:
    """(threshold with the level and release that its evidence deserves, name of the row that says so)."""
    mine = [s for s in firing if s.threshold == rule.name]
    before = known.places if known is not None else ()
    refs = {ref for s in mine for ref in s.signal.evidence} | {ref for f in before for ref in f.evidence}
    # Whether others bear it out is asked of all that spoke, and of all that the open alert rests on.
    said = [*(s.signal.method for s in firing), *(known.methods if known is not None else ())]
    # Two laboratories that each found it are two; the samples of both pooled into one share are one measurement.
    finders = [s for s in firing if ground_of(s.signal.method) == "finding"]
    feeds = {ref.partition("/")[0] for s in finders for ref in s.signal.evidence}
    weight = Weight(
        mine[0].signal.substance, mine[0].signal.kind, confidence_of(mine), frozenset(s.signal.method for s in mine),
        len(refs), len({s.signal.place for s in mine} | {f.place for f in before}),
        q=min((s.signal.q for s in mine if s.signal.q is not None), default=1.0),
        grounds=max(1, len({ground_of(method) for method in said if method not in DIGEST_ONLY})),
        sources=max(len(feeds), 1 + len(elsewhere)),
        traces_only=all("trace only" in s.signal.labels for s in mine),
    )  # fmt: skip
    row = first_fitting(levels, weight) if rule.by_evidence else None
    if row is None:
        return rule, ""
    # A row may ask for a review, and never takes away one that staff asked for.
    release = Release.REVIEW if Release.REVIEW in (rule.release, row.release) else Release.AUTOMATIC
    return replace(rule, level=row.level, release=release), row.name


def confidence_of(signals: Sequence[StoredSignal]) -> str:
    """The best word of the signals."""
    words = {
        CONFIDENCE_OF_KIND.get(s.signal.kind) or CONFIDENCE_OF_LABEL[label]
        for s in signals
        for label in s.signal.labels
        if s.signal.kind in CONFIDENCE_OF_KIND or label in CONFIDENCE_OF_LABEL
    }
    return next((word for word in ORDER_OF_CONFIDENCE if word in words), ORDER_OF_CONFIDENCE[0])


def rank_of_confidence(word: str) -> int:
    """0 for the best."""
    return ORDER_OF_CONFIDENCE.index(word) if word in ORDER_OF_CONFIDENCE else len(ORDER_OF_CONFIDENCE)
