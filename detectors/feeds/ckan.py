"""Read open data from a CKAN portal (datastore_search), asking only for the fields that are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from detectors.feeds.layout import Layout
from detectors.feeds.records import all_pages, joined, records
from detectors.feeds.table import collected, iter_rows
from detectors.sample import Reading


@dataclass(frozen=True, slots=True)
class CkanSettings:
    """domain: host name of the portal. resource: its resource id. sort: a field that never changes for a record.
    page: records for each request."""

    domain: str
    resource: str
    layout: Layout = field(default_factory=Layout)
    sort: str = "_id"
    page: int = 5000


def address(settings: CkanSettings, first: int = 0) -> str:
    """URL of the page that begins at record number `first` (0-based)."""
    query = {
        "resource_id": settings.resource,
        "fields": ",".join(settings.layout.asked),
        "sort": settings.sort,
        "limit": str(settings.page),
        "offset": str(first),
    }
    return f"https://{settings.domain}/api/3/action/datastore_search?{urlencode(query)}"


def pages(settings: CkanSettings, get: Callable[[str], bytes]) -> bytes:
    """The whole table as one document, page by page through `get` (URL → body)."""
    return joined(all_pages(lambda first: address(settings, first), settings.page, get), settings.layout.asked)


def read(body: bytes, *, content_type: str = "", settings: CkanSettings, received: date | None = None) -> Reading:
    """All that one page, or the joined pages, say. A page that is full is not taken for the whole."""
    found = records(body, settings.layout)
    reading = collected(iter_rows(found, settings.layout, received))
    full = len(found.records) > 0 and len(found.records) == settings.page
    return replace(reading, whole=reading.whole and not full)


def redact(body: bytes, *, content_type: str = "", settings: CkanSettings) -> bytes:
    """The same records with only the fields of the column map."""
    return joined([body], settings.layout.columns)
