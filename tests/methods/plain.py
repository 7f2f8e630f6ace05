"""The reference methods said again, one series and one week at a time, as their papers say them: slow, and short enough
to be read beside the formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import betaln

Floats = NDArray[np.float64]


def ears_upper(y: Floats, t: int, method: str, b: int, least: float, alpha: float) -> float:
    """Hutwagner et al. 2003; NaN where there is not enough behind week t."""
    z = stats.norm.ppf(1 - alpha)

    def standard(week: int) -> tuple[float, float]:
        guard = 0 if method == "C1" else 2
        base = y[week - guard - b : week - guard]
        return float(base.mean()), max(float(base.std(ddof=1)), least)

    if t < b + {"C1": 0, "C2": 2, "C3": 4}[method]:
        return float("nan")
    mean, sigma = standard(t)
    if method != "C3":
        return float(mean + z * sigma)
    excess = 0.0
    for week in (t - 1, t - 2):
        m, s = standard(week)
        excess += max(0.0, (y[week] - m) / s - 1)
    return max(0.0, float(y[t] + sigma * (z - excess)))


def cusum(y: Floats, n: Floats, low: float, high: float, h: float, sigma: float) -> tuple[list[float], list[bool]]:
    """Page 1954 with the likelihood of one week at a time."""
    level, sums, alarms = 0.0, [], []
    for found, tested in zip(y, n, strict=True):
        if sigma:
            gain = sum(
                sign
                * (betaln(found + p / sigma, tested - found + (1 - p) / sigma) - betaln(p / sigma, (1 - p) / sigma))
                for sign, p in ((1, high), (-1, low))
            )
        else:
            gain = stats.binom.logpmf(found, tested, high) - stats.binom.logpmf(found, tested, low)
        level = max(0.0, level + (gain if tested > 0 else 0.0))
        sums.append(level)
        alarms.append(level > h)
        level = 0.0 if level > h else level
    return sums, alarms


def ewma(y: Floats, baseline: int = 28, guard: int = 2) -> list[tuple[float, float, float]]:
    """(expected, statistic, p) of each day, NaN before the ninth: Burkom 2017, with the decimals of Rnssp."""
    y = y / np.median(y[y > 0]) if (y < 1).all() and (y > 0).any() else y
    levels = dict.fromkeys((0.4, 0.9), y[0])
    for day in range(1, 7 + guard):
        levels = {w: w * y[day] + (1 - w) * z for w, z in levels.items()}
    out = [(float("nan"),) * 3] * (7 + guard)
    for t in range(7 + guard, y.size):
        base = y[max(0, t - guard - baseline) : t - guard]
        size, mean, s = base.size, base.mean(), base.std(ddof=1)
        warn, most = (round(float(stats.t.ppf(q, size - 1)), 5) for q in (0.95, 0.99))
        tried = []
        for w, before in levels.items():
            z = w * y[t] + (1 - w) * before
            wide = np.sqrt(w / (2 - w) + 1 / size - 2 * (1 - w) ** (guard + 1) * (1 - (1 - w) ** size) / size)
            least = w / warn * (0.01 + 0.05 * (1 - w) ** 2)
            added = w / warn * (0.1289 - (0.2414 - 0.1826 * (1 - w) ** 4) * np.log(0.5))
            sigma = max(least, s * wide + added)
            statistic = (z - mean) / sigma
            levels[w] = z if abs(statistic) <= most else mean + np.sign(statistic) * most * sigma
            tried.append((1 - stats.t.cdf(statistic, size - 1), statistic))
        p, statistic = min(tried[::-1], key=lambda one: one[0])
        out.append((float(mean), float(statistic), float(p)))
    return out


def regression(y: Floats, baseline: int = 28, guard: int = 2) -> list[tuple[float, float, float]]:
    """(expected, statistic, p) of each day, NaN before the fourteenth: Burkom et al. 2007, by least squares."""
    out = [(float("nan"),) * 3] * min(11 + guard, y.size)
    for t in range(11 + guard, y.size):
        days = np.arange(max(0, t - guard - baseline), t - guard)
        x = np.column_stack([np.ones(days.size), days, *((days % 7 == k).astype(float) for k in range(6))])
        beta, *_ = np.linalg.lstsq(x, y[days], rcond=None)
        size = days.size
        s = np.sqrt(np.square(y[days] - x @ beta).sum() / (size - 8))
        ahead = np.concatenate([[1.0, t], [float(t % 7 == k) for k in range(6)]]) @ beta
        expected = max(0.0, float(ahead))
        sigma = max(s * np.sqrt((size + 7) * (size - 4) / (size * (size - 7))),
                    0.01 / round(float(stats.t.ppf(0.95, size - 8)), 5))  # fmt: skip
        statistic = (y[t] - expected) / sigma
        out.append((expected, float(statistic), float(1 - stats.t.cdf(statistic, size - 8))))
    return out


@dataclass(frozen=True)
class Fit:
    """A quasi-likelihood fit. square: inverse of X'WX of the last step, working: its weights, far: (y − μ)/μ."""

    beta: Floats
    mu: Floats
    square: Floats
    working: Floats
    far: Floats
    settled: bool


def poisson_fit(x: Floats, y: Floats, offset: Floats, prior: Floats) -> Fit:
    """McCullagh & Nelder 1989: iteratively re-weighted least squares, started and stopped as R's glm."""
    mu, before, settled = y + 0.1, np.inf, False
    eta = np.log(mu)
    beta, weight = np.zeros(x.shape[1]), mu
    before = _deviance(y, mu, prior)
    for _ in range(25):
        weight = prior * mu
        root = np.sqrt(weight)
        beta, *_ = np.linalg.lstsq(root[:, None] * x, root * (eta - offset + (y - mu) / mu), rcond=None)
        eta = x @ beta + offset
        mu = np.maximum(np.exp(eta), np.finfo(float).eps)
        after = _deviance(y, mu, prior)
        settled = abs(after - before) / (abs(after) + 0.1) < 1e-8
        if settled:
            break
        before = after
    return Fit(beta, mu, np.linalg.pinv(x.T @ (weight[:, None] * x)), weight, (y - mu) / mu, settled)


def _deviance(y: Floats, mu: Floats, prior: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)
    return float(2 * (prior * part).sum())


def farrington(
    y: Floats, times: Floats, blocks: NDArray[np.int64], now: float, offset: Floats, ahead: float, *, trend: float,
    threshold: float, alpha: float, method: str, compat: bool,
) -> tuple[float, float, float, bool]:  # fmt: skip
    """(upper limit, μ, φ, whether a trend was kept) by Noufaily et al. 2013. times: 0 is the current week, which is in
    the last block. ahead: log population of the current week."""
    level = (blocks[:, None] == np.arange(blocks.max() + 1)).astype(float)
    for kept in (True, False) if trend > 0 else (False,):
        x = np.column_stack([level, times]) if kept else level
        df = y.size - x.shape[1]
        prior = np.ones(y.size)
        fit = poisson_fit(x, y, offset, prior)
        phi = max(float((fit.working * fit.far**2).sum() / df), 1.0)
        spread = float((prior * fit.far**2).sum() / df) if compat else phi
        hat = fit.working * np.einsum("ij,jk,ik->i", x, fit.square, x)
        s = 1.5 * (y ** (2 / 3) * fit.mu ** (-1 / 6) - fit.mu**0.5) / np.sqrt(phi * (1 - np.minimum(hat, 1 - 1e-12)))
        if (s > threshold).any():
            prior = np.where(s > threshold, s**-2.0, 1.0)
            prior *= y.size / prior.sum()
            fit = poisson_fit(x, y, offset, prior)
            phi = max(float((fit.working * fit.far**2).sum() / df), 1.0)
            spread = float((prior * fit.far**2).sum() / df) if compat else phi
        here = np.zeros(x.shape[1])
        here[level.shape[1] - 1] = 1.0
        mu = float(np.exp(here @ fit.beta + ahead))
        error = float(np.sqrt(spread * (here @ fit.square @ here)))
        if not kept:
            break
        p = 2 * stats.t.sf(abs(fit.beta[-1]) / np.sqrt(spread * fit.square[-1, -1]), df)
        if p < trend and mu <= y.max():
            break
    z = float(stats.norm.ppf(1 - alpha))
    if method == "delta":
        tau = phi + mu * error**2
        return (mu ** (2 / 3) + z * 2 / 3 * np.sqrt(tau) * mu ** (1 / 6)) ** 1.5, mu, phi, kept
    centre = mu if method == "nbPlugin" else mu * np.exp(z * error)
    quantile = stats.poisson(centre) if phi == 1 else stats.nbinom(centre / (phi - 1), 1 / phi)
    return float(quantile.ppf(1 - alpha)), mu, phi, kept


def logistic_fit(share: Floats, tests: Floats, x: Floats) -> tuple[Floats, float]:
    """(coefficients, Pearson's φ) of a quasi-binomial regression, by Newton steps on the likelihood."""
    beta = np.zeros(x.shape[1])
    beta[0] = np.log((share @ tests + 0.5) / ((1 - share) @ tests + 0.5))
    for _ in range(60):
        mu = 1 / (1 + np.exp(-(x @ beta)))
        beta = beta + np.linalg.solve(x.T @ ((tests * mu * (1 - mu))[:, None] * x), x.T @ (tests * (share - mu)))
    mu = 1 / (1 + np.exp(-(x @ beta)))
    return beta, float((tests * (share - mu) ** 2 / (mu * (1 - mu))).sum() / (share.size - x.shape[1]))
