"""Every registered method, ours and a stranger's, on the histories that break programs: none raises, all explain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.explain import explain
from detectors.registry import BUILT_IN, completed, methods
from tests.methods.told import Story, known_on, sample

PLACES = ("06", "06001", "06013", "US")
NAMES = frozenset({"xylazine", "isotonitazene", "metonitazene"})
KINDS = ("drug", "death", "notice", "field report")
SPEEDING = {"cluster": {"replicates": 99}}
STRANGER = """
from detectors.registry import Method, Parameter, completed
from detectors.signal import Signal, Window

PARAMETERS = (Parameter("fewest", 1, "samples", "How many samples must hold it.", 1, 100),)


def loud(history, parameters, substances, places):
    p = completed(LOUD, parameters)
    held = [s for s in history.samples if s.place in places and substances & set(s.substances)]
    if len(held) < p["fewest"]:
        return ()
    one = held[-1]
    return (Signal("loud", "1", sorted(substances & set(one.substances))[0], one.place, one.kind, history.today,
                   Window(history.today, history.today), len(held), tuple(s.ref for s in held), p),)


LOUD = Method("loud", "1", "Is there anything at all?", PARAMETERS, loud)
"""


@pytest.fixture
def with_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A method of somebody else's, installed as a distribution of its own."""
    (tmp_path / "strange_method.py").write_text(STRANGER)
    info = tmp_path / "strange_method-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange-method\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[supplywatch.methods]\nloud = strange_method:LOUD\n")
    monkeypatch.syspath_prepend(tmp_path)
    methods.cache_clear()
    yield
    methods.cache_clear()


def all_zero(n: int) -> Story:
    return [sample(f"z{i}", i, place="06001") for i in range(0, n, 2)]


def all_positive(n: int) -> Story:
    return [sample(f"p{i}", i, "xylazine", "isotonitazene", place="06001") for i in range(0, n, 2)]


STORIES: dict[str, Story] = {
    "nothing at all": [],
    "all zero": all_zero(900),
    "all positive": all_positive(900),
    "one week": [sample(f"w{i}", i, "xylazine", place="06013") for i in range(7)],
    "one sample": [sample("one", 3, "xylazine", place="06001")],
    "no tests, only strips": [
        sample(f"s{i}", i, "xylazine", place="06001", methods=("test strip",)) for i in range(99)
    ],
    "positives by a way that sees none": [
        sample(f"f{i}", i, "isotonitazene", place="06001", methods=("FTIR",)) for i in range(200)
    ],
    "more positives than tests": [
        *all_positive(60), *(sample(f"t{i}", i, "metonitazene", place="06001", methods=("strip",)) for i in range(200))
    ],
    "only traces": [sample(f"t{i}", i, place="06001", traces=("xylazine",)) for i in range(300)],
    "only notices": [
        sample(f"n{i}", i, "xylazine", place="US", kind="notice", methods=("notice: detection",)) for i in range(50)
    ],
    "a notice of no known way": [sample("n", 800, "xylazine", place="US", kind="notice", methods=("hearsay",))],
    "events after today": [sample(f"l{i}", 905 + i, "xylazine", known=890, place="06001") for i in range(9)],
    "all on one day": [sample(f"d{i}", 850, "xylazine", known=895, place="06001") for i in range(300)],
    "a thousand in a week": [
        *all_zero(800), *(sample(f"b{i}", 893 + i % 7, "xylazine", place="06001") for i in range(1000))
    ],
    "places that nobody knows": [
        sample(f"q{i}", i, "xylazine", place=p) for i, p in enumerate(("", "US", "06", "99999"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
@pytest.mark.usefixtures("with_a_stranger")
def test_no_method_raises_on_any_of_them(story: Story) -> None:
    assert {"loud", *BUILT_IN} <= set(methods())
    for name, method in methods().items():
        for on in (0, 7, 60, 899, 1300):
            for signal in method.run(known_on(story, on), SPEEDING.get(name, {}), NAMES, PLACES):
                assert signal.place in PLACES
                assert signal.substance in NAMES | {"", "nitazene"}
                assert signal.observed >= 0
                assert signal.tested is None or signal.tested >= signal.observed
                assert signal.probability is None or 0 <= signal.probability <= 1
                assert explain(signal).endswith(".")
                assert dict(signal.parameters) == completed(method, SPEEDING.get(name, {}))


@pytest.mark.usefixtures("with_a_stranger")
def test_a_strangers_method_speaks_and_its_parameters_are_checked() -> None:
    method = methods()["loud"]
    (signal,) = method.run(known_on(all_positive(10), 9), {}, NAMES, PLACES)
    assert explain(signal).startswith("Isotonitazene stands out in 06001 (loud)")
    assert not method.run(known_on(all_positive(10), 9), {"fewest": 50}, NAMES, PLACES)
    with pytest.raises(ValueError, match="fewest"):
        method.run(known_on(all_positive(10), 9), {"fewest": 0}, NAMES, PLACES)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    ways = (("GCMS",), ("FTIR",), ("test strip",), (), ("something new",))
    made = []
    for i in range(draw(st.integers(0, 40))):
        event = draw(st.integers(0, 500))
        found = draw(st.lists(st.sampled_from(sorted(NAMES)), max_size=2, unique=True))
        made.append(
            sample(
                f"h{i}", event, *found, known=event + draw(st.integers(-3, 90)),
                place=draw(st.sampled_from((*PLACES, ""))), kind=draw(st.sampled_from(KINDS)),
                traces=tuple(draw(st.lists(st.just("metonitazene"), max_size=1))), methods=draw(st.sampled_from(ways)),
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize("name", sorted(BUILT_IN))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories(), on=st.integers(0, 600))
def test_whatever_a_history_holds(name: str, story: Story, on: int) -> None:
    method = methods()[name]
    said = method.run(known_on(story, on), SPEEDING.get(name, {}), NAMES, PLACES)
    assert method.run(known_on(story, on), SPEEDING.get(name, {}), NAMES, PLACES) == said
    assert method.run(known_on(story, on), SPEEDING.get(name, {}), frozenset(), PLACES) in ((), [])
    for signal in said:
        assert explain(signal)
        assert signal.evidence
        assert set(signal.evidence) <= {s.ref for s in story}
