"""How notices in prose are read: RSS, Atom, JSON Feed and WordPress carry the same things under different names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from detectors.feeds.dates import date_of
from detectors.feeds.plain import plain
from detectors.sample import Bulletin, Quarantined, Reading

OTHERS = "Nothing to do unless it recurs; the other items were read."


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


def web_address(link: str) -> str:
    """The link if it is one of the web, else ""; a feed must not put `javascript:` before staff."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    return link.strip()[:2000] if parts.scheme in ("http", "https") and parts.netloc else ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as a JSON source has it. number: its place in the list, 1-based. texts: the longest one is kept."""

    number: int
    key: str
    title: str
    link: str
    printed: str
    texts: tuple[str, ...]


def read_notices(notices: Sequence[Notice], settings: NoticeSettings, received: date | None) -> Reading:
    """Bulletins of a list of notices; those without a key, without words or with an impossible date are put aside."""
    state, county = settings.place
    found: dict[str, Bulletin] = {}
    bad: list[Quarantined] = []
    future = other = 0
    for notice in notices:
        title = plain(notice.title).replace("\n", " ")
        text = plain(max(notice.texts, key=len, default=""))[: settings.longest]
        if not notice.key or not (title or text):
            bad.append(Quarantined(notice.number, "", notice.key[:100], "the item has no id or no words", OTHERS))
            continue
        try:
            published, late = dated(date_of(notice.printed), received)
        except ValueError as error:
            bad.append(Quarantined(notice.number, "date", notice.printed[:60], str(error), OTHERS))
            continue
        if not settings.wants(f"{title} {text}"):
            other += 1
            continue
        future += late
        link = web_address(notice.link)
        found.setdefault(notice.key, Bulletin(notice.key[:500], title[:500], link, published, text, state, county))
    notes = [] if notices else ["The list is valid and holds no items."]
    if future:
        notes.append(f"{future} items bear a date in the future; they are dated on the day they came.")
    if other:
        notes.append(f"{other} items name none of the words looked for; they were left out.")
    return Reading(
        bulletins=tuple(found.values()),
        quarantined=tuple(bad),
        rows=len(notices),
        newest=max((b.published for b in found.values() if b.published), default=None),
        notes=tuple(notes),
    )
