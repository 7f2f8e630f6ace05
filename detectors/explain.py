"""A signal in one plain English sentence with its numbers."""

from __future__ import annotations

from collections.abc import Mapping

from scipy.special import betaincinv

from detectors.explain_absent import of_gone, of_mention, of_silence
from detectors.methods.cluster import IN, cluster_counties
from detectors.methods.mention import said_of
from detectors.signal import Signal, Window

THINGS: dict[str, tuple[str, str]] = {
    "drug": ("drug sample", "drug samples"),
    "death": ("death", "deaths"),
    "seizure": ("seized item", "seized items"),
    "biological": ("biological sample", "biological samples"),
    "field report": ("field report", "field reports"),
    "notice": ("notice", "notices"),
}
TELLING: frozenset[str] = frozenset({"combination", "tree", "potency", "cluster", "drift"})
"""Methods whose labels after the first two (method, confirmation) belong into the sentence."""
OPENING: dict[str, str] = {
    "watchlist": "{name}, which is on the watchlist, was found in {place}",
    "novelty": "{name} is new in {place}",
    "returned": "{name} is back in {place}",
    "emergence": "{name} has become more common in {place}",
    "prevalence": "{name} is more common than before in {place}",
    "counts": "More {name} was found in {place} this week than the rule allows",
    "drift": "{name} has crept up in {place}",
    "cluster": "{name} is concentrated in {place}",
    "tree": "{name} is new in {place}, counting all of its class together",
    "potency": "{name} has become stronger in {place}",
    "combination": "{name} goes together with something new in {place}",
    "panel": "{name} went from almost never to often in {place} at once, which points to a change in the laboratory",
}


def codes_in(signal: Signal) -> tuple[str, ...]:
    """FIPS codes of all places that a signal's sentence names, for the caller to give their names."""
    return tuple(dict.fromkeys((signal.place, *said_of(signal), *cluster_counties(signal))))


def explain(signal: Signal, names: Mapping[str, str] | None = None, places: Mapping[str, str] | None = None) -> str:
    """One sentence, whatever the method: what, where, how many of how many, against what, how sure, how late.

    names, places: display names by id; the ids stand in where they are missing. Numbers are those of the signal.
    """
    name = (names or {}).get(signal.substance, signal.substance)
    place = (places or {}).get(signal.place, signal.place)
    things = THINGS.get(signal.kind, ("sample", "samples"))[1]
    if signal.method == "mention":
        return of_mention(signal, name, place, places or {})
    if signal.method == "silence":
        return of_silence(signal, place, things)
    if signal.method == "gone":
        return of_gone(signal, name, place, things)
    opening = OPENING.get(signal.method, "{name} stands out in {place} (" + signal.method + ")")
    beginning = opening.format(name=name, place=place)
    counties = (
        {IN + ", ".join(codes): IN + ", ".join((places or {}).get(c, c) for c in codes)}
        if (codes := cluster_counties(signal))
        else {}
    )
    told = [counties.get(label, label) for label in signal.labels[2:]]
    more = " (" + ", ".join(told) + ")" if signal.method in TELLING and told else ""
    parts = [beginning[:1].upper() + beginning[1:] + more + ": " + _now(signal)]
    parts += filter(None, (_before(signal), _chance(signal), _enough(signal), _late(signal)))
    return "; ".join(parts) + "."


def _now(signal: Signal) -> str:
    one, many = THINGS.get(signal.kind, ("sample", "samples"))
    # The watchlist answers to news: its window is of the days on which results came in, not of the samples.
    span = ("with results that came in " if signal.method == "watchlist" else "") + _span(signal.window)
    if signal.method == "potency" and signal.baseline is not None:
        return f"{signal.observed} of {signal.tested} batches {span} were stronger than nine tenths of those before"
    if signal.tested is None:
        return f"{signal.observed} {one if signal.observed == 1 else many} {span} contained it"
    return f"{signal.observed} of {signal.tested} {one if signal.tested == 1 else many} {span} contained it"


def _before(signal: Signal) -> str:
    x, n = signal.baseline_positives, signal.baseline_tested
    if signal.baseline is None or x is None or n is None or n <= 0:
        return ""
    if x == 0:
        # Zero of n excludes, with 95 %, any share above 1 − 0.05^(1/n).
        return (
            f"none of {n} did {_span(signal.baseline)}, "
            f"so that before it was surely (95 %) in fewer than {_percent(1 - 0.05 ** (1 / n))} of them"
        )
    upper = float(betaincinv(x + 1, n - x, 0.95)) if x < n else 1.0
    said = f"{x} of {n} ({_percent(x / n)}, at most {_percent(upper)}) did {_span(signal.baseline)}"
    if signal.expected is not None:
        said += f", so that {_number(signal.expected)} would be expected"
    return said


def _chance(signal: Signal) -> str:
    said = []
    if signal.effect is not None:
        estimate, low, high = signal.effect
        said.append(f"that is {_number(estimate)} times as often (95 % limits {_number(low)} to {_number(high)})")
    if signal.probability is not None:
        chance = signal.probability
        said.append(
            f"chance alone would give so many {'less than once' if chance < 1e-6 else 'once'} in {_odds(chance)}"
        )
    if signal.q is not None:
        said.append(f"of all signals as sure as this one at most {_percent(signal.q)} are expected to be false")
    return ", and ".join(said)


def _enough(signal: Signal) -> str:
    if signal.smallest is None:
        return ""
    if signal.smallest < signal.observed:
        return f"{signal.smallest} would have been enough for a signal"
    return "one is enough for a signal" if signal.smallest == 1 else "fewer would not have been a signal"


def _late(signal: Signal) -> str:
    lag = (
        "" if signal.lag_days is None else f"results came a median of {_number(signal.lag_days)} days after the event, "
    )
    part = "".join(f"{label}, " for label in signal.labels if label.startswith(("immature", "corrected for lag")))
    return f"{lag}{part}as known on {signal.on.isoformat()}"


def _span(window: Window) -> str:
    if window.first == window.last:
        return f"on {window.first.isoformat()}"
    return f"from {window.first.isoformat()} to {window.last.isoformat()}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"


def _odds(probability: float) -> str:
    return f"{max(1, round(1 / max(probability, 1e-6))):,}"
