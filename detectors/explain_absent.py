"""Sentences of signals that do not say of a sample that it held something: a notice, a silence, an absence."""

from __future__ import annotations

from collections.abc import Mapping

from detectors.methods.mention import HERE, said_of
from detectors.signal import Signal

SAYING: dict[str, str] = {
    "detection": "say that it was found",
    "advisory": "give advice about it",
    "mention": "name it",
}
NO_COMFORT = "this does not mean that nothing is in the supply"


def of_mention(signal: Signal, name: str, place: str, places: Mapping[str, str]) -> str:
    """What notices say, where, and what the tests of the place say to it."""
    said = next((words for label, words in SAYING.items() if label in signal.labels), SAYING["mention"])
    named = [places.get(code, code) for code in said_of(signal) if code != "US"]
    of = f" in {', '.join(named)}" if named else ", without naming a place that we know"
    many = "1 notice" if signal.observed == 1 else f"{signal.observed} notices"
    where = "here" if HERE in signal.labels else f"elsewhere than {place}"
    if signal.observed == 1:
        said = said.replace("say", "says", 1).replace("give", "gives", 1).replace("name it", "names it")
    parts = [f"{upper(name)} is spoken of {where}: {many} read {span(signal)} {said}{of}"]
    x, n = signal.baseline_positives, signal.baseline_tested
    if signal.baseline is not None and x is not None and n is not None:
        since = signal.baseline.first.isoformat()
        if n == 0:
            parts.append(f"nothing was tested in {place} since {since}, so nothing is known of it there")
        elif x == 0:
            most = 100 * (1 - 0.05 ** (1 / n))
            parts.append(
                f"none of {n} tests in {place} since {since} found it, so that there it was surely (95 %) in fewer "
                f"than {most:.2g} % of samples"
            )
        else:
            parts.append(f"{x} of {n} tests in {place} since {since} found it")
    parts.append(f"a notice is words and no test of ours, as known on {signal.on.isoformat()}")
    return "; ".join(parts) + "."


def of_silence(signal: Signal, place: str, things: str) -> str:
    """Since when nothing came, what would be expected, and how rare that is."""
    days = (signal.window.last - signal.window.first).days + 1
    source = next((label.removeprefix("source: ") for label in signal.labels if label.startswith("source: ")), "")
    who = f"{place} ({source})" if source else place
    habit = next((label for label in signal.labels if label.startswith("results on ")), "")
    parts = [f"No results on {things} have come from {who} for {days} days, {span(signal)}"]
    if signal.expected is not None:
        parts.append(f"so long a time used to bring {signal.expected:.2g} reports ({habit})")
    if signal.probability is not None:
        parts.append(f"chance alone would give so long a wait {odds(signal.probability)}")
    parts.append(f"{NO_COMFORT}, as known on {signal.on.isoformat()}")
    return "; ".join(parts) + "."


def of_gone(signal: Signal, name: str, place: str, things: str) -> str:
    """How many blank tests there are, what they exclude, and that it is no all-clear."""
    x, n = signal.baseline_positives or 0, signal.baseline_tested or 0
    beginning = f"{upper(name)}, which was here before, is no longer found in {place}"
    parts = [f"{beginning}: none of {signal.tested} {things} {span(signal)} contained it"]
    if signal.baseline is not None and n:
        before = f"from {signal.baseline.first.isoformat()} to {signal.baseline.last.isoformat()}"
        parts.append(f"{x} of {n} did {before}")
    most = next((label for label in signal.labels if label.startswith("at most ")), "")
    if most:
        parts.append(f"so that it is surely (95 %) in {most}")
    if signal.probability is not None:
        parts.append(f"if it were as common as before, so many blanks would come {odds(signal.probability)}")
    parts.append(f"{NO_COMFORT}, as known on {signal.on.isoformat()}")
    return "; ".join(parts) + "."


def upper(name: str) -> str:
    return name[:1].upper() + name[1:]


def span(signal: Signal) -> str:
    return f"from {signal.window.first.isoformat()} to {signal.window.last.isoformat()}"


def odds(probability: float) -> str:
    if probability < 1e-6:
        return "less than once in 1,000,000"
    return f"once in {max(1, round(1 / probability)):,}"
