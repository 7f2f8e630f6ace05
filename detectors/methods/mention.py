"""Mention: do notices speak of a substance, as found elsewhere, or as something to be warned of?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectors.history import History
from detectors.methods.columns import Columns
from detectors.methods.rows import Ints
from detectors.methods.zones import holds
from detectors.registry import Method, Parameter, completed
from detectors.sample import SampleKind
from detectors.signal import Parameters, Signal, Window
from detectors.words.mention import Statement

VERSION = "1"

WAY = "notice: "
"""How the `methods` of a notice begin; what it says of the substance follows ("notice: detection")."""
RANK: dict[str, int] = {Statement.MENTION: 0, Statement.ADVISORY: 1, Statement.DETECTION: 2}
"""What a notice can say of a substance, from the least to the most."""

PARAMETERS = (
    Parameter(
        "least",
        "detection",
        "",
        "What a notice must say at least: that it was found (detection), what to do about it (advisory), or its name "
        "alone (mention).",
        choices=("detection", "advisory", "mention"),
    ),
    Parameter("notices", 1, "notices", "How many notices must say so.", 1, 100),
    Parameter("fresh_days", 7, "days", "A notice is news for this many days after it was read.", 1, 60),
    Parameter("max_age_days", 60, "days", "A notice published longer ago than this is old news.", 1, 3650),
    Parameter("quiet_days", 90, "days", "Speak again only after this many days without such a notice.", 0, 3650),
    Parameter(
        "unseen_days",
        365,
        "days",
        "News from elsewhere counts only where the substance was not found in this many days.",
        0,
        3650,
    ),
)


@dataclass(frozen=True, slots=True)
class _Notices:
    """What notices say, one row per notice, substance and place, in the order they were read.

    row: index into `History.samples`. substance: index into the names asked for. rank: see RANK. known, event:
    ordinals of the day it was read and published. place: the place it speaks of, "US" where it names none.
    """

    row: Ints
    substance: Ints
    rank: Ints
    known: Ints
    event: Ints
    place: tuple[str, ...]


def mention(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """One signal per (substance, place) of which notices newly speak; its kind is "notice", for nothing was tested.

    A notice counts if it says at least `least` of the substance and was published at most `max_age_days` before it was
    read; at least `notices` of them are fresh (read in the `fresh_days` ending today), and in the `quiet_days` before
    the first fresh one none was read. A notice that names the place asked for, or a place in it, is "here". Every
    other is "elsewhere", also one that names no place ("US"): it is told once for the widest places asked for, and only
    where the tests of the last `unseen_days` did not find the substance. Those tests are the signal's baseline: n
    negatives say how surely it is not here yet. `expected`, p and effect stay empty: words are no sample of anything.
    Labels: what is said (detection, advisory or mention), here or elsewhere, and of which places.
    Raises ValueError for parameters out of bounds.
    """
    p = completed(MENTION, parameters)
    names = tuple(sorted(substances & set(history.substances)))
    if not places or not _any_notice(history):
        return ()
    told = _notices(history, names, RANK[str(p["least"])], int(p["max_age_days"]))
    if not told.row.size:
        return ()
    today, fresh_days = history.today.toordinal(), int(p["fresh_days"])
    fresh = told.known > today - fresh_days
    if not fresh.any():
        return ()
    columns = Columns.of(history, substances, places)
    codes, place = np.unique(np.array(told.place), return_inverse=True)
    widest = [not any(holds(wide, one) for wide in places) for one in places]
    signals = []
    for a, asked in enumerate(places):
        here = np.array([code == asked or holds(asked, str(code)) for code in codes], dtype=bool)[place]
        for near in (True, False):
            if not near and not widest[a]:
                continue
            mine = here == near
            for s in np.unique(told.substance[mine & fresh]).tolist():
                rows = np.flatnonzero(mine & (told.substance == s))
                new = rows[fresh[rows]]
                first = int(told.known[new].min())
                before = (told.known[rows] < first) & (told.known[rows] >= first - int(p["quiet_days"]))
                if new.size < int(p["notices"]) or before.any():
                    continue
                since = today - int(p["unseen_days"]) + 1
                x0, n0 = _found_here(columns, names[s], a, since, today)
                if not near and x0:
                    continue
                new = new[np.lexsort(([history.samples[i].ref for i in told.row[new]], told.event[new]))]
                most = max(RANK, key=lambda word: RANK[word] if RANK[word] == told.rank[new].max() else -1)
                said_of = tuple(dict.fromkeys(told.place[i] for i in new))
                signals.append(
                    Signal(
                        method="mention",
                        version=VERSION,
                        substance=names[s],
                        place=asked,
                        kind=SampleKind.NOTICE,
                        on=history.today,
                        window=Window(date.fromordinal(today - fresh_days + 1), history.today),
                        observed=int(new.size),
                        evidence=tuple(history.samples[i].ref for i in told.row[new]),
                        parameters=p,
                        baseline=Window(date.fromordinal(since), history.today) if since <= today else None,
                        baseline_positives=x0 if since <= today else None,
                        baseline_tested=n0 if since <= today else None,
                        smallest=int(p["notices"]),
                        lag_days=float(np.median(told.known[new] - told.event[new])),
                        first_seen=date.fromordinal(int(told.event[new].min())),
                        last_seen=date.fromordinal(int(told.event[new].max())),
                        labels=(
                            "mention", BULLETIN, str(most), HERE if near else ELSEWHERE, SAID_OF + ", ".join(said_of),
                        ),
                    )
                )  # fmt: skip
    return tuple(signals)


BULLETIN = "bulletin"
"""Its word of confidence: the weakest there is."""
HERE, ELSEWHERE, SAID_OF = "here", "elsewhere", "said of: "


def said_of(signal: Signal) -> tuple[str, ...]:
    """FIPS codes of the places that a signal's notices speak of."""
    return tuple(
        code for label in signal.labels if label.startswith(SAID_OF) for code in label.removeprefix(SAID_OF).split(", ")
    )


def _any_notice(history: History) -> bool:
    return SampleKind.NOTICE in history.kinds and bool(
        (history.kind == history.kinds.index(SampleKind.NOTICE)).any()
    )  # fmt: skip


def _notices(history: History, names: tuple[str, ...], least: int, max_age: int) -> _Notices:
    number = {name: i for i, name in enumerate(names)}
    to = np.array([number.get(name, -1) for name in history.substances] or [-1], dtype=np.int64)
    rank = {way: RANK.get(way.removeprefix(WAY), -1) for s in history.samples for way in s.methods}
    said = np.array(
        [max((rank[w] for w in s.methods), default=-1) if s.kind == SampleKind.NOTICE else -1 for s in history.samples],
        dtype=np.int64,
    )
    owner = history.finding_sample.astype(np.int64)
    substance = to[history.finding_substance] if owner.size else np.zeros(0, np.int64)
    known, event = history.known.astype(np.int64), history.event.astype(np.int64)
    keep: NDArray[np.bool_] = substance >= 0
    keep &= said[owner] >= least if owner.size else True
    keep &= known[owner] - event[owner] <= max_age if owner.size else True
    row = owner[keep]
    return _Notices(
        row, substance[keep], said[row], known[row], event[row], tuple(history.samples[i].place for i in row)
    )


def _found_here(columns: Columns, substance: str, place: int, first: int, last: int) -> tuple[int, int]:
    """(positives, tests) of all kinds of evidence in a place: whatever found it, it is here."""
    strata = np.arange(len(columns.kinds), dtype=np.int64) + place * len(columns.kinds)
    lows, highs = np.full_like(strata, first), np.full_like(strata, last)
    series = columns.substances.index(substance) * columns.strata + strata
    tested = int(columns.tested.count(series, lows, highs).sum())
    positive = columns.findings.count(series, lows, highs)
    return int(positive.sum()), tested


MENTION = Method("mention", VERSION, "Do notices speak of it, here or elsewhere?", PARAMETERS, mention)
