"""What somebody who was there saw, without who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Verdict(StrEnum):
    """What staff made of a report."""

    WAITS = ""  # nobody has looked at it yet; its sample counts where a threshold asks for field reports
    BELIEVED = "believed"  # a person found it likely; it goes on counting
    SET_ASIDE = "set aside"  # a joke, a rumour or somebody selling; its sample was withdrawn


@dataclass(frozen=True, slots=True)
class Report:
    """day: when it came. seen_on: when it happened, None if not said. place: a FIPS code. substances: ids named in it.

    words: what they wrote. way: "text" or "web". sample: key of the sample made of it, "" when there is none.
    why, judged_by: of the verdict.
    """

    id: int
    day: date
    seen_on: date | None
    place: str
    substances: tuple[str, ...]
    words: str
    way: str
    sample: str
    verdict: Verdict = Verdict.WAITS
    why: str = ""
    judged_by: str = ""
