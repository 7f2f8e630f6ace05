"""The reference itself, timed in the same run where the machine has R with `surveillance`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bench.detect_grid import HISTORY, JUDGED, Grid

SERIES = 10
"""Series that R judges; its seconds are scaled up to 1,000, as its time grows in proportion."""
SCRIPT = """ if (!requireNamespace("surveillance", quietly = TRUE)) quit(status = 3)
suppressPackageStartupMessages(library(surveillance)) folder <- commandArgs(trailingOnly = TRUE)[1] first <-
as.integer(commandArgs(trailingOnly = TRUE)[2]) y <- as.matrix(read.csv(file.path(folder, "y.csv"), header = FALSE)) n
<- as.matrix(read.csv(file.path(folder, "n.csv"), header = FALSE)) span <- first:nrow(y) counts <- sts(observed = y,
population = pmax(n, 1), frequency = 52, start = c(2018, 1)) say <- function(name, work) cat(name,
system.time(suppressWarnings(work()))[["elapsed"]], sep = "\\t", fill = TRUE) say("EARS C1, C2 and C3", function() for
(m in c("C1", "C2", "C3")) earsC(counts, control = list(range = span, method = m))) flexible <- function(...)
farringtonFlexible(counts, control = modifyList(
  list(range = span, b = 3, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, alpha = 0.005,
       thresholdMethod = "nbPlugin", limit54 = c(0, 4), glmWarnings = FALSE), list(...)))
say("Farrington delta", function() flexible(noPeriods = 1, pastWeeksNotIncluded = 3, alpha = 0.05,
  thresholdMethod = "delta", limit54 = c(5, 4)))
say("Farrington nbPlugin", function() flexible(pThresholdTrend = 1))
say("Farrington offset", function() flexible(populationOffset = TRUE))
"""


def reference_seconds(whole: Grid) -> tuple[dict[str, float], str]:
    """R's seconds by method for 1,000 series × 260 weeks ({} where it cannot run), and a sentence on their origin."""
    program = shutil.which("Rscript")
    if program is None:
        return {}, "R is not on this machine: reference seconds are those of the record."
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savetxt(folder / "y.csv", whole.y[:SERIES].T, fmt="%d", delimiter=",")
        np.savetxt(folder / "n.csv", whole.n[:SERIES].T, fmt="%d", delimiter=",")
        (folder / "time.R").write_text(SCRIPT, encoding="utf-8")
        done = subprocess.run(
            [program, str(folder / "time.R"), str(folder), str(HISTORY + 1)],
            capture_output=True,
            text=True,
            timeout=1_800,
            check=False,
        )
    if done.returncode:
        why = "it has no package surveillance" if done.returncode == 3 else done.stderr.strip().splitlines()[-1:]
        return {}, f"R is here but could not be timed ({why}): reference seconds are those of the record."
    seconds = {}
    for line in done.stdout.splitlines():
        method, _, spent = line.partition("\t")
        seconds[method.strip()] = float(spent) * 1_000 / SERIES
    return seconds, f"R was timed in this run on {SERIES} series × {JUDGED} weeks, scaled to 1,000 series."
