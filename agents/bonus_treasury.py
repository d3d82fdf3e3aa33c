"""The treasury that grants export bonuses sale by sale (EEP: the Commodity Credit Corporation)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import mesa
import numpy as np

from agents.arrays import Amount, Array, Mask, total
from agents.rationing import cheapest_first

CATCH_UP = 2.0  # a quota is at most this multiple of its even share of the year: no year's tonnage goes in one month


@dataclass
class Initiative:
    """Tonnage allocated to one buyer, and what of it has been shipped, each (draw,)."""

    name: str
    buyer: str
    used_kt: Array
    allotted_kt: Amount | None = None  # None: limited by the programme's total only
    is_open: bool = False
    left_kt: Array = field(init=False)

    def __post_init__(self) -> None:
        self.left_kt = np.zeros_like(self.used_kt)

    def review(self, is_open: bool, allotted_kt: Amount | None, grown: Amount = 1.0) -> None:
        """Take today's allotment in, ``grown`` times as large where the treasury answers a rival."""
        self.is_open, self.allotted_kt = is_open, allotted_kt
        limit = np.inf if allotted_kt is None else allotted_kt * grown
        self.left_kt = np.maximum(limit - self.used_kt, 0.0) if is_open else np.zeros_like(self.used_kt)

    def charge(self, kt: Array) -> Array:
        """Charge shipped tonnes as far as the allotment goes; returns the tonnes charged."""
        charged = np.minimum(kt, self.left_kt)
        self.used_kt = self.used_kt + charged
        self.left_kt = self.left_kt - charged
        return charged


@dataclass
class BonusBid:
    """A bid for a bonus on one sale; tonnes and C$/t, each (draw,)."""

    buyer: str
    kt: Array
    bonus_cad_t: Array
    sale_cad_t: Array  # landed price agreed with the buyer
    going_cad_t: Array  # landed price the treasury takes for the going one
    estimate_cad_t: Array  # bonus the treasury reckons is needed
    accepted_kt: Array = field(init=False)

    def __post_init__(self) -> None:
        self.accepted_kt = np.zeros_like(self.kt)


class BonusTreasury(mesa.Agent):
    """Owns a year's tonnage and a fiscal year's money; reviews each bid on sale price and bonus."""

    def __init__(self, model: mesa.Model, origin: str, buyers: dict[str, str], draws: int) -> None:
        super().__init__(model)
        self.name, self.origin = "eep", origin
        self.bidders = 0
        self.initiatives = {name: Initiative(name, buyer, np.zeros(draws)) for name, buyer in buyers.items()}
        self.enabled = False
        self.tonnage_kt: Amount = 0.0  # of the programme year
        self.used_kt = np.zeros(draws)  # since the programme year began
        self.used_usd_k = np.zeros(draws)  # since the fiscal year began
        self.carried_usd_k = np.zeros(draws)
        self.answer_kt, self.answers_kt = np.zeros(draws), np.zeros(draws)  # to a rival: today's, the year's before it
        self.tonnage_left_kt, self.money_left_usd_k = np.zeros(draws), np.zeros(draws)
        self.quota_kt = np.zeros(draws)  # of the period
        self.money_usd_k = np.zeros(draws)  # of the period
        self.buyer_quota_kt: dict[str, Array] = {}
        self.max_bonus_cad_t, self.security_cad_t = np.zeros(draws), np.zeros(draws)
        self.bonus_tolerance = self.price_tolerance = 0.0
        self.cad_per_usd = np.ones(draws)
        self.cash_price_cad_t: Array | None = None  # the last month's, at the origin
        self.bids: list[BonusBid] = []
        self.open_period()

    @property
    def buyers(self) -> list[str]:
        """Buyers with an initiative, each once, in the order of the scenario."""
        return list(dict.fromkeys(each.buyer for each in self.initiatives.values()))

    def open_initiatives(self, buyer: str) -> list[Initiative]:
        """Open initiatives of a buyer, those with an allotment of their own first."""
        found = [each for each in self.initiatives.values() if each.is_open and each.buyer == buyer]
        return sorted(found, key=lambda each: each.allotted_kt is None)

    def open_programme_year(self, carrying: set[str]) -> None:
        """Start a year of tonnage; what was not used lapses, but for the initiatives that carry it."""
        self.used_kt = np.zeros_like(self.used_kt)
        self.answer_kt, self.answers_kt = np.zeros_like(self.used_kt), np.zeros_like(self.used_kt)
        for name, initiative in self.initiatives.items():
            if name not in carrying:
                initiative.used_kt = np.zeros_like(initiative.used_kt)

    def open_fiscal_year(self, carry: bool) -> None:
        """Start a year of money; what was not spent lapses, or is carried."""
        self.carried_usd_k = self.money_left_usd_k if carry else np.zeros_like(self.money_left_usd_k)
        self.used_usd_k = np.zeros_like(self.used_usd_k)

    def open_period(self) -> None:
        """Start the period's accounts at zero."""
        self.spent_cad_k = np.zeros_like(self.used_kt)
        self.shipped_kt = np.zeros_like(self.used_kt)
        self.bids = []

    def follow_cash_price(self, price_cad_t: Array, months: float) -> None:
        """Average the origin's cash price over about a month: a sale is covered over a month, not on one market day."""
        before = price_cad_t if self.cash_price_cad_t is None else self.cash_price_cad_t
        self.cash_price_cad_t = before + min(months, 1.0) * (price_cad_t - before)

    def fund(self, tonnage_kt: Amount, budget_usd_k: Amount) -> None:
        """Take in today's amounts of the programme year and the fiscal year; what is left is never negative."""
        self.tonnage_kt = tonnage_kt
        self.answers_kt = self.answers_kt + self.answer_kt
        self.tonnage_left_kt = np.maximum(tonnage_kt + self.answers_kt - self.used_kt, 0.0)
        self.money_left_usd_k = np.maximum(budget_usd_k + self.carried_usd_k - self.used_usd_k, 0.0)

    def answer(self, extra_kt: Array, highest_cad_t: Array) -> None:
        """Take in what answering a rival asks for today: tonnes beyond the stated ones, and the most it pays."""
        self.answer_kt = extra_kt
        self.max_bonus_cad_t = np.minimum(self.max_bonus_cad_t, highest_cad_t)

    @property
    def answered_share(self) -> Array:
        """How many times the stated tonnage of the year its answers make it, (draw,); allotments grow with it."""
        share: Array = np.maximum(1.0 + (self.answers_kt + self.answer_kt) / np.maximum(self.tonnage_kt, 1e-9), 0.0)
        return share

    def share_out(
        self,
        tonnage_share: Array,
        year_share: Array,
        money_share: Array,
        buyer_shares: dict[str, list[float]],
        pace: Array | float = 1.0,
    ) -> None:
        """Set the period's quotas from the shares that fall due today, and what answers a rival today.

        ``tonnage_share`` and ``money_share`` are of what is left, ``year_share`` is of the whole year's tonnage.
        ``buyer_shares`` holds, for each buyer that tenders today, a share for each of its open initiatives. ``pace`` is
        today's tenders over those of an average period.
        """
        due = np.minimum(self.tonnage_left_kt * tonnage_share, CATCH_UP * self.tonnage_kt * year_share)
        self.quota_kt = np.maximum(due + pace * self.answer_kt, 0.0)
        self.money_usd_k = self.money_left_usd_k * money_share
        self.buyer_quota_kt = {}
        for buyer, shares in buyer_shares.items():
            parts = [i.left_kt * part for i, part in zip(self.open_initiatives(buyer), shares, strict=True)]
            self.buyer_quota_kt[buyer] = np.minimum(total(np.array(parts)), self.quota_kt)

    def decide(self, bids: Sequence[BonusBid]) -> None:
        """Review all bids of the period together and write the accepted tonnes into them.

        A sale below ``(1 - price_tolerance)`` of the going price is refused as disruptive, a bonus above the ceiling or
        above ``(1 + bonus_tolerance)`` of the treasury's own estimate as too dear. What is left is rationed, the
        cheapest bonus first: within each buyer's quota, then the programme's tonnage, then its money.
        """
        self.bids = list(bids)
        if not bids:
            return
        bonus = np.array([bid.bonus_cad_t for bid in bids])
        kt = np.array([np.where(self._passes(bid), bid.kt, 0.0) for bid in bids])
        for buyer, quota in self.buyer_quota_kt.items():
            own = [n for n, bid in enumerate(bids) if bid.buyer == buyer]
            if own:
                kt[own] = kt[own] * cheapest_first(kt[own], bonus[own], quota)
        kt = kt * cheapest_first(kt, bonus, self.quota_kt)
        kt = kt * cheapest_first(kt * bonus, bonus, self.money_usd_k * self.cad_per_usd)
        for bid, accepted in zip(bids, kt, strict=True):
            bid.accepted_kt = accepted

    def _passes(self, bid: BonusBid) -> Mask:
        """Whether price and bonus of a bid are in order, (draw,)."""
        fair_price = bid.sale_cad_t >= (1.0 - self.price_tolerance) * bid.going_cad_t
        dear = (bid.bonus_cad_t > self.max_bonus_cad_t) | (
            bid.bonus_cad_t > (1.0 + self.bonus_tolerance) * np.maximum(bid.estimate_cad_t, 0.0)
        )
        return fair_price & ~dear & (bid.bonus_cad_t > 0) & (bid.buyer in self.buyer_quota_kt)

    def pay(self, buyer: str, kt: Array, bonus_cad_t: Array) -> None:
        """Pay the bonus on tonnes shipped to a buyer and charge them to its initiatives, limited ones first."""
        money = kt * bonus_cad_t
        self.spent_cad_k = self.spent_cad_k + money
        self.shipped_kt = self.shipped_kt + kt
        self.used_usd_k = self.used_usd_k + money / self.cad_per_usd
        self.money_left_usd_k = np.maximum(self.money_left_usd_k - money / self.cad_per_usd, 0.0)
        self.used_kt = self.used_kt + kt
        self.tonnage_left_kt = np.maximum(self.tonnage_left_kt - kt, 0.0)
        rest = kt
        for initiative in self.open_initiatives(buyer):
            rest = rest - initiative.charge(rest)
