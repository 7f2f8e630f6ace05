"""What people who got alerts say of them: the precision of a threshold as they see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenByPeople:
    """One vote for each person and alert. seen: "it is here". not_seen: "not here". useful: said of no place."""

    seen: int = 0
    not_seen: int = 0
    useful: int = 0

    @classmethod
    def of(cls, votes: Mapping[str, int]) -> SeenByPeople:
        """votes: answer as texted (1 seen here, 2 not here, 3 useful) → how many."""
        return cls(votes.get("1", 0), votes.get("2", 0), votes.get("3", 0))

    @property
    def precision(self) -> float | None:
        """Share of "seen here" among those who said whether it is there; None while nobody has."""
        answered = self.seen + self.not_seen
        return self.seen / answered if answered else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the precision (Wilson, JASA 1927): of few answers it is wide, and says so."""
        answered = self.seen + self.not_seen
        if not answered:
            return None
        z, share = 1.959964, self.seen / answered
        middle = (share + z * z / (2 * answered)) / (1 + z * z / answered)
        half = z / (1 + z * z / answered) * ((share * (1 - share) / answered + z * z / (4 * answered**2)) ** 0.5)
        return max(0.0, middle - half), min(1.0, middle + half)
