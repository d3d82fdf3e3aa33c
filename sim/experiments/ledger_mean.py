"""The mean ledger of an ensemble: sums over draws that do not depend on the order or grouping of the draws.

Floating-point sums do. Here every amount is rounded to a fixed grid (a gram of barley, a hundredth of a cent) and
added as an integer, which is exact: any chunk size and any number of workers give the same bits.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.checks import NotComputable, computing
from sim.ledger import Ledger
from sim.measures.reading import AMOUNTS

GRID = {
    "kt": 2.0**30,
    "value": 2.0**24,
}  # steps per kt and per thousand C$; an int64 holds a million draws of a large market
MOST_STEPS = 2.0**62  # of a sum; half of what its 64 bits hold, so that no rounding matters
BLOCK = 64  # rows at a time, which stay in a processor's cache


class LedgerSums:
    """Integer sums over draws of one ledger or several: tonnes, value, freight and subsidy, and draws with a sale.

    Attributes
    ----------
    sums : ndarray of int64
        Shape (row, 5): kt, price x kt, freight x kt, subsidy x kt in grid steps, and the number of draws with a sale.
    draws : int
        Draws added up.
    """

    def __init__(self, sums: np.ndarray, draws: int) -> None:
        self.sums, self.draws = sums, draws

    @classmethod
    @computing("the mean of all sales")
    def of(cls, ledger: Ledger) -> LedgerSums:
        """Add up one ledger."""
        sums = np.zeros((len(ledger.rows), 5), dtype=np.int64)
        for start in range(0, len(sums), BLOCK):
            block = slice(start, start + BLOCK)
            columns = {name: values[block] for name, values in ledger.sales.items()}
            for column, name in enumerate(("kt", "value_cad_k", "freight_cad_k", "subsidy_cad_k")):
                sums[block, column] = _steps(AMOUNTS[name](columns), GRID["value" if column else "kt"])
            sums[block, 4] = np.count_nonzero(columns["kt"] > 0, axis=1)
        return cls(sums, ledger.draws)

    def __add__(self, other: LedgerSums) -> LedgerSums:
        """Add up both; the order does not matter."""
        _check_room(np.abs(self.sums.astype(float)) + np.abs(other.sums.astype(float)))
        return LedgerSums(self.sums + other.sums, self.draws + other.draws)

    def table(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with the mean tonnage, trade-weighted price, freight and subsidy, and the share of draws with a sale.

        Rows without a sale in any draw are left out.
        """
        kt = self.sums[:, 0] / GRID["kt"]
        means = {"kt": kt / self.draws}
        for column, name in enumerate(("price_cad_t", "freight_cad_t", "subsidy_cad_t"), start=1):
            worth = self.sums[:, column] / GRID["value"]
            means[name] = np.divide(worth, kt, out=np.full(len(kt), np.nan), where=kt > 0)
        means["share_of_draws"] = self.sums[:, 4] / self.draws
        return rows.assign(**means)[self.sums[:, 4] > 0].reset_index(drop=True)


def _check_room(steps: np.ndarray) -> None:
    if not (steps < MOST_STEPS).all():  # not-a-number is not below it either
        raise NotComputable("sales are too large to be added up, or no finite number")


def _steps(amount: np.ndarray, grid: float) -> np.ndarray:
    """Add up rows (row, draw) in whole steps of the grid; raises ``NotComputable`` where they do not fit."""
    steps = amount * grid
    np.rint(steps, out=steps)
    _check_room(np.abs(steps).sum(axis=1))
    found: np.ndarray = steps.astype(np.int64).sum(axis=1)
    return found
