"""Readers by name. All are called alike: `read(body, *, content_type, settings, received) -> Reading`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detectors.feeds import rss, table, unc
from detectors.feeds.layout import Layout
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.unc import UncSettings
from detectors.sample import Reading


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of document. title: what it reads, for staff. settings: its settings dataclass.

    read: (body, *, content_type, settings, received) → Reading, or raises BrokenDocument.
    redact: (body, *, content_type, settings) → the form that may be archived, None where the raw bytes may be.
    """

    name: str
    title: str
    settings: type[Any]
    read: Callable[..., Reading]
    redact: Callable[..., bytes] | None = None


READERS: Mapping[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("table", "a table: CSV, TSV or Excel", Layout, table.read, table.redact),
        Reader(
            "unc", "UNC Street Drug Analysis Lab: lab_detail or analysis_dataset", UncSettings, unc.read, unc.redact
        ),
        Reader("rss", "RSS or Atom", NoticeSettings, rss.read),
    )
}


def reader(name: str) -> Reader:
    """One reader. Raises KeyError with a sentence that lists those there are."""
    if name not in READERS:
        raise KeyError(f"there is no reader '{name}'; these exist: {', '.join(READERS)}")
    return READERS[name]
