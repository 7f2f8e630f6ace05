"""Mention: what notices say, kept apart by what they say and where, and beside what the place's own tests say."""

from __future__ import annotations

import pytest

from detectors.explain import explain
from detectors.methods.mention import MENTION, mention, said_of
from detectors.methods.watchlist import watchlist
from detectors.registry import completed
from tests.methods.told import Story, day, known_on, negatives, sample

NAMES = frozenset({"medetomidine", "xylazine"})
HOME = ("06", "06001")


def notice(
    ref: str, on: int, *names: str, place: str = "US", says: str = "detection", read: int | None = None
) -> Story:
    return [sample(ref, on, *names, known=read, place=place, kind="notice", methods=(f"notice: {says}",))]


def told(story: Story, on: int, places: tuple[str, ...] = HOME, **parameters: object) -> list[tuple[str, str, int]]:
    found = mention(known_on(story, on), parameters, NAMES, places)  # type: ignore[arg-type]
    return [(s.substance, s.place, s.observed) for s in found]


def test_what_was_found_in_another_state_is_told_once_for_the_widest_place() -> None:
    story = notice("a", 500, "medetomidine", place="42") + negatives(200, 500, place="06001")
    (signal,) = mention(known_on(story, 502), {}, NAMES, HOME)
    assert (signal.substance, signal.place, signal.kind) == ("medetomidine", "06", "notice")
    assert signal.labels[:4] == ("mention", "bulletin", "detection", "elsewhere")
    assert said_of(signal) == ("42",)
    assert (signal.baseline_positives, signal.baseline_tested) == (0, 100)
    assert signal.evidence == ("lab/a",)
    sentence = explain(signal, {}, {"06": "California", "42": "Pennsylvania"})
    assert "elsewhere than California: 1 notice" in sentence
    assert "says that it was found in Pennsylvania" in sentence
    assert "none of 100 tests in California" in sentence
    assert "fewer than 3 %" in sentence  # 1 − 0.05^(1/100)


def test_what_is_here_already_is_no_news_from_elsewhere() -> None:
    story = notice("a", 500, "medetomidine", place="42")
    story += [sample("mine", 300, "medetomidine", place="06001")]
    assert told(story, 502) == []
    assert told(story, 502, unseen_days=100) == [("medetomidine", "06", 1)]  # 200 days ago


def test_a_notice_that_names_the_county_is_here_whatever_tests_say() -> None:
    story = notice("a", 500, "medetomidine", place="06001")
    story += [sample("mine", 300, "medetomidine", place="06001")]
    found = mention(known_on(story, 502), {}, NAMES, HOME)
    assert {(s.place, s.labels[3]) for s in found} == {("06", "here"), ("06001", "here")}
    assert found[0].baseline_positives == 1


@pytest.mark.parametrize(
    ("least", "says"),
    [
        ("detection", {"detection"}),
        ("advisory", {"detection", "advisory"}),
        ("mention", {"detection", "advisory", "mention"}),
    ],
)
def test_detection_advisory_and_mention_are_kept_apart(least: str, says: set[str]) -> None:
    heard = {
        word
        for word in ("detection", "advisory", "mention")
        if told(notice("a", 9, "xylazine", says=word), 9, least=least)
    }
    assert heard == says


def test_the_strongest_of_several_is_what_is_said() -> None:
    story = notice("a", 8, "xylazine", says="mention") + notice("b", 9, "xylazine", says="advisory")
    (signal,) = mention(known_on(story, 9), {"least": "mention"}, NAMES, HOME)
    assert signal.labels[2] == "advisory"
    assert signal.observed == 2


def test_it_speaks_again_only_after_quiet() -> None:
    story = notice("a", 10, "xylazine") + notice("b", 60, "xylazine") + notice("c", 160, "xylazine")
    assert told(story, 12)
    assert not told(story, 62)
    assert told(story, 62, quiet_days=30)
    assert told(story, 162)


def test_an_old_notice_that_is_read_today_is_no_news() -> None:
    assert not told(notice("a", 10, "xylazine", read=200), 200)
    assert told(notice("a", 10, "xylazine", read=60), 60)


def test_notices_are_no_tests() -> None:
    story = notice("a", 5, "xylazine", place="06001")
    assert watchlist(known_on(story, 6), {}, NAMES, HOME) == ()
    assert told(story + negatives(0, 6, place="06001"), 6)
    (signal,) = mention(known_on(story, 6), {}, NAMES, ("06001",))
    assert signal.baseline_tested == 0
    assert "nothing was tested" in explain(signal)


def test_a_word_that_is_none_of_the_three_is_refused() -> None:
    with pytest.raises(ValueError, match="'least' must be one of detection, advisory, mention"):
        completed(MENTION, {"least": "rumour"})


def test_later_notices_change_nothing() -> None:
    story = notice("a", 10, "xylazine") + notice("b", 12, "xylazine", read=30)
    assert mention(known_on(story, 12), {}, NAMES, HOME) == mention(
        known_on(notice("a", 10, "xylazine"), 12), {}, NAMES, HOME
    )
    assert day(12).isoformat() in explain(mention(known_on(story, 12), {}, NAMES, HOME)[0])
