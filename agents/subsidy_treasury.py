"""A treasury that pays a fixed subsidy per tonne on each lane out of its country."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import Amount, Array
from agents.trial import Trial


class SubsidyTreasury(mesa.Agent):
    """Owns the account of what it paid; decides, where it may look for it, the rate that brings its country most.

    What a country gets from exports is sellers' receipts abroad less the cost of production and of the subsidy. With
    linear demand ``P = a - b Q``, two sellers of cost c and Cournot's conjecture the best rate is ``(a - c) / 4``
    against a rival without a subsidy and ``(a - c) / 5`` when both treasuries look for theirs.

    Source: Brander and Spencer (1985).
    """

    role = "subsidy_treasury"

    def __init__(self, model: mesa.Model, origin: str, draws: int) -> None:
        super().__init__(model)
        self.origin = origin
        self.search: Trial | None = None
        self.shift_cad_t = np.zeros(draws)  # what answering a rival adds to every rate
        self.spent_year_cad_k = np.zeros(draws)
        self.rate_cad_t: dict[str, Amount] = {}
        self.paid_kt = np.zeros(draws)
        self.spent_cad_k = np.zeros(draws)

    def announce(self, rate_cad_t: dict[str, Amount]) -> None:
        """Publish the stated rates by region, and open the period's account."""
        self.rate_cad_t = rate_cad_t
        self.paid_kt, self.spent_cad_k = np.zeros_like(self.paid_kt), np.zeros_like(self.spent_cad_k)

    @property
    def mean_rate_cad_t(self) -> Array:
        """Mean of the rates in force over its lanes, C$/t (draw,)."""
        return sum(self.rate_cad_t.values()) / max(len(self.rate_cad_t), 1) + self.shift_cad_t

    def grant_cad_t(self, region: str) -> Array | float:
        """Subsidy on a tonne shipped to a region, C$/t: the stated rate and what answers or searches add to it."""
        if region not in self.rate_cad_t:
            return 0.0
        return self.rate_cad_t[region] + self.shift_cad_t + (0.0 if self.search is None else self.search.value)

    def pay(self, kt: Array, rate_cad_t: Array) -> None:
        """Pay the subsidy on a sale; one at a rate of zero is not subsidised."""
        self.paid_kt = self.paid_kt + np.where(rate_cad_t == 0, 0.0, kt)
        self.spent_cad_k = self.spent_cad_k + kt * rate_cad_t
        self.spent_year_cad_k = self.spent_year_cad_k + kt * rate_cad_t
