"""Read posts of a WordPress site through its REST interface (wp/v2): news of health districts and poison centres."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from detectors.feeds.notices import Notice, NoticeSettings, read_notices
from detectors.feeds.records import load
from detectors.sample import BrokenDocument, Reading

KEPT = ("id", "date_gmt", "date", "link", "title", "content", "excerpt")
ADDRESS = "The address should be the site's own, with /wp-json/wp/v2/posts or alike."


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: NoticeSettings = NoticeSettings(),  # noqa: B008 -- frozen
    received: date | None = None,
) -> Reading:
    """Bulletins of a list of posts. Raises BrokenDocument for a site that refuses or sends anything else."""
    notices = [
        Notice(
            number,
            str(post.get("id") or post.get("link") or ""),
            _rendered(post.get("title")),
            str(post.get("link") or ""),
            str(post.get("date_gmt") or post.get("date") or ""),
            (_rendered(post.get("content")), _rendered(post.get("excerpt"))),
        )
        for number, post in enumerate(_posts(load(body)), start=1)
    ]
    return read_notices(notices, settings, received)


def redact(body: bytes, *, content_type: str = "", settings: NoticeSettings = NoticeSettings()) -> bytes:  # noqa: B008
    """The posts without authors, pictures and the site's own workings."""
    kept = [{name: post[name] for name in KEPT if name in post} for post in _posts(load(body))]
    return json.dumps(kept, ensure_ascii=False).encode("utf-8")


def _posts(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping) and "code" in value:
        raise BrokenDocument(f"The site answered with an error: {str(value.get('message'))[:200]}", "Ask the site.")
    if not isinstance(value, list) or not all(isinstance(post, Mapping) for post in value):
        raise BrokenDocument("The JSON is no list of WordPress posts", ADDRESS)
    if value and not any("title" in post and "link" in post for post in value):
        raise BrokenDocument("The list holds no WordPress posts", ADDRESS)
    return value


def _rendered(part: Any) -> str:
    if isinstance(part, Mapping):
        part = part.get("rendered")
    return part if isinstance(part, str) else ""
