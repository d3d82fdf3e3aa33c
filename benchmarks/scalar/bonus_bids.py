"""Bids for export bonuses, and their rationing."""

from __future__ import annotations

from collections.abc import Callable


class BonusBid:
    """A bid for a bonus on one sale."""

    def __init__(self, seat, kt: float, bonus_cad_t: float, sale_cad_t: float, estimate_cad_t: float) -> None:
        self.seat, self.kt, self.bonus_cad_t, self.sale_cad_t = seat, kt, bonus_cad_t, sale_cad_t
        self.going_cad_t = seat.tender.usual_price_cad_t
        self.estimate_cad_t = estimate_cad_t  # what the treasury reckons is needed
        self.accepted_kt = 0.0


def ration(bids: list[BonusBid], use: Callable[[BonusBid], float], limit: float) -> None:
    """Cut bids that together use more than a limit: the cheapest bonus first, equal bonuses in proportion."""
    ranked = sorted(bids, key=lambda bid: bid.bonus_cad_t)
    used, place = 0.0, 0
    while place < len(ranked):
        level = [bid for bid in ranked[place:] if bid.bonus_cad_t == ranked[place].bonus_cad_t]
        place += len(level)
        before = used
        for bid in level:
            used += use(bid)
        left = max(limit - before, 0.0)
        if used - before > left:
            for bid in level:
                bid.accepted_kt *= left / (used - before)
