"""What one poll of a feed brings: documents, or nothing new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
