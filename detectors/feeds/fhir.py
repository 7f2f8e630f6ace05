"""Read FHIR R4: a Bundle of DiagnosticReports and Observations, or one of them by itself.

Only the elements named in KEPT are ever looked at. Patient, Practitioner and every other resource is dropped first, and
so is narrative text, which repeats the patient's name. Ids of resources have held names too ("…-a-freeman"), so they
are replaced by digests before anything is read; `redact` gives that form, and it reads like the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detectors.feeds.dates import date_of
from detectors.feeds.fhir_safe import REMOVED, concept_says, safe, wording
from detectors.feeds.labels import component, disagreement
from detectors.feeds.verdicts import OPEN_QUESTION, verdict
from detectors.sample import Finding, Quarantined, Reading, Sample, SampleKind, Status

STATUSES: Mapping[str, Status | None] = {
    "registered": None, "preliminary": Status.PRELIMINARY, "partial": Status.PRELIMINARY, "final": Status.FINAL,
    "amended": Status.CORRECTED, "corrected": Status.CORRECTED, "appended": Status.FINAL,
    "cancelled": None, "entered-in-error": None, "unknown": Status.PRELIMINARY, "": None,
}  # fmt: skip
WRONG = frozenset({"entered-in-error"})
INTERPRETATIONS: Mapping[str, bool] = {"POS": True, "DET": True, "A": True, "AA": True, "NEG": False, "ND": False}


@dataclass(frozen=True, slots=True)
class FhirSettings:
    """kind: what is tested. state, county: of the laboratory's area, since a patient's own address is never read.
    methods: what the laboratory tests by when an Observation does not say."""

    kind: SampleKind = SampleKind.BIOLOGICAL
    state: str = ""
    county: str = ""
    methods: tuple[str, ...] = ()


@dataclass(slots=True)
class _Group:
    """The observations of one report or specimen."""

    key: str
    number: int
    collected: date | None = None
    issued: date | None = None
    findings: list[Finding] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    results: int = 0
    wrong: bool = False
    specimen: str = ""


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: FhirSettings = FhirSettings(),
    received: date | None = None,
) -> Reading:
    """One sample for each report with its observations, or for an observation without one, with the specimen that it
    names: reports of one specimen, in this Bundle or in others, are parts of one sample.

    Results with status cancelled, entered-in-error or registered are no results. Raises BrokenDocument for JSON that
    is no FHIR, or holds neither a report nor an observation.
    """
    found = safe(body)
    bad: list[Quarantined] = []
    observations = {r["_ref"]: (n, r) for n, r in enumerate(found, 1) if r["resourceType"] == "Observation"}
    groups: dict[str, _Group] = {}
    taken: set[str] = set()
    withdrawn = 0
    for number, report in enumerate(found, 1):
        if report["resourceType"] != "DiagnosticReport":
            continue
        group = groups.setdefault(report["_ref"], _Group(report["_ref"], number))
        group.specimen = str(report.get("specimen") or "")
        _date_group(group, report, bad, received)
        status = STATUSES.get(str(report.get("status", "")))
        lost = [reference for reference in report.get("result", ()) if reference not in observations]
        if lost:
            reason = f"{len(lost)} of the report's results are not in the Bundle"
            bad.append(Quarantined(number, "result", "", reason, "Ask the laboratory to send them with it."))
        elif status is not None and not report.get("result"):
            bad.append(Quarantined(number, "result", "", "the report points to no results", "Ask the laboratory."))
        for reference in report.get("result", ()):
            if reference in observations:
                taken.add(reference)
                _enter(observations[reference][1], observations[reference][0], group, bad, received, status)
                group.specimen = group.specimen or str(observations[reference][1].get("specimen") or "")
        if status is None:
            withdrawn += 1
            group.wrong = group.wrong or str(report.get("status")) in WRONG
            group.results = 0
    for reference, (number, observation) in observations.items():
        if reference in taken:
            continue
        group = groups.setdefault(reference, _Group(reference, number))
        group.specimen = str(observation.get("specimen") or "")
        _enter(observation, number, group, bad, received, Status.FINAL)
    samples = tuple(_sample(group, settings) for group in groups.values() if group.results)
    dates = (day for s in samples for day in (s.tested, s.collected) if day is not None)
    return Reading(
        samples=samples,
        quarantined=tuple(bad),
        rows=len(observations),
        newest=max(dates, default=None),
        notes=(f"{withdrawn} reports are registered, cancelled or entered in error.",) if withdrawn else (),
        withdrawn=tuple(group.key for group in groups.values() if group.wrong and not group.results),
    )


def redact(body: bytes, *, content_type: str = "", settings: FhirSettings = FhirSettings()) -> bytes:
    """The reports and observations alone, with only the elements in KEPT, digests for ids and no free wording."""
    entries = []
    for resource in safe(body):
        plain = {name: value for name, value in resource.items() if name not in ("_ref", "result", "specimen", "hint")}
        plain["id"] = resource["_ref"]
        if resource.get("result"):
            plain["result"] = [{"reference": reference} for reference in resource["result"]]
        if resource.get("specimen"):
            plain["specimen"] = {"reference": resource["specimen"]}
        if resource.get("hint"):
            plain["id"] = f"{resource['_ref']}-{resource['hint']}"
        entries.append({"resource": plain})
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _enter(
    observation: Mapping[str, Any],
    number: int,
    group: _Group,
    bad: list[Quarantined],
    received: date | None,
    report: Status | None,
) -> None:
    printed = str(observation.get("status", ""))
    if printed not in STATUSES:
        reason = "the status of the result is not one of the standard"
        bad.append(Quarantined(number, "status", printed[:30], reason, "Ask the laboratory; the rest was read."))
        return
    status = STATUSES[printed]
    if status is None:
        group.wrong = group.wrong or printed in WRONG
        return
    if report is Status.PRELIMINARY and status is Status.FINAL:
        status = Status.PRELIMINARY
    _date_group(group, observation, bad, received)
    method = wording(observation.get("method"))[0]
    question, code, display = wording(observation.get("code"))
    parts = [p for p in observation.get("component", ()) if p]
    values = [observation] if any(n.startswith("value") for n in observation) or not parts else []
    for holder in (*values, *parts):
        named, coded, shown = wording(holder.get("code")) if holder is not observation else (question, code, display)
        label = named or question
        said = _value(holder)
        if not label:
            bad.append(Quarantined(number, "code", "", "the result does not say of what", "Ask the laboratory."))
            continue
        if said is None and observation.get("hasMember") and holder is observation:
            continue
        names = _names(holder) if OPEN_QUESTION.search(label) else []
        if said is None and not names:
            reason = "the value is neither a number nor a known word for found or not found"
            bad.append(Quarantined(number, "value", "", reason, "Read it at the laboratory; the rest was read."))
            continue
        if said is not None and said[0] is None:
            continue
        hint = str(observation.get("hint", ""))
        why = disagreement(coded, label, shown, hint)
        if why:
            bad.append(Quarantined(number, "code", label[:100], why, "Ask the laboratory which of the two was meant."))
        group.results += 1
        if method and method not in group.methods:
            group.methods.append(method)
        if names:
            group.findings.extend(Finding(name, "", method, status=status) for name in names)
        elif said is not None and said[0]:
            group.findings.append(Finding(component(label), "", method, quantity=said[1], unit=said[2], status=status))
        elif status is not Status.PRELIMINARY:
            group.excluded.append((component(label), method))


def _value(holder: Mapping[str, Any]) -> tuple[bool | None, float | None, str] | None:
    """Found or not, how much, in what unit; None when a person must read it. `(None, …)`: there is no result."""
    for coded in holder.get("interpretation", ()):
        for one in coded.get("coding", ()):
            if one.get("code") in INTERPRETATIONS and "valueQuantity" not in holder:
                return INTERPRETATIONS[one["code"]], None, ""
    if "valueBoolean" in holder:
        return (bool(holder["valueBoolean"]), None, "") if isinstance(holder["valueBoolean"], bool) else None
    if "valueInteger" in holder:
        said = verdict(str(holder["valueInteger"]))
        return (said.found, said.quantity, "") if said else None
    if "valueQuantity" in holder:
        quantity = holder["valueQuantity"]
        said = verdict(f"{quantity.get('comparator', '')}{quantity.get('value', '')}")
        return (said.found, said.quantity, str(quantity.get("unit", ""))) if said else None
    if "valueString" in holder:
        said = verdict(str(holder["valueString"]))
        return (said.found, said.quantity, "") if said else None
    if "valueCodeableConcept" in holder:
        return concept_says(holder["valueCodeableConcept"])
    return (None, None, "") if "dataAbsentReason" in holder else None


def _names(holder: Mapping[str, Any]) -> list[str]:
    if isinstance(holder.get("valueString"), str) and holder["valueString"] != REMOVED:
        said = verdict(holder["valueString"])
        return [] if said else [component(holder["valueString"])]
    concept = holder.get("valueCodeableConcept")
    if concept and concept_says(concept) is None:
        name = wording(concept)[0]
        return [component(name)] if name and name != REMOVED else []
    return []


def _date_group(group: _Group, resource: Mapping[str, Any], bad: list[Quarantined], received: date | None) -> None:
    period = resource.get("effectivePeriod")
    start = period.get("start", "") if isinstance(period, Mapping) else ""
    for name, printed in (("effectiveDateTime", resource.get("effectiveDateTime") or start),
                          ("issued", resource.get("issued") or "")):  # fmt: skip
        try:
            day = date_of(str(printed))
            if day is not None and received is not None and (day - received).days > 1:
                raise ValueError("the date lies in the future")
        except ValueError as error:
            mend = "Ask the laboratory; the results were read without it."
            bad.append(Quarantined(group.number, name, str(printed)[:30], str(error), mend))
            continue
        if name == "issued":
            group.issued = max(filter(None, (group.issued, day)), default=None)
        else:
            group.collected = group.collected or day


def _sample(group: _Group, settings: FhirSettings) -> Sample:
    return Sample(
        key=group.key,
        kind=settings.kind,
        findings=tuple(dict.fromkeys(group.findings)),
        state=settings.state,
        county=settings.county,
        collected=group.collected,
        tested=group.issued,
        methods=tuple(group.methods) or settings.methods,
        line=group.number,
        specimen=group.specimen,
        excluded=tuple(dict.fromkeys(group.excluded)) if group.specimen else (),
    )
