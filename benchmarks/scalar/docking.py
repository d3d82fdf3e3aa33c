"""The two models side by side: the largest gaps between their sales and states."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.scalar import run
from benchmarks.scalar.market import ScalarMarket
from sim.ledger import SALE_COLUMNS, Ledger
from sim.market import BarleyMarket
from sim.scenario import Loaded


def ensemble_ledger(loaded: Loaded, draw: int, seed: int | None = None) -> Ledger:
    """Ledger of one draw by the model with a draw axis."""
    market = BarleyMarket(loaded, draws=1, first_draw=draw, seed=seed)
    while market.running:
        market.step()
    return market.release()


def sale_gaps(ledger: Ledger, scalar: ScalarMarket) -> pd.DataFrame:
    """Relative gaps of tonnes, price, freight and subsidy, one line per sale row of the ledger.

    A gap is the difference over the larger of the two values; a sale that only one of the models makes counts as one.
    """
    ours = np.array(scalar.sales)
    gaps = {}
    for place, column in enumerate(SALE_COLUMNS):
        theirs = ledger.sales[column][:, 0]
        size = np.maximum(np.abs(theirs), np.abs(ours[:, place]))
        gaps[column] = np.abs(theirs - ours[:, place]) / np.where(size > 0, size, 1.0)
    return pd.DataFrame(gaps, index=pd.MultiIndex.from_frame(ledger.rows[["period", "tender", "seller"]]))


def state_gaps(ledger: Ledger, scalar: ScalarMarket) -> pd.Series:
    """Largest gap of every state and label against the state's largest value."""
    gaps = {}
    for (state, label), values in scalar.states.items():
        theirs = ledger.state(state, label)[:, 0]
        theirs = theirs[: len(values)]
        size = np.abs(theirs).max(initial=0.0)
        gaps[state, label] = np.abs(theirs - np.array(values)).max() / (size if size > 0 else 1.0)
    return pd.Series(gaps)


def dock(loaded: Loaded, draw: int, seed: int | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Gaps between sales and between states of both models for one draw."""
    ledger, scalar = ensemble_ledger(loaded, draw, seed), run(loaded, draw, seed)
    return sale_gaps(ledger, scalar), state_gaps(ledger, scalar)
