"""Read laboratory messages, HL7 v2.3 to v2.8 ORU^R01, one or many to a file.

Such a message carries a patient. Of the segments and fields that exist, only those named in KEPT are ever looked at;
the rest, PID and NK1 first, is dropped before anything is read, stored or archived. `redact` gives the form that may
be archived, and reading it gives what reading the original gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from detectors.feeds.charset import text
from detectors.feeds.dates import date_of
from detectors.feeds.hl7_message import Segment, segments
from detectors.feeds.labels import component, disagreement
from detectors.feeds.nature import Nature, expect
from detectors.feeds.verdicts import OPEN_QUESTION, verdict
from detectors.sample import BrokenDocument, Finding, Quarantined, Reading, Sample, SampleKind, Status

KEPT: Mapping[str, tuple[int, ...]] = {
    "FHS": (1, 2, 7),
    "BHS": (1, 2, 7),
    "MSH": (1, 2, 7, 9, 10, 11, 12, 18),
    "ORC": (),
    "OBR": (1, 2, 3, 4, 7, 22, 25),
    "OBX": (1, 2, 3, 4, 5, 6, 7, 8, 11, 17),
    "SPM": (1, 2, 4),
    "BTS": (1,),
    "FTS": (1,),
}
"""Segment → fields that are read. OBR-16 and OBX-16 name physicians, NTE is free text, PID and NK1 are persons."""
STATUSES: Mapping[str, Status | None] = {
    "P": Status.PRELIMINARY, "R": Status.PRELIMINARY, "S": Status.PRELIMINARY, "A": Status.PRELIMINARY,
    "F": Status.FINAL, "U": Status.FINAL, "": Status.FINAL, "B": Status.FINAL, "V": Status.FINAL,
    "C": Status.CORRECTED,
    "D": None, "W": None, "X": None, "N": None, "I": None, "O": None,
}  # fmt: skip
"""OBX-11 (HL7 table 0085). None: deleted, posted as wrong, not obtained, not asked, pending: there is no result."""
HEADERS = frozenset({"MSH", "FHS", "BHS"})
WRONG = frozenset({"D", "W"})
NUMBERS = frozenset({"NM", "SN"})
CODED = frozenset({"CE", "CWE", "CNE", "CF"})
WORDY = frozenset({"", "ST", "IS", "ID", "TX", "FT"})
REMOVED = "(removed)"
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Hl7Settings:
    """kind: what is tested. state, county: of the laboratory's area, since a patient's own address is never read.
    methods: what the laboratory tests by when OBX-17 does not say."""

    kind: SampleKind = SampleKind.BIOLOGICAL
    state: str = ""
    county: str = ""
    methods: tuple[str, ...] = ()


@dataclass(slots=True)
class _Order:
    """One order (OBR) while its results come."""

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


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: Hl7Settings = Hl7Settings(),
    received: date | None = None,
) -> Reading:
    """One sample for each order (OBR), keyed by the laboratory's own order number, with the specimen that SPM names:
    orders of one specimen, in this message or in others, are parts of one sample.

    A result with status D, W or X is no result; an order of which nothing else is left is left out, and an order
    that comes again replaces its earlier self. Raises BrokenDocument for a file without an ORU^R01 message.
    """
    orders: dict[str, _Order] = {}
    bad: list[Quarantined] = []
    notes: list[str] = []
    messages = results = others = withdrawn = 0
    kept = list(_kept(body, content_type))
    for message in _messages(kept):
        header = message[0]
        kind = header.component(9, 1), header.component(9, 2)
        if kind[0] != "ORU":
            others += 1
            continue
        messages += 1
        sent = _day(header, 7, bad)
        order: _Order | None = None
        fresh: dict[str, _Order] = {}
        for part in message[1:]:
            if part.name == "OBR":
                key = part.component(3, 1) or part.component(2, 1) or header.component(10, 1)
                if not key:
                    bad.append(Quarantined(part.line, "OBR-3", "", "the order has no number", "Ask the laboratory."))
                    order = None
                    continue
                order = fresh.setdefault(key, _Order(key, part.line))
                order.collected = order.collected or _day(part, 7, bad, received)
                order.reported = _day(part, 22, bad, received) or order.reported or sent
            elif part.name == "SPM" and order is not None:
                # SPM-2 holds the placer's and the filler's id of the specimen; the filler is the laboratory.
                ids = part.repeats(2)[0].split(part.marks.component)
                order.specimen = order.specimen or (_id(part, ids[1:2]) or _id(part, ids[:1]))
            elif part.name == "OBX":
                results += 1
                if order is None:
                    reason = "the result stands before any order"
                    bad.append(Quarantined(part.line, "OBX", "", reason, "Ask the laboratory to send it again."))
                else:
                    order.heard += 1
                    withdrawn += not _result(part, order, bad)
        if not fresh:
            bad.append(Quarantined(header.line, "OBR", "", "the message holds no order", "Ask the laboratory."))
        for key, found in fresh.items():
            if not found.heard:
                reason = "the order comes without any result"
                bad.append(Quarantined(found.line, "OBR", "", reason, "Ask the laboratory whether the file was cut."))
            orders.pop(key, None)
            orders[key] = found
    bad.extend(_trailers(kept, messages + others))
    if not messages:
        raise BrokenDocument("The file holds no ORU^R01 message", "Check that the laboratory sends results here.")
    samples = tuple(_sample(order, settings) for order in orders.values() if order.results)
    if others:
        notes.append(f"{others} messages are of other kinds; they were not read.")
    if withdrawn:
        notes.append(f"{withdrawn} results are pending, deleted or not obtained.")
    dates = (day for s in samples for day in (s.tested, s.collected) if day is not None)
    return Reading(
        samples=samples,
        quarantined=tuple(bad),
        rows=results,
        newest=max(dates, default=None),
        notes=tuple(notes),
        withdrawn=tuple(order.key[:200] for order in orders.values() if order.wrong and not order.results),
    )


def redact(body: bytes, *, content_type: str = "", settings: Hl7Settings = Hl7Settings()) -> bytes:
    """The same messages with only the segments and fields in KEPT, and without wordings that are no known result."""
    lines: list[str] = []
    at = 1
    for part in _kept(body, content_type):
        lines.extend("" for _ in range(part.line - at))
        at = part.line + 1
        header = part.name in HEADERS
        written = part.marks.field.join((part.name, *part.fields[2 if header else 1 :]))
        lines.append(written if header else written.rstrip(part.marks.field))
    return ("\r".join(lines) + "\r").encode("utf-8")


def _kept(body: bytes, content_type: str) -> Iterator[Segment]:
    """The segments that may be looked at, with every other field of theirs already empty."""
    expect(body, Nature.HL7)
    written, _ = text(body, content_type)
    count = 0
    begun = False
    for part in segments(written):
        allowed = KEPT.get(part.name)
        # A header that is cut off behind its name, and what stands before any, is of no message; a file that began with
        # it would not be known as HL7 again.
        torn = part.name in HEADERS and len(part.fields) < 3
        begun = begun or (part.name in HEADERS and not torn)
        if not allowed or torn or not begun:
            continue
        count += 1
        if count > MOST:
            raise BrokenDocument("The file holds more segments than one file should", "Send it in smaller batches.")
        fields = [part.name, *("" for _ in part.fields[1:])]
        for number in allowed:
            if number < len(fields):
                fields[number] = part.fields[number]
        kept = Segment(part.line, tuple(fields), part.marks)
        yield _safe(kept) if part.name == "OBX" else kept


def _safe(part: Segment) -> Segment:
    """An OBX whose value is a known result, a number, a code, or the name asked for; any other wording is taken out,
    since what people write into results has held names."""
    kind = part.field(2).strip()
    question = part.component(3, 2) or part.component(3, 5)
    values = part.repeats(5)
    known = OPEN_QUESTION.search(question) or all(verdict(_value(part, value)) for value in values)
    if len(part.field(5)) <= 500 and (kind in NUMBERS or (kind in CODED | WORDY and known)):
        mark = part.marks.component
        kept = part.marks.repetition.join(mark.join(value.split(mark)[:5]) for value in values)
    else:
        kept = REMOVED
    return Segment(part.line, (*part.fields[:5], kept, *part.fields[6:]), part.marks)


def _trailers(parts: Sequence[Segment], messages: int) -> Iterator[Quarantined]:
    """What the trailers of a batch say against it: one that is missing, or that counted more messages than came."""
    opened = sum(part.name == "BHS" for part in parts)
    closed = [part for part in parts if part.name == "BTS"]
    mend = "Ask the laboratory to send the batch again; the messages that came were read."
    if opened > len(closed):
        yield Quarantined(parts[-1].line, "BTS", "", "the batch ends without its trailer, as a cut file does", mend)
    counts = [part.field(1).strip() for part in closed]
    if counts and all(count.isdecimal() and count.isascii() for count in counts):
        told = sum(int(count[:9]) for count in counts)
        if told != messages:
            reason = f"the batch counts {told} messages, {messages} came"
            yield Quarantined(closed[-1].line, "BTS-1", "", reason, mend)


def _messages(parts: Sequence[Segment]) -> Iterator[list[Segment]]:
    message: list[Segment] = []
    for part in parts:
        if part.name == "MSH":
            if message:
                yield message
            message = [part]
        elif message and part.name not in ("FHS", "BHS", "BTS", "FTS"):
            message.append(part)
    if message:
        yield message


def _result(part: Segment, order: _Order, bad: list[Quarantined]) -> bool:
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
        printed = _value(part, value)
        said = verdict(printed)
        if said is None and open_question and printed != REMOVED:
            names.append((printed, None))
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


def _value(part: Segment, value: str) -> str:
    if part.field(2).strip() == "SN":
        return f"{part.part(value, 1)}{part.part(value, 2)}{part.part(value, 3)}{part.part(value, 4)}"
    if part.field(2).strip() in CODED:
        return part.part(value, 2) or part.part(value, 5) or part.part(value, 1)
    return part.part(value, 1)


def _day(part: Segment, number: int, bad: list[Quarantined], received: date | None = None) -> date | None:
    printed = part.component(number, 1)
    try:
        day = date_of(printed[:8]) if len(printed) >= 8 else None
        if printed and day is None:
            raise ValueError("this is not a whole date")
        if day is not None and received is not None and (day - received).days > 1:
            raise ValueError("the date lies in the future")
    except ValueError as error:
        mend = "Ask the laboratory; the results were read without it."
        bad.append(Quarantined(part.line, f"{part.name}-{number}", printed[:30], str(error), mend))
        return None
    return day


def _id(part: Segment, ids: list[str]) -> str:
    return part.part(ids[0].split(part.marks.part)[0], 1)[:200] if ids else ""


def _sample(order: _Order, settings: Hl7Settings) -> Sample:
    return Sample(
        key=order.key[:200],
        kind=settings.kind,
        findings=tuple(dict.fromkeys(order.findings)),
        state=settings.state,
        county=settings.county,
        collected=order.collected,
        tested=order.reported,
        methods=tuple(order.methods) or settings.methods,
        line=order.line,
        specimen=order.specimen,
        excluded=tuple(dict.fromkeys(order.excluded)) if order.specimen else (),
    )
