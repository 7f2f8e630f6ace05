"""Draws the plot of the reference methods in docs/methods.md from a real record: weekly deaths, limits and alarms.

Run as python -m bench.plot_counts [FOLDER]. The figures are aggregates by week; no record is kept in the project.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.plot_panels import Panel, figure
from bench.real_history import records
from detectors.methods.cusum import binomial_cusum
from detectors.methods.ears import ears
from detectors.methods.farrington import farrington_flexible
from detectors.methods.farrington_settings import Farrington
from detectors.methods.michigan import moving_mean
from detectors.methods.rnssp_ewma import rnssp_ewma
from detectors.words.lexicon import Lexicon

RECORD, SUBSTANCE = "Connecticut", "xylazine"
FIRST, SHOWN, LAST = date(2014, 1, 6), date(2018, 7, 2), date(2020, 12, 27)
H = 4.0
Floats = NDArray[np.float64]


def weeks(samples: list[tuple[int, bool]]) -> tuple[Floats, Floats]:
    """Positives and deaths tested by week from FIRST to LAST."""
    length = (LAST - FIRST).days // 7 + 1
    y, n = np.zeros(length), np.zeros(length)
    for day, positive in samples:
        week = (day - FIRST.toordinal()) // 7
        if 0 <= week < length:
            n[week] += 1
            y[week] += positive
    return y, n


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/plots")
    record = next(record for record in records(Lexicon.load()) if record.name == RECORD)
    y, n = weeks([(sample.event, SUBSTANCE in sample.substances) for sample in record.samples])
    shown = slice((SHOWN - FIRST).days // 7, None)
    days = [FIRST + timedelta(weeks=week) for week in range(y.size)]
    c2, four = ears(y, "C2"), moving_mean(y)
    flexible = farrington_flexible(y, Farrington(), population=n[None], dates=days)
    ewma = rnssp_ewma(y)
    drift = binomial_cusum(y[None], n[None], 0.005)
    panels = [
        ("Deaths a week; limit and alarms of EARS C2", y, c2.upper[0], c2.alarm[0]),
        ("Limit and alarms of the four-week mean and 3 SD", y, four.upper[0], four.alarm[0]),
        ("Limit and alarms of Farrington flexible with the number of deaths tested as offset", y, flexible.upper[0],
         flexible.alarm[0]),
        ("Mean of the baseline and red weeks of ESSENCE's EWMA", y, ewma.expected[0], ewma.alarm[0]),
        (f"Binomial CUSUM from a share of 0.5 % to four times the odds; alarm above {H:g}", drift.statistic[0],
         np.full(y.size, H), drift.alarm[0]),
    ]  # fmt: skip
    path = folder / f"{RECORD.lower()}-{SUBSTANCE}-reference.svg"
    figure(
        path, f"{SUBSTANCE.capitalize()} in overdose deaths, {RECORD}: five reference methods", days[shown],
        [Panel(title, bars[shown], line[shown], alarm[shown]) for title, bars, line, alarm in panels],
    )  # fmt: skip
    firsts = {title: str(days[int(np.argmax(alarm))]) for title, _, _, alarm in panels if alarm.any()}
    print(path, firsts, {title: int(alarm[shown].sum()) for title, _, _, alarm in panels})


if __name__ == "__main__":
    main()
