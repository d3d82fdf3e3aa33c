"""The two models side by side: the largest gaps between their sales and states."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.scalar import run
from benchmarks.scalar.market import ScalarMarket
from benchmarks.scalar.split import Split, by_kinks
from sim.ledger import SALE_COLUMNS, Ledger
from sim.market import BarleyMarket
from sim.scenario import Loaded

DUST_KT = 1e-9


def ensemble_ledger(loaded: Loaded, draw: int, seed: int | None = None) -> Ledger:
    """Ledger of one draw by the model with a draw axis."""
    market = BarleyMarket(loaded, draws=1, first_draw=draw, seed=seed)
    while market.running:
        market.step()
    return market.release()


def sale_gaps(ledger: Ledger, scalar: ScalarMarket) -> pd.DataFrame:
    """Relative gaps of tonnes, price, freight and subsidy, one line per sale row of the ledger.

    A gap is the difference over the larger of the two values. What is less than a gram in both models is no sale.
    """
    ours, theirs = (
        np.array(scalar.books.sales),
        np.column_stack([ledger.sales[column][:, 0] for column in SALE_COLUMNS]),
    )
    is_sale = np.maximum(ours[:, :1], theirs[:, :1]) > DUST_KT
    size = np.maximum(np.abs(ours), np.abs(theirs))
    gaps = np.where(is_sale, np.abs(ours - theirs) / np.where(size > 0, size, 1.0), 0.0)
    rows = pd.MultiIndex.from_frame(ledger.rows[["period", "tender", "seller"]])
    return pd.DataFrame(gaps, index=rows, columns=SALE_COLUMNS)


def state_gaps(ledger: Ledger, scalar: ScalarMarket) -> pd.Series:
    """Largest gap of every state and label of the ledger, over the largest value of that state, or over one unit.

    A loss that is zero but for rounding has no size of its own.
    """
    gaps = {}
    for state, series in ledger.states.items():
        size = np.abs(series.values).max(initial=1.0)
        for place, label in enumerate(series.labels):
            theirs = series.values[:, place, 0]
            ours = np.array(scalar.books.states.get((state, label), np.zeros(len(theirs))))
            gaps[state, label] = np.abs(theirs - ours).max() / size
    unknown = [key for key in scalar.books.states if key not in gaps]
    if unknown:
        raise KeyError(f"the ledger has no {unknown}")
    return pd.Series(gaps)


def dock(loaded: Loaded, draw: int, seed: int | None = None, split: Split = by_kinks) -> tuple[pd.DataFrame, pd.Series]:
    """Gaps between the sales and between the states of both models for one draw."""
    ledger, scalar = ensemble_ledger(loaded, draw, seed), run(loaded, draw, seed, split)
    return sale_gaps(ledger, scalar), state_gaps(ledger, scalar)
