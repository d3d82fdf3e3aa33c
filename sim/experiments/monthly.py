"""What a run keeps of every draw: monthly and crop-year series, a few hundred rows instead of a whole ledger.

Everything is summed row by row in the ledger's order, so that a draw gives the same bits alone or in company.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd

from sim.ledger import Ledger
from sim.measures.bands import bands
from sim.measures.reading import Reading
from sim.pool import counted_kt

LEFT_OUT = ("choke_cad_t", "slope_cad_t_kt")  # one label per buyer and grade: they stay in the ledger


@dataclass(frozen=True)
class Series:
    """Lines of one kind: a line per time and label, time first."""

    name: str
    labels: list[str]
    unit: str
    time: str  # "period" or "crop_year"
    values: np.ndarray  # (period or crop year, label, draw)


@dataclass(frozen=True)
class MonthlySeries:
    """Series of some draws.

    Attributes
    ----------
    ledger : Ledger
        Where they come from.
    blocks : tuple of Series
    """

    ledger: Ledger
    blocks: tuple[Series, ...]

    @classmethod
    def of(cls, ledger: Ledger, base_origin: str) -> MonthlySeries:
        """Series of a ledger; ``price_cad_t`` and the sales by market are those of ``base_origin``'s grain (f.o.b.)."""
        reading = Reading.of(ledger)
        blocks = [*_market_blocks(reading, base_origin), *_state_blocks(reading), *_pool_blocks(reading)]
        return cls(reading, tuple(Series(*block) for block in blocks))

    @cached_property
    def index(self) -> pd.DataFrame:
        """One line per series and time.

        Columns: series, label, unit, time ("period" or "crop_year"), period (int or missing), crop_year, month (missing
        for crop-year series).
        """
        return pd.concat([_index(self.ledger, block) for block in self.blocks], ignore_index=True)

    def lines(self) -> list[np.ndarray]:
        """Values (line, draw) of each block; NaN where the draw has no value (a price without a sale)."""
        return [block.values.reshape(-1, self.ledger.draws) for block in self.blocks]

    @property
    def values(self) -> np.ndarray:
        """Values (line of ``index``, draw)."""
        return np.concatenate(self.lines())


def band_columns(values: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, percentiles and the share of draws that have a value, for an array (line, draw)."""
    columns = bands(np.ascontiguousarray(values))
    missing = columns.pop("missing")
    return {**columns, "share_of_draws": 1 - missing / values.shape[1]}


Block: TypeAlias = tuple[str, list[str], str, str, np.ndarray]  # arguments of a ``Series``


def _market_blocks(reading: Reading, base_origin: str) -> list[Block]:
    """Prices and tonnes from sale rows: (series, labels, unit, time, values (period, label, draw))."""
    lanes = {f"{market}:{grade}": (market, grade) for market, grade in reading.index.combinations(("market", "grade"))}
    pairs = sorted(lanes)
    periods = reading.times["period"]
    markets, grades = reading.index.labels("market"), reading.index.labels("grade")
    places = [markets.index(lanes[pair][0]) * len(grades) + grades.index(lanes[pair][1]) for pair in pairs]
    everybody, own = reading.index.select(), reading.index.select(origin=base_origin)

    def by_pair(rows: np.ndarray, amount: str) -> np.ndarray:
        by = {"period": periods, "market": markets, "grade": grades}
        sums = reading.add_up(rows, by, (amount,))[amount]
        return sums.reshape(len(periods), len(markets) * len(grades), -1)[:, places]

    sellers = list(dict.fromkeys(reading.rows["seller"].iloc[own]))
    by_seller = reading.add_up(own, {"period": periods, "seller": sellers}, ("kt",))["kt"]
    kt, own_kt = by_pair(everybody, "kt"), by_pair(own, "kt")
    worth, subsidy = by_pair(own, "value_cad_k"), by_pair(everybody, "subsidy_cad_k")
    return [
        ("price_cad_t", pairs, "C$/t f.o.b.", "period", _ratio(worth, own_kt)),
        ("sales_kt", pairs, "kt", "period", own_kt),
        ("all_sellers_kt", pairs, "kt", "period", kt),
        ("subsidy_cad_t", pairs, "C$/t", "period", _ratio(subsidy, kt)),
        ("seller_kt", sellers, "kt", "period", by_seller),
    ]


def _state_blocks(ledger: Ledger) -> list[Block]:
    return [
        (name, list(state.labels), state.unit, state.time, state.values)
        for name, state in ledger.states.items()
        if name not in LEFT_OUT and state.labels
    ]


def _pool_blocks(ledger: Ledger) -> list[Block]:
    """Compute what growers were paid per tonne of a pool: initial plus final payment."""
    if not {"pool_kt", "pool_initial_cad_k", "pool_final_cad_k"} <= ledger.states.keys():
        return []
    state = ledger.states
    paid = state["pool_initial_cad_k"].values + state["pool_final_cad_k"].values
    sold = counted_kt(state["pool_kt"].values)
    return [("pool_return_cad_t", list(state["pool_kt"].labels), "C$/t", "crop_year", _ratio(paid, sold))]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return ratio


def _index(ledger: Ledger, block: Series) -> pd.DataFrame:
    """Lines of one block, in the order of its values: time first, then label."""
    if block.time == "period":
        axis = ledger.periods[["period", "crop_year", "month"]]
    else:
        axis = pd.DataFrame({"period": pd.NA, "crop_year": ledger.crop_years, "month": pd.NA})
    axis = axis.astype({"period": "Int32", "crop_year": "string", "month": "string"})
    lines = axis.iloc[np.repeat(np.arange(len(axis)), len(block.labels))].reset_index(drop=True)
    lines.insert(0, "series", block.name)
    lines.insert(1, "label", block.labels * len(axis))
    lines.insert(2, "unit", block.unit)
    lines.insert(3, "time", block.time)
    return lines
