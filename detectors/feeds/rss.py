"""Read RSS and Atom: bulletins of CFSRE, of state and county health departments.

feedparser gets nothing but bytes in a BytesIO: given a string it would open files and addresses named in it. A document
in which it finds no version of RSS or Atom is broken, never "nothing new".
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import feedparser

from detectors.feeds.nature import Nature, expect
from detectors.feeds.notices import NoticeSettings, dated, web_address
from detectors.feeds.plain import plain
from detectors.sample import BrokenDocument, Bulletin, Quarantined, Reading

ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
CUT_ITEM = "Ask the source to send the feed whole; the other items were read."


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: NoticeSettings = NoticeSettings(),  # noqa: B008 -- frozen
    received: date | None = None,
) -> Reading:
    """Bulletins of a feed. A valid feed without items is an empty Reading with a note.

    Raises BrokenDocument for a web page, for XML that is no feed, and for one that declares XML entities (an entity
    that names others ten times over grows to gigabytes).
    """
    expect(body, Nature.FEED, Nature.XML)
    flat = body.replace(b"\0", b"") if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:200] else body
    if ENTITY.search(flat):
        raise BrokenDocument(
            "The feed declares XML entities, which can be made to fill the memory", "Ask the source for a plain feed."
        )
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body), response_headers={"content-type": content_type or "application/xml"}
        )
    except Exception as error:  # whatever a malformed feed does to the parser, it is the feed that is broken
        raise BrokenDocument(f"The feed cannot be read ({type(error).__name__})", "Ask the source.") from error
    if not parsed.get("version"):
        raise BrokenDocument(
            "The source sent XML that is no RSS or Atom feed", "The address may have moved: open it in a browser."
        )
    notes: list[str] = []
    entries = list(parsed.get("entries") or [])
    quarantined: list[Quarantined] = []
    if parsed.get("bozo"):
        reason = parsed.get("bozo_exception")
        if not isinstance(reason, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType):
            notes.append(f"The feed is not well-formed ({_one_line(reason)}); what can be read was read.")
        if _cut(flat) and entries:
            last = entries.pop()
            quarantined.append(
                Quarantined(0, "", _one_line(last.get("title", "")), "the feed ends inside this item", CUT_ITEM)
            )
    if not entries and not quarantined:
        notes.append("The feed is valid and holds no items.")
    bulletins = _bulletins(entries, settings, received, quarantined, notes)
    return Reading(
        bulletins=tuple(bulletins),
        quarantined=tuple(quarantined),
        rows=len(entries) + sum(q.reason.startswith("the feed ends") for q in quarantined),
        newest=max((b.published for b in bulletins if b.published), default=None),
        notes=tuple(notes),
    )


def _bulletins(
    entries: list[Any],
    settings: NoticeSettings,
    received: date | None,
    quarantined: list[Quarantined],
    notes: list[str],
) -> list[Bulletin]:
    state, county = settings.place
    found: dict[str, Bulletin] = {}
    future = other = 0
    for entry in entries:
        title = plain(str(entry.get("title") or "")).replace("\n", " ")
        parts = [str(part.get("value") or "") for part in entry.get("content") or [] if isinstance(part, Mapping)]
        text = plain(max([str(entry.get("summary") or ""), *parts], key=len))[: settings.longest]
        link = web_address(str(entry.get("link") or ""))
        if not title and not text:
            quarantined.append(
                Quarantined(
                    0, "title", link[:100], "the item has neither title nor text", "Nothing to do unless it recurs."
                )
            )
            continue
        if not settings.wants(f"{title} {text}"):
            other += 1
            continue
        published, late = dated(_day(entry), received)
        future += late
        key = str(entry.get("id") or link or "")[:500] or hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
        found.setdefault(key, Bulletin(key, title[:500], link, published, text, state, county))
    if future:
        notes.append(f"{future} items bear a date in the future; they are dated on the day they came.")
    if other:
        notes.append(f"{other} items name none of the words looked for; they were left out.")
    return list(found.values())


def _day(entry: Any) -> date | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        if name not in entry:
            continue  # to ask with `get` would bring another date, with a warning
        found = entry[name]
        if found:
            try:
                return date(found[0], found[1], found[2])
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
    return None


def _cut(body: bytes) -> bool:
    opened = len(re.findall(rb"<(?:item|entry)\b", body))
    return opened > len(re.findall(rb"</(?:item|entry)\s*>", body))


def _one_line(what: object) -> str:
    return " ".join(str(what).split())[:100]
