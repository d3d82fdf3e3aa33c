"""An intervention agency: buys an origin's grain at its support price and sells it from store."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import Array, ratio
from agents.terms import CashMarket, Offer, Tender


class InterventionAgency(mesa.Agent):
    """Owns what growers could not sell above the support price; its losses on resale are the taxpayer's.

    The stock stands in the books at what was paid for it, on average: ``book value = opening + purchases - sales x
    average book price``, and ``loss = sales at book price - proceeds`` (below zero, a profit).
    The books are in the currency of the support price, so an exchange rate makes neither profit nor loss.
    """

    role = "agency"

    def __init__(self, model: mesa.Model, name: str, cash: CashMarket, draws: int) -> None:
        super().__init__(model)
        self.name, self.cash = name, cash
        self.stock_kt, self.book_cad_k = np.zeros(draws), np.zeros(draws)
        self.usual_exports_kt: Array | None = None
        """What growers expect exporters to take from each group, (group, draw): over months, not the one of the cash
        market's average, for where an agency takes the rest nobody has to follow a single busy month."""
        self.seats: list[tuple[Tender, int]] = []  # at home
        self.open_period()

    def open_period(self) -> None:
        """Start the period's accounts at zero."""
        zero = np.zeros_like(self.stock_kt)
        self.opening_kt, self.opening_book_cad_k = self.stock_kt, self.book_cad_k
        self.bought_kt, self.paid_cad_k = zero, zero
        self.exported_kt, self.home_kt, self.home_cad_k = zero, zero, zero
        self.proceeds_cad_k, self.loss_cad_k = zero, zero

    def revalue(self, factor: Array) -> None:
        """Carry the book value along with the exchange rate: the books are in the currency of the support price."""
        self.book_cad_k = self.book_cad_k * factor

    def take_over(self, kt: Array, price_cad_t: Array) -> None:
        """Start with a stock that stands in the books at a price, C$/t."""
        self.stock_kt, self.book_cad_k = self.stock_kt + kt, self.book_cad_k + kt * price_cad_t

    def offer_home(self, reserve_cad_t: Array) -> None:
        """Offer the stock to feeders at no less than the reserve price, what exporters took left out."""
        at = [(tender, seat) for tender, seat in self.seats if tender.is_open]
        for tender, seat in at:
            tender.offer(seat, Offer((self.stock_kt - self.exported_kt) / len(at), reserve_cad_t))

    def serve_exporters(self, export_kt: Array, share: float) -> None:
        """Set aside for exporters a share of what they sold, as far as the stock goes."""
        self.exported_kt = np.minimum(share * export_kt, self.stock_kt)

    def sell(self, home_kt: Array, home_cad_k: Array) -> None:
        """Deliver the period's sales: at home for what feeders pay, to exporters at the cash price."""
        self.home_kt, self.home_cad_k = home_kt, home_cad_k
        sold = np.minimum(self.exported_kt + home_kt, self.stock_kt)
        at_book = sold * ratio(self.book_cad_k, self.stock_kt)
        self.proceeds_cad_k = home_cad_k + self.exported_kt * self.cash.price_cad_t
        self.loss_cad_k = at_book - self.proceeds_cad_k
        self.stock_kt, self.book_cad_k = self.stock_kt - sold, self.book_cad_k - at_book

    def buy(self, kt: Array, price_cad_t: Array) -> None:
        """Buy what growers offer at the support price, all of it."""
        self.bought_kt, self.paid_cad_k = self.bought_kt + kt, self.paid_cad_k + kt * price_cad_t
        self.take_over(kt, price_cad_t)
