"""The rows of the ledger: one per seat of every tender that is held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agents.terms import Tender


def sale_rows(market, periods: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[int, str], int]]:
    """The rows of the ledger, and the first row of each (period, tender) that is held."""
    frames, starts, count = [], {}, 0
    seat_frames = {tender.name: _seat_frame(tender) for tender in market.tenders}
    held, lengths = [], []
    for period in range(len(periods)):
        for tender in market.tenders:
            if market.is_held(tender, period):
                starts[period, tender.name] = count
                count += len(tender.seats)
                frames.append(seat_frames[tender.name])
                held.append(period)
                lengths.append(len(tender.seats))
    rows = pd.concat(frames, ignore_index=True)
    rows.insert(0, "period", np.repeat(held, lengths))
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
