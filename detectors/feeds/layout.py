"""Where a table keeps what: the column map that an operator or a preset writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from detectors.sample import SampleKind

TEXT_METHOD = "cause of death text"
"""The `method` of a finding whose `named_as` is prose in which substances are still to be looked for."""


class Pseudo(StrEnum):
    """What a laboratory means by an entry in the substance column that names no substance."""

    NOTHING = "nothing found"  # tested, and negative
    UNNAMED = "something without a name"  # tested; a peak that nobody could name yet
    PENDING = "not tested yet"  # a result will follow: until then the sample is no negative
    SPOILED = "could not be tested"  # there will be no result: the sample is no negative either


PSEUDO_SUBSTANCES: Mapping[str, Pseudo] = {
    "no compounds of interest detected": Pseudo.NOTHING,
    "no compounds detected": Pseudo.NOTHING,
    "no substances detected": Pseudo.NOTHING,
    "none detected": Pseudo.NOTHING,
    "nothing detected": Pseudo.NOTHING,
    "non-specific sugars": Pseudo.NOTHING,
    "unknown": Pseudo.UNNAMED,
    "unknown substance": Pseudo.UNNAMED,
    "unidentified": Pseudo.UNNAMED,
    "pending identification": Pseudo.PENDING,
    "pending": Pseudo.PENDING,
    "sample damaged in transit": Pseudo.SPOILED,
    "insufficient sample": Pseudo.SPOILED,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A column map. Every column field is a tuple of alternative headers, the first that exists is used, () for none.

    kind: what was tested. key: the source's own id of a sample; rows with one key are one sample.
    key_parts: columns that together make the key, for a source without ids.
    collected, tested, published: dates. date_type, date_roles: a column that says what the date is, and which of
    "collected", "tested", "published" each of its words means.
    state, county: place as printed; default_state, default_county: for sources about one place.
    sold_as: what the person believed it was; several separated by `separators`.
    substance: one name in each row. wide: all these columns hold names. flags: column → name where the cell says yes.
    text: all these columns hold prose to be searched for names later (findings with method TEXT_METHOD).
    result: column that says of the row's substance whether it was found: a word, or an amount ("<0.5": it was not).
    method, abundance, primary, quantity, unit, status: of the finding in that row. methods: what the source tests by.
    null: column that is 1 or yes in a row that says the sample was tested and nothing was found.
    separators: characters between several names in one cell, "" when a cell is one name.
    pseudo: entries that name no substance, in lower case. yes, no: words in flag columns, in lower case.
    trace: words in the abundance column that mean "trace only". day_first: read 4/5/2023 as the fourth of May.
    strict_columns: every `flags`, `wide` and `text` column must exist; else those that do are used.
    delimiter: "" to find it out. sheet: name of the worksheet of a workbook, "" for the first.
    """

    kind: SampleKind = SampleKind.DRUG
    key: tuple[str, ...] = ()
    key_parts: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    tested: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    date_type: tuple[str, ...] = ()
    date_roles: Mapping[str, str] = field(default_factory=dict)
    state: tuple[str, ...] = ()
    county: tuple[str, ...] = ()
    default_state: str = ""
    default_county: str = ""
    sold_as: tuple[str, ...] = ()
    substance: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    abundance: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    quantity: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    separators: str = ";"
    pseudo: Mapping[str, Pseudo] = field(default_factory=lambda: PSEUDO_SUBSTANCES)
    yes: frozenset[str] = frozenset({"y", "yes", "1", "true", "x", "positive", "detected"})
    no: frozenset[str] = frozenset({"", "n", "no", "0", "false", "negative", "not detected", "none detected", "."})
    trace: frozenset[str] = frozenset({"trace"})
    day_first: bool = False
    strict_columns: bool = True
    delimiter: str = ""
    sheet: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns to ask a source for: the present name of each, not the old ones."""
        single = (
            self.key, self.collected, self.tested, self.published, self.date_type, self.state, self.county,
            self.sold_as, self.substance, self.result, self.method, self.abundance, self.primary, self.quantity,
            self.unit, self.status, self.null,
        )  # fmt: skip
        found = (*(names[0] for names in single if names), *self.key_parts, *self.wide, *self.flags, *self.text)
        return tuple(dict.fromkeys(found))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every header that this map may use, old names included: what may be asked for and kept, and nothing else."""
        found = (
            *self.key, *self.key_parts, *self.collected, *self.tested, *self.published, *self.date_type, *self.state,
            *self.county, *self.sold_as, *self.substance, *self.result, *self.wide, *self.flags, *self.text,
            *self.method, *self.abundance, *self.primary, *self.quantity, *self.unit, *self.status, *self.null,
        )  # fmt: skip
        return tuple(dict.fromkeys(found))
