"""What lies in a drop folder, for partners who send files by copying. Which were seen before, the caller knows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detectors.feeds.fetched import FetchFailed

PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", ".swp", "~")
"""Endings that programs give to files which they are still writing."""
QUIET = 2.0
"""Seconds for which a file must have rested; a copy over a slow line grows in bursts shorter than this."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file. size: bytes. modified: seconds since 1970 (UTC). sha256: hex digest of its bytes."""

    path: Path
    size: int
    modified: float
    sha256: str


def listing(
    folder: Path, *, now: datetime | None = None, quiet: float = QUIET, known: Collection[tuple[str, int, float]] = ()
) -> tuple[Dropped, ...]:
    """The files that are complete and not yet known, by name.

    now: a file changed less than `quiet` seconds before waits for the next look; without it only a file that changes
    while it is being read waits. known: (name, size, modified) of files that need not be read again.
    Hidden files, folders, links that lead out of the folder and half-written downloads are passed over.
    Raises FetchFailed when the folder cannot be read.
    """
    try:
        root = folder.resolve(strict=True)
        entries = sorted(root.iterdir())
    except OSError as error:
        raise FetchFailed(
            f"The folder {folder} cannot be read ({error.strerror})", "Create it, or correct `folder` of this feed."
        ) from error
    seen = frozenset(known)
    found: list[Dropped] = []
    for path in entries:
        if path.name.startswith((".", "~$")) or path.name.lower().endswith(PARTIAL):
            continue
        try:
            if not path.is_file() or not path.resolve().is_relative_to(root):
                continue
            before = path.stat()
            if (path.name, before.st_size, before.st_mtime) in seen:
                continue
            if now is not None and now.timestamp() - before.st_mtime < quiet:
                continue
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            after = path.stat()
        except OSError:
            continue  # gone again, or still locked by the program that writes it: the next look finds it
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            found.append(Dropped(path, after.st_size, after.st_mtime, digest))
    return tuple(found)
