"""Read JSON Feed (jsonfeed.org, versions 1 and 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detectors.feeds.notices import Notice, NoticeSettings, read_notices
from detectors.feeds.records import load
from detectors.sample import BrokenDocument, Reading


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: NoticeSettings = NoticeSettings(),  # noqa: B008 -- frozen
    received: date | None = None,
) -> Reading:
    """Bulletins of a feed. Raises BrokenDocument for JSON that is no JSON Feed."""
    value = load(body)
    if not isinstance(value, Mapping) or "jsonfeed.org/version" not in str(value.get("version", "")):
        raise BrokenDocument("The JSON is no JSON Feed", "Check the feed's address and reader.")
    items = value.get("items")
    if not isinstance(items, list):
        raise BrokenDocument("The JSON Feed has no list of items", "Ask the source to send it again.")
    notices = []
    for number, item in enumerate(items, start=1):
        it: Mapping[str, object] = item if isinstance(item, Mapping) else {}
        notices.append(
            Notice(
                number,
                _text(it, "id") or _text(it, "url"),
                _text(it, "title"),
                _text(it, "url"),
                _text(it, "date_published") or _text(it, "date_modified"),
                tuple(_text(it, name) for name in ("content_html", "content_text", "summary")),
            )
        )
    return read_notices(notices, settings, received)


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
