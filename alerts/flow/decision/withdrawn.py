"""What the sources of an alert no longer stand by."""

from __future__ import annotations

from alerts.model.alert import PlaceFacts
from alerts.model.open_alert import OpenAlert


def withdrawn(current: OpenAlert) -> tuple[PlaceFacts, ...] | None:
    """What is left of an alert's places when its sources withdrew something; None when they stand by all of it."""
    assert current.latest is not None
    left = []
    for facts in current.latest.places:
        evidence = tuple(ref for ref in facts.evidence if ref in current.believed)
        # What came silently after the edition holds the place too: to take it off would be a false all-clear.
        evidence = evidence or current.since.get(facts.place, ())
        if evidence:
            left.append(PlaceFacts(facts.place, len(evidence), facts.first, facts.last, evidence, facts.tested))
    # A place that still has evidence needs no correction: its count is said again with the next edition.
    if {f.place for f in left} == {f.place for f in current.latest.places}:
        return None
    return tuple(left)
