"""Bring a feed's documents: over HTTP with the tags of the last time, or out of a drop folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from alerts.app import App
from alerts.config.feed import Feed
from alerts.flow.collection.brought import Brought, Document, Nothing
from alerts.flow.collection.fetch_pages import fetch_pages
from alerts.flow.collection.read import settings_of, source_of
from alerts.model.feed_state import FeedState
from alerts.store import archive
from detectors.feeds.fetched import Fetched, FetchRefused, NotFetched, Unchanged
from detectors.feeds.folder import PARTIAL, listing
from detectors.feeds.http import fetch as fetch_url
from detectors.feeds.registry import reader
from detectors.feeds.robots import may_read, robots_address
from detectors.feeds.unc_layout import ANALYSIS


def fetch(app: App, before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    """Raises FetchRefused or FetchFailed; a folder that does not exist is a failure with its mend."""
    if feed.folder:
        return _from_folder(app, before, feed, now)
    if feed.robots:
        _ask_robots(app, feed, now)
    source = source_of(feed)
    if reader(source.reader).pages is not None:
        return fetch_pages(app, before, feed, reader(source.reader), settings_of(feed, source), now)
    return _from_addresses(app, before, feed, now)


def _ask_robots(app: App, feed: Feed, now: datetime) -> None:
    """Raises FetchRefused where the site asks programs to stay away from the feed's address (RFC 9309)."""
    for url in filter(None, (feed.url, feed.second_url)):
        try:
            rules = fetch_url(
                robots_address(url), client=app.client, now=now, user_agent=app.user_agent,
                allow_private=feed.allow_private,
            )  # fmt: skip
        except NotFetched as error:
            if 400 <= error.status < 500:  # there are no rules
                continue
            raise
        if isinstance(rules, Fetched) and not may_read(rules.body, url, app.user_agent):
            raise FetchRefused(
                f"The site's robots.txt asks programs not to read {urlsplit(url).path}",
                "Ask the source; if it lets you, set robots = false for this feed.",
            )


def _from_addresses(app: App, before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    urls = [feed.url, *([feed.second_url] if feed.second_url else [])]
    tags = (before.etag.split("\n") + [""] * len(urls))[: len(urls)]
    dates = (before.last_modified.split("\n") + [""] * len(urls))[: len(urls)]
    answers: list[Fetched | Unchanged] = []
    for url, tag, modified in zip(urls, tags, dates, strict=True):
        answers.append(
            fetch_url(
                url, client=app.client, now=now, user_agent=app.user_agent, etag=tag, last_modified=modified,
                allow_private=feed.allow_private,
            )
        )  # fmt: skip
    wait = max((w for a in answers for w in (a.max_age, a.retry_after) if w is not None), default=None)
    if all(isinstance(a, Unchanged) for a in answers):
        return Nothing(answers[0].status, wait)
    documents = []
    for url, answer in zip(urls, answers, strict=True):
        if isinstance(answer, Unchanged):
            with app.store.read() as connection:
                held = archive.latest(connection, before.name, answer.final_url)
            if held is None:
                # Its bytes were dropped since; ask for it whole.
                answer = fetch_url(
                    url, client=app.client, now=now, user_agent=app.user_agent, allow_private=feed.allow_private
                )
                assert isinstance(answer, Fetched)
            else:
                documents.append(Document(answer.final_url, held[0], held[1]))
                continue
        full_type = f"{answer.content_type}; charset={answer.charset}" if answer.charset else answer.content_type
        documents.append(Document(answer.final_url, answer.body, full_type))
    sha256 = _sha256(documents)
    if sha256 == before.last_sha256:
        return Nothing(answers[0].status, wait)
    return Brought(
        (tuple(documents),), "\n".join(a.etag for a in answers), "\n".join(a.last_modified for a in answers), sha256,
        answers[0].status, wait,
    )  # fmt: skip


def _from_folder(app: App, before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    folder = Path(feed.folder)
    with app.store.read() as connection:
        known = archive.files_read(connection, before.name)
    fresh = listing(folder, now=now, known=known)
    if not fresh:
        return Nothing(None)
    there = [p for p in folder.iterdir() if not p.name.startswith((".", "~$")) and not p.name.lower().endswith(PARTIAL)]
    pair = source_of(feed).reader == "unc" and _halves(there)
    if pair:
        fresh = listing(folder, now=now)  # both, also where only one of them is new
        if len(fresh) < 2:
            return Nothing(None)
    files = sorted(fresh, key=lambda f: (f.modified, f.path.name))
    documents = tuple(Document(f.path.name, f.path, sha256=f.sha256, size=f.size, modified=f.modified) for f in files)
    groups = (documents,) if pair else tuple((d,) for d in documents)
    return Brought(groups, "", "", "", None, alone=pair or len(there) == 1)


def _halves(files: Sequence[Path]) -> bool:
    """Whether two files are UNC's two tables, each half of what the source means: one of them knows the collection."""
    if len(files) != 2:
        return False
    heads = []
    for file in files:
        with file.open("rb") as stream:
            heads.append(stream.read(10_000).lower().splitlines()[:1])
    dated = [any(name.encode() in line for line in head for name in ANALYSIS.collected) for head in heads]
    return sum(dated) == 1


def _sha256(documents: Sequence[Document]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(hashlib.sha256(document.body).digest())
    return digest.hexdigest()
