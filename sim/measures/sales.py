"""Sums over the ledger's sale rows, and what the rows say about who is who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, group_mean, group_total
from sim.measures.reading import Reading


def select(ledger: Ledger, **conditions: object) -> np.ndarray:
    """Positions of the rows that meet all conditions.

    Each keyword is a column of ``ledger.rows`` (or ``home``: the buyer lives in the origin) with a value or a
    list of values; ``None`` is no condition.
    """
    return ledger.index.select(**conditions)


def labels(ledger: Ledger, column: str, index: np.ndarray | None = None) -> list[Any]:
    """Values of a column: time in order, names sorted. Time comes from the calendar, names from the rows."""
    if column in ledger.times:
        return ledger.times[column]
    return ledger.index.labels(column, index)


def combinations(ledger: Ledger, columns: Sequence[str], index: np.ndarray | None = None) -> list[tuple[str, ...]]:
    """List the combinations of labels that occur in the rows, sorted."""
    return ledger.index.combinations(columns, index)


def tabulate(
    ledger: Ledger,
    index: np.ndarray,
    amounts: Sequence[str],
    by: Sequence[str],
    names: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, np.ndarray]:
    """Add up amounts over the rows ``index``, cross-tabulated by columns.

    Parameters
    ----------
    ledger : Ledger
    index : ndarray of int
        Row positions, as given by :func:`select`.
    amounts : sequence of str
        Names in ``sim.measures.reading.AMOUNTS``.
    by : sequence of str
        Columns of ``ledger.rows``.
    names : dict of str to sequence of str, optional
        Labels (and their order) of a column; :func:`labels` of the whole ledger otherwise. Other rows are left out.

    Returns
    -------
    dict of str to ndarray
        One array (len(labels of by[0]), ..., draw) for each amount.
    """
    names = names or {}
    axes = {column: names[column] if column in names else labels(ledger, column) for column in by}
    return Reading.of(ledger).add_up(index, axes, amounts)


def market_prices(
    ledger: Ledger, origin: str | None, grade: str | None, markets: Sequence[str] | None = None, by: str = "period"
) -> tuple[np.ndarray, list[Any], list[str]]:
    """Tonnage-weighted f.o.b. price of an origin's sales in each market.

    Parameters
    ----------
    ledger : Ledger
    origin, grade : str or None
        Seller's origin and grade; all of them when None.
    markets : sequence of str, optional
        Markets to report; those of the selected rows when absent.
    by : {"period", "month", "crop_year"}
        Time axis.

    Returns
    -------
    price_cad_t : ndarray, shape (time, market, draw)
        C$/t f.o.b.; NaN where nothing was sold.
    times, markets : list
        Labels of the first two axes.
    """
    index = select(ledger, origin=origin, grade=grade)
    markets = labels(ledger, "market", index) if markets is None else list(markets)
    sums = tabulate(ledger, index, ("value_cad_k", "kt"), (by, "market"), {"market": markets})
    return divide(sums["value_cad_k"], sums["kt"]), labels(ledger, by), markets


def year_codes(ledger: Ledger) -> np.ndarray:
    """Position in ``ledger.crop_years`` of each period."""
    return ledger.year_codes


def by_crop_year(ledger: Ledger, values: np.ndarray) -> np.ndarray:
    """Sum (period, ..., draw) over the periods of each crop year -> (crop year, ..., draw)."""
    return group_total(values, year_codes(ledger), len(ledger.crop_years))


def crop_year_mean(ledger: Ledger, values: np.ndarray) -> np.ndarray:
    """Mean of (period, ..., draw) over the periods of each crop year -> (crop year, ..., draw), NaN left out."""
    return group_mean(values, year_codes(ledger), len(ledger.crop_years))


def grades_of(ledger: Ledger, pool: str) -> list[str]:
    """Grades whose sales enter the named pool."""
    return labels(ledger, "grade", select(ledger, pool=pool))


def board_origins(ledger: Ledger) -> dict[str, str]:
    """Origin of each board, as its sale rows say."""
    boards = combinations(ledger, ("seller", "origin"), select(ledger, role="board"))
    return {board: origin for board, origin in boards}


def state_by_year(ledger: Ledger, name: str, label: str) -> np.ndarray:
    """Sum of a period state over each crop year (crop year, draw); zeros when the run does not record it."""
    series = ledger.states.get(name)
    if series is None or label not in series.labels:
        return np.zeros((len(ledger.crop_years), ledger.draws))
    return by_crop_year(ledger, ledger.state(name, label))
