"""Grain a board buys for cash beside its pool: it lies in the same store, and its account is kept apart."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array, ratio


class CashAccount:
    """Tonnes bought for cash and not yet sold, their cost, and the period's dealings; arrays (draw,), kt and cad_k."""

    def __init__(self, draws: int) -> None:
        self.stock_kt, self.cost_cad_k = np.zeros(draws), np.zeros(draws)
        self.open_period()

    def open_period(self) -> None:
        """Start the period's account."""
        zero = np.zeros_like(self.stock_kt)
        self.bought_kt, self.spent_cad_k = zero, zero
        self.sold_kt, self.receipts_cad_k, self.sold_cost_cad_k = zero, zero, zero

    def buy(self, kt: Array, price_cad_t: Array) -> None:
        """Take in grain at a price."""
        self.bought_kt, self.spent_cad_k = self.bought_kt + kt, self.spent_cad_k + kt * price_cad_t
        self.stock_kt, self.cost_cad_k = self.stock_kt + kt, self.cost_cad_k + kt * price_cad_t

    def sell(self, feed_kt: Array, feed_value_cad_k: Array, feed_stock_kt: Array) -> tuple[Array, Array]:
        """Take its part of feed sales out of store; returns tonnes and what they had cost.

        Parameters
        ----------
        feed_kt, feed_value_cad_k : array (draw,)
            All feed the board sold in the period, and what it brought.
        feed_stock_kt : array (draw,)
            What the board had in store for feed sales before them. Cash grain is sold pro rata.
        """
        part = np.minimum(ratio(self.stock_kt, feed_stock_kt), 1.0)
        kt = np.minimum(part * feed_kt, self.stock_kt)
        cost = ratio(kt, self.stock_kt) * self.cost_cad_k
        self.stock_kt, self.cost_cad_k = self.stock_kt - kt, self.cost_cad_k - cost
        self.sold_kt, self.sold_cost_cad_k = self.sold_kt + kt, self.sold_cost_cad_k + cost
        self.receipts_cad_k = self.receipts_cad_k + ratio(kt, feed_kt) * feed_value_cad_k
        return kt, cost
