"""Cluster: is there a place, or a group of neighbouring places, with too many positives in the latest weeks?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detectors.history import History
from detectors.methods.cluster_scan import SCANS, Grid, least_count
from detectors.methods.columns import Columns
from detectors.methods.confirmation import Confirmation
from detectors.methods.evidence import evidence
from detectors.methods.rows import Ints
from detectors.methods.scan import Scan
from detectors.methods.tree import heads_asked, lift, of_several
from detectors.methods.weekly import Floats, ends
from detectors.methods.zones import holds, on_the_globe, round_zones
from detectors.registry import Method, Parameter, completed
from detectors.signal import Parameters, Signal, Window
from detectors.words.county_places import CountyPlace, county_places

VERSION = "3"

PARAMETERS = (
    Parameter(
        "algorithm",
        "bernoulli",
        "",
        "Which scan: bernoulli (positives among tests), population (the same as plain counts), expectation (each "
        "place's own earlier share; sees a rise everywhere) or permutation (for feeds that report findings only).",
        choices=tuple(SCANS),
    ),
    Parameter("max_weeks", 12, "weeks", "The longest time that a cluster may have lasted; it must go on now.", 1, 52),
    Parameter("baseline_weeks", 52, "weeks", "All weeks that are looked at, the latest included.", 12, 260),
    Parameter("largest", 0.5, "share", "Largest part of all tests that one cluster may hold.", 0.05, 0.95),
    Parameter("most_counties", 25, "counties", "How many neighbouring counties one cluster may hold.", 1, 200),
    Parameter(
        "rho",
        0.02,
        "share",
        "How alike samples of one week and place are: several come from one batch. Only bernoulli allows for it.",
        0,
        0.2,
    ),
    Parameter("min_positives", 3, "samples", "Fewest positive samples in the cluster.", 2, 1000),
    Parameter("replicates", 999, "", "Times that chance is tried against the cluster.", 99, 9999),
    Parameter(
        "recurrence_weeks", 52.0, "weeks", "Chance would give such a cluster less than once in so long.", 1, 5200
    ),
    Parameter("fresh_days", 7, "days", "Speak only when a result of the cluster became known this lately.", 1, 60),
    Parameter("count_traces", False, "", "Count findings reported as trace only."),
    Parameter(
        "whole_classes",
        False,
        "",
        "Scan each class as a whole too: different nitazenes, found once each by neighbours, are one cluster.",
    ),
)


def cluster(
    history: History, parameters: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> Sequence[Signal]:
    """At most one signal per (substance, kind): the most likely cluster of the prospective scan named by `algorithm`;
    with `whole_classes` also one per (class, kind), of at least two members, where no member clusters there by itself.

    Zones are every county with its nearest neighbours (by the middles of their areas), one more at a time up to
    `most_counties`, and each wider place asked for with all that lies in it; never more than `largest` of all tests (of
    all findings, for "permutation"). Every duration from 1 to `max_weeks` weeks that ends now is tried; p is the share
    of `replicates` draws of the whole map, with samples of a week and place as alike as `rho` says, whose best zone is
    as good, and the recurrence interval 1/p in weeks, for a scan that runs weekly. Draws come from a fixed seed, so
    that a signal can be recomputed. `smallest` is the least count in the cluster that would still have been told, the
    newest positives being taken away and the scan made anew. The signal's place is the county, or the smallest place
    asked for that holds all counties of the zone, else the one with most positives; a label names them all. Raises
    ValueError for parameters out of bounds.
    """
    p = completed(CLUSTER, parameters)
    said = _clusters(history, p, substances, places)
    if not p["whole_classes"]:
        return said
    heads = heads_asked(substances)
    classes = _clusters(lift(history, heads), p, frozenset(heads.values()), places)
    return (
        *said,
        *(
            # Counties stand last: the label that names them is told by their names.
            replace(signal, labels=(*signal.labels[:-1], members, signal.labels[-1]))
            for signal, members in of_several(classes, said, history, heads, 2)
        ),
    )


def _clusters(
    history: History, p: Parameters, substances: frozenset[str], places: tuple[str, ...]
) -> tuple[Signal, ...]:
    columns = Columns.of(history, substances, places)
    today = history.today.toordinal()
    known = history.known.astype(np.int64)
    keep = (columns.confirmation[columns.findings.sample] > Confirmation.STRIP) & (columns.findings.day <= today)
    if not p["count_traces"]:
        keep &= ~columns.trace
    kept = np.flatnonzero(keep)
    found = columns.findings.take(keep)
    fresh = known[found.sample] > today - int(p["fresh_days"])
    if not fresh.any():
        return ()
    weeks, longest = max(int(p["baseline_weeks"]), int(p["max_weeks"]) + 1), int(p["max_weeks"])
    signals = []
    least = float(p["min_positives"])
    laid_out: dict[bytes, list[tuple[int, ...]]] = {}
    late = ends(columns)
    narrow = [i for i, c in enumerate(columns.places) if not any(holds(c, o) for o in columns.places)]
    for k, kind in enumerate(columns.kinds):
        strata = np.array([i * len(columns.kinds) + k for i in range(len(columns.places))], dtype=np.int64)
        leaves = strata[narrow]
        end = int(late[leaves].max()) if leaves.size else today
        # The weeks before the longest cluster stand in one row: they are compared with, and begin none.
        edges = end + 1 - 7 * np.concatenate([[weeks], np.arange(longest, -1, -1)])
        for s, substance in enumerate(columns.substances):
            mine = s * columns.strata + leaves
            positives = np.diff(_grid(found.start, mine, edges), axis=1).T.astype(np.float64)
            recent = found.day > end - 7 * longest
            if not (np.isin(found.series, mine) & fresh & recent).any() or positives[-longest:].sum() < least:
                continue
            tested = np.diff(_grid(columns.tested.start, mine, edges), axis=1).T.astype(np.float64)
            weights = (positives if p["algorithm"] == "permutation" else tested).sum(axis=0)
            # Most substances are looked for by the same tests: the map is laid out once for all of them.
            zones = laid_out.get(weights.tobytes())
            if zones is None:
                zones = _zones(columns.places, narrow, weights, float(p["largest"]), int(p["most_counties"]))
                laid_out[weights.tobytes()] = zones
            if len(zones) < 2:
                continue
            grid = Grid(tested, zones, weeks - longest)
            scan = _told(grid, positives, p)
            if scan is None:
                continue
            zone = list(zones[scan.zone])
            first = end - 7 * scan.duration + 1
            rows = np.flatnonzero(np.isin(found.series, mine[zone]) & (found.day >= first))
            x1, n1 = int(positives[-scan.duration :, zone].sum()), int(tested[-scan.duration :, zone].sum())
            if not fresh[rows].any():
                continue
            others = frozenset(zone)

            def still(fewer: Floats, grid: Grid = grid, others: frozenset[int] = others) -> bool:
                again = _told(grid, fewer, p)
                return again is not None and not others.isdisjoint(grid.zones[again.zone])

            proof = evidence(columns, kept[rows])
            names = [columns.places[narrow[i]] for i in zone]
            n0, x0 = int(tested.sum()) - n1, int(positives.sum()) - x1
            signals.append(
                Signal(
                    method="cluster",
                    version=VERSION,
                    substance=substance,
                    place=_around(columns.places, names, positives[-scan.duration :, zone].sum(axis=0)),
                    kind=kind,
                    on=history.today,
                    window=Window(date.fromordinal(first), max(date.fromordinal(end), proof.last_seen)),
                    observed=x1,
                    evidence=proof.refs,
                    parameters=p,
                    tested=n1,
                    baseline=Window(date.fromordinal(int(edges[0])), date.fromordinal(end)),
                    baseline_positives=x0,
                    baseline_tested=n0,
                    expected=x1 / float(scan.inside[scan.zone, scan.duration - 1]),
                    probability=scan.p,
                    smallest=least_count(still, positives, zone, scan.duration, int(least)),
                    lag_days=proof.lag_days,
                    first_seen=proof.first_seen,
                    last_seen=proof.last_seen,
                    labels=("cluster", *proof.labels, f"{scan.duration} weeks", *said_by(p), IN + ", ".join(names)),
                )
            )
    return tuple(signals)


def _told(grid: Grid, positives: Floats, p: Parameters) -> Scan | None:
    """The scan where its most likely cluster is worth telling, else None."""
    scan = grid.scan(
        str(p["algorithm"]), positives,
        rho=float(p["rho"]), replicates=int(p["replicates"]), hopeless=1 / float(p["recurrence_weeks"]),
    )  # fmt: skip
    # The whole time is no news: such a place was always like this.
    if scan.duration >= positives.shape[0] or scan.recurrence_interval < float(p["recurrence_weeks"]):
        return None
    inside = positives[-scan.duration :, list(grid.zones[scan.zone])].sum()
    return scan if inside >= float(p["min_positives"]) else None


IN = "in "


def said_by(p: Parameters) -> tuple[str, ...]:
    """A label that names the scan, where it is not the usual one."""
    return () if p["algorithm"] == "bernoulli" else (f"{p['algorithm']} scan",)


def cluster_counties(signal: Signal) -> tuple[str, ...]:
    """FIPS codes of the places that a cluster holds."""
    named = (label.removeprefix(IN) for label in signal.labels if label.startswith(IN))
    return tuple(code for label in named for code in label.split(", ")) if signal.method == "cluster" else ()


def _around(places: tuple[str, ...], names: list[str], positives: Floats) -> str:
    """The smallest place asked for that holds all of these; where none does, the one with most positives."""
    if len(names) == 1:
        return names[0]
    holding = [c for c in places if all(holds(c, n) for n in names)]
    return max(holding, key=len, default=names[int(np.argmax(positives))])


def _zones(
    places: tuple[str, ...], narrow: list[int], tests: Floats, largest: float, most: int
) -> list[tuple[int, ...]]:
    """Zones as sets of the narrowest places: each with its neighbours, and each wider place asked for."""
    table = county_places()
    nowhere = CountyPlace("", 0, None, None, ())
    known = [table.get(places[i], nowhere) for i in narrow]
    missing = float("nan")
    middles = on_the_globe(
        [missing if c.latitude is None else c.latitude for c in known],
        [missing if c.longitude is None else c.longitude for c in known],
    )
    zones: dict[tuple[int, ...], None] = dict.fromkeys(round_zones(middles, tests, largest=largest, most=most))
    for place in places:
        zone = tuple(j for j, i in enumerate(narrow) if holds(place, places[i]) and tests[j] > 0)
        if zone and tests[list(zone)].sum() <= largest * tests.sum():
            zones[zone] = None
    return list(zones)


def _grid(start: Callable[[Ints, Ints], Ints], rows: Ints, edges: Ints) -> Ints:
    shape = (rows.size, edges.size)
    return start(np.broadcast_to(rows[:, None], shape), np.broadcast_to(edges, shape))


CLUSTER = Method(
    "cluster",
    VERSION,
    "Is there a place, or neighbours, with too many positives in the latest weeks?",
    PARAMETERS,
    cluster,
)
