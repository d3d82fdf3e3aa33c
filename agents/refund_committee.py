"""The committee that grants export refunds by tender and may tax exports (the EU Cereals Management Committee)."""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import numpy as np

from agents.arrays import Amount, Array, Mask, ascending, running, total
from agents.spot_desk import Bid

ANNUAL_BOUNDS = (0.25, 2.0)  # a year's wanted tonnage stays within these multiples of the target, whatever the stocks


def stock_factor(stock_kt: Array, normal_kt: Amount | None, response: float) -> Array:
    """Multiple of the year's target that is wanted: ``1 + response x (stock - normal) / normal``, within bounds.

    Limits: no response, or stocks at normal, gives one; it rises with stocks. Without a normal stock it is one.
    """
    if normal_kt is None:
        return np.ones_like(stock_kt)
    return np.clip(1.0 + response * (stock_kt - normal_kt) / normal_kt, *ANNUAL_BOUNDS)


class RefundCommittee(mesa.Agent):
    """Sets the maximum refund of each round; every bid at or below it wins in full, or all are rejected.

    A refund below zero is an export tax: bids at or above the smallest tax win. Rates are in ECU/t.
    """

    def __init__(self, model: mesa.Model, origin: str, starting_refund_ecu_t: Array) -> None:
        super().__init__(model)
        self.name, self.origin = "restitution", origin
        self.max_refund_ecu_t = np.array(starting_refund_ecu_t)
        zero = np.zeros_like(self.max_refund_ecu_t)
        self.factor = zero + 1.0
        self.answer_kt, self.answers_kt = zero, zero  # to a rival: of a round today, of the year before it
        self.used_kt, self.spent_ecu_k = zero, zero  # shipped and paid since the marketing year began
        self.open_period()

    def open_year(self, factor: Array) -> None:
        """Start a marketing year; ``factor`` is the multiple of the target wanted in it."""
        self.used_kt, self.spent_ecu_k = np.zeros_like(self.used_kt), np.zeros_like(self.used_kt)
        self.factor = factor
        self.answers_kt = np.zeros_like(self.used_kt)

    def open_period(self) -> None:
        """Start the period's accounts at zero."""
        zero = np.zeros_like(self.max_refund_ecu_t)
        self.spent_cad_k, self.shipped_kt = zero, zero
        self.bid_kt, self.accepted_kt, self.accepted_ecu_k = zero, zero, zero
        self.rounds, self.rejected_rounds = zero, zero
        self.paid_ecu_k, self.tax_ecu_k = zero, zero

    def wanted_kt(self, target_kt: Amount, outstanding_kt: Array, rounds_left: int) -> Array:
        """Tonnes wanted in a round: an even part of what licences leave of the year, and the answer to a rival."""
        left = target_kt * self.factor + self.answers_kt - self.used_kt - outstanding_kt
        self.answers_kt = self.answers_kt + self.answer_kt
        return np.maximum(np.maximum(left, 0.0) / rounds_left + self.answer_kt, 0.0)

    def money_ecu_k(self, budget_ecu_million: Amount | None, outstanding_ecu_k: Array, rounds_left: int) -> Array:
        """Money for a round: an even part of what the year's budget leaves; infinite without a budget."""
        if budget_ecu_million is None:
            return np.full_like(self.spent_ecu_k, np.inf)
        return np.maximum(1000.0 * budget_ecu_million - self.spent_ecu_k - outstanding_ecu_k, 0.0) / rounds_left

    def decide(
        self, bids: Sequence[Bid], wanted_kt: Array, money_ecu_k: Array, ceiling_ecu_t: Array, step_ecu_t: float
    ) -> list[Array]:
        """Awards of one round in kt, one array (draw,) per bid.

        The refund wanted is the lowest bid at which the bids so far reach ``wanted_kt``. The maximum refund falls to it
        at once, rises by at most ``step_ecu_t`` a round and never above the ceiling. It stays below the bid with which
        those so far would cost more than ``money_ecu_k``. All are rejected when every bid lies above it, or when
        nothing is wanted.
        """
        if not bids:
            return []
        rates, tonnes = np.array([bid.rate_ecu_t for bid in bids]), np.array([bid.kt for bid in bids])
        places, column = ascending(rates), np.arange(rates.shape[1])
        ranked, sizes = rates.take(places), tonnes.take(places)
        short = np.minimum((running(np.add, sizes) < wanted_kt).sum(axis=0), len(bids) - 1)
        asked = ranked[short, column]
        refund = np.minimum(np.minimum(asked, self.max_refund_ecu_t + step_ecu_t), ceiling_ecu_t)
        limit = np.full_like(asked, np.inf)
        if np.isfinite(money_ecu_k).any():
            too_dear = running(np.add, sizes * ranked) > money_ecu_k
            limit = np.where(too_dear.any(axis=0), ranked[too_dear.argmax(axis=0), column], limit)
        won = (wanted_kt > 0) & (rates <= refund) & (rates < limit)
        awards = np.where(won, tonnes, 0.0)
        self._publish(np.where(won, rates, -np.inf).max(axis=0), refund, limit, wanted_kt > 0)
        accepted = total(awards)
        self.bid_kt, self.accepted_kt = self.bid_kt + total(tonnes), self.accepted_kt + accepted
        self.accepted_ecu_k = self.accepted_ecu_k + total(awards * rates)
        self.rounds = self.rounds + 1.0
        self.rejected_rounds = self.rejected_rounds + (accepted <= 0)
        return list(awards)

    def _publish(self, highest: Array, refund: Array, limit: Array, held: Mask) -> None:
        """Publish the maximum refund; money that runs short lowers it to the dearest bid won, and never moves it up."""
        paid = np.where(np.isfinite(highest), np.minimum(highest, self.max_refund_ecu_t), self.max_refund_ecu_t)
        published = np.where(refund >= limit, paid, refund)
        self.max_refund_ecu_t = np.where(held, published, self.max_refund_ecu_t)

    def pay(self, kt: Array, refund_cad_t: Array, cad_per_ecu: Array) -> None:
        """Pay the refund on shipped tonnes, or take the tax where it is below zero."""
        self.spent_cad_k = self.spent_cad_k + kt * refund_cad_t
        paid = kt * refund_cad_t / cad_per_ecu
        self.spent_ecu_k = self.spent_ecu_k + paid
        self.paid_ecu_k = self.paid_ecu_k + np.maximum(paid, 0.0)
        self.tax_ecu_k = self.tax_ecu_k + np.maximum(-paid, 0.0)
        self.shipped_kt = self.shipped_kt + kt
        self.used_kt = self.used_kt + kt
