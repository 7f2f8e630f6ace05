"""Read open data from a CKAN portal (datastore_search), asking only for the fields that are needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit

from detectors.feeds.layout import Layout
from detectors.feeds.records import all_pages, joined, records
from detectors.feeds.table import collected, iter_rows
from detectors.sample import Reading


@dataclass(frozen=True, slots=True)
class CkanSettings:
    """domain: host name of the portal, or its address with https:// or http://.
    resource: its resource id. sort: a field that never changes for a record.
    page: records for each request."""

    domain: str
    resource: str
    layout: Layout = field(default_factory=Layout)
    sort: str = "_id"
    page: int = 5000


PORTALS_OWN_LIMIT = 100
"""Records that a portal sends where no number is asked for: so many are a first page, not a table."""


def at(settings: CkanSettings, url: str) -> CkanSettings:
    """Settings for the table at an address that a person copied. Raises ValueError."""
    parts = urlsplit(url)
    resource = parse_qs(parts.query).get("resource_id", [""])[0]
    if not resource:
        found = re.search(r"/resource/([0-9a-fA-F-]{36})", parts.path)
        resource = found[1] if found else ""
    if not parts.netloc or not resource:
        raise ValueError(
            f"the address '{url}' is no CKAN table: give https://PORTAL/api/3/action/datastore_search?resource_id=…"
        )
    return replace(settings, domain=f"{parts.scheme}://{parts.netloc}", resource=resource)


def address(settings: CkanSettings, first: int = 0) -> str:
    """URL of the page that begins at record number `first` (0-based)."""
    query = {
        "resource_id": settings.resource,
        "fields": ",".join(settings.layout.asked),
        "sort": settings.sort,
        "limit": str(settings.page),
        "offset": str(first),
    }
    root = settings.domain if "://" in settings.domain else f"https://{settings.domain}"
    return f"{root}/api/3/action/datastore_search?{urlencode(query)}"


def pages(settings: CkanSettings, get: Callable[[str], bytes]) -> bytes:
    """The whole table as one document, page by page through `get` (URL → body)."""
    return joined(all_pages(lambda first: address(settings, first), settings.page, get), settings.layout.asked)


def read(body: bytes, *, content_type: str = "", settings: CkanSettings, received: date | None = None) -> Reading:
    """All that one page, or the joined pages, say. A page that is full is not taken for the whole."""
    found = records(body, settings.layout)
    reading = collected(iter_rows(found, settings.layout, received))
    full = len(found.records) > 0 and len(found.records) in (settings.page, PORTALS_OWN_LIMIT)
    return replace(reading, whole=reading.whole and not full)


def redact(body: bytes, *, content_type: str = "", settings: CkanSettings) -> bytes:
    """The same records with only the fields of the column map."""
    return joined([body], settings.layout.columns)
