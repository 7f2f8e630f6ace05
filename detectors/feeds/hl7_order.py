"""One order of a laboratory (OBR) while its results (OBX) come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from detectors.feeds.hl7_message import Segment, printed
from detectors.feeds.hl7_safe import REMOVED
from detectors.feeds.labels import component, disagreement
from detectors.feeds.verdicts import OPEN_QUESTION, verdict
from detectors.sample import Finding, Quarantined, Status

STATUSES: Mapping[str, Status | None] = {
    "P": Status.PRELIMINARY, "R": Status.PRELIMINARY, "S": Status.PRELIMINARY, "A": Status.PRELIMINARY,
    "F": Status.FINAL, "U": Status.FINAL, "": Status.FINAL, "B": Status.FINAL, "V": Status.FINAL,
    "C": Status.CORRECTED,
    "D": None, "W": None, "X": None, "N": None, "I": None, "O": None,
}  # fmt: skip
"""OBX-11 (HL7 table 0085). None: deleted, posted as wrong, not obtained, not asked, pending: there is no result."""
WRONG = frozenset({"D", "W"})


@dataclass(slots=True)
class Order:
    """wrong: a result of it was taken back. heard, results: results that came, and those that say something."""

    key: str
    line: int
    collected: date | None = None
    reported: date | None = None
    specimen: str = ""
    wrong: bool = False
    heard: int = 0
    findings: list[Finding] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    results: int = 0


def enter(part: Segment, order: Order, bad: list[Quarantined]) -> bool:
    """Enter one OBX into its order. False when it says that there is no result."""
    letter = part.field(11).strip().upper()
    if letter not in STATUSES:
        reason = "the status of the result is not one of the standard"
        bad.append(Quarantined(part.line, "OBX-11", letter[:10], reason, "Ask the laboratory; the rest was read."))
        return True
    status = STATUSES[letter]
    if status is None:
        order.wrong = order.wrong or letter in WRONG
        return False
    label = part.component(3, 2) or part.component(3, 5) or part.component(3, 1)
    method = part.component(17, 2) or part.component(17, 1)
    names: list[tuple[str, float | None]] = []
    open_question = OPEN_QUESTION.search(label) is not None
    for value in part.repeats(5):
        shown = printed(part, value)
        said = verdict(shown)
        if said is None and open_question and shown != REMOVED:
            names.append((shown, None))
        elif said is None:
            reason = "the value is neither a number nor a known word for found or not found"
            bad.append(Quarantined(part.line, "OBX-5", "", reason, "Read it at the laboratory; the rest was read."))
            return True
        elif said.found is None:
            return False
        elif said.found and not open_question:
            names.append((component(label), said.quantity))
    if not label:
        bad.append(Quarantined(part.line, "OBX-3", "", "the result does not say of what", "Ask the laboratory."))
        return True
    why = disagreement(part.component(3, 1), part.component(3, 2) or label, part.component(3, 5))
    if why:
        bad.append(Quarantined(part.line, "OBX-3", label[:100], why, "Ask the laboratory which of the two was meant."))
    order.results += 1
    if method and method not in order.methods:
        order.methods.append(method)
    if not names and status is not Status.PRELIMINARY and not open_question:
        order.excluded.append((component(label), method))
    unit = part.component(6, 1)
    for name, quantity in names:
        shown_unit = unit if quantity is not None else ""
        order.findings.append(Finding(name, "", method, quantity=quantity, unit=shown_unit, status=status))
    return True
