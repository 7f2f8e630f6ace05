"""A sample as detectors are given it: all that it names counted under families."""

from __future__ import annotations

from dataclasses import replace

from alerts.flow.scope.select import family
from detectors.history import Tested
from detectors.words.lexicon import Lexicon


def rolled_up(tested: Tested, lexicon: Lexicon) -> Tested:
    """The sample with substances, measured quantities and what it was sold as under their families.

    What it was sold as becomes ids where the words name a substance ("Percocet 30" and "m30" do not: they stay words in
    small letters). Two members of a family that were both measured stay two quantities.
    """
    full = tuple(dict.fromkeys(family(s, lexicon) for s in tested.substances))
    traces = dict.fromkeys(family(s, lexicon) for s in tested.traces)
    return replace(
        tested,
        substances=full,
        traces=tuple(t for t in traces if t not in full),
        quantities=tuple((family(s, lexicon), *rest) for s, *rest in tested.quantities),  # type: ignore[misc]
        sold_as=tuple(dict.fromkeys(word for printed in tested.sold_as for word in _sold(printed, lexicon))),
    )


def _sold(printed: str, lexicon: Lexicon) -> tuple[str, ...]:
    named = lexicon.name(printed).substances
    if named:
        return tuple(family(s, lexicon) for s in named)
    word = " ".join(printed.casefold().split())
    return (word,) if word else ()
