"""Bring a feed's documents: over HTTP with the tags of the last time, or out of a drop folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.app import App
from alerts.config.sections import Feed
from alerts.model.feed_state import FeedState
from alerts.store import archive
from detectors.feeds import unc
from detectors.feeds.fetched import Fetched, Unchanged
from detectors.feeds.folder import PARTIAL, listing
from detectors.feeds.http import fetch as fetch_url
from detectors.feeds.presets import preset


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it came. location: address or file name, without credentials.

    content: its bytes, or the file that holds them; a folder may hold more than fits in memory at once.
    sha256, size, modified: of the file (hex digest, bytes, seconds since 1970), so that it need not be read again.
    """

    location: str
    content: bytes | Path
    content_type: str = ""
    sha256: str = ""
    size: int = 0
    modified: float | None = None

    @property
    def body(self) -> bytes:
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content


@dataclass(frozen=True, slots=True)
class Brought:
    """Documents of a feed, at least one of them new. sha256: over all of them. wait: seconds the source asks for.

    groups: documents that are read together, in the order in which they came to be: a later one corrects an earlier.
    alone: the source has nothing but this one group, so that it may speak for the whole of its source.
    """

    groups: tuple[tuple[Document, ...], ...]
    etag: str
    last_modified: str
    sha256: str
    status: int | None
    wait: float | None = None
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing has changed since the last reading."""

    status: int | None
    wait: float | None = None


def fetch(app: App, before: FeedState, feed: Feed, now: datetime) -> Brought | Nothing:
    """Raises FetchRefused or FetchFailed; a folder that does not exist is a failure with its mend."""
    return _from_folder(app, before, feed, now) if feed.folder else _from_addresses(app, before, feed, now)


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
    pair = preset(feed.preset).reader == "unc" and _halves(there)
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
    dated = [any(name.encode() in line for line in head for name in unc.ANALYSIS.collected) for head in heads]
    return sum(dated) == 1


def _sha256(documents: Sequence[Document]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(hashlib.sha256(document.body).digest())
    return digest.hexdigest()
