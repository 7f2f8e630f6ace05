"""Bring a portal's table page by page, asking only for the columns that are needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.app import App
from alerts.config.feed import Feed
from alerts.flow.collection.brought import Brought, Document, Nothing
from alerts.model.feed_state import FeedState
from detectors.feeds.fetched import Fetched, FetchFailed, FetchLimits, FetchRefused, Unchanged
from detectors.feeds.http import fetch as fetch_url
from detectors.feeds.registry import Reader

LIMITS = FetchLimits()
LONGEST = 420.0
"""Seconds for all pages together: less than the lease, so that no other worker begins the same table meanwhile."""


def fetch_pages(
    app: App, before: FeedState, feed: Feed, reader: Reader, settings: Any, now: datetime
) -> Brought | Nothing:
    """The whole table as one document that holds nothing but the columns of the map.

    A table of one page is asked for with its tags of the last time. Of a longer one no page's tag says that the others
    are unchanged, so it is read and compared by its bytes. Raises as `fetch` does.
    """
    assert reader.pages is not None
    assert reader.at is not None
    try:
        settings = reader.at(settings, feed.url)
    except ValueError as error:
        raise FetchRefused(
            str(error)[:1].upper() + str(error)[1:], "Mend the feed's url in the configuration."
        ) from None
    tags = zip(before.etag.split("\n"), before.last_modified.split("\n"), strict=False)
    asked = _Asked(app, feed, now, tags=tuple(tags))
    try:
        body = reader.pages(settings, asked.page)
    except _AllTheSame:
        return Nothing(304, asked.wait)
    sha256 = hashlib.sha256(hashlib.sha256(body).digest()).hexdigest()
    if sha256 == before.last_sha256:
        return Nothing(asked.status, asked.wait)
    document = Document(asked.first_url, body, "application/json; charset=utf-8")
    return Brought(((document,),), "\n".join(asked.etags), "\n".join(asked.dates), sha256, asked.status, asked.wait)


class _AllTheSame(Exception):  # noqa: N818 -- not an error: it ends the walk over pages that were not sent
    """Every page is the one that we have."""


@dataclass
class _Asked:
    """Pages asked for so far. tags: (ETag, Last-Modified) of each page the last time."""

    app: App
    feed: Feed
    now: datetime
    tags: tuple[tuple[str, str], ...]
    first_url: str = ""
    status: int = 0
    wait: float | None = None
    size: int = 0
    seconds: float = 0.0
    etags: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)

    def page(self, url: str) -> bytes:
        """One page. Raises _AllTheSame when the first is the whole table and still the one we have."""
        # Only a table of one page is settled by one answer; a longer one is compared by its bytes when it is here.
        alone = not self.first_url and len(self.tags) == 1
        answer = self._ask(url, *(self.tags[0] if alone else ()))
        if isinstance(answer, Unchanged):
            raise _AllTheSame
        self.first_url = self.first_url or answer.final_url
        self.etags.append(answer.etag)
        self.dates.append(answer.last_modified)
        self.size += len(answer.body)
        if self.size > LIMITS.body:
            raise FetchFailed(
                f"The table is larger than {LIMITS.body // 1_000_000} MB",
                "Narrow it with `where` or ask for fewer columns, or drop an export in a folder.",
            )
        return answer.body

    def _ask(self, url: str, etag: str = "", last_modified: str = "") -> Fetched | Unchanged:
        answer = fetch_url(
            url, client=self.app.client, now=self.now, user_agent=self.app.user_agent, etag=etag,
            last_modified=last_modified, allow_private=self.feed.allow_private,
        )  # fmt: skip
        self.status = answer.status
        self.wait = max((w for w in (self.wait, answer.max_age, answer.retry_after) if w is not None), default=None)
        self.seconds += answer.elapsed
        if self.seconds > LONGEST:
            raise FetchFailed("The table did not come in time", "Narrow it with `where`; the next poll tries again.")
        return answer
