"""What the operator changed in the shipped words, file by file."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from alerts.wording.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of the operator's that stands in front. lines: a unified difference, empty if both are the same."""

    name: str
    lines: tuple[str, ...]


def differences(shelf: Shelf) -> tuple[Difference, ...]:
    """Shipped text against the operator's, in the order of file names."""
    shipped = Shelf(shelf.folders[-1:])
    return tuple(
        Difference(
            name,
            tuple(
                difflib.unified_diff(
                    shipped.read(name).splitlines(),
                    shelf.read(name).splitlines(),
                    fromfile=f"shipped/{name}",
                    tofile=f"yours/{name}",
                    lineterm="",
                )
            ),
        )
        for name in shelf.overridden()
    )
