"""All that a sample says, as one hash: what tells a revision from the same once more."""

from __future__ import annotations

import hashlib
from operator import attrgetter
from typing import Any

from detectors.sample import Finding, Sample


def content_hash(sample: Sample) -> str:
    """BLAKE2b (128 bits) of everything a sample says, except the line it stood at: moving down a line is no
    revision."""
    return digest(sample.key, said_of(HEAD(sample), sample.place), "".join([repr(tail(f)) for f in sample.findings]))


HEAD = attrgetter("kind", "state", "county", "collected", "tested", "published", "sold_as", "methods")
"""What a sample says of itself, beside its key, place and findings."""


def tail(finding: Finding) -> tuple[Any, ...]:
    """What a finding says, as columns."""
    return (
        finding.named_as, finding.substance, finding.method, str(finding.abundance), finding.quantity, finding.unit,
        str(finding.status),
    )  # fmt: skip


def said_of(head: tuple[Any, ...], place: str) -> str:
    """HEAD and place of a sample as text."""
    return repr((str(head[0]), *head[1:3], place, *head[3:]))


def digest(key: str, head: str, tails: str) -> str:
    """The hash of a sample: its key, `said_of` it, and of its findings the repr of each `tail`."""
    # The repr of tuples of plain values: no two samples that differ are written alike.
    return hashlib.blake2b(f"{key!r}{head}{tails}".encode(), digest_size=16).hexdigest()
