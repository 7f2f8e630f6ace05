"""HL7 and FHIR: results without patients."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bench.fuzz_documents import FHIR, HL7
from detectors.feeds import fhir, hl7
from detectors.feeds.fhir import FhirSettings
from detectors.feeds.hl7 import Hl7Settings
from detectors.sample import BrokenDocument, Status
from tests.peers.lab_peer import LOGIN_PAGE
from tests.shared import shared


def findings(body: bytes) -> list[tuple[str, float | None, str, Status]]:
    return [(f.named_as, f.quantity, f.method, f.status) for s in hl7.read(body).samples for f in s.findings]


def test_a_batch_of_messages() -> None:
    got = hl7.read(HL7, settings=Hl7Settings(state="WA"), received=date(2024, 3, 10))
    first, negative = got.samples
    assert (first.key, first.collected, first.tested, first.state) == (
        "F1", date(2024, 2, 28), date(2024, 3, 2), "WA",
    )  # fmt: skip
    assert findings(HL7) == [
        ("Xylazine", None, "", Status.FINAL),
        ("Acetyl fentanyl", 12.5, "LC-MS/MS", Status.CORRECTED),
        ("para-Fluorofentanyl", None, "", Status.PRELIMINARY),
        ("Bromazolam", None, "", Status.PRELIMINARY),
    ]
    assert (negative.key, negative.findings) == ("F2", ())
    assert (got.rows, got.quarantined, got.whole) == (5, (), False)


def test_no_byte_of_a_patient_is_read_or_archived() -> None:
    for kept in (hl7.redact(HL7), repr(hl7.read(HL7)).encode(), fhir.redact(FHIR), repr(fhir.read(FHIR)).encode()):
        assert b"marker" not in kept.lower()
        assert b"19700101" not in kept
    assert hl7.read(hl7.redact(HL7)) == hl7.read(HL7)
    assert fhir.read(fhir.redact(FHIR)) == fhir.read(FHIR)
    assert fhir.redact(fhir.redact(FHIR)) == fhir.redact(FHIR)


def test_every_field_of_every_dropped_segment_is_dropped() -> None:
    spoiled = HL7
    for segment in ("PID", "PD1", "NK1", "PV1", "PV2", "GT1", "IN1", "IN2", "NTE", "SFT", "ZPI", "PRT", "ROL"):
        line = segment + "|" + "|".join(f"SECRET{n}^SECRET~SECRET&SECRET" for n in range(1, 60))
        spoiled = spoiled.replace(b"\rOBR|", b"\r" + line.encode() + b"\rOBR|")
    assert b"SECRET" in spoiled
    assert b"SECRET" not in hl7.redact(spoiled)
    assert b"SECRET" not in repr(hl7.read(spoiled)).encode()
    assert hl7.read(spoiled).samples[0].findings == hl7.read(HL7).samples[0].findings


def test_a_wording_that_is_no_known_result_is_neither_kept_nor_shown() -> None:
    told = HL7.replace(b"Not detected", b"Jane Roe came in person, positive for everything")
    got = hl7.read(told)
    assert got.quarantined[0].column == "OBX-5"
    assert got.quarantined[0].value == ""
    assert b"Jane" not in hl7.redact(told)
    assert hl7.read(hl7.redact(told)) == got


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_frames(end: bytes) -> None:
    assert findings(b"\x0b" + HL7.replace(b"\r", end) + b"\x1c") == findings(HL7)


def test_other_separators() -> None:
    other = HL7.replace(b"|", b"#").replace(b"^", b"*").replace(b"#*~", b"#*~")
    assert findings(other) == findings(HL7)


def test_escapes() -> None:
    named = HL7.replace(b"Not detected", b"Detected")
    assert "Medetomidine & dexmedetomidine" in [f[0] for f in findings(named)]
    hexadecimal = named.replace(rb"Medetomidine \T\ dex", rb"\X4D\edetomidine\F\dex")
    assert "Medetomidine|dexmedetomidine" in [f[0] for f in findings(hexadecimal)]


@pytest.mark.parametrize(
    ("letter", "standing"), [("P", Status.PRELIMINARY), ("F", Status.FINAL), ("C", Status.CORRECTED)]
)
def test_the_standing_of_a_result(letter: str, standing: Status) -> None:
    changed = HL7.replace(b"Detected^SCT||||||F", f"Detected^SCT||||||{letter}".encode())
    assert findings(changed)[0][3] is standing


def test_a_result_that_was_wrong_is_withdrawn() -> None:
    wrong = HL7.replace(b"Detected^SCT||||||F", b"Detected^SCT||||||W")
    assert findings(wrong)[0][0] == "Acetyl fentanyl"
    only = "\r".join(line for line in HL7.decode().split("\r") if not line.startswith(("OBX|2", "OBX|3", "OBX|4")))
    got = hl7.read(only.replace("Detected^SCT||||||F", "Detected^SCT||||||D").encode())
    assert got.withdrawn == ("F1",)
    assert [s.key for s in got.samples] == ["F2"]
    pending = hl7.read(only.replace("Detected^SCT||||||F", "Detected^SCT||||||I").encode())
    assert (pending.withdrawn, [s.key for s in pending.samples]) == ((), ["F2"])


def test_a_corrected_message_replaces_the_earlier_one() -> None:
    again = HL7[HL7.index(b"MSH|") : HL7.rindex(b"MSH|")].replace(b"Detected^SCT", b"Not detected^SCT")
    both = HL7.replace(b"BTS|2", again.rstrip(b"\r") + b"\rBTS|3")
    got = hl7.read(both)
    assert [s.key for s in got.samples] == ["F2", "F1"]
    assert "Xylazine" not in [f.named_as for f in got.samples[1].findings]
    assert got.quarantined == ()


def test_a_code_that_contradicts_the_words_is_flagged_and_the_finding_kept() -> None:
    wrong = HL7.replace(b"101809-2^Xylazine", b"12327-3^Xylazine")
    got = hl7.read(wrong)
    assert "ketamine" in got.quarantined[0].reason
    assert "Xylazine" in [f.named_as for f in got.samples[0].findings]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (LOGIN_PAGE, "a web page"),
        (b"MSH", "sent text"),
        (b"MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5.1\rPID|1\r", "no ORU"),
        (b"PID|1||x\r", "sent text"),
    ],
)
def test_what_is_no_result_message_is_broken(body: bytes, says: str) -> None:
    for verb in (hl7.read,):
        with pytest.raises(BrokenDocument, match=says):
            verb(body)


def test_a_cut_batch_is_told() -> None:
    got = hl7.read(HL7[: HL7.index(b"BTS|")])
    assert any("without its trailer" in q.reason for q in got.quarantined)
    miscounted = hl7.read(HL7.replace(b"BTS|2", b"BTS|3"))
    assert any("counts 3 messages, 2 came" in q.reason for q in miscounted.quarantined)
    empty = hl7.read(HL7[: HL7.index(b"OBX|1|CWE")])
    assert any("without any result" in q.reason for q in empty.quarantined)


def test_the_public_example() -> None:
    body = shared("data/hl7/sample_hl7.hl7").read_bytes()
    (sample,) = hl7.read(body).samples
    assert (sample.key, sample.collected, sample.findings[0].quantity) == ("1045813", date(2002, 2, 15), 182.0)
    assert b"EVERYWOMAN" not in hl7.redact(body)
    assert b"HIPPOCRATES" not in hl7.redact(body)
    assert b"PRIMARY" not in hl7.redact(body)


def test_a_fhir_bundle() -> None:
    got = fhir.read(FHIR, settings=FhirSettings(state="WA"))
    (sample,) = got.samples
    assert [(f.named_as, f.quantity, f.unit, f.status) for f in sample.findings] == [
        ("Xylazine", None, "", Status.FINAL),
        ("Medetomidine", 3.2, "ng/mL", Status.CORRECTED),
    ]
    assert (sample.collected, sample.tested, sample.methods) == (date(2024, 3, 1), date(2024, 3, 5), ("LC-MS/MS",))
    assert [q.column for q in got.quarantined] == ["value"], "the observation in free words is for a person to read"


def observation(**more: object) -> bytes:
    return json.dumps(
        {"resourceType": "Observation", "id": "x", "status": "final", "code": {"text": "Xylazine"}, **more}
    ).encode()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"valueBoolean": True}, 1),
        ({"valueBoolean": False}, 0),
        ({"valueString": "Detected"}, 1),
        ({"valueString": "None detected"}, 0),
        ({"valueInteger": 3}, 1),
        ({"valueQuantity": {"value": 0.5, "comparator": "<"}}, 0),
        ({"valueCodeableConcept": {"coding": [{"display": "Positive"}]}}, 1),
        ({"interpretation": [{"coding": [{"code": "NEG"}]}]}, 0),
        ({"component": [{"code": {"text": "Fentanyl"}, "valueString": "positive"},
                        {"code": {"text": "Heroin"}, "valueString": "negative"}]}, 1),
        ({"code": {"text": "Drugs identified"}, "valueCodeableConcept": {"text": "Bromazolam"}}, 1),
    ],
)  # fmt: skip
def test_values_of_an_observation(value: dict[str, object], found: int) -> None:
    body = observation(**value)
    (sample,) = fhir.read(body).samples
    assert len(sample.findings) == found
    assert fhir.read(fhir.redact(body)).samples == (sample,)


def test_an_observation_entered_in_error_is_withdrawn() -> None:
    got = fhir.read(observation(status="entered-in-error", valueBoolean=True))
    assert got.samples == ()
    assert len(got.withdrawn) == 1
    assert got.withdrawn == (fhir.read(observation(valueBoolean=True)).samples[0].key,)


def test_the_name_of_an_observation_that_contradicts_its_code_is_flagged() -> None:
    """HL7's own example of a toxicology report: the observation called xylazine bears the code of ketamine."""
    body = observation(
        id="lab-result-xylazine-urine",
        code={"coding": [{"system": "http://loinc.org", "code": "12327-3", "display": "Ketamine [Presence] in Urine"}]},
        valueString="true",
    )
    got = fhir.read(body)
    assert "xylazine" in got.quarantined[0].reason
    assert [f.named_as for f in got.samples[0].findings] == ["Ketamine"]
    assert fhir.read(fhir.redact(body)).quarantined == got.quarantined


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (b"[]", "no FHIR"),
        (b'{"resourceType": "OperationOutcome"}', "error"),
        (
            b'{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient"}}]}',
            "neither",
        ),
        (FHIR[:-9], "JSON"),
    ],
)
def test_what_is_no_fhir_result_is_broken(body: bytes, says: str) -> None:
    with pytest.raises(BrokenDocument, match=says):
        fhir.read(body)


def test_a_search_without_results_is_empty() -> None:
    assert fhir.read(b'{"resourceType": "Bundle", "type": "searchset", "total": 0}').rows == 0


def test_a_report_whose_results_did_not_come_is_told() -> None:
    value = json.loads(FHIR)
    value["entry"] = value["entry"][:2]
    got = fhir.read(json.dumps(value).encode())
    assert "2 of the report's results" in got.quarantined[0].reason
    assert got.samples == ()


@pytest.mark.parametrize("begins", ["MSH|", "FHS|", "MSH|\rOBX|1|ST|L1^Xylazine^L||Detected||||||F", "BHS|\r\r\r"])
def test_a_torn_header_does_not_make_the_kept_form_unreadable(begins: str) -> None:
    """The file still begins as HL7, though only a later header is one of a message."""
    whole = (
        "MSH|^~\\&|LAB|PHL|S|D|202403031200||ORU^R01|M2|P|2.5.1\rOBR|1||F2^PHL|1^Panel^LN|||20240301\r"
        "OBX|1|ST|L1^Xylazine^L||Detected||||||F\r"
    )
    torn = f"{begins}\r{whole}".encode()
    found = hl7.read(torn)
    assert [s.key for s in found.samples] == ["F2"]
    assert hl7.read(hl7.redact(torn)) == found


def _report(**more: object) -> dict[str, object]:
    inside = {
        "resourceType": "Observation", "id": "c1", "status": "final", "code": {"text": "Medetomidine"},
        "subject": {"display": "marker"}, "valueString": "Detected",
    }  # fmt: skip
    patient = {"resourceType": "Patient", "id": "c2", "name": [{"family": "marker"}]}
    return {
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final", "effectiveDateTime": "2026-02-28",
        "contained": [inside, patient], "result": [{"reference": "#c1"}, *more.pop("result", [])], **more,
    }  # fmt: skip


def test_results_that_stand_inside_their_report_are_read() -> None:
    body = json.dumps(_report()).encode()
    got = fhir.read(body)
    assert [[f.named_as for f in s.findings] for s in got.samples] == [["Medetomidine"]]
    assert not got.quarantined
    assert fhir.read(fhir.redact(body)) == got
    assert b"marker" not in fhir.redact(body)


def test_a_resource_in_each_line_reads_as_a_bundle_of_them() -> None:
    """As FHIR's bulk export (NDJSON) writes them."""
    outside = {
        "resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "Xylazine"},
        "valueCodeableConcept": {"text": "Detected"},
    }  # fmt: skip
    each = [_report(result=[{"reference": "Observation/o1"}]), outside]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in each]}
    lines = "\n".join(json.dumps(one) for one in each).encode()
    assert fhir.read(lines).samples == fhir.read(json.dumps(bundle).encode()).samples
    assert [f.named_as for s in fhir.read(lines).samples for f in s.findings] == ["Medetomidine", "Xylazine"]
    with pytest.raises(BrokenDocument, match="Extra data"):
        fhir.read(lines[:-20])
