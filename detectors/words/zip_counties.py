"""The counties that a ZIP code lies in. A ZIP code is looked up and forgotten: it tells more than a county does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def counties_of_zip(code: str) -> tuple[str, ...]:
    """FIPS codes of the counties in which at least a tenth of its people live; () for a code that nobody lives in.

    The Census Bureau's ZIP code tabulation areas of 2010: codes of post office boxes alone are not among them. For
    Connecticut both the old county and the planning region. Sources: docs/adr/0016-county-places.md.
    """
    return _table().get(code.strip()[:5], ())


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    text = files("detectors.words").joinpath("zip_counties.tsv").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines()[1:]:
        fips, _, codes = line.partition("\t")
        for code in codes.split():
            found[code] = (*found.get(code, ()), fips)
    return found
