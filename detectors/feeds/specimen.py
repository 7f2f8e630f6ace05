"""One specimen that a laboratory reports over several orders is one sample."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.panels import outweighs
from detectors.sample import Finding, Sample, Status


def whole(specimen: str, parts: Sequence[Sample]) -> Sample:
    """The sample that the orders of one specimen say together; `parts` are in the order in which they first came.

    A toxicology screen and its confirmation, or the opioids and the sedatives of one cup of urine, come as orders of
    their own; counted apart they would be two people. A preliminary finding gives way to the same finding by an order
    that is final, and to its final "not detected" where that order was reported no earlier and its method weighs enough
    (see `outweighs`): HL7 v2.5.1, table 0085, calls P a result for which "final results not yet obtained", and final
    they are then. A final finding stands until its own order corrects it. Dates are the first collection and the last
    report. Raises ValueError for no parts.
    """
    if not parts:
        raise ValueError("a specimen has at least one order")
    findings = tuple(
        dict.fromkeys(finding for part in parts for finding in part.findings if not _excluded(finding, part, parts))
    )
    settled = {_name(f) for f in findings if f.status is not Status.PRELIMINARY}
    first = parts[0]
    return Sample(
        key=specimen,
        kind=first.kind,
        findings=tuple(f for f in findings if f.status is not Status.PRELIMINARY or _name(f) not in settled),
        state=next((p.state for p in parts if p.state), ""),
        county=next((p.county for p in parts if p.county), ""),
        collected=min((p.collected for p in parts if p.collected), default=None),
        tested=max((p.tested for p in parts if p.tested), default=None),
        published=max((p.published for p in parts if p.published), default=None),
        methods=tuple(dict.fromkeys(method for part in parts for method in part.methods)),
        line=first.line,
    )


def _excluded(finding: Finding, part: Sample, parts: Sequence[Sample]) -> bool:
    """Whether a preliminary finding of a part was looked for again, and is not there."""
    if finding.status is not Status.PRELIMINARY:
        return False
    return any(
        _plain(name) == _name(finding) and outweighs(method, finding.method)
        for other in parts
        if other.tested is None or part.tested is None or other.tested >= part.tested
        for name, method in other.excluded
    )


def _name(finding: Finding) -> str:
    return _plain(finding.named_as)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
