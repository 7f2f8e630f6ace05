"""What the cells of one row mean under a column map. The costly work is done once per distinct set of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat
from operator import itemgetter
from typing import TypeVar

from detectors.feeds.columns import position, required
from detectors.feeds.dates import date_of
from detectors.feeds.layout import TEXT_METHOD, Layout, Pseudo
from detectors.feeds.verdicts import Verdict, verdict
from detectors.sample import Abundance, BrokenDocument, Finding, Status

Cells = tuple[str, ...]
Row = Sequence[str]
KEPT = 50_000  # distinct sets of cells remembered; more would trade memory for little
AMOUNT = re.compile(r"(?<=\d)\s*(?:[munp]?g/(?:d?[Ll]|m[Ll]|g|mg|kg)|ppm|ppb|%|mg|ng)\s*\Z")
"""A unit behind a number."""
Of = TypeVar("Of")
Read = TypeVar("Read")
STATUSES: Mapping[str, Status] = {
    "p": Status.PRELIMINARY, "preliminary": Status.PRELIMINARY, "pending": Status.PRELIMINARY,
    "presumptive": Status.PRELIMINARY, "partial": Status.PRELIMINARY,
    "c": Status.CORRECTED, "corrected": Status.CORRECTED, "amended": Status.CORRECTED, "revised": Status.CORRECTED,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What a row says about the sample as a whole; equal cells give the very same object. newest: of its dates."""

    collected: date | None = None
    tested: date | None = None
    published: date | None = None
    state: str = ""
    county: str = ""
    sold_as: tuple[str, ...] = ()
    newest: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BadCell:
    """A cell that cannot be understood: its header, its value, why, and what to do."""

    column: str
    value: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a row says was found; equal cells give the very same object.

    methods: as printed. odd: (column, value) of flag cells that say neither yes nor no. conflict: trace and primary.
    blank: the row should name a substance and does not.
    """

    findings: tuple[Finding, ...]
    methods: tuple[str, ...] = ()
    pseudo: tuple[Pseudo, ...] = ()
    odd: tuple[tuple[str, str], ...] = ()
    conflict: bool = False
    blank: bool = False


class Remembered(dict[Of, Read]):
    """What follows from something, as a set of cells, worked out when it is met for the first time."""

    def __init__(self, read: Callable[[Of], Read]) -> None:
        self._read = read

    def __missing__(self, of: Of) -> Read:
        if len(self) >= KEPT:
            self.clear()
        known = self[of] = self._read(of)
        return known


class RowReader:
    """A column map fitted to one header. Raises BrokenDocument when a column that it needs is missing."""

    def __init__(self, header: Sequence[str], layout: Layout, line: int, received: date | None) -> None:
        self.layout = layout
        self.header = tuple(header)
        self.latest = None if received is None else received + timedelta(days=1)
        self._line = line
        self._heads = Remembered(self._read_head)
        self._finds = Remembered(self._read_found)
        self.key_at = (
            [required(self.header, layout.key, line)]
            if layout.key
            else [required(self.header, (part,), line) for part in layout.key_parts]
        )
        if not self.key_at:
            raise BrokenDocument("The feed's column map names no key", "Name the column with the sample's own id.")
        self.find_at = {
            name: index
            for name in ("substance", "result", "method", "abundance", "primary", "quantity", "unit", "status", "null")
            if (index := self._maybe(getattr(layout, name))) is not None
        }
        if layout.substance:
            required(self.header, layout.substance, line)
        self.wide = self._several(layout.wide)
        self.text = self._several(layout.text)
        places = zip(layout.flags.values(), self._all(layout.flags), strict=True)
        self.flags = [(index, name) for name, index in places if index is not None]
        if not (layout.substance or self.wide or self.text or self.flags):
            wanted = (*layout.wide, *layout.text, *layout.flags) or ("substance",)
            required(self.header, wanted, line)
        self.head_at = {
            name: index
            for name in ("collected", "tested", "published", "date_type", "state", "county", "sold_as")
            if (index := self._maybe(getattr(layout, name))) is not None
        }
        if not {"collected", "tested", "published"} & set(self.head_at):
            required(self.header, layout.collected or layout.tested or layout.published or ("date",), line)
        for name in ("state", "county"):
            if getattr(layout, name) and not getattr(layout, f"default_{name}"):
                required(self.header, getattr(layout, name), line)
        self._find_list = [*self.find_at.values(), *self.wide, *(index for index, _ in self.flags), *self.text]
        self._pick_key = _picker(self.key_at)
        self._pick_head = _picker(list(self.head_at.values()))
        self._pick_find = _picker(self._find_list)
        self.used = frozenset((*self.key_at, *self.head_at.values(), *self._find_list))

    def keys(self, rows: Sequence[Row]) -> list[str]:
        """The key of the sample that each row belongs to; "" where it has none."""
        if len(self.key_at) == 1:
            only = self.key_at[0]
            return [row[only].strip() for row in rows]
        return ["|".join(parts) if any(parts) else "" for parts in map(_stripped, self._pick_key(rows))]

    def heads(self, rows: Sequence[Row]) -> list[Head | BadCell]:
        """What each row says about its sample."""
        return list(map(self._heads.__getitem__, self._pick_head(rows)))

    def finds(self, rows: Sequence[Row]) -> list[Found]:
        """What each row says was found."""
        return list(map(self._finds.__getitem__, self._pick_find(rows)))

    def _read_head(self, cells: Cells) -> Head | BadCell:
        layout = self.layout
        cell = dict(zip(self.head_at, cells, strict=True))
        dates: dict[str, date | None] = {}
        role = layout.date_roles.get(cell.get("date_type", "").strip(), "collected")
        for name in ("collected", "tested", "published"):
            printed = cell.get(name, "")
            try:
                day = date_of(printed, layout.day_first)
                if day is not None and self.latest is not None and day > self.latest:
                    raise ValueError("the date lies in the future")
            except ValueError as error:
                return BadCell(
                    self.header[self.head_at[name]],
                    printed.strip()[:100],
                    str(error),
                    "Correct the date in the source; the other rows are kept.",
                )
            if name == "collected" and role != "collected":
                dates[role] = day
            else:
                dates[name] = dates.get(name) or day
        return Head(
            **dates,
            state=_tidy(cell.get("state", "")) or layout.default_state,
            county=_tidy(cell.get("county", "")) or layout.default_county,
            sold_as=_names(cell.get("sold_as", ""), layout.separators),
            newest=max(filter(None, dates.values()), default=None),
        )

    def _read_found(self, cells: Cells) -> Found:
        layout = self.layout
        at = dict(zip(self._find_list, cells, strict=True))
        cell = {name: at[index].strip() for name, index in self.find_at.items()}
        findings: list[Finding] = []
        pseudo: list[Pseudo] = []
        odd: list[tuple[str, str]] = []
        abundance, conflict = self._abundance(cell)
        quantity, unit = _number(cell.get("quantity", "")), _tidy(cell.get("unit", ""))
        said = self._result(cell["result"]) if "result" in cell else Verdict(True)
        for name in _names(cell.get("substance", ""), layout.separators):
            meaning = layout.pseudo.get(name.casefold())
            if meaning is not None:
                pseudo.append(meaning)
                continue
            if said is None:
                odd.append((self.header[self.find_at["result"]], cell["result"][:60]))
            if said is None or not said.found:
                # The sample was tested, if only for this; a result that is still to come makes it no negative.
                pseudo.append(Pseudo.NOTHING if said is not None and said.found is False else Pseudo.PENDING)
                continue
            findings.append(
                Finding(
                    named_as=name,
                    method=_tidy(cell.get("method", "")),
                    abundance=abundance,
                    quantity=quantity if quantity is not None else said.quantity,
                    unit=unit,
                    status=STATUSES.get(cell.get("status", "").casefold(), Status.FINAL),
                )
            )
        if not findings and not pseudo and cell.get("null", "").casefold() in layout.yes:
            pseudo.append(Pseudo.NOTHING)
        blank = bool(layout.substance) and not findings and not pseudo
        for index in self.wide:
            for name in _names(at[index], layout.separators):
                meaning = layout.pseudo.get(name.casefold())
                if meaning is None:
                    findings.append(Finding(named_as=name))
                else:
                    pseudo.append(meaning)
        for index, name in self.flags:
            word = at[index].strip().casefold()
            if word in layout.no:
                continue
            if word in layout.yes or re.split(r"\W", word, maxsplit=1)[0] in layout.yes:
                findings.append(Finding(named_as=name))
            else:
                odd.append((self.header[index], at[index].strip()[:60]))
        findings.extend(
            Finding(named_as=prose, method=TEXT_METHOD) for index in self.text if (prose := _tidy(at[index]))
        )
        method = _tidy(cell.get("method", ""))
        methods = (method,) if method else ()
        return Found(tuple(dict.fromkeys(findings)), methods, tuple(pseudo), tuple(odd), conflict, blank)

    def _result(self, printed: str) -> Verdict | None:
        """What the column `result` says: an amount, the map's own words for yes and no, or a known word."""
        amount = verdict(AMOUNT.sub("", printed))
        if amount is not None and amount.quantity is not None:
            return amount
        word = printed.casefold()
        if word and word in self.layout.no:
            return Verdict(False)
        if word in self.layout.yes or re.split(r"[\s(;,]", word, maxsplit=1)[0] in self.layout.yes:
            return Verdict(True)
        return amount

    def _abundance(self, cell: Mapping[str, str]) -> tuple[Abundance, bool]:
        if "abundance" not in cell:
            return Abundance.UNSTATED, False
        trace = cell["abundance"].casefold() in self.layout.trace
        primary = cell.get("primary", "")
        says_primary = primary.casefold() in self.layout.yes if primary else not trace
        # Where the two columns disagree the stronger word is taken: a person must not be told "trace" of a main part.
        return (Abundance.PRIMARY if says_primary or not trace else Abundance.TRACE), trace == says_primary

    def _maybe(self, names: tuple[str, ...]) -> int | None:
        return position(self.header, names) if names else None

    def _all(self, names: Sequence[str] | Mapping[str, str]) -> list[int | None]:
        return [
            required(self.header, (name,), self._line) if self.layout.strict_columns else self._maybe((name,))
            for name in names
        ]

    def _several(self, names: Sequence[str]) -> list[int]:
        return [index for index in self._all(names) if index is not None]


def _picker(indices: list[int]) -> Callable[[Sequence[Row]], Iterable[Cells]]:
    """The cells at these places of each row."""
    if not indices:
        return lambda rows: repeat((), len(rows))
    if len(indices) == 1:
        return lambda rows: zip(map(itemgetter(*indices), rows), strict=True)
    return lambda rows: map(itemgetter(*indices), rows)


def _stripped(cells: Cells) -> list[str]:
    return [cell.strip() for cell in cells]


def _tidy(cell: str) -> str:
    return " ".join(cell.split())


def _names(cell: str, separators: str) -> tuple[str, ...]:
    if not cell or cell.isspace():
        return ()
    pieces = re.split(f"[{re.escape(separators)}]", cell) if separators else [cell]
    return tuple(dict.fromkeys(name for piece in pieces if (name := _tidy(piece))))


def _number(cell: str) -> float | None:
    try:
        value = float(cell.replace(",", "")) if cell else None
    except ValueError:
        return None
    return value if value is not None and value == value and abs(value) < 1e15 else None
