"""What all buyers share: a demand schedule for each grade, published when a tender opens."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np

from agents.arrays import Amount, Array, total
from agents.terms import Tender

DemandRule = Callable[
    [Array, Array, Amount], tuple[Array, Array]
]  # base price, base tonnes, elasticity -> choke, slope


class Buyer(mesa.Agent):
    """Owns its tenders, one per grade, and keeps account of what it paid."""

    role = "buyer"

    def __init__(self, model: mesa.Model, name: str, demand_rule: DemandRule, draws: int) -> None:
        super().__init__(model)
        self.name, self.demand_rule = name, demand_rule
        self.tenders: dict[str, Tender] = {}
        self.paid_cad_k = np.zeros(draws)

    def publish(self, grade: str, price_cad_t: Array, kt: Array, elasticity: Amount) -> None:
        """Publish the demand of a tender: linear through (landed base price, tonnes) with an elasticity there."""
        self.tenders[grade].publish(price_cad_t, kt, *self.demand_rule(price_cad_t, kt, elasticity))

    def pay(self, tender: Tender) -> None:
        """Pay the landed price for what was bought."""
        self.paid_cad_k = self.paid_cad_k + total(tender.award_kt * tender.landed_cad_t)


class Importer(Buyer):
    """An importer that buys by tender from all comers."""

    role = "importer"


class Feeders(Buyer):
    """Livestock feeders who buy in their origin's cash market."""

    role = "feeders"


class Maltsters(Buyer):
    """Maltsters who buy malting grades by tender."""

    role = "maltsters"
