"""What a source says was found in one thing that was tested, and what it says in prose or in totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SampleKind(StrEnum):
    """What was tested. A death and a powder are different evidence and are never counted together.

    A notice was not tested at all: it is what somebody wrote, and no denominator ever holds it.
    """

    DRUG = "drug"
    DEATH = "death"
    SEIZURE = "seizure"
    BIOLOGICAL = "biological"
    FIELD_REPORT = "field report"
    NOTICE = "notice"


class Abundance(StrEnum):
    """How much, in the laboratory's own coarse words. `trace` is below the laboratory's reporting threshold."""

    UNSTATED = ""
    PRIMARY = "primary"
    TRACE = "trace"


class Status(StrEnum):
    """Standing of one result; HL7 v2.5.1 OBX-11 in plain words (P, F, C)."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Finding:
    """One substance found in one sample by one method.

    named_as: the name exactly as the source printed it.
    substance: id in substances.toml once the lexicon has named it; "" while it is not recognised.
    method: the instrument or test as printed ("GCMS", "FTIR", "strip"); "" when the source does not say.
    abundance: primary, trace or unstated.
    quantity: amount in `unit`, None when not quantified.
    status: preliminary, final or corrected.
    """

    named_as: str
    substance: str = ""
    method: str = ""
    abundance: Abundance = Abundance.UNSTATED
    quantity: float | None = None
    unit: str = ""
    status: Status = Status.FINAL


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing that was tested, with everything found in it. A sample without findings is a negative result.

    key: the source's own id, unique within one feed; never shown to anyone outside staff.
    state, county: place as printed by the source.
    place: FIPS code once resolved: "US", two digits for a state, five for a county; "" when not resolved.
    collected, tested, published: calendar dates, None when the source does not say.
    sold_as: what the person believed it was, as printed.
    methods: every method the sample was tested by, also where it found nothing (the denominator needs it).
    line: line of the document where the sample begins (1-based), 0 when it has no lines.
    specimen: the laboratory's id of the specimen where `key` is only one of its orders; such a sample is a part, and
    all parts of a specimen are one sample. "" when the sample is whole.
    excluded: of such a part, (name, method) as printed of what a final result of it says is not there; () otherwise.
    """

    key: str
    kind: SampleKind
    findings: tuple[Finding, ...]
    state: str = ""
    county: str = ""
    place: str = ""
    collected: date | None = None
    tested: date | None = None
    published: date | None = None
    sold_as: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    line: int = 0
    specimen: str = ""
    excluded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Positives among samples tested, in one place and period, for sources that publish only totals.

    key: the source's own id, or place, substance and period joined by "|": a restated figure has the same key.
    first, last: calendar dates of the period, both inclusive.
    positives, tested: counts of samples; tested is None when the source gives no denominator.
    """

    key: str
    named_as: str
    first: date
    last: date
    positives: int
    tested: int | None
    substance: str = ""
    state: str = ""
    county: str = ""
    place: str = ""
    published: date | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A notice in prose: title, link and date; its text is read for mentions and is not republished."""

    key: str
    title: str
    link: str
    published: date | None
    text: str = ""
    state: str = ""
    county: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row that could not be understood: kept, counted and shown, so that nothing is lost in silence.

    line: 1-based line of the document, 0 when it has no lines; column: header of the cell, "" if the whole row is bad.
    reason: what is wrong, in plain words. mend: what the sender or the operator can do.
    """

    line: int
    column: str
    value: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one document says.

    rows: data rows seen, good and bad. newest: the latest date in the document, for judging lateness.
    notes: sentences for the health page (an old header layout, an ignored column).
    whole: the document holds all that its source has to say, and nothing in it was cut or put aside; only then does
    the absence of a sample mean that it was withdrawn. False for windows (news, rolling months), pages and messages.
    withdrawn: keys of samples of which the document says that their results were wrong or deleted.
    """

    samples: tuple[Sample, ...] = ()
    tallies: tuple[Tally, ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    rows: int = 0
    newest: date | None = None
    notes: tuple[str, ...] = ()
    whole: bool = False
    withdrawn: tuple[str, ...] = ()


class BrokenDocument(Exception):  # noqa: N818 -- a state of the document, told to people in these words
    """The document is not what its feed promises (a login page, a cut file, a lost column). Never means "nothing new".

    reason: what is wrong, in plain words; mend: what to do; line and column where it can be said.
    """

    def __init__(self, reason: str, mend: str, line: int = 0, column: str = "") -> None:
        where = f" (line {line}" + (f", column {column}" if column else "") + ")" if line else ""
        super().__init__(f"{reason}{where}. {mend}")
        self.reason = reason
        self.mend = mend
        self.line = line
        self.column = column
