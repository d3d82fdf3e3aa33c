"""A board's contracts with its growers and the sales it agrees on their strength."""

from __future__ import annotations

import numpy as np

from agents.arrays import Amount, Array


class SalesProgramme:
    """What a board may call and what it has promised to buyers, in kt a period, each (draw,).

    The state importer's agreement comes first; a share of what the accepted contracts hold beyond it is promised to
    others. Promises are shipped before anything else, whatever the price, and what is missed is paid for.
    """

    def __init__(self, draws: int) -> None:
        zero = np.zeros(draws)
        self.agreed_kt = zero  # promised beyond the state importer's agreement
        self.price_cad_t = zero  # going price f.o.b. when it was promised
        self.series: int | None = None  # contract series in force
        self.open_period()

    def open_period(self) -> None:
        """Start the period's account."""
        zero = np.zeros_like(self.agreed_kt)
        self.called_kt, self.delivered_kt, self.failed_kt = zero, zero, zero
        self.promised_kt, self.missed_kt, self.compensation_cad_k = zero, zero, zero

    def is_new(self, series: int) -> bool:
        """Whether another contract series begins, which it then does."""
        begins, self.series = series != self.series, series
        return begins

    def agree(self, accepted_kt: Array, first_kt: Array | float, share: float, price_cad_t: Array) -> None:
        """Promise ``share`` of the accepted tonnes of a period, the state importer's ``first_kt`` being part of it."""
        self.agreed_kt = np.maximum(share * accepted_kt - first_kt, 0.0)
        self.price_cad_t = np.array(price_cad_t)

    def enter(self, called_kt: Array, delivered_kt: Array) -> None:
        """Enter what a group was called to deliver under contract and what it delivered, more or less."""
        self.called_kt = self.called_kt + called_kt
        self.delivered_kt = self.delivered_kt + delivered_kt
        self.failed_kt = self.failed_kt + np.maximum(called_kt - delivered_kt, 0.0)

    def promise(self, promised_kt: Amount, available_kt: Array) -> Array:
        """Enter a promise that falls due; returns the tonnes of it that can be shipped."""
        shipped = np.minimum(promised_kt, np.maximum(available_kt, 0.0))
        self.promised_kt = self.promised_kt + promised_kt
        self.missed_kt = self.missed_kt + (promised_kt - shipped)
        return shipped

    def compensate(self, price_cad_t: Array, default_cost_cad_t: float) -> Array:
        """Compensation for the period's missed tonnes, thousand C$ (draw,).

        Buyers are paid ``default_cost_cad_t`` and what replacing a tonne costs them more than when it was promised.
        """
        dearer = np.maximum(price_cad_t - self.price_cad_t, 0.0)
        self.compensation_cad_k = self.missed_kt * (default_cost_cad_t + dearer)
        return self.compensation_cad_k
