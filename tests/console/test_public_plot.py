"""The plot that anybody may see: it says when it was found, and no number that could point at one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.console.public_plot import public_plot
from alerts.model.alert import Alert, AlertVersion
from alerts.privacy import coarse_counts
from alerts.store import alerts, evidence
from detectors.sample import Finding, Sample, SampleKind
from tests.console.house import MORNING, House

NEXT_DAY = MORNING + timedelta(days=1)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 40))
def test_no_small_number_and_no_single_sample_can_be_read_off_a_bar(found: int, more: int, smallest: int) -> None:
    tested = found + more
    shown, of = coarse_counts(found, tested, smallest)
    for number, true in ((shown, found), (of, tested)):
        assert number is None or number % 10 == 0
        assert (number == 0) == (true == 0), "none is said for none alone"
        assert number is None or true == 0 or true >= max(smallest, 10)
    assert shown is None or found in (0, tested) or more >= max(smallest, 10), "nor are few negatives told"


def samples(number: int, county: str, month: int, *substances: str, start: int = 0) -> list[Sample]:
    findings = tuple(Finding(s, s, "GCMS") for s in ("caffeine", *substances))
    return [
        Sample(
            key=f"PLOTKEY{county}{month}{substances}{start + i}", kind=SampleKind.DRUG, findings=findings, state="CA",
            county=county, place=county, collected=date(2026, month, 1 + i % 28), methods=("GCMS",),
        )
        for i in range(number)
    ]  # fmt: skip


def drawn(house: House, given: Sequence[Sample], language: str = "en", place: str = "") -> str:
    """The plot of the house's alert over carfentanil in San Francisco, as of the day after `given` was stored."""
    with house.app.store.write() as connection:
        evidence.store(
            connection, "other-lab", given, now=NEXT_DAY, document=2, whole=False, known_on=lambda _: NEXT_DAY.date()
        )
        alert, version = edition(house)
        if place:
            version = replace(version, places=tuple(replace(p, place=place) for p in version.places))
        return public_plot(house.app, connection, alert, version, language)


def edition(house: House) -> tuple[Alert, AlertVersion]:
    with house.app.store.read() as connection:
        alert = alerts.by_number(connection, "SW-2026-0001")
        assert alert is not None
        return alert, replace(alerts.versions(connection, alert.id)[-1], at=NEXT_DAY)


def months(plot: str) -> list[str]:
    """What each bar says to a reader who hears it."""
    tree = ElementTree.fromstring(re.split("<figcaption", plot)[0])
    return [title.text or "" for title in tree.iter("title")][1:]


def test_bars_are_in_tens_and_small_ones_are_only_marked(fresh_house: House) -> None:
    given = [
        *samples(43, "06075", 8), *samples(17, "06075", 8, "carfentanil"),
        *samples(21, "06075", 9), *samples(3, "06075", 9, "carfentanil"),
        *samples(7, "06075", 10),
        *samples(30, "06001", 9, "carfentanil"),
    ]  # fmt: skip
    plot = drawn(fresh_house, given)
    assert months(plot)[0] == "November 2025: drug samples, 0 tested, 0 with it"
    assert months(plot)[-4:] == [
        "August 2026: drug samples, 60 tested, 20 with it",
        "September 2026: drug samples, 20 tested, a few with it",
        "October 2026: drug samples, a few tested, 0 with it",
        "November 2026: drug samples, a few tested, a few with it",
    ], "those of the county, not those of another"
    said = ElementTree.tostring(ElementTree.fromstring(f"<p>{plot}</p>"), method="text", encoding="unicode")
    numbers = {int(n) for n in re.findall(r"\d+", said)} - {2025, 2026, 21, 11}
    assert all(n % 10 == 0 for n in numbers), "the years, the day of the edition and the limit beside"
    assert not re.search(r"PLOTKEY|other-lab|caffeine", plot)


def test_bars_of_small_numbers_are_of_one_height(fresh_house: House) -> None:
    plot = drawn(fresh_house, [*samples(40, "06075", 8), *samples(2, "06075", 9), *samples(9, "06075", 10)])
    tree = ElementTree.fromstring(re.split("<figcaption", plot)[0])
    bars = [bar.get("height") for bar in tree.iter("rect") if bar.get("class") == "tested"]
    assert bars[-3] == bars[-2] != "0.0"


def test_a_place_of_few_people_is_drawn_as_its_state(fresh_house: House) -> None:
    given = [*samples(12, "06003", 9, "carfentanil"), *samples(50, "06019", 9), *samples(40, "06037", 9)]
    assert "September 2026: drug samples, 120 tested, 10 with it" in months(drawn(fresh_house, given, place="06003")), (
        "the fifteen of the house's own county in that month are counted with those of the state"
    )


def test_it_speaks_the_language_of_the_page(fresh_house: House) -> None:
    plot = drawn(fresh_house, samples(40, "06075", 8), "es")
    assert "agosto 2026: muestras de drogas, 40 analizadas, 0 con la droga" in months(plot)
    assert "el número es bajo y no se da" in plot


@pytest.mark.parametrize("change", [{"exercise": True}, {"kind": str(SampleKind.NOTICE)}])
def test_what_was_not_tested_has_no_plot(fresh_house: House, change: dict[str, object]) -> None:
    drawn(fresh_house, samples(40, "06075", 8))
    alert, version = edition(fresh_house)
    with fresh_house.app.store.read() as connection:
        assert public_plot(fresh_house.app, connection, alert, version, "en")
        assert not public_plot(fresh_house.app, connection, replace(alert, **change), version, "en")  # type: ignore[arg-type]


def test_later_results_change_nothing_on_a_page_that_was_sent_out(fresh_house: House) -> None:
    with fresh_house.client() as client:
        before = client.get("/a/SW-2026-0001").text
        drawn(fresh_house, samples(90, "06075", 8))
        assert client.get("/a/SW-2026-0001").text == before
    alert, version = edition(fresh_house)
    with fresh_house.app.store.read() as connection:
        now = public_plot(fresh_house.app, connection, alert, version, "en")
        then = public_plot(fresh_house.app, connection, alert, replace(version, at=MORNING), "en")
    assert now != then


def test_the_page_shows_it(fresh_house: House) -> None:
    with fresh_house.app.store.write() as connection:
        evidence.store(
            connection, "other-lab", samples(40, "06075", 8), now=MORNING - timedelta(days=2), document=2, whole=False,
            known_on=lambda _: date(2026, 9, 1),
        )  # fmt: skip
    with fresh_house.client() as client:
        english, spanish = (client.get(f"/a/SW-2026-0001?lang={language}") for language in ("en", "es"))
    assert "August 2026: drug samples, 40 tested, 0 with it" in english.text
    assert "agosto 2026: muestras de drogas, 40 analizadas" in spanish.text
    for page in (english, spanish):
        assert page.text.count("<figure>") == 1
        assert " style=" not in page.text
