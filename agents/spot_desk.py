"""A selling desk without stock: it finds a buyer abroad first and buys in the origin's cash market for the sale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agents.allocation import spread_by_netback
from agents.arrays import ratio, total
from agents.terms import CashMarket, Offer, Tender

Array = np.ndarray


@dataclass
class Bid:
    """A bid at a refund tender: tonnes and the refund asked, each (draw,)."""

    kt: Array
    rate_cad_t: Array


class SpotDesk:
    """Sales of one origin's grain by one seller, with a bonus or refund where one is granted."""

    def __init__(self, cash: CashMarket, draws: int, cost_offset_cad_t: float = 0.0) -> None:
        self.cash = cash
        self.cost_offset_cad_t = cost_offset_cad_t
        self.licence_kt = np.zeros(draws)  # tonnes with a refund granted and not yet shipped
        self.licence_rate_cad_t = np.zeros(draws)
        self.counters: list[tuple[Tender, int]] = []

    def take_seat(self, tender: Tender, seat: int) -> None:
        """Join a tender."""
        self.counters.append((tender, seat))

    def cost_cad_t(self, margin_cad_t: Array) -> Array:
        """Price at the origin's port that covers grain, handling and margin, C$/t, shape (draw,)."""
        return self.cash.price_cad_t + self.cash.fob_cost_cad_t + self.cost_offset_cad_t + margin_cad_t

    def expected_price_cad_t(self) -> Array:
        """Average f.o.b. value of the going prices, weighted by what buyers took last, shape (draw,)."""
        tonnes = np.array([tender.last_total_kt for tender, _ in self.counters])
        netback = np.array([tender.usual_price_cad_t - tender.freight_cad_t[seat] for tender, seat in self.counters])
        return ratio(total(netback * tonnes), total(tonnes))

    def refund_bids(self, kt: Array, lots: int, spread_cad_t: Array, margin_cad_t: Array) -> list[Bid]:
        """Bids in ``lots`` parts, each asking the refund it needs; the spread stands for unequal ships and routes."""
        needed = np.maximum(self.cost_cad_t(margin_cad_t) - self.expected_price_cad_t(), 0.0)
        steps = np.linspace(-0.5, 0.5, lots) if lots > 1 else np.zeros(1)
        return [Bid(kt / lots, np.maximum(needed + step * spread_cad_t, 0.0)) for step in steps]

    def lapse(self) -> None:
        """Let unused licences run out."""
        self.licence_kt = np.zeros_like(self.licence_kt)
        self.licence_rate_cad_t = np.zeros_like(self.licence_kt)

    def grant(self, kt: Array, rate_cad_t: Array) -> None:
        """Add a granted refund licence to those held, at the average rate."""
        held = self.licence_kt + kt
        worth = self.licence_kt * self.licence_rate_cad_t + kt * rate_cad_t
        self.licence_rate_cad_t = ratio(worth, held)
        self.licence_kt = held

    def offer_licences(self, margin_cad_t: Array, security_cad_t: Array) -> None:
        """Spread the licensed tonnes over the open tenders.

        The refund lowers the price that can be accepted, and so does the security lost on a licence that lapses.
        """
        at = [(tender, seat) for tender, seat in self.counters if tender.is_open and tender.pool == "feed"]
        kt = np.minimum(self.licence_kt, self.cash.available_kt)
        reserve = np.maximum(self.cost_cad_t(margin_cad_t) - self.licence_rate_cad_t - security_cad_t, 0.0)
        self._offer(at, kt, reserve, self.licence_rate_cad_t)

    def offer_commercial(self, kt: Array, margin_cad_t: Array) -> None:
        """Offer unsubsidised tonnes at cost; the reserve price keeps them at home while the market pays less."""
        at = [(t, s) for t, s in self.counters if t.is_open and t.pool == "feed"]
        self._offer(at, np.minimum(kt, self.cash.available_kt), self.cost_cad_t(margin_cad_t), 0.0)

    def _offer(
        self, at: list[tuple[Tender, int]], kt: Array, reserve_cad_t: Array, subsidy_cad_t: Array | float
    ) -> None:
        if not at:
            return
        netback = np.array([t.usual_price_cad_t - t.freight_cad_t[seat] + t.grant_cad_t[seat] for t, seat in at])
        size = np.array([np.array(tender.base_kt) for tender, _ in at])
        parts = spread_by_netback(np.maximum(netback, 0.0), size, kt)
        for (tender, seat), part in zip(at, parts, strict=True):
            grant = tender.grant_cad_t[seat]
            tender.offer(seat, Offer(part, reserve_cad_t + tender.freight_cad_t[seat] - grant, subsidy_cad_t + grant))

    def ship(self, sold_kt: Array) -> None:
        """Buy the sold tonnes from the origin's growers and write them off the licences."""
        self.cash.exports_kt = self.cash.exports_kt + sold_kt
        self.licence_kt = np.maximum(self.licence_kt - sold_kt, 0.0)
