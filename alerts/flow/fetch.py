"""Bring a feed's documents: over HTTP with the tags of the last time, or out of a drop folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.app import App
from alerts.config.sections import Feed
from alerts.model.feed_state import FeedState
from alerts.store import archive
from detectors.feeds.fetched import Fetched, Unchanged
from detectors.feeds.folder import listing
from detectors.feeds.http import fetch as fetch_url


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it came. location: address or file name, without credentials."""

    location: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """All documents of a feed, at least one of them new. sha256: over all of them. wait: seconds the source asks
    for."""

    documents: tuple[Document, ...]
    etag: str
    last_modified: str
    sha256: str
    status: int | None
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing has changed since the last reading."""

    status: int | None
    wait: float | None = None


def fetch(app: App, before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    """Raises FetchRefused or FetchFailed; a folder that does not exist is a failure with its mend."""
    return _from_folder(before, feed, now) if feed.folder else _from_addresses(app, before, feed, now)


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
        tuple(documents), "\n".join(a.etag for a in answers), "\n".join(a.last_modified for a in answers), sha256,
        answers[0].status, wait,
    )  # fmt: skip


def _from_folder(before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    files = listing(Path(feed.folder), now=now)
    if not files:
        return Nothing(None)
    sha256 = hashlib.sha256("".join(f.sha256 for f in files).encode()).hexdigest()
    if sha256 == before.last_sha256:
        return Nothing(None)
    return Brought(tuple(Document(f.path.name, f.path.read_bytes()) for f in files), "", "", sha256, None)


def _sha256(documents: list[Document]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(hashlib.sha256(document.body).digest())
    return digest.hexdigest()
