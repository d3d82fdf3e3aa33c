"""A selling desk without stock: it finds a buyer abroad first and buys in the origin's cash market for the sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.allocation import netback_weights
from agents.arrays import Array, ratio, total
from agents.terms import CashMarket, Offer, Tender


@dataclass
class Bid:
    """A bid at a refund tender: tonnes and the refund asked, each (draw,); a refund below zero is a tax offered."""

    kt: Array
    rate_ecu_t: Array


@dataclass
class Licence:
    """Tonnes with a refund granted and not yet shipped, their rate, and the periods they may still be used in."""

    kt: Array
    rate_ecu_t: Array
    periods: int


class SpotDesk:
    """Sales of one origin's grain by one seller, with a bonus or refund where one is granted."""

    def __init__(self, cash: CashMarket, draws: int, cost_offset_cad_t: float = 0.0) -> None:
        self.cash, self.draws = cash, draws
        self.cost_offset_cad_t = cost_offset_cad_t
        self.licences: list[Licence] = []
        self.refused_kt = np.zeros(draws)  # bid for at the last round and not granted
        self.counters: list[tuple[Tender, int]] = []

    def take_seat(self, tender: Tender, seat: int) -> None:
        """Join a tender."""
        self.counters.append((tender, seat))

    def cost_cad_t(self, margin_cad_t: Array) -> Array:
        """Price at the origin's port that covers grain, handling and margin, C$/t, shape (draw,)."""
        return self.cash.price_cad_t + self.cash.fob_cost_cad_t + self.cost_offset_cad_t + margin_cad_t

    def expected_price_cad_t(self) -> Array:
        """Average f.o.b. value of the going prices, weighted by what buyers took last, shape (draw,).

        All desks at an origin sell at the same tenders and expect the same.
        """
        tonnes = np.array([tender.last_total_kt for tender, _ in self.counters])
        netback = np.array([tender.usual_price_cad_t - tender.freight_cad_t[seat] for tender, seat in self.counters])
        return ratio(total(netback * tonnes), total(tonnes))

    def needed_refund_cad_t(self, margin_cad_t: Array, expected_cad_t: Array) -> Array:
        """Refund that makes an export pay at the expected price, C$/t (draw,); below zero where it pays without."""
        return self.cost_cad_t(margin_cad_t) - expected_cad_t

    def refund_bids(
        self, kt: Array, needed_ecu_t: Array, last_ecu_t: Array, shading: float, hopes_ecu_t: Sequence[float]
    ) -> list[Bid]:
        """Bids in equal lots, one for each hope on top of what the bidder starts from.

        Who needs less than the last maximum refund asks for the share ``shading`` of the difference too. Limits: with
        no shading a bid is the need plus its hope; with full shading no bid lies below the last maximum.
        """
        start = needed_ecu_t + shading * np.maximum(last_ecu_t - needed_ecu_t, 0.0)
        return [Bid(kt / len(hopes_ecu_t), start + hope) for hope in hopes_ecu_t]

    @property
    def licence_kt(self) -> Array:
        """Tonnes licensed and not yet shipped, (draw,)."""
        return total(np.array([licence.kt for licence in self.licences]).reshape(-1, self.draws))

    @property
    def licence_ecu_k(self) -> Array:
        """What the licences held would be paid, thousand ECU (draw,)."""
        return total(np.array([held.kt * held.rate_ecu_t for held in self.licences]).reshape(-1, self.draws))

    def lapse(self) -> None:
        """Let licences age by a period; those whose time is over run out."""
        for licence in self.licences:
            licence.periods -= 1
        self.licences = [licence for licence in self.licences if licence.periods > 0]

    def grant(self, kt: Array, rate_ecu_t: Array, periods: int) -> None:
        """Take a licence that may be used in ``periods`` periods, this one included; those of one age are joined."""
        if self.licences and self.licences[-1].periods == periods:
            last = self.licences.pop()
            worth = last.kt * last.rate_ecu_t + kt * rate_ecu_t
            held = last.kt + kt
            kt, rate_ecu_t = held, ratio(worth, held)
        self.licences.append(Licence(kt, rate_ecu_t, periods))

    def _open_feed(self) -> list[tuple[Tender, int]]:
        return [(tender, seat) for tender, seat in self.counters if tender.is_open and tender.pool == "feed"]

    def leaning(self) -> tuple[Array, Array]:
        """Weights of the open feed tenders, (tender, draw), and their sum: the same for all desks at the origin."""
        at = self._open_feed()
        if not at:
            return np.zeros((0, self.draws)), np.zeros(self.draws)
        netback = np.array([t.usual_price_cad_t - t.freight_cad_t[seat] + t.grant_cad_t[seat] for t, seat in at])
        return netback_weights(np.maximum(netback, 0.0), np.array([tender.base_kt for tender, _ in at]))

    def offer_licences(
        self,
        margin_cad_t: Array,
        security_cad_t: Array,
        cad_per_ecu: Array,
        leaning: tuple[Array, Array] | None = None,
    ) -> None:
        """Spread the licensed tonnes over the open tenders, all at the average rate of the licences.

        The refund lowers the price that can be accepted, and so does the security lost on a licence that lapses.
        """
        held = self.licence_kt
        kt = np.minimum(held, self.cash.available_kt)
        rate = ratio(self.licence_ecu_k, held) * cad_per_ecu
        reserve = np.maximum(self.cost_cad_t(margin_cad_t) - rate - security_cad_t, 0.0)
        self._offer(kt, reserve, rate, leaning or self.leaning())

    def offer_commercial(
        self, kt: Array | float, margin_cad_t: Array, leaning: tuple[Array, Array] | None = None
    ) -> None:
        """Offer unsubsidised tonnes at cost; the reserve price keeps them at home while the market pays less."""
        kt, cost = np.minimum(kt, self.cash.available_kt), self.cost_cad_t(margin_cad_t)
        self._offer(kt, cost, 0.0, leaning or self.leaning())

    def _offer(
        self, kt: Array, reserve_cad_t: Array, subsidy_cad_t: Array | float, leaning: tuple[Array, Array]
    ) -> None:
        weights, whole = leaning
        parts = kt * weights / np.where(whole > 0, whole, 1.0)
        for (tender, seat), part in zip(self._open_feed(), parts, strict=True):
            grant = tender.grant_cad_t[seat]
            tender.offer(seat, Offer(part, reserve_cad_t + tender.freight_cad_t[seat] - grant, subsidy_cad_t + grant))

    def ship(self, sold_kt: Array) -> None:
        """Buy the sold tonnes in the origin's cash market."""
        self.cash.exports_kt = self.cash.exports_kt + sold_kt

    def use_licences(self, sold_kt: Array) -> None:
        """Write sold tonnes off the licences, each by the same part, so that their average rate stays."""
        held = self.licence_kt
        left = np.clip(1.0 - ratio(sold_kt, held), 0.0, 1.0)
        for licence in self.licences:
            licence.kt = licence.kt * left
