"""Every county has its people, its middle and its neighbours, and they agree with one another."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from detectors.words.county_places import county_places
from detectors.words.places import Gazetteer
from detectors.words.zip_counties import counties_of_zip


def _kilometres(one: str, other: str) -> float:
    a, b = county_places()[one], county_places()[other]
    assert a.latitude is not None
    assert a.longitude is not None
    assert b.latitude is not None
    assert b.longitude is not None
    up, over = radians(b.latitude - a.latitude) / 2, radians(b.longitude - a.longitude) / 2
    inner = sin(up) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(over) ** 2
    return 2 * 6371 * asin(sqrt(inner))


def test_every_county_has_a_place_and_no_place_is_without_a_county() -> None:
    counties = set(Gazetteer.load().members("US"))
    assert set(county_places()) == counties
    assert [p.fips for p in county_places().values() if p.latitude is None] == ["60030", "60040"]


def test_the_nation_has_as_many_people_as_the_census_says() -> None:
    # Vintage 2020: 329.5 million in the states and D.C.; Connecticut's planning regions would count its people twice.
    people = sum(p.population for p in county_places().values() if p.fips < "60" and not "09100" < p.fips < "09200")
    assert abs(people - 329_484_123) < 20_000  # Valdez-Cordova is there beside its two heirs
    assert county_places()["42003"].population == 1_211_358
    assert county_places()["48301"].population == 181
    assert sum(p.population < 20_000 for p in county_places().values()) == 1343


def test_neighbours_are_each_others_and_near() -> None:
    places = county_places()
    for place in places.values():
        assert place.fips not in place.neighbours
        for other in place.neighbours:
            assert place.fips in places[other].neighbours, (place.fips, other)
            if not {place.fips[:2], other[:2]} & {"02"}:
                assert _kilometres(place.fips, other) < 320, (place.fips, other)
    assert places["42003"].neighbours == ("42005", "42007", "42019", "42125", "42129")
    assert {"36005", "36047", "36081", "34003", "34017"} <= set(places["36061"].neighbours)  # Manhattan, over water
    assert not any(p.neighbours for p in places.values() if p.fips in {"15001", "66010"})


def test_a_zip_code_is_its_counties() -> None:
    assert counties_of_zip("15201") == ("42003",)
    assert counties_of_zip("94607-1234") == ("06001",)
    assert counties_of_zip("06103") == ("09003", "09110"), "Connecticut: the old county and the planning region"
    assert len(counties_of_zip("30339")) >= 1
    assert counties_of_zip("00000") == counties_of_zip("") == counties_of_zip("Kern") == ()
    counties = set(Gazetteer.load().members("US"))
    many = [counties_of_zip(f"{n:05d}") for n in range(100_000)]
    assert sum(map(bool, many)) > 32_000
    assert {c for found in many for c in found} <= counties
    assert max(map(len, many)) <= 6
