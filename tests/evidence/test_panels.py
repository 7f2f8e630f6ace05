"""What a way of testing can see, and that a negative counts only where it could have been positive."""

from __future__ import annotations

from datetime import date

import pytest

from detectors import history as seen_by_detectors
from detectors.methods.columns import Columns
from detectors.panels import could_see, panel_of, panels
from detectors.words.lexicon import Lexicon

DAY = date(2025, 3, 1).toordinal()


@pytest.mark.parametrize(
    ("methods", "substance", "seen"),
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
def test_who_can_see_what(methods: tuple[str, ...], substance: str, seen: bool) -> None:
    assert could_see(methods, substance) is seen


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


def test_a_negative_counts_only_where_it_could_have_been_positive() -> None:
    def tested(n: int, methods: tuple[str, ...], *found: str) -> seen_by_detectors.Tested:
        return seen_by_detectors.Tested(f"lab/{n}", "drug", "06001", DAY, DAY, found, methods=methods)

    samples = [tested(n, ("FTIR",)) for n in range(30)] + [tested(n, ("GCMS",)) for n in range(30, 40)]
    samples += [tested(50, ("GCMS",), "isotonitazene"), tested(51, ("FTIR",), "xylazine")]
    history = seen_by_detectors.History.of(samples, date(2025, 3, 2))

    def denominator(*substances: str) -> int:
        return len(Columns.of(history, frozenset(substances), ("06001",)).tests.day)

    assert denominator("isotonitazene") == 11
    assert denominator("xylazine") == 42
    assert Lexicon.load()["isotonitazene"].category == "nitazene"
