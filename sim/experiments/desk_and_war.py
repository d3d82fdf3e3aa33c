"""How much of the single desk's gain is owed to the subsidy war, and whether it follows the bonus year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.compare import REVENUE
from sim.measures import Table
from sim.measures.arrays import deviation, divide, mean, total
from sim.measures.table import AVERAGE

WAR_YEARS = "average of war years"
FEWEST = 3
"""Crop years below which a correlation says nothing."""


@dataclass(frozen=True)
class DeskAndWar:
    """Table 2 with the programmes and without them; every effect is multiple sellers minus single desk.

    Attributes
    ----------
    effects : Table
        Rows crop years, ``average`` and, where the programmes did not all pay throughout, ``average of war years``
        (those in which all did). Columns ``with:<column of Table 2>``, ``without:<...>`` and ``bonus:<programme>``.
    share : Table
        Rows the averages, columns those of Table 2: ``1 - without / with``, the part of the gain that is gone without
        the programmes; NaN where there is no gain with them.
    correlation : Table
        Rows programmes; columns ``pearson``, ``rank`` and ``crop_years`` of the yearly gain in revenue (minus the
        effect) with the mean bonus, over the crop years in which one was paid.
    war_years : tuple of str
        Crop years in which every programme paid, in some draw.
    """

    effects: Table
    share: Table
    correlation: Table
    war_years: tuple[str, ...]


def desk_and_war(war: Table, peace: Table, bonuses: dict[str, Table]) -> DeskAndWar:
    """Compare the two Tables 2.

    Parameters
    ----------
    war, peace : Table
        Table 2 by crop year, with the programmes and without.
    bonuses : dict of str to Table
        Mean bonus of each programme, C$/t, NaN where none was paid; one column.
    """
    rows = war.rows
    columns = [f"with:{name}" for name in war.columns] + [f"without:{name}" for name in peace.columns]
    columns += [f"bonus:{name}" for name in bonuses]
    units = (*war.units, *peace.units, *("C$/t" for _ in bonuses))
    paid = [table.only(rows).values for table in bonuses.values()]
    effects = Table(
        "desk", rows, tuple(columns), units, np.concatenate([war.values, peace.only(rows).values, *paid], axis=1)
    )
    paying = np.all([~np.isnan(values).all(axis=(1, 2)) for values in paid], axis=0)
    shared = [row for row, all_paid in zip(rows, paying, strict=True) if all_paid]
    averages = [effects.with_average().only([AVERAGE])]
    if shared and len(shared) < len(rows):
        averages.append(effects.only(shared).with_average(WAR_YEARS).only([WAR_YEARS]))
    labels = tuple(row for each in averages for row in each.rows)
    values = np.concatenate([effects.values, *(each.values for each in averages)])
    effects = Table("desk", (*rows, *labels), effects.columns, units, values)
    share = 1.0 - np.stack(
        [
            divide(effects.only(labels).column(f"without:{c}"), effects.only(labels).column(f"with:{c}"))
            for c in war.columns
        ],
        axis=1,
    )
    shares = Table("desk_share", labels, war.columns, ("share",) * len(war.columns), share)
    gain = 0.0 - war.column(REVENUE)
    lines = [correlations(gain, table.only(rows).values[:, 0]) for table in bonuses.values()]
    correlation = Table(
        "correlation", tuple(bonuses), ("pearson", "rank", "crop_years"), ("", "", "crop years"), np.stack(lines)
    )
    return DeskAndWar(effects, shares, correlation, tuple(shared))


def correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pearson's and the rank correlation over the first axis where both have a value, and how many such rows there are.

    Parameters
    ----------
    first, second : ndarray, shape (row, draw)

    Returns
    -------
    ndarray, shape (3, draw)
        NaN with fewer than three rows, or where one of the two does not vary.
    """
    known = ~np.isnan(first) & ~np.isnan(second)
    pair = [np.where(known, values, np.nan) for values in (first, second)]
    count = total(known.astype(float))
    found = np.stack([_pearson(*pair), _pearson(*(_ranks(values) for values in pair))])
    return np.concatenate([np.where(count >= FEWEST, found, np.nan), count[None]])


def published_correlations(gains: Sequence[float], bonuses: Sequence[float]) -> tuple[float, float]:
    """Pearson's and rank correlation of two published columns."""
    found = correlations(np.asarray(gains, float)[:, None], np.asarray(bonuses, float)[:, None])
    return float(found[0, 0]), float(found[1, 0])


def _pearson(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pearson's correlation over the first axis; both are NaN in the same places."""
    count = total((~np.isnan(first)).astype(float))
    centre = [np.where(np.isnan(m := mean(values)), 0.0, m) for values in (first, second)]
    product = np.where(np.isnan(first), 0.0, (first - centre[0]) * (second - centre[1]))
    spread = deviation(first) * deviation(second)
    return np.where(spread > 0, divide(divide(total(product), count - 1), np.where(spread > 0, spread, 1.0)), np.nan)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each entry among those of its draw, ties shared; NaN stays NaN."""
    below = total((values[:, None] < values[None]).astype(float))
    equal = total((values[:, None] == values[None]).astype(float))
    return np.where(np.isnan(values), np.nan, below + 0.5 * (equal + 1.0))
