"""A seat of a selling desk: what the desk knows of one tender, and what it has offered there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from agents.arrays import Array, ratio, total
from agents.beliefs import ResidualDemand
from agents.terms import Tender


@dataclass
class Counter:
    """One seat of the desk: tender, number, belief, tonnes last offered, and the going price when it last looked."""

    tender: Tender
    seat: int
    belief: ResidualDemand
    offered_kt: Array
    known_cad_t: Array
    waited: int = 0  # periods since the last tender here
    bonus: bool | None = None  # whether the buyer is eligible for an export bonus; None before anything is known
    foreseen: float = 1.0  # multiple of the going price expected at the next tender, after news of bonuses

    def hear_of_bonuses(self, eligible: Collection[str], undercut: float) -> None:
        """Expect the price of a buyer that has just become eligible for a bonus to be undercut, until it has tendered.

        ``(1 - undercut)`` times the going price, and the inverse when a bonus ends; afterwards the going price itself
        holds what bonuses did.
        """
        now = self.tender.pool == "feed" and self.tender.buyer in eligible
        if self.bonus is not None and now != self.bonus:
            self.foreseen = 1.0 - undercut if now else 1.0 / (1.0 - undercut)
        self.bonus = now


def going_price(counters: Sequence[Counter]) -> Array:
    """Going price at port: mean over tenders, by size, net of freight, with what a treasury adds, C$/t (draw,)."""
    size = np.array([c.tender.size_kt for c in counters])
    netback = np.array(
        [c.tender.usual_price_cad_t - c.tender.freight_cad_t[c.seat] + c.tender.grant_cad_t[c.seat] for c in counters]
    )
    return ratio(total(size * netback), total(size))


def price_news(counters: Sequence[Counter]) -> Array:
    """What published demands have moved the going prices of tenders by since the desk last looked, C$/t (draw,)."""
    # Who buys nothing now, or bought nothing last, has no price that could have moved.
    tenders = [counter.tender for counter in counters]
    size = np.array([t.size_kt * (t.schedule_cad_t > 0) * (t.last_total_kt > 0) for t in tenders])
    news = np.array([c.tender.usual_price_cad_t - c.known_cad_t for c in counters])
    return ratio(total(size * news), total(size))
