"""A plan in little: who gets which of a few texts, and when. Its rows are made one by one, as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from alerts.model.delivery import Delivery
from alerts.model.letter import Letter
from alerts.wording.compose import Composed


@dataclass(frozen=True, slots=True)
class Said:
    """One distinct text. text: as its first reader gets it. letter: the same for all readers, with a gap for the link
    of each; None where there is no such link, and where a template does more with it than print it.

    sha256: over its words, those of the letter if there is one.
    """

    front: str
    kind: str
    text: Composed
    letter: Letter | None
    sha256: str

    @property
    def segments(self) -> int:
        """Of a text; 0 for mail."""
        return self.text.segments.segments if self.text.segments else 0

    @property
    def letter_id(self) -> str:
        """ "" where there is no letter."""
        return self.sha256 if self.letter else ""


@dataclass(frozen=True, slots=True)
class Slip:
    """One message to one address. link: what goes into the gap of its letter. why: why it is not due at once.

    fresh: nothing was ever sent to this address before. turn: place of the channel in the order that the contact
    wishes, None without one; from 1 on it stands by.
    """

    contact: int
    channel: str
    address: str
    said: Said
    link: str
    due: datetime
    why: str
    fresh: bool
    turn: int | None = None


class Rows(Sequence[Delivery]):
    """The rows of a plan. Mail to a hundred thousand people takes a gigabyte when it is all in memory at once."""

    def __init__(self, slips: Sequence[Slip], made: Callable[[Slip], Delivery]) -> None:
        self._slips = slips
        self._made = made

    def __len__(self) -> int:
        return len(self._slips)

    def __iter__(self) -> Iterator[Delivery]:
        return map(self._made, self._slips)

    @overload
    def __getitem__(self, place: int) -> Delivery: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Delivery]: ...
    def __getitem__(self, place: int | slice) -> Delivery | Sequence[Delivery]:
        if isinstance(place, slice):
            return Rows(self._slips[place], self._made)
        return self._made(self._slips[place])
