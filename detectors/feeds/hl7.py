"""Read laboratory messages, HL7 v2.3 to v2.8 ORU^R01, one or many to a file.

Nothing of a patient is looked at (`hl7_safe`). `redact` gives the form that may be archived, and reading it gives what
reading the original gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from detectors.feeds.dates import date_of
from detectors.feeds.hl7_message import Segment
from detectors.feeds.hl7_order import Order, enter
from detectors.feeds.hl7_safe import kept, redacted
from detectors.sample import BrokenDocument, Quarantined, Reading, Sample, SampleKind


@dataclass(frozen=True, slots=True)
class Hl7Settings:
    """kind: what is tested. state, county: of the laboratory's area, since a patient's own address is never read.
    methods: what the laboratory tests by when OBX-17 does not say."""

    kind: SampleKind = SampleKind.BIOLOGICAL
    state: str = ""
    county: str = ""
    methods: tuple[str, ...] = ()


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
    orders: dict[str, Order] = {}
    bad: list[Quarantined] = []
    notes: list[str] = []
    messages = results = others = withdrawn = 0
    parts = list(kept(body, content_type))
    for message in _messages(parts):
        header = message[0]
        kind = header.component(9, 1), header.component(9, 2)
        if kind[0] != "ORU":
            others += 1
            continue
        messages += 1
        sent = _day(header, 7, bad)
        order: Order | None = None
        fresh: dict[str, Order] = {}
        for part in message[1:]:
            if part.name == "OBR":
                key = part.component(3, 1) or part.component(2, 1) or header.component(10, 1)
                if not key:
                    bad.append(Quarantined(part.line, "OBR-3", "", "the order has no number", "Ask the laboratory."))
                    order = None
                    continue
                order = fresh.setdefault(key, Order(key, part.line))
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
                    withdrawn += not enter(part, order, bad)
        if not fresh:
            bad.append(Quarantined(header.line, "OBR", "", "the message holds no order", "Ask the laboratory."))
        for key, found in fresh.items():
            if not found.heard:
                reason = "the order comes without any result"
                bad.append(Quarantined(found.line, "OBR", "", reason, "Ask the laboratory whether the file was cut."))
            orders.pop(key, None)
            orders[key] = found
    bad.extend(_trailers(parts, messages + others))
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
    """The same messages with only what may be looked at, and without wordings that are no known result."""
    return redacted(body, content_type)


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


def _sample(order: Order, settings: Hl7Settings) -> Sample:
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
