"""What binds a row of the outbox to the approval that it was made under."""

from __future__ import annotations

import hmac

from alerts.model.delivery import Delivery
from alerts.model.letter import GAP, Letter
from alerts.wording.compose import fingerprint

BEFORE = "before"
"""In rows from before there were seals."""


def seal(key: bytes, approved: str, delivery: Delivery) -> str:
    """32 hexadecimal digits over the row's id, its address and its words: a keyed hash (HMAC-SHA-256, 128 bits kept).

    approved: the hash that the edition was approved under; "" of a notice to one person, which nobody approves.
    """
    words = delivery.letter or fingerprint(delivery.subject, delivery.text, delivery.html)
    said = fingerprint("seal", approved, delivery.id, delivery.address, words, delivery.own_link)
    return hmac.digest(key, said.encode(), "sha256").hex()[:32]


def intact(key: bytes, approved: str, delivery: Delivery) -> bool:
    """Whether a row, as it would be sent now, is the one that was approved: to this address, in these words, with this
    link in them, and nothing else."""
    if delivery.seal == BEFORE:
        return True
    if not hmac.compare_digest(seal(key, approved, delivery).encode(), delivery.seal.encode()):
        return False
    if not delivery.letter:
        return True
    text, html = (words.replace(delivery.own_link, GAP) for words in (delivery.text, delivery.html))
    return Letter(delivery.subject, text, html).id == delivery.letter
