"""A laboratory's orders: one specimen is one sample, whatever came in which message; no byte of a patient is kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from alerts.flow.collection.reparse import reparse
from alerts.store import archive, evidence
from alerts.store.engine import Store
from alerts.store.tables import metadata
from detectors.feeds.specimen import whole
from detectors.sample import Finding, Sample, SampleKind, Status
from tests.databases import Postgres, SqliteFiles
from tests.evidence.programme import FEED, Programme, at, programme

SECRETS = ("ROEMARK", "JANEMARK", "MRNMARK", "STREETMARK", "KINMARK", "DOCMARK", "NOTEMARK", "5550199", "19700102")
"""What stands for a patient in the messages below, whatever field or escape it is put into."""


def order(key: str, specimen: str, *results: tuple[str, str, str]) -> str:
    """OBR, its OBX and its SPM. results: (what was asked, what it says, OBX-11)."""
    lines = [rf"OBR|1|P{key}^HOSP|{key}^PHL|1^Drug panel^LN|||202503031030|||||||||DOCMARK|||||{'202503051100'}|||F"]
    for n, (asked, says, status) in enumerate(results, 1):
        lines.append(rf"OBX|{n}|ST|L{n}^{asked}^L||{says}||||||{status}|||||DOCMARK~DOCMARK^TWO|LCMS^LC-MS/MS")
    if specimen:
        lines.append(rf"SPM|1|P-{specimen}&HOSP^{specimen}&PHL||119342007^urine^SCT")
    return "\r".join(lines)


def message(number: int, *orders: str) -> str:
    pid = (
        r"PID|1|MRNMARK~MRNMARK2|MRNMARK^^^PHL^MR~MRNMARK3^^^SS||ROEMARK^JANEMARK~\X524F454D41524B\^J||19700102|F||"
        r"|STREETMARK \T\ CO^^CITY^WA||5550199~^^^janemark@example.org"
    )
    rest = ["NK1|1|KINMARK^SPOUSE~KINMARK2", "PV1|1|O|STREETMARK", "NTE|1||NOTEMARK says JANEMARK"]
    head = rf"MSH|^~\&|LAB|PHL|STATE|DOH|20250305120{number}||ORU^R01^ORU_R01|M{number}|P|2.5.1"
    return "\r".join([head, pid, *rest, *orders])


def batch(*messages: str) -> str:
    marks = r"|^~\&|LAB|PHL|||20250305"
    return "\r".join([f"FHS{marks}", f"BHS{marks}", *messages, f"BTS|{len(messages)}", "FTS|1"]) + "\r"


@pytest.fixture
def laboratory(databases: SqliteFiles | Postgres, tmp_path: Path) -> Iterator[Programme]:
    with programme(databases.migrated(), tmp_path, "hl7-laboratory", state="WA") as opened:
        yield opened


def sends(opened: Programme, name: str, body: str, when: datetime) -> None:
    opened.drop(name, body, when)
    opened.collect(when)


def test_two_orders_of_a_specimen_are_one_sample_and_each_is_corrected_by_itself(laboratory: Programme) -> None:
    first = at("2025-03-06 09:00")
    days = [first + timedelta(days=n) for n in range(6)]
    screen = order("O1", "S1", ("Xylazine", "Detected", "P"))
    opioids = order("O2", "S1", ("Fentanyl", "Detected", "F"))
    other = order("O9", "S9", ("Fentanyl", "Not detected", "F"))
    sends(laboratory, "a.hl7", batch(message(1, screen, opioids), message(2, other)), days[0])
    assert laboratory.believed(days[0]) == {"S1": ("fentanyl", "xylazine"), "S9": ()}
    # The sedatives come a day later, in a message of their own.
    sends(laboratory, "b.hl7", message(3, order("O3", "S1", ("Medetomidine", "Detected", "F"))), days[1])
    assert laboratory.believed(days[1])["S1"] == ("fentanyl", "medetomidine", "xylazine")
    assert (laboratory.state().new, laboratory.state().revised) == (0, 1)
    # The screen is corrected, the opioids are deleted, then all is taken back: each time only its own part goes.
    sends(laboratory, "c.hl7", message(4, order("O1", "S1", ("Xylazine", "Not detected", "C"))), days[2])
    assert laboratory.believed(days[2])["S1"] == ("fentanyl", "medetomidine")
    sends(laboratory, "d.hl7", message(5, order("O2", "S1", ("Fentanyl", "Detected", "D"))), days[3])
    assert laboratory.believed(days[3])["S1"] == ("medetomidine",)
    wrong = [order("O1", "S1", ("Xylazine", "", "W")), order("O3", "S1", ("Medetomidine", "", "W"))]
    sends(laboratory, "e.hl7", message(6, *wrong), days[4])
    assert laboratory.believed(days[4]) == {"S9": ()}
    assert laboratory.state().retracted == 1
    # What was known on any earlier day can still be answered.
    assert laboratory.believed(days[0])["S1"] == ("fentanyl", "xylazine")
    assert laboratory.believed(days[3])["S1"] == ("medetomidine",)


def test_a_final_result_settles_a_preliminary_one_of_another_order(laboratory: Programme) -> None:
    when = at("2025-03-06 09:00")
    sends(laboratory, "a.hl7", message(1, order("O1", "S1", ("Xylazine", "Detected", "P"))), when)
    sends(laboratory, "b.hl7", message(2, order("O2", "S1", ("Xylazine", "Detected", "F"))), when + timedelta(days=1))
    with laboratory.app.store.read() as connection:
        (sample,) = evidence.samples_of(connection, FEED, now=when + timedelta(days=1))
    assert [(f.substance, f.status) for f in sample.findings] == [("xylazine", Status.FINAL)]


def by(method: str, told: str) -> str:
    """The same order by another method."""
    return told.replace("LCMS^LC-MS/MS", f"M^{method}")


def test_a_final_not_detected_of_another_order_settles_a_preliminary_positive(laboratory: Programme) -> None:
    """A screen is told at once and the confirmation a day later, under a number of its own: the screen was wrong."""
    days = [at("2025-03-06 09:00") + timedelta(days=n) for n in range(4)]
    screen = by("immunoassay", order("O1", "S1", ("Fentanyl", "Detected", "P"), ("Cocaine", "Detected", "P")))
    sends(laboratory, "a.hl7", message(1, screen), days[0])
    assert laboratory.believed(days[0]) == {"S1": ("cocaine", "fentanyl")}
    confirmation = order("O2", "S1", ("Fentanyl", "Not detected", "F"), ("Xylazine", "Detected", "F"))
    sends(laboratory, "b.hl7", message(2, confirmation), days[1])
    assert laboratory.believed(days[1]) == {"S1": ("cocaine", "xylazine")}
    assert (laboratory.state().new, laboratory.state().revised) == (0, 1)
    # The confirmation itself was posted as wrong: then all that is known is the screen once more.
    sends(laboratory, "c.hl7", message(3, order("O2", "S1", ("Fentanyl", "", "W"), ("Xylazine", "", "W"))), days[2])
    assert laboratory.believed(days[2]) == {"S1": ("cocaine", "fentanyl")}
    sends(laboratory, "d.hl7", message(4, order("O2", "S1", ("Fentanyl", "Not detected", "C"))), days[3])
    assert laboratory.believed(days[3]) == {"S1": ("cocaine",)}
    assert laboratory.believed(days[0]) == {"S1": ("cocaine", "fentanyl")}, "what was known then stays answerable"


def part(key: str, found: tuple[str, Status] | None, method: str, excluded: str = "", day: int = 5) -> Sample:
    findings = (Finding(found[0], method=method, status=found[1]),) if found else ()
    return Sample(
        key, SampleKind.BIOLOGICAL, findings, tested=date(2025, 3, day), methods=(method,), specimen="S",
        excluded=((excluded, method),) if excluded else (),
    )  # fmt: skip


P, F, C = Status.PRELIMINARY, Status.FINAL, Status.CORRECTED


@pytest.mark.parametrize(
    ("status", "shown_by", "excluded", "excluded_by", "day", "stands"),
    [
        (P, "LC-MS/MS", "Xylazine", "LC-MS/MS", 5, False),
        (P, "LC-MS/MS", "XYLAZINE ", "lc-ms/ms", 6, False),
        (P, "xylazine test strip", "xylazine", "GC-MS", 5, False),
        (P, "immunoassay", "xylazine", "LC-QTOF-MS", 5, False),
        (P, "GC-MS", "xylazine", "LC-MS/MS", 5, False),
        (P, "", "xylazine", "LC-MS/MS", 5, False),
        (P, "LC-MS/MS", "xylazine", "", 5, False),
        (P, "LC-MS/MS", "xylazine", "GC-MS", 5, True),
        (P, "LC-MS/MS", "xylazine", "xylazine test strip", 5, True),
        (P, "LC-MS/MS", "xylazine", "immunoassay", 5, True),
        (P, "FTIR", "xylazine", "immunoassay", 5, True),
        (P, "LC-MS/MS", "xylazine", "house method 7", 5, True),
        (P, "LC-MS/MS", "medetomidine", "LC-MS/MS", 5, True),
        (P, "LC-MS/MS", "xylazine", "LC-MS/MS", 4, True),
        (F, "immunoassay", "xylazine", "LC-MS/MS", 5, True),
        (C, "immunoassay", "xylazine", "LC-MS/MS", 5, True),
    ],
    ids=[
        "the same method", "on a later day and in other letters", "a strip, then a mass spectrometer",
        "a screen, then its confirmation", "gas, then liquid chromatography", "the first is not named",
        "the second is not named", "liquid, then gas chromatography", "a strip says nothing against it",
        "a screen says nothing against it", "two that only screen", "a way that nobody knows", "another substance",
        "reported before", "a final finding stands", "a corrected finding stands",
    ],
)  # fmt: skip
def test_what_a_not_detected_settles(
    status: Status, shown_by: str, excluded: str, excluded_by: str, day: int, stands: bool
) -> None:
    parts = [part("O1", ("Xylazine", status), shown_by), part("O2", None, excluded_by, excluded, day)]
    for orders in (parts, parts[::-1]):
        assert bool(whole("S", orders).findings) is stands


def test_an_order_that_first_came_without_its_specimen_is_not_counted_twice(laboratory: Programme) -> None:
    when = at("2025-03-06 09:00")
    sends(laboratory, "a.hl7", message(1, order("O1", "", ("Xylazine", "Detected", "F"))), when)
    assert list(laboratory.believed(when)) == ["O1"]
    later = when + timedelta(days=1)
    sends(laboratory, "b.hl7", message(2, order("O1", "S1", ("Xylazine", "Detected", "F"))), later)
    assert laboratory.believed(later) == {"S1": ("xylazine",)}


def test_a_document_read_again_is_compared_as_part_of_its_specimen(laboratory: Programme) -> None:
    when = at("2025-03-06 09:00")
    sends(laboratory, "a.hl7", message(1, order("O1", "S1", ("Xylazine", "Detected", "F"))), when)
    later = when + timedelta(days=1)
    sends(laboratory, "b.hl7", message(2, order("O2", "S1", ("Fentanyl", "Detected", "F"))), later)
    with laboratory.app.store.read() as connection:
        number = archive.documents_of(connection, FEED)[0].id
    again = reparse(laboratory.app, str(number))
    assert (again.same, again.changes) == (1, ())


def report(number: int, results: list[tuple[str, str, str]], specimen: str = "S1") -> str:
    """A Bundle that numbers its resources anew each time, as servers do. results: (substance, says, status)."""
    patient = {
        "resourceType": "Patient", "id": "JANEMARK", "name": [{"family": "ROEMARK"}, {"text": "JANEMARK"}],
        "birthDate": "1970-01-02", "telecom": [{"value": "5550199"}], "contact": [{"name": {"family": "KINMARK"}}],
        "address": [{"line": ["STREETMARK"]}], "identifier": [{"value": "MRNMARK"}],
    }  # fmt: skip
    subject = {"reference": "Patient/JANEMARK", "display": "ROEMARK"}
    entries: list[dict[str, object]] = [
        {"fullUrl": f"urn:uuid:p{number}", "resource": patient},
        {"fullUrl": f"urn:uuid:s{number}", "resource": {
            "resourceType": "Specimen", "accessionIdentifier": {"value": specimen}, "subject": subject,
            "note": [{"text": "NOTEMARK"}]}},
    ]  # fmt: skip
    for n, (substance, says, status) in enumerate(results):
        entries.append({"fullUrl": f"urn:uuid:o{number}-{n}", "resource": {
            "resourceType": "Observation", "id": f"o{number}-{n}-ROEMARK", "status": status, "subject": subject,
            "code": {"text": substance}, "valueString": says, "contained": [patient], "note": [{"text": "NOTEMARK"}],
            "performer": [{"display": "DOCMARK"}], "extension": [{"url": "x", "valueString": "JANEMARK"}],
        }})  # fmt: skip
    entries.append({"fullUrl": f"urn:uuid:r{number}", "resource": {
        "resourceType": "DiagnosticReport", "id": f"report-{number}", "status": "final", "subject": subject,
        "text": {"status": "generated", "div": "<div>JANEMARK ROEMARK</div>"}, "code": {"text": "Toxicology"},
        "effectiveDateTime": "2025-03-03", "issued": "2025-03-05T10:00:00Z",
        "specimen": [{"reference": f"urn:uuid:s{number}", "display": "ROEMARK"}],
        "result": [{"reference": f"urn:uuid:o{number}-{n}", "display": "JANEMARK"} for n in range(len(results))],
    }})  # fmt: skip
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def test_fhir_reports_of_one_specimen_are_one_sample(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    with programme(databases.migrated(), tmp_path, "fhir-laboratory", state="WA") as opened:
        when = at("2025-03-06 09:00")
        sends(opened, "a.json", report(1, [("Xylazine", "Detected", "preliminary")]), when)
        sends(opened, "b.json", report(2, [("Fentanyl", "Detected", "final")]), when + timedelta(days=1))
        (found,) = opened.believed(when + timedelta(days=1)).values()
        assert found == ("fentanyl", "xylazine")
        corrected = report(1, [("Xylazine", "Not detected", "corrected")])
        sends(opened, "c.json", corrected, when + timedelta(days=2))
        assert list(opened.believed(when + timedelta(days=2)).values()) == [("fentanyl",)]
        # Another report's final "not detected" settles a preliminary finding, as in HL7.
        sends(opened, "d.json", report(3, [("Cocaine", "Detected", "preliminary")]), when + timedelta(days=3))
        assert list(opened.believed(when + timedelta(days=3)).values()) == [("cocaine", "fentanyl")]
        sends(opened, "e.json", report(4, [("Cocaine", "Not detected", "final")]), when + timedelta(days=4))
        assert list(opened.believed(when + timedelta(days=4)).values()) == [("fentanyl",)]
        _nothing_of_a_patient(opened.app.store)


def test_no_byte_of_a_patient_reaches_the_database_or_the_archive(laboratory: Programme) -> None:
    when = at("2025-03-06 09:00")
    told = order("O2", "S2", ("Xylazine", "JANEMARK came by", "F"), ("Fentanyl", "Detected", "F"))
    body = batch(message(1, order("O1", "S1", ("Xylazine", "Detected", "F"))), message(2, told))
    sends(laboratory, "a.hl7", body, when)
    sends(laboratory, "cut.hl7", body[: body.index("OBX|1|ST")], when + timedelta(days=1))
    sends(laboratory, "other marks.hl7", body.replace("|", "#"), when + timedelta(days=2))
    sends(laboratory, "not a result.hl7", body.replace("ORU^R01", "ADT^A01"), when + timedelta(days=3))
    assert laboratory.believed(when)["S1"] == ("xylazine",)
    _nothing_of_a_patient(laboratory.app.store)


def _nothing_of_a_patient(store: Store) -> None:
    """In no column of no table, packed documents unpacked; and, where the database is a file, in none of its bytes."""
    held = bytearray()
    with store.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    held += value if isinstance(value, bytes) else repr(value).encode()
                    if isinstance(value, bytes) and table.name == "archive":
                        held += zlib.decompress(value)
        file = connection.engine.url.database if connection.dialect.name == "sqlite" else None
    assert b"xylazine" in held.lower(), "the results themselves are there"
    for path in [] if file is None else [Path(file), Path(f"{file}-wal")]:
        held += path.read_bytes() if path.exists() else b""
    for secret in SECRETS:
        for form in (secret.encode(), secret.encode().hex().encode(), secret.encode("utf-16-le")):
            assert form.lower() not in held.lower(), secret


findings = st.lists(
    st.builds(Finding, st.sampled_from(["A", "B", "b"]), status=st.sampled_from(list(Status))), max_size=4
).map(tuple)


@given(st.lists(findings, min_size=1, max_size=4))
def test_putting_together_loses_no_substance_and_counts_none_twice(parts: list[tuple[Finding, ...]]) -> None:
    made = whole("S", [Sample(str(n), SampleKind.BIOLOGICAL, f, specimen="S") for n, f in enumerate(parts)])
    assert {f.named_as.casefold() for f in made.findings} == {f.named_as.casefold() for p in parts for f in p}
    assert len(set(made.findings)) == len(made.findings)
    assert made.specimen == ""
    assert whole("S", [made]).findings == made.findings
