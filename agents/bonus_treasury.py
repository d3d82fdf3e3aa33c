"""The treasury that grants export bonuses sale by sale (EEP: the Commodity Credit Corporation)."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import ratio

Array = np.ndarray
LOWEST_SALE = 0.85  # a sale this far below the last price paid by the buyer is refused as disruptive


class BonusTreasury(mesa.Agent):
    """Owns a year's tonnage and budget; accepts or rejects each bid on sale price and bonus."""

    def __init__(self, model: mesa.Model, origin: str, draws: int) -> None:
        super().__init__(model)
        self.name, self.origin = "eep", origin
        self.bidders = 0
        self.used_kt = np.zeros(draws)  # since the year began
        self.used_cad_k = np.zeros(draws)
        self.tonnage_left_kt = np.zeros(draws)
        self.budget_left_cad_k = np.zeros(draws)
        self.quota_kt = np.zeros(draws)
        self.max_bonus_cad_t = np.zeros(draws)
        self.spent_cad_k = np.zeros(draws)
        self.shipped_kt = np.zeros(draws)
        self.eligible: set[str] = set()
        self.undercut = 0.0

    def open_year(self) -> None:
        """Start a year; what was not used lapses."""
        self.used_kt = np.zeros_like(self.used_kt)
        self.used_cad_k = np.zeros_like(self.used_cad_k)

    def announce(
        self, eligible: set[str], tonnage_kt: float, budget_cad_k: Array, max_bonus_cad_t: Array, undercut: float
    ) -> None:
        """Announce who is eligible (nobody while the programme is off) and on what terms, at today's year's amounts."""
        self.eligible, self.max_bonus_cad_t, self.undercut = eligible, max_bonus_cad_t, undercut
        self.tonnage_left_kt = np.maximum(tonnage_kt - self.used_kt, 0.0)
        self.budget_left_cad_k = np.maximum(budget_cad_k - self.used_cad_k, 0.0)
        self.spent_cad_k = np.zeros_like(self.spent_cad_k)
        self.shipped_kt = np.zeros_like(self.shipped_kt)

    def share_out(self, periods_left: int) -> None:
        """Set the period's quota: an even share of what is left of the year's tonnage."""
        self.quota_kt = self.tonnage_left_kt / periods_left

    def accepted_kt(
        self, kt: Array, bonus_cad_t: Array, sale_cad_t: Array, last_price_cad_t: Array, bids: int
    ) -> Array:
        """Tonnes of one of a bidder's ``bids`` that are accepted, (draw,).

        None above the ceiling or at a disruptive price, else what the money allows.
        """
        fair = (bonus_cad_t <= self.max_bonus_cad_t) & (sale_cad_t >= LOWEST_SALE * last_price_cad_t)
        # Every bid is held to its share of the money, so that the order of bids plays no part.
        affordable = ratio(self.budget_left_cad_k / (self.bidders * bids), bonus_cad_t, empty=kt)
        return np.where(fair, np.minimum(kt, affordable), 0.0)

    def pay(self, kt: Array, bonus_cad_t: Array) -> None:
        """Pay the bonus on shipped tonnes."""
        money = kt * bonus_cad_t
        self.spent_cad_k = self.spent_cad_k + money
        self.shipped_kt = self.shipped_kt + kt
        self.used_cad_k = self.used_cad_k + money
        self.used_kt = self.used_kt + kt
