"""The committee that grants export refunds by periodic tender (the EU Cereals Management Committee)."""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import numpy as np

from agents.spot_desk import Bid

Array = np.ndarray


class RefundCommittee(mesa.Agent):
    """Sets a maximum refund that moves slowly; every bid at or below it wins in full, or all are rejected."""

    def __init__(self, model: mesa.Model, origin: str, starting_refund_ecu_t: Array) -> None:
        super().__init__(model)
        self.name, self.origin = "restitution", origin
        self.max_refund_ecu_t = np.array(starting_refund_ecu_t)
        self.used_kt = np.zeros_like(self.max_refund_ecu_t)  # since the year began
        self.spent_cad_k = np.zeros_like(self.max_refund_ecu_t)
        self.shipped_kt = np.zeros_like(self.max_refund_ecu_t)

    def open_year(self) -> None:
        """Start a marketing year."""
        self.used_kt = np.zeros_like(self.used_kt)

    def open_period(self) -> None:
        """Start the period's payments at zero."""
        self.spent_cad_k = np.zeros_like(self.spent_cad_k)
        self.shipped_kt = np.zeros_like(self.shipped_kt)

    def decide(
        self, bids: Sequence[Bid], target_kt: Array, ceiling_ecu_t: float, max_step_ecu_t: float, cad_per_ecu: Array
    ) -> list[Array]:
        """Awards in kt, one array (draw,) per bid; bids are in C$, the maximum refund is in ECU.

        The refund wanted is the lowest bid at which the bids so far reach the target. The maximum refund falls to it at
        once but rises by at most ``max_step_ecu_t``, so that when bids creep up most of them fail. When it would have
        to exceed the ceiling, all bids are rejected.
        """
        if not bids:
            return []
        rates = np.array([bid.rate_cad_t for bid in bids]) / cad_per_ecu
        tonnes = np.array([bid.kt for bid in bids])
        order = np.argsort(rates, axis=0, kind="stable")
        reached = np.add.accumulate(np.take_along_axis(tonnes, order, axis=0), axis=0)
        short = np.minimum((reached < target_kt).sum(axis=0), len(bids) - 1)
        wanted = np.take_along_axis(rates, np.take_along_axis(order, short[None], axis=0), axis=0)[0]
        refund = np.minimum(wanted, self.max_refund_ecu_t + max_step_ecu_t)
        opened = (refund <= ceiling_ecu_t) & (target_kt > 0)
        self.max_refund_ecu_t = np.minimum(refund, ceiling_ecu_t)
        return [np.where(opened & (rate <= refund), bid.kt, 0.0) for bid, rate in zip(bids, rates, strict=True)]

    def pay(self, kt: Array, refund_cad_t: Array) -> None:
        """Pay the refund on shipped tonnes."""
        self.spent_cad_k = self.spent_cad_k + kt * refund_cad_t
        self.shipped_kt = self.shipped_kt + kt
        self.used_kt = self.used_kt + kt
