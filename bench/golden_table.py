"""Reference numbers as columns: gzipped CSV files in which NA means "the reference gives none"."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """All rows of one file; none where the folder does not have it."""
    path = folder / name
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(table: Sequence[Mapping[str, str]], column: str) -> NDArray[np.float64]:
    """One column as floats; NaN for NA and for an empty cell."""
    return np.array([float(row[column]) if row[column] not in ("NA", "") else np.nan for row in table])


def groups(table: Sequence[dict[str, str]], *keys: str) -> dict[tuple[str, ...], list[dict[str, str]]]:
    """Rows by the values of some columns, in order of appearance."""
    result: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in table:
        result.setdefault(tuple(row[key] for key in keys), []).append(row)
    return result


@dataclass(frozen=True)
class Series:
    """One input series. y, n: (time,) counts and volume (NaN without). dates: () where the series has none.

    frequency: columns a year.
    """

    y: NDArray[np.float64]
    n: NDArray[np.float64]
    dates: tuple[date, ...]
    frequency: int


def inputs(folder: Path) -> dict[str, Series]:
    """Every input series by its id."""
    meta: dict[str, Any] = {
        entry["series_id"]: entry for entry in json.loads((folder / "inputs_meta.json").read_text())
    }
    result = {}
    for (name,), table in groups(rows(folder, "inputs_series.csv.gz"), "series_id").items():
        days = tuple(date.fromisoformat(row["date"]) for row in table if row["date"])
        result[name] = Series(numbers(table, "y"), numbers(table, "n"), days, int(meta[name]["freq"]))
    return result
