"""Signatures by Ed25519 (RFC 8032, section 5.1), so that whoever verifies needs nothing but Python.

Written for one signature a day on the programme's own machine: it takes no care to run in constant time. The tests
hold it against the RFC's vectors and against another library, both ways.
"""

from __future__ import annotations

import hashlib
from typing import Final

_P: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ROOT: Final = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]
"""A point in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z."""


def public_key(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed."""
    scalar, _ = _expanded(seed)
    return _packed(_times(scalar, _BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of a message."""
    scalar, prefix = _expanded(seed)
    public = _packed(_times(scalar, _BASE))
    nonce = _number(prefix + message)
    commitment = _packed(_times(nonce, _BASE))
    challenge = _number(commitment + public + message)
    return commitment + ((nonce + challenge * scalar) % _ORDER).to_bytes(32, "little")


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that of this message by the owner of the key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    point, commitment = _unpacked(public), _unpacked(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if point is None or commitment is None or scalar >= _ORDER:
        return False
    challenge = _number(signature[:32] + public + message)
    return _same(_times(scalar, _BASE), _plus(commitment, _times(challenge, point)))


def _expanded(seed: bytes) -> tuple[int, bytes]:
    if len(seed) != 32:
        raise ValueError("An Ed25519 seed is 32 bytes long.")
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, digest[32:]


def _number(raw: bytes) -> int:
    return int.from_bytes(hashlib.sha512(raw).digest(), "little") % _ORDER


def _plus(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        scalar >>= 1
    return result


def _same(one: _Point, other: _Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (one[1] * other[2] - other[1] * one[2]) % _P == 0


def _packed(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(raw: bytes) -> _Point | None:
    """None for 32 bytes that are no point."""
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, odd)
    return None if x is None else (x, y, 1, x * y % _P)


def _x_of(y: int, odd: int) -> int | None:
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if square == 0:
        return None if odd else 0
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P:
        return None
    return _P - x if x & 1 != odd else x


def _base() -> _Point:
    point = _unpacked((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert point is not None
    return point


_BASE: Final = _base()
