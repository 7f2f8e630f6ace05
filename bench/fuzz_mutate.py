"""Ways in which documents get spoiled on their way, and a few that only an enemy would think of."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

TOKENS = (
    b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"{",
    b"}", b"[", b"]", b":", b"null", b"true", b"-1", b"1e999", b"99999999999999999999", b"NaN", b"\\", b"\\X00\\",
    b"\\F\\", b"|", b"^", b"~", b"MSH|^~\\&|", b"OBX|", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xf0\x9f\x98\x80",
    b"\x85", b"\xe2\x80\xa8", b"2024-02-30", b"0000-00-00", b"9999-12-31", b"%s%n", b"&#x0;", b"&#99999999;", b"&lt;",
    b"<!ENTITY a 'b'>", b"<!DOCTYPE html>", b"javascript:alert(1)", b"../../etc/passwd", b"\x1b[31m", b" ",
)  # fmt: skip

Mutation = Callable[[random.Random, bytearray, bytes], bytearray]


def _place(chance: random.Random, body: bytearray) -> int:
    return chance.randrange(len(body) + 1)


def flip(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """A few bits turned."""
    for _ in range(chance.choice((1, 1, 2, 8))):
        if body:
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return body


def cut(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """The end is lost."""
    return body[: _place(chance, body)]


def behead(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """The beginning is lost."""
    return body[_place(chance, body) :]


def remove(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """A piece is lost."""
    at = _place(chance, body)
    del body[at : at + chance.choice((1, 2, 10, 100))]
    return body


def insert(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """A token that means something to some parser is put in."""
    at = _place(chance, body)
    body[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 50))
    return body


def repeat(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """A piece stands there many times."""
    at = _place(chance, body)
    piece = body[at : at + chance.choice((1, 5, 30, 200))]
    body[at:at] = piece * chance.choice((1, 2, 20, 200))
    return body


def splice(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """The end of another document takes the place of this one's."""
    return body[: _place(chance, body)] + bytearray(other[chance.randrange(len(other) + 1) :])


def shuffle(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """Lines change places."""
    lines = bytes(body).split(b"\n")
    chance.shuffle(lines)
    return bytearray(b"\n".join(lines))


def recode(chance: random.Random, body: bytearray, other: bytes) -> bytearray:
    """Another character set."""
    text = bytes(body).decode("utf-8", "replace")
    return bytearray(text.encode(chance.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "cp037")), "replace"))


MUTATIONS: Sequence[Mutation] = (
    flip, flip, cut, behead, remove, remove, insert, insert, insert, repeat, splice, shuffle, recode,
)  # fmt: skip


def mutated(chance: random.Random, body: bytes, other: bytes) -> bytes:
    """The document with one to four mutations; at most 200 kB."""
    spoiled = bytearray(body)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        spoiled = chance.choice(MUTATIONS)(chance, spoiled, other)[:200_000]
    return bytes(spoiled)
