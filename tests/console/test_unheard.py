"""What fell silent and what is no longer found stands on the first page, as what it is: no all-clear."""

from __future__ import annotations

import re
from datetime import date, timedelta

from alerts.store import signals
from detectors.signal import Signal, Window
from tests.console.house import MORNING, House

TODAY = MORNING.date()
SILENT = Signal(
    "silence", "1", "", "06075", "drug", TODAY, Window(TODAY - timedelta(days=29), TODAY), 0, ("lab-results/a",),
    expected=6.5, probability=0.0002, last_seen=TODAY - timedelta(days=30),
    labels=("silence", "the whole place", "results on 81 days of the 365 before, at most 9 days apart"),
)  # fmt: skip
GONE = Signal(
    "gone", "1", "fentanyl", "06075", "death", TODAY, Window(date(2026, 6, 1), TODAY), 0, ("lab-results/b",),
    tested=90, baseline=Window(date(2025, 6, 1), date(2026, 5, 31)), baseline_positives=40, baseline_tested=80,
    probability=1e-9, effect=(0.0, 0.0, 0.07), last_seen=date(2026, 5, 31),
    labels=("gone", "lab-confirmed", "at most 3.6 % of samples now", "not an all-clear"),
)  # fmt: skip


def test_the_first_page_shows_them_to_staff_and_says_what_they_are_not(fresh_house: House) -> None:
    with fresh_house.app.store.write() as connection:
        signals.store(connection, [("quiet", SILENT), ("quiet", GONE)], MORNING)
    with fresh_house.signed_in() as client:
        html = re.sub(r"\s+", " ", client.get("/").text)
    section = html.partition('<section aria-labelledby="unheard">')[2].partition("</section>")[0]
    assert "San Francisco County, CA: no results on drug samples" in section
    assert "for 30 days" in section
    assert "None of it is an all-clear" in section
    assert "does not mean that nothing is in the supply" in section
    # Nobody died with fentanyl here that the store knows of, so an absence of it cannot be borne out.
    assert "no longer found" not in section
    listed = html.partition('<section aria-labelledby="signals">')[2].partition("</section>")[0]
    assert "silence for" not in listed


def test_without_any_the_page_has_no_such_section(house: House) -> None:
    with house.signed_in() as client:
        assert "No longer heard of" not in client.get("/").text
