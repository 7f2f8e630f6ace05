"""Read open data from a Socrata portal (SODA 2.1), asking only for the columns that are needed.

The medical examiners' tables carry age, race, street and position of the dead. `$select` names the columns, so that
these never leave the portal; nobody here can lose what was never sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from detectors.feeds.layout import Layout
from detectors.feeds.records import all_pages, joined, records
from detectors.feeds.table import collected, iter_rows
from detectors.sample import Reading


@dataclass(frozen=True, slots=True)
class SocrataSettings:
    """domain: host name of the portal, or its address with https:// or http://.
    dataset: its four-by-four id. where: SoQL condition, "" for all rows.
    order: a column that never changes for a row, so that pages do not overlap. page: rows for each request."""

    domain: str
    dataset: str
    layout: Layout = field(default_factory=Layout)
    where: str = ""
    order: str = ":id"
    page: int = 5000


ADDRESS = re.compile(r"^(https?://[^/?#]+)/(?:resource|api/(?:id|views)|[^?#]*?)/?(\w{4}-\w{4})(?:[./?#].*)?$")
PORTALS_OWN_LIMIT = 1000
"""Rows that a portal sends where no number is asked for: so many are a first page, not a table."""


def at(settings: SocrataSettings, url: str) -> SocrataSettings:
    """Settings for the table at an address that a person copied. Raises ValueError."""
    found = ADDRESS.match(url)
    if found is None:
        raise ValueError(f"the address '{url}' is no Socrata table: give https://PORTAL/resource/xxxx-xxxx.json")
    return replace(settings, domain=found[1], dataset=found[2])


def address(settings: SocrataSettings, first: int = 0) -> str:
    """URL of the page that begins at row number `first` (0-based)."""
    query = {"$select": ",".join(settings.layout.asked), "$order": settings.order, "$limit": str(settings.page)}
    if settings.where:
        query["$where"] = settings.where
    query["$offset"] = str(first)
    root = settings.domain if "://" in settings.domain else f"https://{settings.domain}"
    return f"{root}/resource/{settings.dataset}.json?{urlencode(query)}"


def pages(settings: SocrataSettings, get: Callable[[str], bytes]) -> bytes:
    """The whole table as one document, page by page through `get` (URL → body)."""
    return joined(all_pages(lambda first: address(settings, first), settings.page, get), settings.layout.asked)


def read(body: bytes, *, content_type: str = "", settings: SocrataSettings, received: date | None = None) -> Reading:
    """All that one page, or the joined pages, say. A page that is full is not taken for the whole."""
    found = records(body, settings.layout)
    reading = collected(iter_rows(found, settings.layout, received))
    full = len(found.records) > 0 and len(found.records) in (settings.page, PORTALS_OWN_LIMIT)
    return replace(reading, whole=reading.whole and not full)


def redact(body: bytes, *, content_type: str = "", settings: SocrataSettings) -> bytes:
    """The same records with only the columns of the column map."""
    return joined([body], settings.layout.columns)
