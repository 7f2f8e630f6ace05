"""Places as messages name them."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.app import App
from alerts.wording.place_name import PlaceName


def place_names(app: App, codes: Sequence[str]) -> tuple[PlaceName, ...]:
    """Names of FIPS codes in their order, English, with their state."""
    return tuple(place_name(app, code) for code in codes)


def place_name(app: App, code: str) -> PlaceName:
    full = app.gazetteer.name(code, "en")
    name, _, _state = full.partition(", ")
    if len(code) == 5 and code.isdigit():
        return PlaceName(name, "county", app.gazetteer.name(code[:2], "en"))
    return PlaceName(name, "state" if len(code) == 2 and code.isdigit() else "region", "")
