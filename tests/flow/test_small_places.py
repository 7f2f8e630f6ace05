"""Where few people live a finding points at one of them: places are widened, counts cannot be had by subtracting."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.privacy import shown_counts, widened
from alerts.wording.compose import compose
from alerts.wording.lint import Limits, lint
from alerts.wording.place_name import PlaceName
from alerts.wording.samples import BASE, TODAY
from detectors.words.county_places import people_in
from tests.flow.timeline import DESK, EQUIPO, VAN, Diary, Somebody
from tests.wording.shelf import SHELF

ALPINE = Somebody("Sierra Outreach", phone="+15305550144", places="Alpine County, CA")
"""Alpine County, California: 1,119 people by the estimate of 2020."""


def test_a_small_county_hears_of_it_and_nobody_reads_its_name(diary: Diary) -> None:
    assert people_in(["06003"]) < 2_000
    diary.joins(VAN, ALPINE, DESK, EQUIPO).at("2025-09-08 09:00").lab_reports("xylazine", county="Alpine")
    text = diary.expect_sms(ALPINE, containing="xylazine").text
    assert "California" in text
    mails = [diary.expect_mail(DESK, containing="xylazine"), diary.expect_mail(EQUIPO, containing="xilacina")]
    (alert,) = diary.alerts()
    page = httpx.get(f"{diary.app.configuration.programme.public_url}/a/{alert.number}?lang=en")
    assert page.status_code == 200
    for said in (
        text,
        *(part.get_content() for m in mails for part in m.parsed.walk() if part.get_content_maintype() == "text"),
        page.text,
    ):
        assert "Alpine" not in said
        assert "06003" not in said
    diary.expect_nothing(VAN)
    diary.later(hours=25).lab_reports("xylazine", county="Alameda")
    assert "Alameda" in diary.expect_sms(VAN, containing="xylazine").text


def test_a_place_is_widened_below_the_limit_only() -> None:
    assert widened("06003", 1_119, 20_000, "06") == "06"
    assert widened("06001", 1_662_323, 20_000, "06") == "06001"
    assert widened("06003", 1_119, 0, "06") == "06003", "a programme may set the limit to nothing"
    assert people_in(["06001", "06003", "no county"]) == people_in(["06001"]) + people_in(["06003"])


@pytest.mark.parametrize(
    ("editions", "shown"),
    [
        ([(3, 40)], (None, None)),
        ([(12, 60)], (12, 60)),
        ([(12, 14)], (12, None)),  # two negatives would be told
        ([(12, 12)], (12, 12)),
        ([(12, 60), (14, 64)], (None, None)),  # 14 less 12 would tell of two
        ([(12, 60), (23, 80)], (23, 80)),
        ([(12, 60), (14, 64), (23, 85)], (23, 85)),  # what was masked in between was never said
        ([(12, 60), (23, 65)], (23, None)),
        ([(12, 60), (12, 60)], (12, 60)),
        ([(12, None)], (12, None)),
    ],
)
def test_counts_that_could_be_had_by_subtracting_are_masked(
    editions: list[tuple[int, int | None]], shown: tuple[int | None, int | None]
) -> None:
    assert shown_counts(editions, 11) == shown


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), min_size=1, max_size=8), st.integers(2, 20))
def test_no_two_editions_said_differ_by_a_small_cell(rows: list[tuple[int, int]], k: int) -> None:
    editions = [(found, found + more) for found, more in rows]
    said = [shown_counts(editions[: i + 1], k) for i in range(len(editions))]
    for column in (0, 1):
        numbers = [s[column] for s in said if s[column] is not None]
        assert all(n >= k for n in numbers if n is not None)
        for one, other in combinations(numbers, 2):
            assert one == other or abs((one or 0) - (other or 0)) >= k
    for found, tested in said:
        assert tested is None or (found is not None and (tested == found or tested - found >= k))


def test_the_linter_refuses_a_small_county_in_the_content_and_in_the_words() -> None:
    places = (PlaceName("Alpine County", state="California"), PlaceName("Alameda County", state="California"))
    made = compose(BASE, kind="first_sighting", channel="sms", language="en", shelf=SHELF)

    def mends(content: object, text: str, limits: Limits = Limits()) -> list[str]:  # noqa: B008 -- frozen
        found = lint(replace(made, text=text), content, limits, TODAY)  # type: ignore[arg-type]
        return [f.mend for f in found if f.rule == "small-place"]

    here = replace(BASE, places=places)
    assert mends(here, made.text) == ["name California instead of Alpine County, in which few people live"]
    assert mends(here, made.text, Limits(people=1_000)) == []
    wide = replace(BASE, places=(PlaceName("California", "state"),))
    assert mends(wide, made.text) == []
    for words in ("It was found in Alpine County.", "Se encontró en el condado de Alpine."):
        assert mends(wide, words) == ["name California instead of a place of few people"]
    assert mends(wide, "It was found in Alameda County.") == []
