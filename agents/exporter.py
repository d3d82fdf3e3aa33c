"""Exporters who find a sale first: national exporters, and the spot business of trading companies."""

from __future__ import annotations

from dataclasses import dataclass

import mesa
import numpy as np

from agents.allocation import spread_by_netback
from agents.arrays import total
from agents.bonus_treasury import BonusTreasury
from agents.refund_committee import RefundCommittee
from agents.spot_desk import SpotDesk
from agents.terms import Offer, Sale

Array = np.ndarray


@dataclass(frozen=True)
class Licensing:
    """Terms of refund licences: the security lost on one that lapses, C$/t, and the ECU in C$, each (draw,)."""

    security_cad_t: Array
    cad_per_ecu: Array


class SpotSeller:
    """Behaviour of a seller at one origin where grain is bought for cash: bonus, refund or commercial sale."""

    def __init__(self, desk: SpotDesk, commercial_kt: Array | float = 0.0) -> None:
        self.desk = desk
        self.commercial_kt = commercial_kt  # most it ships in a period without help, kt
        self.bonus: BonusTreasury | None = None
        self.committee: RefundCommittee | None = None
        self.licensing: Licensing | None = None  # terms on which it ships in this period

    def offer(self, margin_cad_t: Array, licensing: Licensing | None) -> None:
        """Offer at every open tender: with a licence where refunds are granted, else with a bonus or without help.

        ``licensing`` is None where nobody needs a licence.
        """
        self.licensing = licensing
        if licensing is not None:
            self.desk.offer_licences(margin_cad_t, licensing.security_cad_t, licensing.cad_per_ecu)
            return
        self.desk.offer_commercial(self.commercial_kt, margin_cad_t)
        if self.bonus is not None and self.bonus.eligible:
            self._offer_with_bonus(margin_cad_t)

    def _offer_with_bonus(self, margin_cad_t: Array) -> None:
        """Aim just under the going price, bid the bonus that takes, and offer only what the treasury accepts.

        Where the market pays the cost no bonus is asked, and the commercial offer stands.
        """
        bonus = self.bonus
        at = [(t, s) for t, s in self.desk.counters if t.is_open and t.pool == "feed" and t.buyer in bonus.eligible]
        if not at:
            return
        netback = np.array([np.maximum(t.usual_price_cad_t - t.freight_cad_t[s], 0.0) for t, s in at])
        size = np.array([t.base_kt for t, _ in at])
        quota = np.minimum(bonus.quota_kt / bonus.bidders, self.desk.cash.available_kt)
        cost = self.desk.cost_cad_t(margin_cad_t)
        for (tender, seat), kt in zip(at, spread_by_netback(netback, size, quota), strict=True):
            landed_cost = cost + tender.freight_cad_t[seat]
            sale_price = (1.0 - bonus.undercut) * tender.usual_price_cad_t
            asked = np.maximum(landed_cost - sale_price, 0.0)
            granted = bonus.accepted_kt(kt, asked, sale_price, tender.usual_price_cad_t, len(at))
            granted = np.where(asked > 0, granted, 0.0)
            commercial_kt, commercial_reserve = tender.quantity_kt[seat], tender.reserve_cad_t[seat]
            with_bonus = granted > 0
            tender.offer(
                seat,
                Offer(
                    np.where(with_bonus, granted, commercial_kt),
                    np.where(with_bonus, sale_price, commercial_reserve),
                    np.where(with_bonus, asked, 0.0),
                ),
            )

    def settle(self, sales: list[Sale]) -> tuple[Array, Array]:
        """Buy in the grain sold and collect the subsidy; returns tonnes and revenue with subsidy, each (sale, draw)."""
        for sale in sales:
            self.desk.ship(sale.kt)
            if self.bonus is not None:
                self.bonus.pay(sale.kt * (sale.subsidy_cad_t > 0), sale.subsidy_cad_t)
        kt = np.array([sale.kt for sale in sales])
        if self.committee is not None and self.licensing is not None and sales:
            for sale in sales:
                self.committee.pay(sale.kt, sale.subsidy_cad_t, self.licensing.cad_per_ecu)
            self.desk.use_licences(total(kt))
        return kt, np.array([sale.kt * (sale.fob_cad_t + sale.subsidy_cad_t) for sale in sales])


class NationalExporter(mesa.Agent):
    """A national exporter: sells its country's grain abroad, with a bonus or refund where one is granted."""

    role = "exporter"

    def __init__(self, model: mesa.Model, name: str, seller: SpotSeller, margin_cad_t: float, draws: int) -> None:
        super().__init__(model)
        self.name = name
        self.spot = {seller.desk.cash.origin: seller}
        self.margin_cad_t = np.full(draws, margin_cad_t)
