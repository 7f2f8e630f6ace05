"""A column map for a table that nobody has described: what each column seems to be, for a person to correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from detectors.feeds.columns import same
from detectors.feeds.dates import date_of
from detectors.feeds.verdicts import verdict

ROWS = 300
"""Rows that are looked at."""
WORDS: Mapping[str, str] = {
    "key": r"(?:sample|specimen|case|lab|accession|record|item|exhibit)?(?:id|no|number|ref\w*|num|key|code|barcode)|"
    r"sample|specimen|case|exhibit|accession|muestra",
    "collected": r".*(?:collect|sampled|death|incident|seiz|submi|received|obtained|dod|recolec|fecha).*",
    "tested": r".*(?:test|analy|result|complet|report|final|confirm).*|date",
    "state": r"state|st|stateabbr\w*|estado",
    "county": r".*(?:county|parish|jurisdiction|condado).*",
    "sold_as": r".*(?:soldas|expected|boughtas|presumed|suspected|believed|purported|vendido).*",
    "substance": r".*(?:substance|drug|analyte|compound|finding|detected|identified|chemical|sustancia|result).*",
    "result": r".*(?:result|outcome|finding|interpret|detected|present|posneg|positiv).*",
    "method": r".*(?:method|technique|instrument|testtype|platform|metodo).*",
    "abundance": r".*(?:abundance|relative|majorminor|trace).*",
    "quantity": r".*(?:quant|concentration|conc|amount|percent|purity|level).*",
    "unit": r"units?|uom|unidad\w*",
    "status": r".*status.*",
}  # fmt: skip
"""What headers of each role look like once case, spaces and punctuation are gone (whole match)."""
KINDS: Mapping[str, str] = {
    "death": r".*(?:death|decedent|deceased|manner|autops|postmortem|dod|muerte).*",
    "seizure": r".*(?:seiz|exhibit|submittingagency).*",
    "biological": r".*(?:urine|blood|serum|plasma|oralfluid|patient).*",
}  # fmt: skip
"""What headers of a table say of the kind of its samples; one that none of these fits holds drugs that were checked."""
PERSONAL = re.compile(
    r"name|^age|sex$|gender|race|ethnic|birth|^dob|address|street|zip|postal|^lat|^lon|phone|email|ssn|mrn|latino|residen"
)
YES = frozenset({"y", "yes", "1", "true", "x", "positive", "detected", "pos"})
NO = frozenset({"", "n", "no", "0", "false", "negative", "not detected", "neg", "."})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """columns: keys of a column map with what they should be. personal: columns that seem to concern persons and are
    left out. unsure: what a person must add, a sentence each."""

    columns: Mapping[str, object]
    personal: tuple[str, ...]
    unsure: tuple[str, ...]


def suggest(
    header: Sequence[str], rows: Sequence[Sequence[str]], named: Callable[[str], bool], county: Callable[[str], bool]
) -> Suggestion:
    """rows: the first of the table. named: whether a text names a known substance. county: whether it names a county.

    A role is given by the header's words and confirmed by the cells (dates that are dates, names that are known), each
    column to one role. Never fails.
    """
    cells = {
        name: [row[i].strip() for row in rows[:ROWS] if i < len(row)] for i, name in enumerate(header) if name.strip()
    }
    personal = tuple(name for name in cells if PERSONAL.search(same(name)))
    free = {name: values for name, values in cells.items() if name not in personal}
    day_first = _day_first([v for values in free.values() for v in values])
    columns: dict[str, object] = {"kind": _kind(header)}

    def take(role: str, *names: str) -> None:
        columns[role] = names[0] if len(names) == 1 else list(names)
        for name in names:
            free.pop(name, None)

    flags = {
        n: n
        for n, v in free.items()
        if named(n.replace("_", " ")) and _share(v, lambda x: x.casefold() in YES | NO) == 1
    }
    if len(flags) > 1:
        columns["flags"] = flags
        free = {n: v for n, v in free.items() if n not in flags}
    dated = [
        n
        for n, v in free.items()
        if _share(v, lambda x: _is_date(x, day_first)) >= 0.9
        # A bare number is a date, as Excel counts days, only under a header that says so.
        or ((_called("collected", n) or _called("tested", n)) and _share(v, lambda x: len(x) == 5 and _is_day(x)) == 1)
    ]
    for role in ("collected", "tested"):
        if fitting := [n for n in dated if n in free and _called(role, n)]:
            take(role, fitting[0])
    if dated and not {"collected", "tested"} & set(columns):
        take("collected", dated[0])
    rest = [n for n in free if n not in dated]
    own = [n for n in rest if _called("key", n)] or [n for n in rest if same(n).endswith("id") and _apart(free[n])]
    if keys := sorted(own, key=lambda n: -len(set(free[n]))):
        take("key", keys[0])
    results = [n for n in rest if n in free and _called("result", n) and _share(free[n], _is_result) == 1]
    for role in ("sold_as", "method", "state", "unit", "status", "abundance"):
        if fitting := [n for n in rest if n in free and _called(role, n)]:
            take(role, fitting[0])
    if fitting := [n for n in rest if n in free and (_called("county", n) or _share(free[n], county) >= 0.8)]:
        take("county", fitting[0])
    names = [n for n in rest if n in free and not _wordy(free[n]) and _share(free[n], named) >= 0.5]
    prose = [n for n in rest if n in free and n not in names and _wordy(free[n]) and _share(free[n], named) >= 0.3]
    if called := [n for n in names if _called("substance", n)] or names:
        # "Drug 4" that is empty so far belongs to "Drug 1" to "Drug 3".
        numbered = {_stem(n) for n in called if _stem(n) != same(n)}
        more = [n for n in free if not any(free[n]) and _stem(n) in numbered]
        one = len(called) + len(more) == 1
        take("substance" if one else "wide", *called, *more)
        if one and results:
            take("result", results[0])
    if prose := [n for n in prose if not {"substance", "wide"} & set(columns) or _called("substance", n)]:
        take("text", *prose)
    if fitting := [n for n in rest if n in free and _called("quantity", n) and _share(free[n], _is_number) >= 0.9]:
        take("quantity", fitting[0])
    if day_first:
        columns["day_first"] = True
    return Suggestion(columns, personal, tuple(_unsure(columns)))


def _unsure(columns: Mapping[str, object]) -> list[str]:
    said = []
    if "key" not in columns:
        said.append("No column looks like a sample's own id: name it as `key`, or several that make it as `key_parts`.")
    if not {"collected", "tested"} & set(columns):
        said.append("No column holds dates: name one as `collected` or `tested`.")
    if not {"substance", "wide", "flags", "text"} & set(columns):
        said.append("No column holds known substances: name it as `substance`, `wide`, `flags` or `text`.")
    if "county" not in columns:
        said.append("No column holds counties: give `county` in the feed's own table if all is from one.")
    return said


def _kind(header: Sequence[str]) -> str:
    return next((kind for kind, like in KINDS.items() if any(re.fullmatch(like, same(n)) for n in header)), "drug")


def _stem(header: str) -> str:
    return re.sub(r"\d+", "#", same(header))


def _apart(values: Sequence[str]) -> bool:
    """Whether hardly any value comes twice, as with a sample's own id."""
    filled = [v for v in values if v]
    return len(set(filled)) * 10 >= len(filled) * 9 > 0


def _is_result(value: str) -> bool:
    return not _is_number(value) and verdict(value) is not None


def _called(role: str, header: str) -> bool:
    return re.fullmatch(WORDS[role], same(header)) is not None


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    filled = [v for v in values if v]
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def _wordy(values: Sequence[str]) -> bool:
    filled = [v for v in values if v]
    return bool(filled) and sum(len(v.split()) for v in filled) / len(filled) > 3


def _is_date(value: str, day_first: bool) -> bool:
    return re.search(r"\d", value) is not None and len(value) >= 6 and _is_day(value, day_first)


def _is_day(value: str, day_first: bool = False) -> bool:
    try:
        return date_of(value, day_first) is not None
    except ValueError:
        return False


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?", value) is not None


def _day_first(values: Sequence[str]) -> bool:
    """Whether dates like 14/5/2023 occur and none like 5/14/2023 does."""
    pairs = [(int(m[1]), int(m[2])) for v in values if (m := re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b", v))]
    return any(a > 12 for a, _ in pairs) and not any(b > 12 for _, b in pairs)
