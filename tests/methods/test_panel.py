"""A panel change is told from a spread: at once and often, where there was nothing and enough was tested."""

from __future__ import annotations

from detectors.methods.panel import panel
from detectors.signal import Signal
from tests.methods.told import Story, day, known_on, negatives, sample

NAMES = frozenset({"xylazine", "fluorofentanyl", "para-fluorofentanyl"})


def looked(samples: Story, on: int) -> list[Signal]:
    return list(panel(known_on(samples, on), {}, NAMES, ("42003",)))


def every(n: int, first: int, last: int, *found: str, methods: tuple[str, ...] = ("GCMS",)) -> Story:
    return [sample(f"{'-'.join(found)}{d}", d, *found, methods=methods) for d in range(first, last, n)]


def test_from_never_to_often_in_a_month_is_a_panel() -> None:
    story = [*negatives(0, 460, 2), *every(4, 400, 460, "xylazine")]
    flagged = [n for n in range(400, 460) if looked(story, n)]
    assert flagged
    assert flagged[0] <= 425
    (signal,) = looked(story, flagged[0])
    assert signal.labels[0] == "panel change"
    assert signal.window.first == day(400)
    assert signal.baseline_positives == 0


def test_a_spread_is_not() -> None:
    rise = [sample(f"x{d}", d, "xylazine") for d in (400, 415, 425, 433, 440, 446, 451, 455, 458)]
    assert all(not looked([*negatives(0, 460, 1), *rise], n) for n in range(400, 460))


def test_a_new_site_is_not() -> None:
    assert all(not looked([*negatives(380, 460, 2), *every(4, 400, 460, "xylazine")], n) for n in range(400, 460))


def test_a_new_instrument_is_named() -> None:
    story = [*negatives(0, 460, 2), *every(3, 400, 460, "xylazine", methods=("LC-QTOF",))]
    assert "new method" in looked(story, 430)[0].labels


def test_a_renamed_isomer_is_named() -> None:
    story = [
        *negatives(0, 460, 3),
        *every(4, 100, 400, "para-fluorofentanyl"),
        *every(4, 400, 460, "fluorofentanyl"),
    ]
    assert "renamed: para-fluorofentanyl" in looked(story, 435)[0].labels


def test_a_laboratory_that_found_it_before_elsewhere_did_look_for_it() -> None:
    story = [*negatives(0, 460, 2), *every(4, 400, 460, "xylazine")]
    elsewhere = [sample(f"e{d}", d, "xylazine", place="42101") for d in (50, 150)]
    assert looked(story, 430) != []
    assert looked([*story, *elsewhere], 430) == []
