"""Farrington flexible: is this week's count above what the same season of past years leads one to expect?

Source: Farrington, Andrews, Beale, Catchpole (1996), JRSS A 159; Noufaily, Enki, Farrington et al. (2013), Statistics
in Medicine 32; Salmon, Schumacher, Höhle (2016), JSS 70. A quasi-Poisson regression on the reference weeks
(`farrington_reference`), with a trend where it is supported, re-weighted against past outbreaks
(`farrington_weights`), gives μ for this week and a threshold (`farrington_threshold`). An alarm needs y > 0 and a
score above 1:

    score = (y − μ) / (upper − μ)

Right by default. `compat="surveillance"` gives `surveillance::farringtonFlexible`'s numbers (1.26.0), which differ in
three places: it puts the prior weights in the place of the working weights before it tests the trend and takes
standard errors, so that both are wrong; with nbPlugin and muan it subtracts log μ instead of μ in the score; and the
mean it reports for "delta" is an exponential of a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, xlogy

from detectors.methods.farrington_fit import TINY
from detectors.methods.farrington_points import START, Design, Points
from detectors.methods.farrington_predict import Prediction, predict
from detectors.methods.farrington_reference import Layout, reference_weeks
from detectors.methods.farrington_settings import Farrington, FarringtonResult
from detectors.methods.farrington_threshold import delta_limit, upper_quantile, upper_tail

Floats = NDArray[np.float64]
POINTS_AT_ONCE = 120_000
"""Reference counts in one block of fits: a megabyte an array, so that memory stays bounded and caches help."""


def farrington_flexible(
    y: ArrayLike,
    settings: Farrington | None = None,
    *,
    population: ArrayLike | None = None,
    dates: Sequence[date] | None = None,
    start: int = 0,
    compat: Literal["surveillance"] | None = None,
) -> FarringtonResult:
    """Thresholds for every week, from column `start` on, of every series that has b years and w weeks behind it.

    y: (series, time) counts, NaN where missing. population: (series, time) volume (samples tested), an offset in the
    model; weeks without volume are left out, and have no threshold. dates: date of each column, to count years by date
    instead of by `frequency` columns. compat: see above.
    """
    chosen = settings or Farrington()
    counts = np.atleast_2d(np.asarray(y, dtype=np.float64))
    volume = None if population is None else np.broadcast_to(np.asarray(population, dtype=np.float64), counts.shape)
    layouts = reference_weeks(
        counts.shape[1],
        b=chosen.b,
        w=chosen.w,
        no_periods=chosen.no_periods,
        past_weeks_not_included=chosen.past_weeks_not_included,
        frequency=chosen.frequency,
        dates=dates,
    )
    out = _blank(counts.shape)
    groups: dict[bytes, tuple[Layout, list[int]]] = {}
    for week, layout in layouts.items():
        if week >= start:
            groups.setdefault(layout.key, (layout, []))[1].append(week)
    columns = _columns(counts, volume)
    for layout, weeks in groups.values():
        design = Design.of(layout)
        series_at_once = max(1, POINTS_AT_ONCE // (layout.offsets.size * len(weeks)))
        weeks_at_once = max(1, POINTS_AT_ONCE // layout.offsets.size)
        for first in range(0, counts.shape[0], series_at_once):
            rows = slice(first, first + series_at_once)
            for begin in range(0, len(weeks), weeks_at_once):
                now = np.array(weeks[begin : begin + weeks_at_once])
                _block(out, columns, rows, now, layout, design, chosen, compat)
    return FarringtonResult(**{field.name: out[field.name] for field in fields(FarringtonResult)})


def _blank(shape: tuple[int, ...]) -> dict[str, NDArray]:  # type: ignore[type-arg]
    names = [field.name for field in fields(FarringtonResult)]
    return {
        name: np.zeros(shape, dtype=np.bool_) if name in ("alarm", "trend") else np.full(shape, np.nan)
        for name in names
    }


@dataclass(frozen=True)
class _Columns:
    """The series and what every fit needs of each count, all (series, time); names as in `farrington_fit.Points`."""

    observed: Floats
    present: NDArray[np.bool_] | None
    y: Floats
    y_power: Floats
    start: Floats
    start_log: Floats
    own: Floats
    gap: Floats
    log_base: Floats | None


def _columns(counts: Floats, volume: Floats | None) -> _Columns:
    present = np.isfinite(counts) & (counts >= 0)
    if volume is not None:
        present &= np.isfinite(volume) & (volume > 0)
    y = np.where(present, counts, 0.0)
    start = y + START
    own = np.asarray(xlogy(y, y), dtype=np.float64) - y
    return _Columns(
        observed=counts,
        present=None if present.all() else present,
        y=y,
        y_power=np.cbrt(np.square(y)),
        start=start,
        start_log=start * np.log(start) - START,
        own=own,
        gap=own - y * np.log(start) + start,
        log_base=None if volume is None else np.log(np.where(present, volume, 1.0)),
    )


def _block(
    out: dict[str, NDArray],  # type: ignore[type-arg]
    columns: _Columns,
    rows: slice,
    now: NDArray[np.int64],
    layout: Layout,
    design: Design,
    chosen: Farrington,
    compat: str | None,
) -> None:
    index = (now[:, None] + layout.offsets).ravel()

    def windows(grid: NDArray) -> NDArray:  # type: ignore[type-arg]
        return np.take(grid[rows], index, axis=1).reshape(-1, layout.offsets.size)

    points = Points(
        y=windows(columns.y),
        y_power=windows(columns.y_power),
        start=windows(columns.start),
        start_log=windows(columns.start_log),
        own=windows(columns.own),
        gap=windows(columns.gap),
        log_base=None if columns.log_base is None else windows(columns.log_base),
        weight=None if columns.present is None else windows(columns.present).astype(np.float64),
    )
    offset = None if columns.log_base is None else columns.log_base[rows][:, now].ravel()
    forecast = predict(
        points,
        design,
        offset,
        trend=chosen.trend and chosen.b >= 3,
        p_threshold_trend=chosen.p_threshold_trend,
        weights_threshold=chosen.weights_threshold if chosen.reweight else None,
        compat=compat,
    )
    y = columns.observed[rows][:, now]
    shape = y.shape
    verdict = _judge(y.ravel(), forecast, chosen, compat)
    missing = None if columns.present is None else ~columns.present[rows][:, now].ravel()
    enough = _recent(columns.y[rows], now, chosen.limit54[1]).ravel() >= chosen.limit54[0]
    alarm = enough & (verdict["score"] > 1) & (y.ravel() > 0)
    verdict["expected"] = np.where(enough & ~np.isnan(verdict["upper"]), verdict["expected"], np.nan)
    verdict["upper"] = np.where(enough, verdict["upper"], np.nan)
    if missing is not None:
        alarm &= ~missing
        for name in ("upper", "expected", "score", "p", "mu0"):
            verdict[name] = np.where(missing, np.nan, verdict[name])
    for name, values in verdict.items():
        out[name][rows, now] = values.reshape(shape)
    out["alarm"][rows, now] = alarm.reshape(shape)
    out["phi"][rows, now] = forecast.phi.reshape(shape)
    out["trend"][rows, now] = forecast.trend.reshape(shape)
    out["trend_coefficient"][rows, now] = forecast.slope.reshape(shape)


def _recent(y: Floats, now: NDArray[np.int64], weeks: int) -> Floats:
    total = np.concatenate([np.zeros((y.shape[0], 1)), np.cumsum(y, axis=1)], axis=1)
    return np.asarray(total[:, now + 1] - total[:, np.maximum(now + 1 - weeks, 0)])


def _judge(y: Floats, forecast: Prediction, chosen: Farrington, compat: str | None) -> dict[str, Floats]:
    mu, error, phi = forecast.mu, forecast.error, forecast.phi
    z = float(ndtri(1 - chosen.alpha))
    middle = mu
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if chosen.threshold_method == "delta":
            middle = mu = np.maximum(mu, TINY)
            upper, p = delta_limit(y, mu, mu * error, phi, chosen.alpha, chosen.power)
            mu0 = np.exp(mu + z * mu * error) if compat else np.exp(forecast.eta + z * error)
        else:
            mu0 = mu if chosen.threshold_method == "nbPlugin" else np.exp(forecast.eta + z * error)
            upper = upper_quantile(mu0, phi, chosen.alpha)
            p = upper_tail(y, mu0, phi)
            if compat:
                middle = forecast.eta
        score = (y - middle) / (upper - middle)
        if not compat:
            # With next to nothing expected the limit is 0 and lies below the mean; then any case is beyond it.
            score = np.where(upper > middle, score, np.where(y > upper, np.inf, np.where(np.isnan(upper), np.nan, 0.0)))
    return {"upper": upper, "p": p, "score": score, "mu0": mu0, "expected": mu}
