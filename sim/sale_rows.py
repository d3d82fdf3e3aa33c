"""The rows of the ledger: one per seat of every tender that is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.terms import Tender

if TYPE_CHECKING:
    from sim.world import World


def sale_rows(market: World, periods: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[int, str], int]]:
    """The rows of the ledger, and the first row of each (period, tender) that is held."""
    starts, count = {}, 0
    ends = np.cumsum([len(tender.seats) for tender in market.tenders])
    seats_of = [np.arange(end - len(each.seats), end) for each, end in zip(market.tenders, ends, strict=True)]
    held, seats = [], []
    for period in range(len(periods)):
        for tender, places in zip(market.tenders, seats_of, strict=True):
            if market.is_held(tender, period):
                starts[period, tender.name] = count
                count += len(places)
                held.append(np.full(len(places), period))
                seats.append(places)
    # One frame is taken from, because joining thousands of small ones takes as long as many periods.
    rows = _seat_frame(market.tenders).iloc[np.concatenate(seats)].reset_index(drop=True)
    rows.insert(0, "period", np.concatenate(held))
    return rows.merge(periods[["period", "crop_year", "year", "month"]], on="period", how="left"), starts


def _seat_frame(tenders: Sequence[Tender]) -> pd.DataFrame:
    """A line for every seat of every tender."""
    seats = [(tender, seat) for tender in tenders for seat in tender.seats]
    columns = {
        "tender": [tender.name for tender, _ in seats],
        "seller": [seat.seller for _, seat in seats],
        "role": [seat.role for _, seat in seats],
        "buyer": [tender.buyer for tender, _ in seats],
        "market": [tender.market for tender, _ in seats],
        "grade": [tender.grade for tender, _ in seats],
        "pool": [tender.pool for tender, _ in seats],
        "origin": [seat.origin for _, seat in seats],
        "country": [tender.country for tender, _ in seats],
        "agreement": [seat.agreement for _, seat in seats],
    }
    return pd.DataFrame(columns)
