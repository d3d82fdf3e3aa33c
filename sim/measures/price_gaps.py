"""Table 1: price gaps between markets, paired by sale month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sim.ledger import Ledger
from sim.measures.arrays import deviation, divide, mean, total
from sim.measures.sales import labels, market_prices
from sim.measures.table import Table


@dataclass(frozen=True)
class PriceGaps:
    """Mean differences between the prices of two markets, with a paired t test.

    Attributes
    ----------
    periods, pairs : tuple of str
        Labels: ``1980/81-1985/86`` and ``japan-offshore``.
    mean_cad_t : ndarray, shape (period, pair, draw)
        Mean of the monthly differences, C$/t; NaN without a month in which both markets were sold to.
    t : ndarray, shape (period, pair, draw)
        ``mean / (sd / sqrt(months))``; NaN with fewer than two months or without spread.
    months : ndarray of int, shape (period, pair, draw)
        Months with sales in both markets.
    significant : ndarray of bool, shape (period, pair, draw)
        Whether the mean differs from zero at the level asked for. Without spread: whether it is not zero.
    """

    periods: tuple[str, ...]
    pairs: tuple[str, ...]
    mean_cad_t: np.ndarray
    t: np.ndarray
    months: np.ndarray
    significant: np.ndarray

    def table(self) -> Table:
        """Return a table with one row per period and pair, in the study's order; significance as a share of draws."""
        rows = tuple(f"{period} {pair}" for period in self.periods for pair in self.pairs)
        parts = (self.mean_cad_t, self.t, self.months, self.significant)
        values = np.stack([part.astype(float).reshape(len(rows), -1) for part in parts], axis=1)
        columns = ("mean_difference_cad_t", "t", "months", "significant_95")
        return Table("table1", rows, columns, ("C$/t", "dimensionless", "months", "1 = yes"), values)


def paired_test(differences: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, ...]:
    """Two-sided paired t test along the first axis, NaN left out.

    Parameters
    ----------
    differences : ndarray, shape (month, ..., draw)
        C$/t, NaN for months that do not count.
    level : float
        Level of significance.

    Returns
    -------
    mean, t, months, significant : ndarray, shape (..., draw)
    """
    months = total(~np.isnan(differences)).astype(int)
    centre = mean(differences)
    spread = deviation(differences)
    enough = months > 1
    t = divide(np.where(enough, centre, np.nan), np.where(enough, spread, np.nan) / np.sqrt(np.maximum(months, 1)))
    counts, position = np.unique(months, return_inverse=True)
    bounds = np.array([stdtrit(n - 1.0, 0.5 + level / 2) if n > 1 else np.inf for n in counts])
    critical = bounds[position.reshape(months.shape)]
    beyond = np.abs(np.where(np.isnan(t), 0.0, t)) > critical
    constant = enough & (np.where(enough, spread, 1.0) == 0) & (np.where(enough, centre, 0.0) != 0)
    return centre, t, months, beyond | constant


def crop_years_between(ledger: Ledger, period: str) -> list[str]:
    """Crop years from first to last, both inclusive, of a period written ``1980/81-1985/86`` (or one crop year)."""
    first, _, last = period.partition("-")
    start, end = int(first[:4]), int((last or first)[:4])
    return [year for year in ledger.crop_years if start <= int(year[:4]) <= end]


def price_gaps(
    ledger: Ledger,
    origin: str,
    grade: str,
    pairs: Sequence[tuple[str, str] | str],
    periods: Sequence[str] | None = None,
    level: float = 0.95,
) -> PriceGaps:
    """Paired differences between the monthly prices an origin gets in two markets.

    A difference counts in months with sales in both markets, so the means of three pairs need not add up. Periods may
    overlap; the first and last crop year belong to each.

    Parameters
    ----------
    ledger : Ledger
    origin, grade : str
        Whose sales of what.
    pairs : sequence of (str, str) or str
        Markets to compare, ``("japan", "offshore")`` or ``"japan-offshore"``; the first minus the second.
    periods : sequence of str, optional
        ``1980/81-1985/86``; the whole run when absent. A period outside the run has no months.
    level : float
        Level of significance.
    """
    named = [tuple(pair.split("-", 1)) if isinstance(pair, str) else tuple(pair) for pair in pairs]
    crop_years = ledger.crop_years
    periods = [f"{crop_years[0]}-{crop_years[-1]}"] if periods is None else list(periods)
    markets = list(dict.fromkeys(market for pair in named for market in pair))
    prices, months, _ = market_prices(ledger, origin, grade, markets, by="month")
    year_of = dict(zip(ledger.periods["month"], ledger.periods["crop_year"], strict=True))
    first = np.array([markets.index(pair[0]) for pair in named], dtype=int)
    second = np.array([markets.index(pair[1]) for pair in named], dtype=int)
    differences = prices[:, first] - prices[:, second]
    results = []
    for period in periods:
        inside = set(crop_years_between(ledger, period))
        results.append(paired_test(differences[[year_of[month] in inside for month in months]], level))
    columns = (np.stack(column) for column in zip(*results, strict=True))
    return PriceGaps(tuple(periods), tuple(f"{a}-{b}" for a, b in named), *columns)


def yearly_gaps(ledger: Ledger, origin: str, grade: str, markets: Sequence[str] | None = None) -> Table:
    """Mean paired gap of every pair of markets in every crop year, C$/t: rows crop years, columns ``a-b``."""
    prices, months, markets = market_prices(ledger, origin, grade, markets, by="month")
    pairs = [(i, j) for i in range(len(markets)) for j in range(i + 1, len(markets))]
    year_of = dict(zip(ledger.periods["month"], ledger.periods["crop_year"], strict=True))
    years = np.array([year_of[month] for month in months])
    values = np.full((len(ledger.crop_years), len(pairs), ledger.draws), np.nan)
    for row, year in enumerate(ledger.crop_years):
        inside = prices[years == year]
        for column, (i, j) in enumerate(pairs):
            values[row, column] = mean(inside[:, i] - inside[:, j])
    columns = tuple(f"{markets[i]}-{markets[j]}" for i, j in pairs)
    return Table("price_gap", tuple(labels(ledger, "crop_year")), columns, ("C$/t",) * len(pairs), values)
