"""What counts for an alert of a whole class: five nitazenes, each found once, are evidence for "nitazene"."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.flow.scope.select import family, members
from alerts.model.alert import Alert
from alerts.model.threshold import Threshold
from detectors.words.lexicon import Lexicon


def whole_class(substance: str, lexicon: Lexicon) -> frozenset[str]:
    """The families whose findings bear out what was said of a substance: its own, and for an entry that stands for its
    class those of all contaminants of the class. A nitazene that the laboratory names more exactly is one still."""
    known = lexicon.substances.get(substance)
    if known is None or known.category != substance:
        return frozenset({substance})
    mine = (s for s in lexicon.substances.values() if s.category == substance and s.role == "contaminant")
    return frozenset(family(s.id, lexicon) for s in mine) | {substance}


def bearing_out(substance: str, lexicon: Lexicon) -> frozenset[str]:
    """The ids as they are stored, members of these families."""
    return frozenset[str]().union(*(members(f, lexicon) for f in whole_class(substance, lexicon)))


def counted_for(alert: Alert, rules: Iterable[Threshold], lexicon: Lexicon) -> frozenset[str]:
    """The families whose new findings are news for an alert: of its whole class where the rule that opened it counts
    classes as one, else of its own alone."""
    rule = next((r for r in rules if r.name == alert.threshold), None)
    if rule is not None and (rule.method == "tree" or rule.parameters.get("whole_classes")):
        return whole_class(alert.substance, lexicon)
    return frozenset({alert.substance})
