"""Class tree: has a whole class arrived, though each of its members was found only once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from detectors.history import History
from detectors.methods.novelty import novelty
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal
from detectors.words.tables import read_tables

VERSION = "2"

PARAMETERS = (
    Parameter("findings", 3, "samples", "How many samples must contain a member of the class.", 2, 100),
    Parameter("members", 2, "substances", "How many different members they must hold together.", 2, 50),
    Parameter("days", 90, "days", "Within how many days those samples were taken.", 1, 730),
    Parameter(
        "strays", 1, "samples", "How many earlier samples may contain one and the class still counts as new.", 0, 100
    ),
    Parameter("earlier_days", 365, "days", "How far back the class must have been (nearly) absent.", 30, 3650),
    Parameter("min_earlier", 30, "samples", "Tests needed in that earlier time to call the class new.", 0, 100000),
    Parameter("fresh_days", 7, "days", "A result is news for this many days after it became known.", 1, 60),
    Parameter("confirmed_only", True, "", "Leave out results by test strip, infrared, Raman or reagent alone."),
    Parameter(
        "max_chance",
        0.1,
        "share",
        "Say nothing where chance alone, by the share before, would give so many findings this often; 1: always say.",
        1e-4,
        1,
    ),
)
OWN = frozenset({"members"})


def tree(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (class, place, kind) that is new by the rule of novelty, its members counted as one.

    Each class asked for through at least two of its members is tried; a sample with two members counts once. The
    signal's substance is the class's own entry ("nitazene"), where the names have one; classes without are not tried.
    Where one member alone is new by the same rule its own signal says it better, and none is given for the class.
    Labels name the members. Source: the two-level case of a tree-based scan (Kulldorff et al. 2003), with a rule
    instead of a likelihood, as novelty has. Raises ValueError for parameters out of bounds.
    """
    p = completed(TREE, parameters)
    rule = {name: value for name, value in p.items() if name not in OWN}
    heads = heads_asked(substances)
    asked = frozenset(heads.values())
    lifted = lift(history, heads)
    said = novelty(lifted, rule, asked, places)
    if not said:
        return ()
    alone = novelty(history, rule, frozenset(heads), places)
    return tuple(
        replace(signal, method="tree", version=VERSION, parameters=p, labels=("tree", *signal.labels[1:], members))
        for signal, members in of_several(said, alone, history, heads, int(p["members"]))
    )


def of_several(
    said: Sequence[Signal], alone: Sequence[Signal], history: History, heads: dict[str, str], least: int
) -> list[tuple[Signal, str]]:
    """(signal of a class, label that names its members) of those that rest on `least` different members or more.

    said: signals of the lifted history. alone: what the same rule says of single members; where it speaks of one in the
    same place, that signal says it better, and the class's is left out.
    """
    better = {(heads[s.substance], s.place, s.kind) for s in alone if s.substance in heads}
    by_ref = {sample.ref: sample for sample in history.samples}
    kept = []
    for signal in said:
        members = sorted(
            {m for ref in signal.evidence for m in by_ref[ref].substances if heads.get(m) == signal.substance}
        )
        if len(members) >= least and (signal.substance, signal.place, signal.kind) not in better:
            kept.append((signal, "members: " + ", ".join(members)))
    return kept


def lift(history: History, heads: dict[str, str]) -> History:
    """The history with each member counted as its class; what is in no class falls away."""
    names = tuple(sorted(set(heads.values())))
    number = {name: i for i, name in enumerate(names)}
    to = np.array([number.get(heads.get(s, ""), -1) for s in history.substances] or [-1], dtype=np.int32)
    what = to[history.finding_substance] if history.finding_substance.size else history.finding_substance
    kept = what >= 0
    return replace(
        history,
        substances=names,
        finding_sample=history.finding_sample[kept],
        finding_substance=what[kept],
        finding_trace=history.finding_trace[kept],
    )


def heads_asked(substances: frozenset[str]) -> dict[str, str]:
    """Contaminant → class entry, for members that were asked for themselves or by the class's own entry."""
    return {s: head for s, head in heads_of_classes().items() if s in substances or head in substances}


@cache
def heads_of_classes() -> dict[str, str]:
    """Contaminant → the entry that stands for its class, for classes that have one."""
    tables = read_tables()
    ids = {s.id for s in tables.substances}
    return {s.id: s.category for s in tables.substances if s.role == "contaminant" and s.category in ids}


TREE = Method("tree", VERSION, "Has a whole class arrived, though each member was found only once?", PARAMETERS, tree)
