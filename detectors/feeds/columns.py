"""Columns found by name, in spite of case, spaces and old names; a lost column is named with what came in its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from detectors.sample import BrokenDocument


def same(header: str) -> str:
    """A header without what differs between editions of one file: case, spaces, underscores, punctuation."""
    return re.sub(r"[^0-9a-zà-ÿ]+", "", header.casefold())


def position(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Index of the first of several alternative names that the header has, None if it has none."""
    plain = [same(cell) for cell in header]
    for name in names:
        if same(name) in plain:
            return plain.index(same(name))
    return None


def required(header: Sequence[str], names: Sequence[str], line: int = 1) -> int:
    """As `position`; raises BrokenDocument that names the wanted column, the columns found, and the nearest of them."""
    index = position(header, names)
    if index is not None:
        return index
    shown = [cell for cell in header if cell.strip()]
    near = difflib.get_close_matches(same(names[0]), [same(cell) for cell in shown], n=1, cutoff=0.5)
    nearest = next((cell for cell in shown if near and same(cell) == near[0]), "")
    listed = ", ".join(f"'{cell[:40]}'" for cell in shown[:12]) + (" …" if len(shown) > 12 else "")
    raise BrokenDocument(
        f"The column '{names[0]}' is missing; found were {listed or 'no columns at all'}",
        f"If '{nearest[:40]}' is its new name, say so in the feed's column map."
        if nearest
        else "Check that this is the right file, or map the column in the feed's settings.",
        line,
        names[0],
    )
