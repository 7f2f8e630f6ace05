"""What a rule looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alerts.wording.compose import Composed
from alerts.wording.kinds import KINDS, Kind
from alerts.wording.variables import Content


class Severity(StrEnum):
    """error: approval is blocked. warning: approval shows it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that is wrong. rule: name in the table. where: layer, part and words. mend: what to do about it."""

    rule: str
    severity: Severity
    where: str
    mend: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What the programme allows.

    k: smallest count that may be shown. people: a county of fewer people is not named. finest: the finest grain of
    place (one of GRAINS). grade: highest reading grade. segments: most segments of a text, None for what the kind
    itself allows.
    """

    k: int = 11
    people: int = 20_000
    finest: str = "county"
    grade: float = 8.0
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One composed message with the content it was made from, the limits, and the day."""

    composed: Composed
    content: Content
    limits: Limits
    today: date

    @property
    def kind(self) -> Kind:
        return KINDS[self.composed.kind]

    def parts(self) -> Iterator[tuple[str, str]]:
        """(name, words) of each part that a person reads."""
        if self.composed.subject:
            yield "subject", self.composed.subject
        yield "text", self.composed.text

    def where(self, part: str = "text", position: int | None = None, words: str = "") -> str:
        """ "sms es text, character 41: …words around it…"."""
        place = f"{self.composed.channel} {self.composed.language} {part}"
        if position is None:
            return place
        text = dict(self.parts())[part]
        around = text[max(position - 20, 0) : position + len(words) + 20].replace("\n", " ")
        return f"{place}, character {position + 1}: …{around}…"
