"""A partner's file of results as large as wanted, with some samples re-analysed if wanted."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from detectors.simulator.unc_columns import LAB_DETAIL

NARROW = ("sampleid", "substance", "abundance", "method", "date_complete", "primary", "lab_null")
NAMES = (
    "fentanyl", "xylazine", "4-ANPP", "medetomidine", "cocaine", "caffeine", "lidocaine", "BTMPS", "heroin",
    "p-fluorofentanyl", "methamphetamine", "6-monoacetylmorphine", "phenethyl 4-ANPP", "tramadol", "quinine",
    "procaine", "levamisole", "acetaminophen", "diphenhydramine", "bromazolam",
)  # fmt: skip
FIRST = date(2020, 1, 1)
DAYS = 2200


def write(path: Path, rows: int, *, wide: bool, changed: float = 0.0, progress: Callable[[int], None]) -> int:
    """Write `rows` results of samples with one to six substances each, in the UNC layout; returns the samples.

    wide: all columns of the laboratory's export, of which most are not ours to keep; else those that are read.
    changed: share of the samples of which one result is stronger than in the file made without it.
    """
    header = LAB_DETAIL if wide else NARROW
    chance, again = random.Random(20260712), random.Random(7)
    fill = dict.fromkeys(header, "0") | {"pubchemcid": "446220", "cas": '"50-36-2"', "unii": '"I5Y540LHVR"',
                                             "lab_null": "", "_merge": '"Matched (3)"', "method": '"GCMS"'}  # fmt: skip
    done = samples = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(header) + "\n")
        while done < rows:
            samples += 1
            day = (FIRST + timedelta(days=chance.randrange(DAYS))).strftime("%d%b%Y").lower()
            names = chance.sample(NAMES, min(chance.randint(1, 6), rows - done))
            stronger = again.random() < changed
            for name in names:
                trace = chance.random() < 0.25
                if stronger:
                    trace, stronger = not trace, False
                cells = fill | {
                    "sampleid": f'"{400000 + samples}"', "substance": f'"{name}"', "date_complete": day,
                    "abundance": '"trace"' if trace else '""', "primary": str(int(not trace)), "trace": str(int(trace)),
                }  # fmt: skip
                out.write(",".join([cells[column] for column in header]) + "\n")
            done += len(names)
            if not samples % 2000:
                progress(done)
    return samples
