"""Tests for short and noisy series of years: what may be called a trend, and what may not.

All are exact or by permutation where a series is short: the usual normal approximations claim more than they keep
with four to eight years. A year without a number is left out, never taken as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 4                               # years for a trend: of three, one order in three is monotone
EXACT = 8                                # years up to which all orders are counted where values are tied
CHANGE = 8                               # years for a change point
ORDERS = 2000                            # orders drawn where there are too many to count


@dataclass(frozen=True, slots=True)
class Trend:
    """Mann-Kendall's tau with its p, and Theil-Sen's slope a year with its interval; NaN where there are too few
    years."""

    years: int
    tau: float
    p: float
    slope: float
    low: float
    high: float


def trend(years: Sequence[float], values: Sequence[float | None], level: float = 0.95) -> Trend:
    """Mann-Kendall test (Mann 1945, Kendall 1975) and Theil-Sen slope (Sen 1968) of a series with gaps.

    The p is exact: from the distribution of tau over all orders of the values, or with ties over all orders of the
    very values up to eight years; beyond that, tied series have the normal approximation with its tie correction.
    Fewer than four values give NaN.

    >>> found = trend(range(2006, 2012), [14.0, 15.5, 15.2, 17.0, 18.8, None])
    >>> found.years, round(found.tau, 2), round(found.p, 3), round(found.slope, 2)
    (5, 0.8, 0.083, 1.15)
    """
    import numpy as np
    from scipy.stats import kendalltau, theilslopes

    told = [(float(y), float(v)) for y, v in zip(years, values, strict=True) if v is not None and v == v]
    if len(told) < FEWEST:
        return Trend(len(told), *[float("nan")] * 5)
    when, what = (np.array(part) for part in zip(*told, strict=True))
    if len(set(what)) == 1:
        return Trend(len(told), 0.0, 1.0, 0.0, 0.0, 0.0)
    tied = len(set(what)) < len(what)
    found = kendalltau(when, what, method="asymptotic" if tied else "exact" if len(told) <= 50 else "auto")
    p = _over_orders(when, what) if tied and len(told) <= EXACT else float(found.pvalue)
    slope = theilslopes(what, when, level)
    return Trend(len(told), float(found.statistic), p, float(slope.slope), float(slope.low_slope),
                 float(slope.high_slope))


def _over_orders(when: NDArray[Any], what: NDArray[Any]) -> float:
    """Share of all orders of the values whose concordance with the years is as far from none as that seen."""
    import numpy as np

    orders = np.array(list(permutations(what)))
    first, second = np.triu_indices(len(what), 1)
    direction = np.sign(when[second] - when[first])
    scores = np.abs((np.sign(orders[:, second] - orders[:, first]) * direction).sum(axis=1))
    seen = abs((np.sign(what[second] - what[first]) * direction).sum())
    return float((scores >= seen).mean())


def change_point(years: Sequence[float], values: Sequence[float | None], seed: int = 0) -> tuple[int, float] | None:
    """The first year after a shift of level, and p, by Pettitt's rank test (1979) with p over 2,000 orders.

    None with fewer than eight values: in a shorter series a shift cannot be told from a trend or from chance.

    >>> change_point(range(2003, 2013), [5, 6, 5.5, 6.2, 5.1, 11, 12, 11.4, 10.8, 12.1])
    (2008, 0.009)
    """
    import numpy as np

    told = sorted((float(y), float(v)) for y, v in zip(years, values, strict=True) if v is not None and v == v)
    if len(told) < CHANGE:
        return None
    when, what = (np.array(part) for part in zip(*told, strict=True))
    signs = np.sign(what[:, None] - what[None, :])
    rng = np.random.default_rng(seed)
    ranks = signs.sum(axis=1)                              # of each value against all: U of a split is their sum
    steps = np.abs(np.cumsum(ranks)[:-1])
    drawn = np.abs(np.cumsum(rng.permuted(np.tile(ranks, (ORDERS, 1)), axis=1), axis=1)[:, :-1]).max(axis=1)
    p = (1 + (drawn >= steps.max()).sum()) / (ORDERS + 1)
    return int(when[int(steps.argmax()) + 1]), round(float(p), 3)


def adjusted(ps: Sequence[float]) -> list[float]:
    """p-values with the number of comparisons taken into account (Benjamini and Hochberg 1995); NaN stay NaN.

    Of what is called found at q of 0.05, one in twenty is expected to be false.

    >>> [round(q, 3) for q in adjusted([0.001, 0.02, float("nan"), 0.6])]
    [0.003, 0.03, nan, 0.6]
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    given = np.array(ps, dtype=float)
    told = ~np.isnan(given)
    if told.any():
        given[told] = false_discovery_control(given[told])
    return [float(q) for q in given]
