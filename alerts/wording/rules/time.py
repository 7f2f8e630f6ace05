"""Dates that are over, or that never come; drills that look real, and real alerts that look like drills."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from alerts.wording.content import AlertContent
from alerts.wording.rules.case import Case
from alerts.wording.rules.words import unaccented
from alerts.wording.words import Words


def past_date(case: Case) -> Iterator[tuple[str, str]]:
    """An end or a promise that lies behind us, and facts from the future."""
    content, today = case.content, case.today
    if not isinstance(content, AlertContent):
        return
    for called, day in (("end date", content.expires), ("date of the next update", content.next_update)):
        if day is not None and day < today:
            yield case.where(), f"set a later {called}: {day.isoformat()} is over"
    for called, known in (
        ("alert", content.alert_date),
        ("sample", content.sampled_last),
        ("sample", content.sampled_first),
    ):
        if known is not None and known > today:
            yield case.where(), f"correct the date of the {called}: {known.isoformat()} has not come"
    yield from _stray(case, content)


def _stray(case: Case, content: AlertContent) -> Iterator[tuple[str, str]]:
    """A date in the words that is over and not the alert's: last year's note, a date left in a template."""
    words = case.composed.words
    if words is None:
        return
    held = {value for name in content.__dataclass_fields__ if isinstance(value := getattr(content, name), date)}
    if content.bulletin is not None and content.bulletin.on is not None:
        held.add(content.bulletin.on)
    for part, text in case.parts():
        text = _unlisted(text, case)
        for match in _dates(words).finditer(text):
            day = _day_of(match, words, case.today)
            if day is not None and day < case.today and day not in held:
                mend = f"remove or correct '{match.group()}': it is over, and the alert holds no such date"
                yield case.where(part, match.start(), match.group()), mend


def _unlisted(text: str, case: Case) -> str:
    """The text with links and proper names blanked: the titles of notices and papers bear dates of their own."""
    for name in (r"https?://\S+", *(re.escape(name) for name in case.composed.names)):
        text = re.sub(name, lambda match: " " * len(match.group()), text)
    return text


def _dates(words: Words) -> re.Pattern[str]:
    """Dates as this language writes them, long or short: "October 9, 2031" and "Oct 9"."""
    months = "|".join(re.escape(m) for m in sorted({*words.months, *words.months_short}, key=len, reverse=True))
    day, year = r"(?P<day>\d{1,2})", r"(?P<year>\d{4})"
    month = rf"(?P<month>{months})"
    shapes = []
    for pattern, has_year in ((words.date_long, True), (words.date_short, False)):
        shape = re.escape(pattern)
        for name, group in (("day", day), ("month", month), ("year", year)):
            shape = shape.replace(re.escape("{" + name + "}"), group)
        shapes.append(shape if has_year else shape + r"(?!\d|,? (?:de )?\d{4})")
    return re.compile("|".join(rf"(?<!\w){_numbered(s, n)}(?!\w)" for n, s in enumerate(shapes)), re.IGNORECASE)


def _numbered(shape: str, number: int) -> str:
    return shape.replace("?P<day>", f"?P<day{number}>").replace("?P<month>", f"?P<month{number}>")


def _day_of(match: re.Match[str], words: Words, today: date) -> date | None:
    """The calendar day that is meant; a date without a year is the one nearest to today."""
    found = match.groupdict()
    number, name = found["day0"] or found["day1"], (found["month0"] or found["month1"]).casefold()
    table = [m.casefold() for m in words.months], [m.casefold() for m in words.months_short]
    month = next(names.index(name) for names in table if name in names) + 1
    days = []
    for year in [int(found["year"])] if found["year"] else [today.year - 1, today.year, today.year + 1]:
        with suppress(ValueError):
            days.append(date(year, month, int(number)))
    return min(days, key=lambda day: abs((day - today).days), default=None)


def no_end(case: Case) -> Iterator[tuple[str, str]]:
    """Every alert ends: one that never does teaches people to stop reading."""
    if isinstance(case.content, AlertContent) and case.kind.full and case.content.expires is None:
        yield case.where(), "give the day on which this alert ends"


def drill(case: Case) -> Iterator[tuple[str, str]]:
    """The mark of a drill in every layer and in the subject, and nowhere else."""
    yield from _mark(case, "exercise", "a drill")
    words = case.composed.words
    if words is None or not isinstance(case.content, AlertContent) or case.content.exercise:
        return
    for part, text in case.parts():
        # Whoever reads the mark will not act: on a real alert it is as bad as none on a drill.
        at = unaccented(text).find(unaccented(words.marks["exercise"]))
        if at >= 0:
            mark = words.marks["exercise"]
            yield case.where(part, at, mark), f"remove {mark}: this is no drill"


def made_up(case: Case) -> Iterator[tuple[str, str]]:
    """The mark of simulated data in every layer and in the subject."""
    yield from _mark(case, "simulated", "made of simulated data")


def _mark(case: Case, mark: str, called: str) -> Iterator[tuple[str, str]]:
    for word in case.composed.elements.get(mark, ()):
        parts = [*case.parts(), *([("html", case.composed.html)] if case.composed.html else [])]
        for part, text in parts:
            if unaccented(word) not in unaccented(text):
                yield case.where() if part == "html" else case.where(part), f"write {word}: this is {called}"
