"""A treasury that pays a fixed subsidy per tonne on each lane out of its country."""

from __future__ import annotations

import mesa
import numpy as np

from agents.trial import Trial

Array = np.ndarray


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
        self.rate_cad_t: dict[str, float] = {}
        self.paid_kt = np.zeros(draws)
        self.spent_cad_k = np.zeros(draws)

    def announce(self, rate_cad_t: dict[str, float]) -> None:
        """Publish the stated rates by region, and open the period's account."""
        self.rate_cad_t = rate_cad_t
        self.paid_kt, self.spent_cad_k = np.zeros_like(self.paid_kt), np.zeros_like(self.spent_cad_k)

    def grant_cad_t(self, region: str) -> Array | float:
        """Subsidy on a tonne shipped to a region, C$/t: the stated rate and what the search adds to it."""
        if region not in self.rate_cad_t:
            return 0.0
        return self.rate_cad_t[region] + (0.0 if self.search is None else self.search.value)

    def pay(self, kt: Array, rate_cad_t: Array) -> None:
        """Pay the subsidy on a sale."""
        self.paid_kt = self.paid_kt + kt
        self.spent_cad_k = self.spent_cad_k + kt * rate_cad_t
