"""What a document is by its own first bytes, whatever its sender calls it. HTTP 200 is not a feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from detectors.sample import BrokenDocument


class Nature(StrEnum):
    """Kinds of document, as told to a person."""

    NOTHING = "nothing at all (zero bytes)"
    HTML = "a web page"
    FEED = "an RSS or Atom feed"
    XML = "an XML document"
    JSON = "JSON"
    HL7 = "HL7 messages"
    XLSX = "an Excel workbook"
    ZIP = "a ZIP archive"
    GZIP = "a gzip file"
    PDF = "a PDF"
    BINARY = "binary data"
    TEXT = "text"


FIRST_BYTES: tuple[tuple[bytes, Nature], ...] = (
    (b"%PDF-", Nature.PDF),
    (b"\x1f\x8b", Nature.GZIP),
    (b"PK\x03\x04", Nature.ZIP),
    (b"\xd0\xcf\x11\xe0", Nature.BINARY),
    (b"\x89PNG", Nature.BINARY),
    (b"GIF8", Nature.BINARY),
    (b"\xff\xd8\xff", Nature.BINARY),
)
MENDS: Mapping[Nature, str] = {
    Nature.NOTHING: "Wait for the next poll; if it stays so, ask the source.",
    Nature.HTML: "The address may have moved or may now ask for a sign-in: open it in a browser.",
    Nature.GZIP: "Unpack it first, or use the address of the plain file.",
    Nature.ZIP: "Unpack it first, or use the address of the plain file.",
    Nature.PDF: "Ask the source for the same figures as a table.",
}
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|script|meta|div|h1)\b", re.IGNORECASE)
FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
TITLE = re.compile(rb"<title[^>]{0,200}>\s*([^<]{1,120})", re.IGNORECASE)
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def nature(body: bytes) -> Nature:
    """What the document is. Looks at the first 4 kB; never fails."""
    if not body:
        return Nature.NOTHING
    for first, what in FIRST_BYTES:
        if body.startswith(first):
            if what is Nature.ZIP and (b"xl/" in body[:4096] or b"xl/workbook.xml" in body[-65536:]):
                return Nature.XLSX
            return what
    start = body[:4096]
    for bom in BOMS:
        start = start.removeprefix(bom)
    if start[:1] != body[:1] and b"\0" in start[:200]:
        start = start.replace(b"\0", b"")  # UTF-16 with a mark: its ASCII is enough to tell what it is
    start = start.lstrip(b" \t\r\n\0\x0b")
    if not start:
        return Nature.TEXT
    if start.startswith(b"<"):
        if FEED.search(start) and not HTML.match(start):
            return Nature.FEED
        return Nature.HTML if HTML.search(start) else Nature.XML
    if start[:1] in b"{[":
        return Nature.JSON
    if start.startswith((b"MSH|", b"FHS|", b"BHS|")) or re.match(rb"(?:MSH|FHS|BHS)[^\w\s]", start):
        return Nature.HL7
    # The zero bytes of UTF-16 do not count, so that a text and its copy in UTF-8 are judged alike.
    control = sum(0 < byte < 9 or 13 < byte < 32 for byte in start.replace(b"\0", b"")[:512])
    return Nature.BINARY if control > 25 else Nature.TEXT


def expect(body: bytes, *wanted: Nature) -> Nature:
    """The document's nature if it is one of those wanted; raises BrokenDocument that says what came instead."""
    what = nature(body)
    if what in wanted:
        return what
    title = TITLE.search(body[:65536]) if what is Nature.HTML else None
    called = f" titled '{title.group(1).decode('utf-8', 'replace').strip()}'" if title else ""
    raise BrokenDocument(
        f"The source sent {what.value}{called} where {' or '.join(w.value for w in wanted)} was expected",
        MENDS.get(what, "Check the feed's address and its reader."),
    )
