"""The rows of the ledger: one per seat of every tender that is held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agents.terms import Tender


def sale_rows(market, periods: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[int, str], int]]:
    """The rows of the ledger, and the first row of each (period, tender) that is held."""
    starts, count = {}, 0
    frames = [_seat_frame(tender) for tender in market.tenders]
    ends = np.cumsum([len(frame) for frame in frames])
    seats_of = [np.arange(end - len(frame), end) for frame, end in zip(frames, ends, strict=True)]
    held, seats = [], []
    for period in range(len(periods)):
        for tender, places in zip(market.tenders, seats_of, strict=True):
            if market.is_held(tender, period):
                starts[period, tender.name] = count
                count += len(places)
                held.append(np.full(len(places), period))
                seats.append(places)
    # One frame is taken from, because joining thousands of small ones takes as long as many periods.
    rows = pd.concat(frames, ignore_index=True).iloc[np.concatenate(seats)].reset_index(drop=True)
    rows.insert(0, "period", np.concatenate(held))
    return rows.merge(periods[["period", "crop_year", "year", "month"]], on="period", how="left"), starts


def _seat_frame(tender: Tender) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tender": tender.name,
            "seller": [seat.seller for seat in tender.seats],
            "role": [seat.role for seat in tender.seats],
            "buyer": tender.buyer,
            "market": tender.market,
            "grade": tender.grade,
            "pool": tender.pool,
            "origin": [seat.origin for seat in tender.seats],
            "country": tender.country,
            "agreement": [seat.agreement for seat in tender.seats],
        }
    )
