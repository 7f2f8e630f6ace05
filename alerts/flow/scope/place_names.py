"""Places as messages name them."""

from __future__ import annotations

from collections.abc import Sequence

from alerts import privacy
from alerts.app import App
from alerts.flow.scope.region import region_of
from alerts.wording.place_name import PlaceName
from detectors.words.county_places import people_in


def place_names(app: App, codes: Sequence[str]) -> tuple[PlaceName, ...]:
    """Names of FIPS codes in their order, English, with their state: for staff, and for who chose them."""
    return tuple(place_name(app, code) for code in codes)


def shown_places(app: App, codes: Sequence[str]) -> tuple[PlaceName, ...]:
    """As messages and public pages may name them: a place of few people as its state, each name once.

    Who hears of it goes by the place itself: a partner in a small county still gets the message.
    """
    return place_names(app, tuple(dict.fromkeys(shown_place(app, code) for code in codes)))


def shown_place(app: App, code: str) -> str:
    """The place as messages and public pages may name it."""
    if code == "US" or (len(code) == 2 and code.isdigit()):
        return code
    people = people_in(app.gazetteer.members(code))
    return privacy.widened(code, people, app.configuration.privacy.smallest_population, region_of(code, app.gazetteer))


def place_name(app: App, code: str) -> PlaceName:
    full = app.gazetteer.name(code, "en")
    name, _, _state = full.partition(", ")
    if len(code) == 5 and code.isdigit():
        return PlaceName(name, "county", app.gazetteer.name(code[:2], "en"))
    return PlaceName(name, "state" if len(code) == 2 and code.isdigit() else "region", "")
