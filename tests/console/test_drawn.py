"""The plot and the small words: pure, and complete for every state there is."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import alerts
from alerts.console.alerts import STEPS
from alerts.console.changes import CLOCKS
from alerts.console.draw import MOST_WEEKS, Plot, binned, draw
from alerts.console.feeds import MEANS
from alerts.console.ledger_words import LEDGER_WORDS
from alerts.console.masked import masked
from alerts.console.spoken import Spoken
from alerts.console.tones import TONES
from alerts.flow.thresholds.set_threshold import BOUNDS
from alerts.model.alert import VersionState
from alerts.model.delivery import DeliveryState
from alerts.model.feed_state import FeedCondition
from alerts.privacy import VISIBLE_FIELDS
from tests.console.house import MORNING, House

ALERTS = Path(alerts.__file__).parent
DAYS = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 5000), st.integers(0, 40)), max_size=60
)


def _plot(days: list[tuple[date, int, int]], first: date, last: date, **more: object) -> Plot:
    unit, bins = binned(days, first, last)
    given = {"substance": "xylazine", "place": "Alameda County, CA", "kind": "drug samples", "window": (first, last)}
    return Plot(unit=unit, bins=bins, **(given | more))  # type: ignore[arg-type]


@given(DAYS, st.dates(date(2024, 1, 1), date(2026, 1, 1)), st.integers(0, 1100))
def test_no_sample_is_lost_or_counted_twice_and_bins_follow_each_other(
    days: list[tuple[date, int, int]], first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    unit, bins = binned(days, first, last)
    assert unit == ("week" if length <= 7 * MOST_WEEKS else "month")
    inside = [d for d in days if bins[0].first <= d[0] < bins[-1].next]
    assert sum(b.tested for b in bins) == sum(n for _, n, _ in inside)
    assert sum(b.found for b in bins) == sum(k for _, _, k in inside)
    assert bins[0].first <= first
    assert last < bins[-1].next
    assert all(a.next == b.first for a, b in pairwise(bins))


@given(DAYS, st.dates(date(2024, 1, 1), date(2026, 1, 1)), st.integers(0, 1100), st.sampled_from([400, 940]))
def test_everything_drawn_lies_within_the_picture(
    days: list[tuple[date, int, int]], first: date, length: int, width: int
) -> None:
    plot = _plot(days, first, first + timedelta(days=length), sighting=first)
    tree = ElementTree.fromstring(draw(plot, "p", width))
    height = float(tree.attrib["viewBox"].split()[3])
    for bar in tree.iter("rect"):
        x, y, w, h = (float(bar.attrib[k]) for k in ("x", "y", "width", "height"))
        assert -0.1 <= x <= x + w <= width + 0.1
        assert -0.1 <= y <= y + h <= height + 0.1
        assert w > 0


def test_bars_are_as_tall_as_their_counts_and_axes_end_at_round_numbers() -> None:
    monday = date(2026, 3, 2)
    days = [(monday, 40, 1), (monday + timedelta(7), 80, 3), (monday + timedelta(9), 20, 0)]
    tree = ElementTree.fromstring(draw(_plot(days, monday, monday + timedelta(13)), "p", 400))
    found = [float(r.attrib["height"]) for r in tree.iter("rect") if r.attrib["class"] == "found"]
    tested = [float(r.attrib["height"]) for r in tree.iter("rect") if r.attrib["class"] == "tested"]
    assert abs(found[1] / found[0] - 3) < 0.02
    assert abs(tested[1] / tested[0] - 2.5) < 0.02
    ticks = [t.text for t in tree.iter("text") if t.attrib["class"] == "tick" and (t.text or "").isdigit()]
    assert ticks[:6] == ["0", "2", "4", "0", "50", "100"]


def test_the_picture_says_in_words_what_it_shows_and_escapes_what_it_is_told() -> None:
    monday = date(2026, 3, 2)
    plot = _plot(
        [(monday, 40, 1), (monday + timedelta(21), 80, 3)], monday, monday + timedelta(27), place="<b>&",
        window=(monday + timedelta(21), monday + timedelta(27)), sighting=monday + timedelta(22),
    )  # fmt: skip
    svg = draw(plot, "p", 400)
    tree = ElementTree.fromstring(svg)
    assert tree.attrib["aria-labelledby"] == "p-title p-desc"
    title, description = tree.find("title"), tree.find("desc")
    assert title is not None
    assert description is not None
    assert title.text == "xylazine in drug samples, <b>&, by week of collection"
    assert "found in 3 of 80 drug samples" in (description.text or "")
    assert "Before, since Mar 2, 2026: 1 of 40." in (description.text or "")
    assert "First sighting of this evidence: Mar 24, 2026." in (description.text or "")
    assert not re.search(r"style=|href|<script|<b>", svg)


def test_every_state_has_its_tone_and_its_meaning_and_every_span_its_field() -> None:
    assert set(STEPS) == set(DeliveryState)
    assert set(MEANS) == set(FeedCondition)
    assert set(TONES) == {*DeliveryState, *FeedCondition, *VersionState}
    assert set(CLOCKS) == set(BOUNDS)


def test_a_covered_address_cannot_be_written_to() -> None:
    assert masked("+14155550142") == "•••• 0142"
    assert masked("maria.lopez@example.org") == "m…@example.org"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"), (7, "7"), (12345, "12,345"), (2.0, "2"), (0.5, "0.5"), (6.1398, "6.14"), (249.3, "249"),
        (10076.4, "10,076"), (0.0059, "0.0059"), (0.000012, "0.000012"), (3e-9, "less than 0.000001"),
    ],
)  # fmt: skip
def test_numbers_are_said_without_powers_of_ten(house: House, value: float, said: str) -> None:
    assert Spoken(house.app, MORNING).number(value) == said


def test_every_kind_of_entry_in_the_record_has_words() -> None:
    written = {
        kind
        for folder in ("flow", "console", "cli", "record")
        for file in (ALERTS / folder).rglob("*.py")
        for kind in re.findall(r'"((?:[a-z]+)\.(?:[a-z_]+))",\n|kind="([a-z]+\.[a-z_]+)"', file.read_text())
        for kind in kind
        if kind
    }
    assert "alert.opened" in written
    assert VISIBLE_FIELDS.keys() <= LEDGER_WORDS.keys()
    kinds = {
        kind
        for kind in written
        if not kind.endswith(".html") and kind.partition(".")[0] in {k.partition(".")[0] for k in LEDGER_WORDS}
    }
    assert kinds <= LEDGER_WORDS.keys()


def test_what_a_rule_selects_is_said_in_words(house: House) -> None:
    say = Spoken(house.app, MORNING)
    assert say.selection(("*",)) == "every contaminant"
    assert say.selection(("xylazine", "class:nitazene", "list:life-at-risk", "tier:1")) == (
        "xylazine, every nitazene, the list “life-at-risk”, substances of tier 1"
    )
    assert "role:" not in say.selection(("role:contaminant",))
