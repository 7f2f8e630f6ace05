"""Who may do what. Two roles to begin with; what a role may open is a table, not an if."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    STAFF = "staff"
    REVIEWER = "public safety"


ROOMS: dict[Role, frozenset[str]] = {
    Role.STAFF: frozenset(
        {"today", "alerts", "silences", "drills", "thresholds", "partners", "duty", "feeds", "names", "log"}
    ),
    Role.REVIEWER: frozenset({"log"}),
}
"""Rooms of the console by role. A reviewer sees the redacted log and nothing else."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff or a public-safety reviewer, as signed in."""

    id: int
    name: str
    role: Role
