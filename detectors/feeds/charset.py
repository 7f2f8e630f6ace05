"""How the bytes of a text are to be read, when what its sender says of them may be wrong."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from detectors.sample import BrokenDocument

# Only these are believed when a sender declares them; a name such as "hex" or "zip" would make Python unpack things.
DECLARABLE: Mapping[str, str] = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    # The WHATWG encoding standard reads Latin-1 as Windows-1252, since that is what its senders mean.
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15", "windows-1250": "cp1250", "macintosh": "mac-roman", "cp437": "cp437",
    "cp850": "cp850", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Charset:
    """encoding: Python codec that reads the whole body. notes: sentences for the health page."""

    encoding: str
    notes: tuple[str, ...] = ()


def charset(body: bytes, content_type: str = "") -> Charset:
    """The codec for a body: its byte order mark, else UTF-8 if it is that, else what is declared, else Windows-1252.

    Memory stays bounded: the body is tried piece by piece. Raises BrokenDocument for UTF-16 that does not decode.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Charset(_checked(body, "utf-16"), ("The file is UTF-16; it was read as such.",))
    sample = body[:400]
    if sample.count(0) * 3 > len(sample):
        encoding = "utf-16-be" if sample[:1] == b"\0" else "utf-16-le"
        return Charset(_checked(body, encoding), ("The file is UTF-16 without a mark; it was read as such.",))
    declared = _declared(content_type)
    if _reads(body, "utf-8"):
        return Charset("utf-8-sig")
    codec = DECLARABLE.get(declared, "utf-8")
    if codec not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be") and _reads(body, codec):
        return Charset(codec)
    says = f"The source says {declared}" if declared else "The source does not say how its text is coded"
    codec = "cp1252" if _reads(body, "cp1252") else "latin-1"
    return Charset(codec, (f"{says}, but the file is not UTF-8; it was read as Windows-1252. Check accented names.",))


def text(body: bytes, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    """The whole text and the notes on how it was read, for documents small enough to be held twice."""
    found = charset(body, content_type)
    return body.decode(found.encoding, "replace"), found.notes


def _declared(content_type: str) -> str:
    for part in content_type.lower().split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip() == "charset":
            return value.strip("\"' ")
    return ""


def _reads(body: bytes, codec: str) -> bool:
    if body.isascii():
        return True
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for start in range(0, len(body), STEP):
            decoder.decode(body[start : start + STEP])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _checked(body: bytes, codec: str) -> str:
    if not _reads(body, codec) or "\0" in body[:4000].decode(codec, "replace"):
        raise BrokenDocument(
            "The file begins like UTF-16 text but is not", "Ask the source to send it again, best as UTF-8."
        )
    return codec
