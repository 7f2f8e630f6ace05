"""What of a FHIR document may be looked at: reports and observations, by element, and nothing of the patient."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from detectors.feeds.labels import known_names
from detectors.feeds.records import load
from detectors.feeds.verdicts import OPEN_QUESTION, verdict
from detectors.sample import BrokenDocument

KEPT: Mapping[str, tuple[str, ...]] = {
    "DiagnosticReport": ("status", "code", "effectiveDateTime", "effectivePeriod", "issued", "result", "specimen"),
    "Observation": (
        "status", "code", "effectiveDateTime", "effectivePeriod", "issued", "specimen", "method", "interpretation",
        "dataAbsentReason", "component", "hasMember", "valueCodeableConcept", "valueString", "valueBoolean",
        "valueQuantity", "valueInteger",
    ),
}  # fmt: skip
REMOVED = "(removed)"


def safe(body: bytes) -> list[dict[str, Any]]:
    """Reports and observations, reduced to what may be looked at. `_ref`: digest that references point to.

    `hint`: a substance that the resource's own id names, since id and code have been seen to disagree.
    Raises BrokenDocument for what is no FHIR or holds neither of the two.
    """
    value = load(body)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "resourceType" in one for one in value):
        # One resource in each line, as FHIR's bulk export writes them.
        value = {"resourceType": "Bundle", "entry": [{"resource": one} for one in value]}
    if not isinstance(value, Mapping) or not isinstance(value.get("resourceType"), str):
        raise BrokenDocument("The JSON is no FHIR", "Check that this is a FHIR R4 Bundle.")
    if value["resourceType"] == "OperationOutcome":
        raise BrokenDocument("The FHIR server answered with an error", "Check the feed's address and credentials.")
    resources: list[tuple[str, Any]] = [("", value)]
    if value["resourceType"] == "Bundle":
        entries = value.get("entry") or []
        if not isinstance(entries, list):
            raise BrokenDocument("The Bundle's entries are no list", "Ask the laboratory to send it again.")
        resources = [
            (str(entry.get("fullUrl") or ""), entry.get("resource")) for entry in entries if isinstance(entry, Mapping)
        ]
    aliases: dict[str, str] = {}
    chosen: list[tuple[Mapping[str, Any], str, str]] = []
    for number, (url, resource) in enumerate(resources):
        if not isinstance(resource, Mapping):
            continue
        kind, name = str(resource.get("resourceType")), str(resource.get("id") or url or number)
        reference = name[:16] if _is_digest(name) else _digest(kind, _accession(resource) or name)
        aliases[f"{kind}/{name}"] = aliases[url or f"{kind}/{name}"] = reference
        if kind in KEPT:
            chosen.append((resource, reference, reference))
            for inner in _contained(resource):
                own = _digest(reference, str(inner["resourceType"]), _accession(inner) or str(inner.get("id")))
                aliases[f"{reference}#{inner.get('id')}"] = own
                if inner["resourceType"] in KEPT:
                    chosen.append((inner, own, reference))
    found = [_reduced(resource, reference, aliases, within) for resource, reference, within in chosen]
    if not found:
        nothing = value["resourceType"] == "Bundle" and not resources and value.get("total", 0) in (0, None)
        if nothing and value.get("type") == "searchset":
            return []
        raise BrokenDocument("The FHIR holds neither a report nor an observation", "Check what the laboratory sends.")
    return found


def _accession(resource: Mapping[str, Any]) -> str:
    """The laboratory's own id of a specimen, which stays the same where each Bundle numbers its resources anew."""
    if resource.get("resourceType") != "Specimen":
        return ""
    several = resource.get("identifier")
    ids = [resource.get("accessionIdentifier"), *(several if isinstance(several, list) else [])]
    return next((str(i["value"]) for i in ids if isinstance(i, Mapping) and i.get("value")), "")


def _contained(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Resources that stand inside another one; its own references point to them by "#" and their id."""
    inner = resource.get("contained")
    several = inner if isinstance(inner, list) else []
    return [one for one in several if isinstance(one, Mapping) and "resourceType" in one]


def _reduced(resource: Mapping[str, Any], reference: str, aliases: Mapping[str, str], within: str) -> dict[str, Any]:
    """within: the reference of the resource in which it stands, else its own."""
    kind = str(resource["resourceType"])
    kept: dict[str, Any] = {"resourceType": kind, "_ref": reference}
    for name in KEPT[kind]:
        value = resource.get(name)
        if value is None:
            continue
        if name in ("result", "hasMember"):
            items = value if isinstance(value, list) else []
            kept[name] = [_pointed(item, aliases, within) for item in items if isinstance(item, Mapping)]
        elif name == "specimen":
            pointed = value[0] if isinstance(value, list) and value else value
            kept[name] = _pointed(pointed, aliases, within) if isinstance(pointed, Mapping) else ""
        elif name == "component":
            parts = value if isinstance(value, list) else []
            kept[name] = [
                {n: _plain(n, part[n]) for n in part if n in KEPT["Observation"]}
                for part in parts[:500]
                if isinstance(part, Mapping)
            ]
        else:
            kept[name] = _plain(name, value)
    if kind == "Observation":
        question = wording(kept.get("code"))[0]
        for holder in (kept, *kept.get("component", ())):
            asked = wording(holder.get("code"))[0] or question
            if "valueString" in holder and not OPEN_QUESTION.search(asked) and verdict(holder["valueString"]) is None:
                holder["valueString"] = REMOVED
            concept = holder.get("valueCodeableConcept")
            if concept and not OPEN_QUESTION.search(asked) and concept_says(concept) is None:
                holder["valueCodeableConcept"] = {"text": REMOVED}
        own = str(resource.get("id") or "").casefold()
        hint = next((name for name in known_names() if name.replace(" ", "-") in own), "")
        if hint:
            kept["hint"] = hint
    return kept


def _plain(name: str, value: Any) -> Any:
    """An element with only what is read of it."""
    if name in ("code", "method", "valueCodeableConcept", "dataAbsentReason"):
        return _concept(value)
    if name == "interpretation":
        return [_concept(item) for item in value] if isinstance(value, list) else []
    if name == "effectivePeriod":
        return {n: str(value[n])[:40] for n in ("start", "end") if n in value} if isinstance(value, Mapping) else {}
    if name == "valueQuantity":
        kept = ("value", "comparator", "unit")
        return {n: _scalar(value[n]) for n in kept if n in value} if isinstance(value, Mapping) else {}
    if name in ("valueBoolean", "valueInteger"):
        return _scalar(value)
    return str(value)[:300] if isinstance(value, str | int | float | bool) else ""


def _concept(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    coding = value.get("coding")
    kept = [
        {name: str(one[name])[:200] for name in ("system", "code", "display") if isinstance(one.get(name), str)}
        for one in (coding if isinstance(coding, list) else [])[:20]
        if isinstance(one, Mapping)
    ]
    return (
        {"coding": kept, "text": str(value["text"])[:200]} if isinstance(value.get("text"), str) else {"coding": kept}
    )


def _scalar(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else str(value)[:60]


def _pointed(reference: Mapping[str, Any], aliases: Mapping[str, str], within: str) -> str:
    target = str(reference.get("reference") or "")
    if target.startswith("#"):
        target = f"{within}{target}"
    if target in aliases:
        return aliases[target]
    tail = "/".join(target.split("/")[-2:])
    if tail in aliases:
        return aliases[tail]
    return target[:16] if _is_digest(target) else _digest(target) if target else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode("utf-8")).hexdigest()[:15] + "z"


def _is_digest(name: str) -> bool:
    return (
        len(name) >= 16 and name[15] == "z" and all(c in "0123456789abcdef" for c in name[:15]) and name[16:17] in "-"
    )


def wording(concept: Any) -> tuple[str, str, str]:
    """Wording, LOINC code and first display of a concept."""
    if not isinstance(concept, Mapping):
        return "", "", ""
    coding = concept.get("coding", ())
    code = next((str(one.get("code", "")) for one in coding if "loinc" in str(one.get("system", ""))), "")
    display = next((str(one["display"]) for one in coding if one.get("display")), "")
    return str(concept.get("text") or display).strip(), code, display


def concept_says(concept: Mapping[str, Any]) -> tuple[bool | None, float | None, str] | None:
    """Found or not by the words of a coded value; None when none of them is known."""
    words = [str(concept.get("text", "")), *(str(one.get("display", "")) for one in concept.get("coding", ()))]
    for word in words:
        if word and (said := verdict(word)) is not None:
            return said.found, said.quantity, ""
    return None
