"""Counties and states as sources print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.words.locate import places_in
from detectors.words.places import Gazetteer

GAZETTEER = Gazetteer.load()


@pytest.mark.parametrize(
    ("state", "county", "code"),
    [
        ("CA", "Alameda County", "06001"),
        ("California", "alameda", "06001"),
        ("PA", "ALLEGHENY", "42003"),
        ("", "PA | ALLEGHENY", "42003"),
        ("PA", "003", "42003"),
        ("", "42003", "42003"),
        ("MO", "St. Louis", "29189"),
        ("MO", "Saint Louis City", "29510"),
        ("MD", "Prince Georges", "24033"),
        ("LA", "Orleans Parish", "22071"),
        ("AK", "Juneau", "02110"),
        ("NM", "Dona Ana", "35013"),
        ("VA", "City of Richmond", "51760"),
        ("NY", "Brooklyn", "36047"),
        ("NY", "New York", "36061"),
        ("CT", "Fairfield", "09001"),
        ("CT", "Capitol Planning Region", "09110"),
        ("PR", "Mayaguez", "72097"),
        ("DC", "Washington", "11001"),
        ("NY", "New York City", "region:us-ny-new-york-city"),
        ("CA", "San Francisco Bay Area", "region:us-ca-bay-area"),
        ("CA", "condado de Los Ángeles", "06037"),
        ("CT", "Unknown", "09"),
        ("CT", "Ct", "09"),
        ("Nueva York", "", "36"),
        ("US", "", "US"),
    ],
)
def test_a_place_is_resolved(state: str, county: str, code: str) -> None:
    assert GAZETTEER.resolve(state, county) == code


@pytest.mark.parametrize(
    ("state", "county"),
    [("", "Washington"), ("CT", "Westchester"), ("ZZ", "Alameda"), ("CA", "PA | ALLEGHENY"), ("PA", "06001"), ("", "")],
)
def test_what_is_not_certain_is_not_resolved(state: str, county: str) -> None:
    assert GAZETTEER.resolve(state, county) is None


def test_names_and_parents() -> None:
    assert GAZETTEER.name("06001") == "Alameda County, CA"
    assert GAZETTEER.name("06001", "es") == "condado de Alameda, CA"
    assert GAZETTEER.parents("06001") == ("region:us-ca-bay-area", "06", "US")
    assert GAZETTEER.parents("06") == ("US",)
    assert GAZETTEER.members("region:us-ny-new-york-city") == ("36005", "36047", "36061", "36081", "36085")
    assert len(GAZETTEER.members("06")) == 58


def test_californias_regions_hold_each_county_once() -> None:
    members = [code for region in GAZETTEER.regions() if "-ca-" in region.code for code in region.members]
    assert sorted(members) == sorted(GAZETTEER.members("06"))


def test_an_operators_region() -> None:
    gazetteer = Gazetteer.load({"delta": {"name": "Delta", "state": "CA", "counties": ["Solano", "San Joaquin"]}})
    assert gazetteer.members("region:delta") == ("06077", "06095")
    assert "region:delta" in gazetteer.parents("06095")
    with pytest.raises(ValueError, match="'Cook' is not a county of 'CA'"):
        Gazetteer.load({"delta": {"name": "Delta", "state": "CA", "counties": ["Cook"]}})


@given(st.sampled_from(GAZETTEER.members("US")))
def test_every_county_is_found_by_its_own_name(code: str) -> None:
    name, comma, state = GAZETTEER.name(code).rpartition(", ")
    if comma:
        assert GAZETTEER.resolve(state, name) == code
        assert GAZETTEER.resolve(state, name.upper()) == code


def test_prose_needs_the_state() -> None:
    text = "Found in Contra Costa and Solano counties, and in Erie County, Ohio."
    assert [place.code for place in places_in(text, "CA", GAZETTEER)] == ["06013", "06095", "39043"]
    assert [place.code for place in places_in("Found in Washington and in Lake County.", "", GAZETTEER)] == ["53"]
