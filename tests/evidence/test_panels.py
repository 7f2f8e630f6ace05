"""What a way of testing can see, and that a negative counts only where it could have been positive."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import history as seen
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation, confirmation
from detectors.panels import could_see, panel_of, panels
from detectors.words.lexicon import Lexicon

DAY = date(2025, 3, 1).toordinal()


@pytest.mark.parametrize(
    ("methods", "substance", "sees"),
    [
        (("FTIR",), "xylazine", True),
        (("FTIR",), "isotonitazene", False),
        (("FTIR",), "carfentanil", False),
        (("FTIR", "GCMS"), "carfentanil", True),
        (("FTIR", "fentanyl test strip"), "fentanyl", True),
        (("fentanyl test strip",), "isotonitazene", False),
        (("Nitazene test strips",), "isotonitazene", True),
        (("Nitazene test strips",), "etodesnitazene", False),
        (("xylazine test strip",), "medetomidine", False),
        (("test strip",), "fentanyl", False),
        (("LC-QTOF-MS",), "btmps", True),
        (("derivatized GCMS",), "isotonitazene", True),
        (("immunoassay",), "morphine", True),
        (("urine drug screen",), "xylazine", False),
        ((), "isotonitazene", True),
        (("the new instrument",), "isotonitazene", True),
        (("FTIR", "the new instrument"), "isotonitazene", True),
    ],
)
def test_who_can_see_what(methods: tuple[str, ...], substance: str, sees: bool) -> None:
    assert could_see(methods, substance) is sees


def test_staffs_own_substance_is_judged_by_its_class() -> None:
    assert not could_see(("FTIR",), "zorvaphine", "orphine")
    assert could_see(("GCMS",), "zorvaphine", "orphine")


def test_every_panel_says_its_limit_and_its_source() -> None:
    for panel in panels().values():
        assert panel.title
        assert panel.limit
        assert panel.source
    assert panel_of("GC/MS") is panels()["mass-spectrometry-gas"]
    assert panel_of("hplc-ms/ms") is panels()["mass-spectrometry-liquid"]
    assert panel_of("") is None


def _tested(key: str, methods: tuple[str, ...], *found: str, place: str = "06001", day: int = DAY) -> seen.Tested:
    return seen.Tested(f"lab/{key}", "drug", place, day, day, found, methods=methods)


def _columns(samples: list[seen.Tested], *substances: str, least: Confirmation = Confirmation.SCREENING) -> Columns:
    history = seen.History.of(samples, date(2025, 3, 2), {"zorvaphine": "orphine"})
    return Columns.of(history, frozenset(substances), ("06", "06001", "06075"), least)


def _denominators(columns: Columns, place: str) -> dict[str, int]:
    """Substance → samples that could have shown it in a place, over all days."""
    at = columns.places.index(place) * len(columns.kinds)
    series = np.arange(len(columns.substances)) * columns.strata + at
    counts = columns.tested.count(series, np.zeros_like(series), np.full_like(series, DAY + 1))
    return dict(zip(columns.substances, counts.tolist(), strict=True))


def test_a_negative_counts_for_each_substance_only_where_it_could_have_been_positive() -> None:
    samples = [_tested(f"i{n}", ("FTIR",)) for n in range(30)] + [_tested(f"m{n}", ("GCMS",)) for n in range(10)]
    samples += [_tested("a", ("GCMS",), "isotonitazene"), _tested("b", ("FTIR",), "xylazine")]
    samples += [_tested("c", ("GCMS",), "zorvaphine")]
    together = _denominators(_columns(samples, "isotonitazene", "xylazine", "zorvaphine"), "06001")
    assert together == {"isotonitazene": 12, "xylazine": 43, "zorvaphine": 12}
    assert _denominators(_columns(samples, "isotonitazene"), "06001") == {"isotonitazene": 12}
    assert _denominators(_columns(samples, "isotonitazene", "xylazine"), "06") == {"isotonitazene": 12, "xylazine": 43}
    assert Lexicon.load()["isotonitazene"].category == "nitazene"


def test_what_was_found_could_be_found_and_says_nothing_of_its_neighbours() -> None:
    samples = [_tested(f"i{n}", ("FTIR",)) for n in range(30)] + [_tested("m", ("GCMS",), "metonitazene")]
    samples += [_tested("odd", ("FTIR",), "isotonitazene")]
    found = _denominators(_columns(samples, "isotonitazene", "metonitazene"), "06001")
    assert found == {"isotonitazene": 2, "metonitazene": 1}


def test_a_strip_counts_for_its_own_drug_only_and_only_where_strips_count() -> None:
    strips = [_tested(f"s{n}", ("xylazine test strip",)) for n in range(20)]
    samples = [*strips, _tested("a", ("LC-MS",), "xylazine", "medetomidine")]
    any_way = _columns(samples, "xylazine", "medetomidine", least=Confirmation.STRIP)
    assert _denominators(any_way, "06001") == {"xylazine": 21, "medetomidine": 1}
    assert _denominators(_columns(samples, "xylazine", "medetomidine"), "06001") == {"xylazine": 1, "medetomidine": 1}


WAYS = [("FTIR",), ("GCMS",), ("fentanyl test strip",), ("xylazine test strip", "FTIR"), (), ("FTIR", "GCMS"), ("NMR",)]
NAMES = ["xylazine", "isotonitazene", "carfentanil", "bromazolam", "metonitazene"]
sample = st.tuples(
    st.sampled_from(WAYS), st.sets(st.sampled_from(NAMES), max_size=2), st.sampled_from(["06001", "06075", "06"]),
    st.integers(0, 20),
)  # fmt: skip


@given(st.lists(sample, max_size=40), st.sampled_from(list(Confirmation)), st.integers(0, 20), st.integers(0, 20))
def test_denominators_are_what_counting_by_hand_gives(
    rows: list[tuple[tuple[str, ...], set[str], str, int]], least: Confirmation, one: int, other: int
) -> None:
    first, last = DAY - max(one, other), DAY - min(one, other)
    samples = [_tested(str(i), w, *f, place=p, day=DAY - d) for i, (w, f, p, d) in enumerate(rows)]
    columns = _columns(samples, *NAMES, least=least)
    for series in range(len(columns.substances) * columns.strata):
        substance, place, _ = columns.named(series)
        by_hand = sum(
            first <= s.event <= last
            and s.place.startswith(place)
            and confirmation(s.methods) >= least
            and (could_see(s.methods, substance) or substance in s.substances)
            for s in samples
        )
        counted = columns.tested.count(np.array([series]), np.array([first]), np.array([last]))
        assert counted.tolist() == [by_hand], (substance, place)
