"""Exporters who find a sale first: national exporters, and the spot business of trading companies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mesa
import numpy as np

from agents.allocation import spread_by_netback
from agents.arrays import Amount, Array, stacked, total
from agents.bonus_treasury import BonusBid, BonusTreasury
from agents.refund_committee import RefundCommittee
from agents.spot_desk import SpotDesk
from agents.terms import Offer, Sale, Tender


@dataclass(frozen=True)
class Licensing:
    """Terms of refund licences: the security lost on one that lapses, C$/t, and the ECU in C$, each (draw,)."""

    security_cad_t: Array
    cad_per_ecu: Array


class SpotSeller:
    """Behaviour of a seller at one origin where grain is bought for cash: bonus, refund or commercial sale."""

    def __init__(self, desk: SpotDesk, commercial_kt: Amount = 0.0) -> None:
        self.desk = desk
        self.commercial_kt = commercial_kt  # most it ships in a period without help, kt
        self.bonus: BonusTreasury | None = None
        self.committee: RefundCommittee | None = None
        self.bonus_bids: list[tuple[Tender, int, BonusBid]] = []
        self.licensing: Licensing | None = None  # terms on which it ships in this period

    def make_ready(self, yearly_kt: Amount, months: float) -> None:
        """Get ready for a period's shipments without help; what a quiet week leaves unused is there for a month."""
        self.commercial_kt = np.minimum(self.commercial_kt + yearly_kt * months / 12.0, yearly_kt / 12.0)

    def offer(
        self, margin_cad_t: Array, licensing: Licensing | None, leaning: tuple[Array, Array] | None = None
    ) -> None:
        """Offer at every open tender: with a licence where refunds are granted, else with a bonus or without help.

        ``licensing`` is None where nobody needs a licence; ``leaning`` is ``SpotDesk.leaning`` where that is known.
        """
        self.licensing = licensing
        if licensing is not None:
            self.desk.offer_licences(margin_cad_t, licensing.security_cad_t, licensing.cad_per_ecu, leaning)
            return
        self.desk.offer_commercial(self.commercial_kt, margin_cad_t, leaning)
        for tender, seat, bid in self.bonus_bids:
            with_bonus = bid.accepted_kt > 0
            # Better to sell a little below the agreed price than to lose the security on a sale that falls through.
            reserve = np.maximum(bid.sale_cad_t - self._treasury.security_cad_t, 0.0)
            tender.offer(
                seat,
                Offer(
                    np.where(with_bonus, bid.accepted_kt, tender.quantity_kt[seat]),
                    np.where(with_bonus, reserve, tender.reserve_cad_t[seat]),
                    np.where(with_bonus, bid.bonus_cad_t, 0.0),
                ),
            )
        self.bonus_bids = []

    @property
    def _treasury(self) -> BonusTreasury:
        """The treasury of an origin that has one; only there are bonuses bid for."""
        assert self.bonus is not None, self.desk.cash.origin
        return self.bonus

    def _buyers_with_quota(self) -> list[tuple[Tender, int]]:
        quotas = self._treasury.buyer_quota_kt
        return [(t, s) for t, s in self.desk.counters if t.is_open and t.pool == "feed" and t.buyer in quotas]

    def parts_of_quota(self, overbidding: float) -> Array:
        """Tonnes to bid for at each buyer with a quota, (tender, draw): the same for all bidders at the origin.

        ``overbidding`` is what all bidders bid for together, as a multiple of the quota.
        """
        at = self._buyers_with_quota()
        if not at:
            return np.zeros((0, self.desk.draws))
        netback = np.array([np.maximum(t.usual_price_cad_t - t.freight_cad_t[s], 0.0) for t, s in at])
        bonus = self._treasury
        kt = np.minimum(overbidding / bonus.bidders * bonus.quota_kt, self.desk.cash.available_kt)
        return spread_by_netback(netback, np.array([t.base_kt for t, _ in at]), kt)

    def bid_for_bonus(
        self,
        margin_cad_t: Array,
        undercut: float,
        overbidding: float,
        unevenness: Callable[[str], Array] | None = None,
        parts_kt: Array | None = None,
    ) -> list[BonusBid]:
        """Find sales just under the going price at the buyers with a quota, and bid for the bonus each takes.

        Where the market pays the cost no bonus is asked, and the commercial offer stands.

        Parameters
        ----------
        margin_cad_t : array (draw,)
            Margin asked, C$/t.
        undercut : float
            How far below the going price the sale is, as a share.
        overbidding : float
            Tonnes bid for together by all bidders, as a multiple of the quota.
        unevenness : callable, optional
            What the day's ships and routes to a buyer add to the seller's cost, C$/t (draw,).
        parts_kt : array (tender, draw), optional
            ``parts_of_quota`` where that is known.
        """
        bonus, at = self._treasury, self._buyers_with_quota()
        if not at:
            return []
        assert bonus.cash_price_cad_t is not None, "announced before anybody bids"
        parts = self.parts_of_quota(overbidding) if parts_kt is None else parts_kt
        part = overbidding / bonus.bidders
        standard_cost = bonus.cash_price_cad_t + self.desk.cash.fob_cost_cad_t
        cost = standard_cost + self.desk.cost_offset_cad_t + margin_cad_t
        for (tender, seat), kt in zip(at, parts, strict=True):
            freight, going = tender.freight_cad_t[seat], tender.usual_price_cad_t
            landed_cost = cost + freight + (unevenness(tender.buyer) if unevenness is not None else 0.0)
            sale_price = (1.0 - undercut) * going
            asked = np.maximum(landed_cost - sale_price, 0.0)
            tonnes = np.where(asked > 0, np.minimum(kt, part * bonus.buyer_quota_kt[tender.buyer]), 0.0)
            estimate = standard_cost + freight - going
            self.bonus_bids.append((tender, seat, BonusBid(tender.buyer, tonnes, asked, sale_price, going, estimate)))
        return [bid for _, _, bid in self.bonus_bids]

    def settle(self, sales: list[Sale]) -> tuple[Array, Array]:
        """Buy in the grain sold and collect the subsidy; returns tonnes and revenue with subsidy, each (sale, draw)."""
        for sale in sales:
            self.desk.ship(sale.kt)
            if self.bonus is not None and (helped := sale.subsidy_cad_t > 0).any():
                self.bonus.pay(sale.tender.buyer, sale.kt * helped, sale.subsidy_cad_t)
        kt = stacked(sale.kt for sale in sales)
        if self.committee is not None and self.licensing is not None and sales:
            for sale in sales:
                if sale.kt.any():
                    self.committee.pay(sale.kt, sale.subsidy_cad_t, self.licensing.cad_per_ecu)
            self.desk.use_licences(total(kt))
        unaided = total(kt * (stacked(sale.subsidy_cad_t for sale in sales) == 0)) if sales else 0.0
        self.commercial_kt = np.maximum(self.commercial_kt - unaided, 0.0)
        return kt, stacked(sale.received_cad_k for sale in sales)


class NationalExporter(mesa.Agent):
    """A national exporter: sells its country's grain abroad, with a bonus or refund where one is granted."""

    role = "exporter"

    def __init__(self, model: mesa.Model, name: str, seller: SpotSeller, margin_cad_t: float, draws: int) -> None:
        super().__init__(model)
        self.name = name
        self.spot = {seller.desk.cash.origin: seller}
        self.margin_cad_t = np.full(draws, margin_cad_t)
