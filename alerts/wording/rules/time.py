"""Dates that are over, or that never come; drills that look real, and real alerts that look like drills."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.wording.content import AlertContent
from alerts.wording.rules.case import Case
from alerts.wording.rules.words import unaccented


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


def no_end(case: Case) -> Iterator[tuple[str, str]]:
    """Every alert ends: one that never does teaches people to stop reading."""
    if isinstance(case.content, AlertContent) and case.kind.full and case.content.expires is None:
        yield case.where(), "give the day on which this alert ends"


def drill(case: Case) -> Iterator[tuple[str, str]]:
    """The mark of a drill in every layer and in the subject, and nowhere else."""
    yield from _mark(case, "exercise", "a drill")


def made_up(case: Case) -> Iterator[tuple[str, str]]:
    """The mark of simulated data in every layer and in the subject."""
    yield from _mark(case, "simulated", "made of simulated data")


def _mark(case: Case, mark: str, called: str) -> Iterator[tuple[str, str]]:
    for word in case.composed.elements.get(mark, ()):
        parts = [*case.parts(), *([("html", case.composed.html)] if case.composed.html else [])]
        for part, text in parts:
            if unaccented(word) not in unaccented(text):
                yield case.where() if part == "html" else case.where(part), f"write {word}: this is {called}"
