"""JSON records (one object for each row, as Socrata and CKAN give them) as rows of cells, and pages of them as one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectors.feeds.charset import text
from detectors.feeds.columns import same
from detectors.feeds.grid import TOGETHER, Run
from detectors.feeds.layout import Layout
from detectors.feeds.nature import Nature, expect
from detectors.sample import BrokenDocument, Quarantined

MOST_PAGES = 500


@dataclass(frozen=True)
class Records:
    """Records as rows. header: every field that occurs, and of the column map those that may stay empty."""

    header: tuple[str, ...]
    records: Sequence[Mapping[str, Any]]
    notes: tuple[str, ...] = ()
    header_line: int = 0
    torn: list[Quarantined] = field(default_factory=list)

    def runs(self, show: bool = False) -> Iterator[Run]:
        """Numbers of the records (1-based) and their cells, a few at a time."""
        for first in range(0, len(self.records), TOGETHER):
            part = self.records[first : first + TOGETHER]
            cells = [[cell(record.get(name)) for name in self.header] for record in part]
            yield range(first + 1, first + 1 + len(part)), cells

    def cells(self, index: int) -> Iterable[str]:
        """One column."""
        return (cell(record.get(self.header[index])) for record in self.records)


def records(body: bytes, layout: Layout) -> Records:
    """The records of a document, under the fields that the column map needs.

    Fields that are empty in a record are often left out of it, so a field may be missing in many records; one that
    is missing in all is only accepted if it may be empty throughout.
    """
    found = listed(load(body))
    fields = dict.fromkeys(name for record in found for name in record)
    plain = {same(name) for name in fields}
    optional = (*layout.text, *layout.wide, *layout.flags, *(n for n in (*layout.sold_as, *layout.county) if n))
    content = {same(name) for name in (*layout.text, *layout.wide, *layout.flags, *layout.substance)}
    if not found:
        return Records(layout.asked, found)
    if content & plain:
        fields |= dict.fromkeys(name for name in optional if same(name) not in plain)
    return Records(tuple(fields), found)


def load(body: bytes) -> Any:
    """The value of a JSON document; of one with a value in each line (NDJSON), a list of them.

    Raises BrokenDocument with the line where it breaks.
    """
    expect(body, Nature.JSON)
    written, _ = text(body)
    try:
        return json.loads(written.removeprefix("\ufeff"), parse_constant=lambda name: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (several := _lines(written)) is not None:
            return several
        cut = error.pos >= len(written.rstrip()) - 1
        where = "ends before it is complete" if cut else f"is not valid ({error.msg})"
        mend = "The next poll tries again; if it stays so, ask the source."
        raise BrokenDocument(f"The JSON {where}", mend, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise BrokenDocument("The JSON is not valid", "Ask the source to send it again.") from error


def _lines(written: str) -> list[Any] | None:
    """The values of a document that has one in each line; None when a line holds none, or no more than a bare word."""
    try:
        found = [
            json.loads(line, parse_constant=lambda name: None, parse_float=_finite)
            for line in written.removeprefix("\ufeff").splitlines()
            if line.strip()
        ]
    except (ValueError, RecursionError):
        return None
    return found if all(isinstance(value, dict) for value in found) else None


def listed(value: Any) -> list[Mapping[str, Any]]:
    """The records in a JSON document: an array of them, or CKAN's envelope. Raises BrokenDocument for anything else."""
    if isinstance(value, Mapping):
        if value.get("error") or value.get("success") is False or "errorCode" in value:
            told = value.get("message") or value.get("error") or "no reason given"
            raise BrokenDocument(f"The source answered with an error: {_short(told)}", "Check the feed's columns.")
        result = value.get("result")
        value = result.get("records") if isinstance(result, Mapping) else value.get("records")
    if not isinstance(value, list):
        raise BrokenDocument("The JSON holds no list of records", "Check the feed's address and reader.")
    if not all(isinstance(item, Mapping) for item in value):
        raise BrokenDocument("The list holds things that are no records", "Check the feed's address and reader.")
    return value


def joined(bodies: Sequence[bytes], columns: Sequence[str] = ()) -> bytes:
    """Several pages as one JSON array, with only the given fields (all, if none are given): the form to be archived."""
    wanted = {same(name) for name in columns}
    found = [
        {name: value for name, value in record.items() if not wanted or same(name) in wanted}
        for body in bodies
        for record in listed(load(body))
    ]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def all_pages(address: Callable[[int], str], size: int, get: Callable[[str], bytes]) -> list[bytes]:
    """Every page of a source, asked for with `get` until one comes that is not full.

    address: the URL of the page that begins at a record number (0-based). Raises what `get` raises, and BrokenDocument
    for a source that never ends (one that ignores the offset sends its first page for ever).
    """
    bodies: list[bytes] = []
    for number in range(MOST_PAGES):
        body = get(address(number * size))
        if bodies and body == bodies[-1] and len(listed(load(body))) == size:
            break
        bodies.append(body)
        if len(listed(load(body))) < size:
            return bodies
    raise BrokenDocument("The source sends the same page again and again", "Check whether it honours paging.")


def cell(value: Any) -> str:
    """A JSON value as a cell: positions, addresses and other nested things are never taken."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _finite(printed: str) -> float | None:
    number = float(printed)
    return number if math.isfinite(number) else None


def _short(value: object) -> str:
    return " ".join(str(value).split())[:200]
