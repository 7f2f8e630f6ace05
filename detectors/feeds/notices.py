"""How notices in prose are read: RSS, Atom, JSON Feed and WordPress carry the same things under different names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """state, county: whose notices these are, as printed. national: it also passes on news of the whole country, which
    must never be placed in the publisher's own state: state and county of its bulletins then stay empty.
    words: keep only notices in which one of these occurs (any case); () keeps all. longest: characters of text kept.
    """

    state: str = ""
    county: str = ""
    national: bool = False
    words: tuple[str, ...] = ()
    longest: int = 20_000

    def wants(self, text: str) -> bool:
        """Whether a notice with this text is to be kept."""
        plain = text.casefold()
        return not self.words or any(word.casefold() in plain for word in self.words)

    @property
    def place(self) -> tuple[str, str]:
        """State and county to be printed on each bulletin."""
        return ("", "") if self.national else (self.state, self.county)


def dated(published: date | None, received: date | None) -> tuple[date | None, bool]:
    """The date of publication, and whether it lay in the future and was set back to the day the document came."""
    if published is not None and received is not None and published > received + timedelta(days=1):
        return received, True
    return published, False
