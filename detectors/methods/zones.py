"""Which places together could be one cluster? Each place with its nearest neighbours, one more at a time.

Source: Kulldorff (1997), A spatial scan statistic, Communications in Statistics 26: nested zones around every place,
up to a largest size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def round_zones(
    coordinates: ArrayLike, weights: ArrayLike, *, largest: float = 0.5, most: int = 25
) -> tuple[Zone, ...]:
    """As `nearest_zones`, but growing around each place until the zone holds more than `largest` of all weights.

    coordinates: (places, dimensions); a place with a missing one (NaN) stands alone. weights: (places,) tests or
    people; places without any are left out, for a zone with them is the same zone without. most: places in a zone.
    Raises ValueError for shapes that differ.
    """
    points = np.atleast_2d(np.asarray(coordinates, dtype=np.float64))
    weight = np.maximum(np.nan_to_num(np.asarray(weights, dtype=np.float64)), 0.0)
    if weight.shape != points.shape[:1]:
        raise ValueError(f"{points.shape[0]} places need as many weights, not {weight.size}")
    limit = largest * weight.sum()
    found: dict[Zone, None] = {}
    placed: NDArray[np.bool_] = np.all(np.isfinite(points), axis=1)
    for centre in np.flatnonzero(weight > 0).tolist():
        near = np.array([centre])
        if placed[centre]:
            others = np.flatnonzero(placed & np.greater(weight, 0))
            distance = np.square(points[others] - points[centre]).sum(axis=1)
            near = others[np.lexsort((others, others != centre, distance))][:most]
        for size in np.arange(1, near.size + 1)[np.cumsum(weight[near]) <= limit].tolist():
            found.setdefault(tuple(sorted(near[:size].tolist())), None)
    return tuple(found)


def on_the_globe(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.float64]:
    """(places, 3) points on a ball of radius 1: straight distances between them are in the order of the way on the
    ground, also across the date line. latitude, longitude: (places,) degrees; NaN stays NaN."""
    north, east = np.radians(np.asarray(latitude, np.float64)), np.radians(np.asarray(longitude, np.float64))
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def holds(wide: str, narrow: str) -> bool:
    """Whether one FIPS code lies in another: a county in its state, anything in "US". No place lies in itself."""
    return narrow != wide and (wide == "US" or (len(wide) == 2 and narrow.startswith(wide)))
