"""A telephone in somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.peers.twilio_ledger import Text

if TYPE_CHECKING:
    from tests.peers.twilio_peer import TwilioPeer


@dataclass(frozen=True)
class Answer:
    """What our own webhook said to an inbound text. status: 0 when nobody listened."""

    status: int
    body: str


@dataclass(frozen=True)
class Sms:
    """A text as its receiver sees it."""

    device: Device
    sid: str
    text: str
    sender: str

    def then_reply(self, text: str) -> Answer:
        return self.device.reply(text)


class Device:
    """Each text is expected once: `expect_sms` takes the first unread one that fits and leaves the others."""

    def __init__(self, peer: TwilioPeer, number: str) -> None:
        self._peer = peer
        self.number = number
        self._read: set[str] = set()

    @property
    def inbox(self) -> tuple[Text, ...]:
        """All texts that have come in; those that the carrier could not deliver are not among them."""
        return tuple(
            text
            for text in self._peer.ledger.texts()
            if text.to == self.number and text.direction != "inbound" and text.state not in ("undelivered", "failed")
        )

    @property
    def unread(self) -> tuple[Text, ...]:
        return tuple(text for text in self.inbox if text.sid not in self._read)

    def expect_sms(self, containing: str = "", timeout: float = 5.0) -> Sms:
        def fitting() -> Text | None:
            return next((text for text in self.unread if containing.casefold() in text.body.casefold()), None)

        text = self._peer.ledger.wait(fitting, timeout)
        if text is None:
            shown = "".join(f"\n  {'read  ' if t.sid in self._read else 'unread'} {t.body!r}" for t in self.inbox)
            raise AssertionError(
                f"{self.number} got no text with {containing!r} in {timeout} s; inbox:{shown or ' empty'}"
            )
        self._read.add(text.sid)
        return Sms(self, text.sid, text.body, text.sender)

    def expect_no_sms(self, within: float = 0.3) -> None:
        if self._peer.ledger.wait(lambda: self.unread, within):
            raise AssertionError(f"{self.number} was to get nothing but got {[text.body for text in self.unread]}")

    def reply(self, text: str) -> Answer:
        """Sends a text to our number, as the carrier would hand it on to our webhook."""
        return self._peer.inbound(self.number, text)
