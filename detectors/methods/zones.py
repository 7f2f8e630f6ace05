"""Which places together could be one cluster? Each place with its nearest neighbours, one more at a time.

Source: Kulldorff (1997), A spatial scan statistic, Communications in Statistics 26: nested zones around every place,
up to a largest size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Zone = tuple[int, ...]


def nearest_zones(coordinates: ArrayLike, largest: int) -> tuple[Zone, ...]:
    """All different zones of 1 … `largest` nearest places around each place, each a sorted tuple of place numbers from
    0.

    coordinates: (places, dimensions), in a unit in which straight distances mean something (projected, not degrees).
    Order: by the place in the middle, then by size; a zone that occurs twice stands where it first occurs. Raises
    ValueError for largest < 1.
    """
    points = np.atleast_2d(np.asarray(coordinates, dtype=np.float64))
    if largest < 1:
        raise ValueError(f"a zone holds at least 1 place, not {largest}")
    distance = np.square(points[:, None, :] - points[None, :, :]).sum(axis=2)
    order = np.argsort(distance, axis=1, kind="stable")[:, :largest]
    found: dict[Zone, None] = {}
    for around in order:
        for size in range(1, around.size + 1):
            found.setdefault(tuple(sorted(int(place) for place in around[:size])), None)
    return tuple(found)


def holds(wide: str, narrow: str) -> bool:
    """Whether one FIPS code lies in another: a county in its state, anything in "US". No place lies in itself."""
    return narrow != wide and (wide == "US" or (len(wide) == 2 and narrow.startswith(wide)))
