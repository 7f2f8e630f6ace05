"""`supplywatch explain`: what a method saw, in words and numbers, said again from what was known then."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.flow.detection.explain_signal import Explained, NoSuchSignal, explain_signal
from alerts.store.json_nouns import to_json
from detectors.signal import Signal, Window


def explain(
    number: Annotated[int, typer.Argument(help="The signal's number, as `supplywatch alerts show` gives it.", min=1)],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say a signal in words and in all its numbers, and recompute it from the evidence as it was known then.

    Ends with 1 when it does not come out the same: then the record, the method or a list has changed, and the fields
    that differ are named.

    Example: supplywatch explain 17
    """
    with opened(config) as app:
        try:
            found = explain_signal(app, number)
        except NoSuchSignal as error:
            raise Failure(str(error)) from None
        say(_value(found), as_json=as_json, words="\n".join(_lines(number, found)))
    if not found.equal:
        raise typer.Exit(1)


def _lines(number: int, found: Explained) -> list[str]:
    s = found.stored.signal
    lines = [found.sentence, "", *(f"  {name:22}{value}" for name, value in _numbers(s) if value != "")]
    lines += ["  parameters            " + ", ".join(f"{k}={v}" for k, v in s.parameters.items())]
    lines += [f"  evidence              {s.evidence[0] if s.evidence else 'none'}"]
    lines += [f"                        {ref}" for ref in s.evidence[1:]]
    lines.append("")
    if found.equal:
        return [*lines, f"Signal {number}, said on {s.on}, comes out the same from what was known then."]
    if found.problem:
        return [*lines, f"Signal {number} does NOT come out the same: {found.problem}."]
    lines.append(f"Signal {number} does NOT come out the same. What differs:")
    return [*lines, *(f"  {d.field}: stored {_short(d.stored)}, now {_short(d.again)}" for d in found.differences)]


def _numbers(s: Signal) -> list[tuple[str, object]]:
    effect = "" if s.effect is None else f"{s.effect[0]:.3g} times (95 % limits {s.effect[1]:.3g} to {s.effect[2]:.3g})"
    return [
        ("method", f"{s.method}, version {s.version}"),
        ("substance, place", f"{s.substance}, {s.place} ({s.kind})"),
        ("window", _span(s.window)),
        ("observed", s.observed),
        ("expected", "" if s.expected is None else f"{s.expected:.4g}"),
        ("tested (denominator)", "unknown" if s.tested is None else s.tested),
        ("baseline", _span(s.baseline)),
        ("baseline positives", "" if s.baseline_positives is None else s.baseline_positives),
        ("baseline tested", "" if s.baseline_tested is None else s.baseline_tested),
        ("p", "" if s.probability is None else f"{s.probability:.4g}"),
        ("effect", effect),
        ("smallest count", "" if s.smallest is None else f"{s.smallest} would have alerted"),
        ("lag", "" if s.lag_days is None else f"{s.lag_days:g} days from event to knowledge (median)"),
        ("first, last finding", f"{s.first_seen}, {s.last_seen}"),
        ("labels", ", ".join(s.labels)),
    ]


def _span(window: Window | None) -> str:
    return "" if window is None else f"{window.first} to {window.last}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "…"


def _value(found: Explained) -> dict[str, Any]:
    return {
        "number": found.stored.id, "threshold": found.stored.threshold, "at": found.at.isoformat(),
        "sentence": found.sentence, "signal": to_json(found.stored.signal), "equal": found.equal,
        "problem": found.problem,
        "differences": [{"field": d.field, "stored": str(d.stored), "again": str(d.again)} for d in found.differences],
    }  # fmt: skip
