"""What comes of asking a source for a document: the document, "nothing changed", or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long and how much one fetch may take. Seconds and bytes.

    connect, read: longest wait for a connection, and for the next bytes. total: for the whole fetch with its redirects.
    body: largest document after decompression. redirects: most hops followed.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 120.0
    body: int = 40_000_000
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as the source sent it, decompressed.

    status: HTTP status (2xx). final_url: where it was found after redirects, without credentials.
    etag, last_modified: as sent, to be given back on the next fetch; "" if none. content_type: lower case, without
    parameters. charset: as declared, "" if none. sha256: hex digest of body. elapsed: seconds.
    max_age: seconds the source says the document stays fresh, None if unsaid. retry_after: seconds it asks us to wait.
    """

    status: int
    final_url: str
    body: bytes
    sha256: str
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    charset: str = ""
    elapsed: float = 0.0
    max_age: float | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source says that its document is still the one we have (304). Fields as in Fetched."""

    status: int
    final_url: str
    etag: str = ""
    last_modified: str = ""
    elapsed: float = 0.0
    max_age: float | None = None
    retry_after: float | None = None


class NotFetched(Exception):  # noqa: N818 -- an outcome that people read, not a fault of the program
    """No document came. reason: plain words, never with credentials; mend: what to do; status: HTTP status, 0 if none.

    retry_after: seconds the source asks us to wait, None if it did not say. elapsed: seconds.
    """

    def __init__(
        self, reason: str, mend: str, *, status: int = 0, retry_after: float | None = None, elapsed: float = 0.0
    ) -> None:
        super().__init__(f"{reason}. {mend}")
        self.reason = reason
        self.mend = mend
        self.status = status
        self.retry_after = retry_after
        self.elapsed = elapsed


class FetchRefused(NotFetched):
    """The source does not want us (401, 403, 407, 451 …), or our safety rules forbid the address. A person must act."""


class FetchFailed(NotFetched):
    """The source could not answer now (network, time-out, 404, 429, 5xx, too large). The next poll may succeed."""
