"""Readers by name. All are called alike: `read(body, *, content_type, settings, received) -> Reading`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detectors.feeds import ckan, fhir, hl7, jsonfeed, nflis, nyc, rss, socrata, table, unc, wordpress
from detectors.feeds.guess import Guess
from detectors.feeds.guess import kind_of as _kind_of
from detectors.feeds.layout import Layout
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.unc_layout import UncSettings
from detectors.sample import Reading


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of document. title: what it reads, for staff. settings: its settings dataclass.

    read: (body, *, content_type, settings, received) → Reading, or raises BrokenDocument.
    redact: (body, *, content_type, settings) → the form that may be archived; None where the raw bytes may be.
    pages: (settings, get) → the whole source as one document, `get` being URL → body; None where one URL is all.
    at: (settings, address of the table as a person copies it) → settings for that table; ValueError for another's.
    """

    name: str
    title: str
    settings: type[Any]
    read: Callable[..., Reading]
    redact: Callable[..., bytes] | None = None
    pages: Callable[[Any, Callable[[str], bytes]], bytes] | None = None
    at: Callable[[Any, str], Any] | None = None


READERS: Mapping[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("unc", "UNC Street Drug Analysis Lab: both tables", UncSettings, unc.read, unc.redact),
        Reader("table", "a table: CSV, TSV or Excel", Layout, table.read, table.redact),
        Reader(
            "socrata", "Socrata JSON", socrata.SocrataSettings, socrata.read, socrata.redact, socrata.pages, socrata.at
        ),
        Reader("ckan", "CKAN JSON", ckan.CkanSettings, ckan.read, ckan.redact, ckan.pages, ckan.at),
        Reader("nyc", "New York City's monthly totals", nyc.NycSettings, nyc.read),
        Reader("nflis", "NFLIS-Drug export", nflis.NflisSettings, nflis.read),
        Reader("rss", "RSS or Atom", NoticeSettings, rss.read),
        Reader("wordpress", "WordPress JSON", NoticeSettings, wordpress.read, wordpress.redact),
        Reader("jsonfeed", "JSON Feed", NoticeSettings, jsonfeed.read),
        Reader("hl7", "HL7 v2 ORU^R01 messages", hl7.Hl7Settings, hl7.read, hl7.redact),
        Reader("fhir", "FHIR R4 reports and observations", fhir.FhirSettings, fhir.read, fhir.redact),
    )
}


def reader(name: str) -> Reader:
    """One reader. Raises KeyError with a sentence that lists those there are."""
    if name not in READERS:
        raise KeyError(f"there is no reader '{name}'; these exist: {', '.join(READERS)}")
    return READERS[name]


def kind_of(body: bytes, content_type: str = "") -> Guess:
    """What a document is and which preset fits it best, for a person who tries a feed. Never fails."""
    from detectors.feeds.presets import presets  # presets are built from the readers above

    return _kind_of(body, content_type, presets())
