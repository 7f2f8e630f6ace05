"""Words that many get, each with a link of their own in it: kept once, and not once for each reader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

GAP = "https://the-readers-own-link.invalid/"
"""Stands in a letter where each reader's own link goes. No text of ours has it in any other place."""


@dataclass(frozen=True, slots=True)
class Letter:
    """subject, text, html: as they are sent, but for the gap."""

    subject: str
    text: str
    html: str

    @property
    def id(self) -> str:
        """SHA-256 over the three, each after its length: the same words are the same letter."""
        digest = hashlib.sha256()
        for part in (self.subject, self.text, self.html):
            body = part.encode()
            digest.update(len(body).to_bytes(8, "big") + body)
        return digest.hexdigest()

    def to(self, link: str) -> tuple[str, str, str]:
        """(subject, text, html) for the reader whose link this is, byte for byte as they are sent."""
        return self.subject, self.text.replace(GAP, link), self.html.replace(GAP, link)
