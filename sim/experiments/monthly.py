"""What a run keeps of every draw: monthly and crop-year series, a few hundred rows instead of a whole ledger.

Everything is summed row by row in the ledger's order, so that a draw gives the same bits alone or in company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from sim.ledger import Ledger
from sim.measures.bands import bands

LEFT_OUT = ("choke_cad_t", "slope_cad_t_kt")  # one label per buyer and grade: they stay in the ledger


@dataclass(frozen=True)
class MonthlySeries:
    """Series of some draws.

    Attributes
    ----------
    index : pandas.DataFrame
        One line per series and time: series, label, unit, time ("period" or "crop_year"), period (int or missing),
        crop_year, month (missing for crop-year series).
    values : ndarray
        Shape (line of ``index``, draw); NaN where the draw has no value (a price without a sale).
    """

    index: pd.DataFrame
    values: np.ndarray

    @classmethod
    def of(cls, ledger: Ledger, base_origin: str) -> MonthlySeries:
        """Series of a ledger; ``price_cad_t`` and the sales by market are those of ``base_origin``'s grain (f.o.b.)."""
        blocks = [*_market_blocks(ledger, base_origin), *_state_blocks(ledger), *_pool_blocks(ledger)]
        index = [_index(ledger, *block[:4]) for block in blocks]
        values = [block[4].reshape(-1, ledger.draws) for block in blocks]
        return cls(pd.concat(index, ignore_index=True), np.concatenate(values))


def band_columns(values: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, percentiles and the share of draws that have a value, for an array (line, draw)."""
    columns = bands(np.ascontiguousarray(values))
    missing = columns.pop("missing")
    return {**columns, "share_of_draws": 1 - missing / values.shape[1]}


def _market_blocks(ledger: Ledger, base_origin: str) -> list[tuple]:
    """Prices and tonnes from sale rows: (series, labels, unit, time, values (period, label, draw))."""
    rows, sales = ledger.rows, ledger.sales
    pair = (rows["market"] + ":" + rows["grade"]).astype(str)
    own = (rows["origin"] == base_origin).to_numpy()
    pairs, sellers = sorted(pair.unique()), list(dict.fromkeys(rows["seller"][own]))
    by_pair = _Groups(rows["period"], pair, pairs, len(ledger.periods))
    own_pair = _Groups(rows["period"], pair.where(own), pairs, len(ledger.periods))
    own_seller = _Groups(rows["period"], rows["seller"].where(own), sellers, len(ledger.periods))
    kt, own_kt = by_pair.sum(sales["kt"]), own_pair.sum(sales["kt"])
    worth = own_pair.sum(sales["price_cad_t"] * sales["kt"])
    subsidy = by_pair.sum(sales["subsidy_cad_t"] * sales["kt"])
    return [
        ("price_cad_t", pairs, "C$/t f.o.b.", "period", _ratio(worth, own_kt)),
        ("sales_kt", pairs, "kt", "period", own_kt),
        ("all_sellers_kt", pairs, "kt", "period", kt),
        ("subsidy_cad_t", pairs, "C$/t", "period", _ratio(subsidy, kt)),
        ("seller_kt", sellers, "kt", "period", own_seller.sum(sales["kt"])),
    ]


def _state_blocks(ledger: Ledger) -> list[tuple]:
    return [
        (name, list(state.labels), state.unit, state.time, state.values)
        for name, state in ledger.states.items()
        if name not in LEFT_OUT and state.labels
    ]


def _pool_blocks(ledger: Ledger) -> list[tuple]:
    """Compute what growers were paid per tonne of a pool: initial plus final payment."""
    if not {"pool_kt", "pool_initial_cad_k", "pool_final_cad_k"} <= ledger.states.keys():
        return []
    state = ledger.states
    paid = state["pool_initial_cad_k"].values + state["pool_final_cad_k"].values
    return [
        ("pool_return_cad_t", list(state["pool_kt"].labels), "C$/t", "crop_year", _ratio(paid, state["pool_kt"].values))
    ]


class _Groups:
    """Sums of sale rows into (period, label) cells, in the order of the rows; a missing label counts nowhere.

    A product with a sparse 0/1 matrix adds one row after the other for every draw alike; NumPy's own sums change their
    order with the shape of the array.
    """

    def __init__(self, period: pd.Series, label: pd.Series, labels: list[str], periods: int) -> None:
        code = pd.Categorical(label, categories=labels).codes.astype(np.int64)
        used = np.flatnonzero(code >= 0)
        cell = period.to_numpy()[used] * len(labels) + code[used]
        shape = (periods * len(labels), len(label))
        self.matrix = sparse.csr_array((np.ones(len(used)), (cell, used)), shape=shape)
        self.shape = (periods, len(labels))

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Sum ``values`` (row, draw) to (period, label, draw)."""
        return np.asarray(self.matrix @ values).reshape(*self.shape, values.shape[1])


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _index(ledger: Ledger, series: str, labels: list[str], unit: str, time: str) -> pd.DataFrame:
    """Lines of one block, in the order of its values: time first, then label."""
    if time == "period":
        axis = ledger.periods[["period", "crop_year", "month"]]
    else:
        axis = pd.DataFrame({"period": pd.NA, "crop_year": ledger.crop_years, "month": pd.NA})
    lines = axis.loc[axis.index.repeat(len(labels))].reset_index(drop=True)
    lines = lines.astype({"period": "Int32", "crop_year": "string", "month": "string"})
    lines.insert(0, "series", series)
    lines.insert(1, "label", labels * len(axis))
    lines.insert(2, "unit", unit)
    lines.insert(3, "time", time)
    return lines
