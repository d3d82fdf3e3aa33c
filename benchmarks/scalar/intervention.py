"""An intervention agency: buys at the support price and sells from store."""

from __future__ import annotations

import mesa

from benchmarks.scalar.arithmetic import part_gone, ratio
from benchmarks.scalar.growers import SUPPORTED_TRANCHES
from benchmarks.scalar.tender import Seat

EXPORT_MEMORY = 0.3


class InterventionAgency(mesa.Agent):
    """Owns what an origin's growers could not sell above the support price."""

    def __init__(self, model, origin: str, stock_kt: float) -> None:
        super().__init__(model)
        self.name, self.origin, self.stock_kt = f"{origin}_intervention", origin, stock_kt
        self.book_cad_k = stock_kt * model.support_cad_t(origin)  # what the stock was bought for, on average
        self.exported_kt = 0.0  # set aside for exporters today
        self.usual_exports_kt: list[float] | None = None  # what growers expect exporters to take of each group
        self.seat: Seat | None = None  # at the feeders' tender at home

    @property
    def rules(self):
        """The agency's terms in force."""
        return self.model.now.origins[self.origin].intervention

    def revalue(self, factor: float) -> None:
        """Carry the book value along with the exchange rate: the books are in the currency of the support price."""
        self.book_cad_k *= factor

    def serve_exporters(self) -> None:
        """Set aside a share of what exporters sold, and offer the rest of the stock at home."""
        cash = self.model.cash[self.origin]
        self.exported_kt = cash.from_store_kt = min(self.rules.export_share * cash.exports_kt, self.stock_kt)
        if self.seat is not None and self.seat.tender.is_open:
            reserve = (1.0 + self.rules.resale_margin) * self.model.support_cad_t(self.origin)
            self.seat.offer(self.stock_kt - self.exported_kt, reserve)

    def let_growers_offer(self, parts: list[float]) -> None:
        """Growers' offers beside the agency's: what is planned at the support price, a little more above it."""
        cash, floor = self.model.cash[self.origin], self.model.support_cad_t(self.origin)
        exports = [part * (cash.exports_kt - cash.from_store_kt) for part in parts]
        if self.usual_exports_kt is None:
            self.usual_exports_kt = exports
        weight = part_gone(EXPORT_MEMORY, self.model.months)
        self.usual_exports_kt = [
            usual + weight * (kt - usual) for usual, kt in zip(self.usual_exports_kt, exports, strict=True)
        ]
        groups = self.model.groups_of(self.origin)
        for group, usual, kt in zip(groups, self.usual_exports_kt, exports, strict=True):
            group.offer_in_tranches(SUPPORTED_TRANCHES, usual, kt, floor)

    def settle(self) -> None:
        """Deliver today's sales and buy what growers could not sell."""
        seat, books, bought_kt = self.seat, self.model.books, 0.0
        is_open = seat is not None and seat.tender.is_open
        home_kt = seat.award_kt if is_open else 0.0
        home_cad_k = home_kt * seat.landed_cad_t if is_open else 0.0
        sold_kt = min(self.exported_kt + home_kt, self.stock_kt)
        at_book_cad_k = sold_kt * ratio(self.book_cad_k, self.stock_kt)
        proceeds_cad_k = home_cad_k + self.exported_kt * self.model.cash[self.origin].price_cad_t
        self.stock_kt -= sold_kt
        self.book_cad_k -= at_book_cad_k
        if is_open:
            for group in self.model.groups_of(self.origin):
                handed_kt = group.sell_to_agency()
                self.stock_kt += handed_kt
                bought_kt += handed_kt
        paid_cad_k = bought_kt * self.model.support_cad_t(self.origin)
        self.book_cad_k += paid_cad_k
        books.add("intervention_bought_kt", self.origin, bought_kt)
        books.add("intervention_home_kt", self.origin, home_kt)
        books.add("intervention_paid_cad_k", self.origin, paid_cad_k)
        books.add("intervention_home_cad_k", self.origin, home_cad_k)
        books.add("intervention_proceeds_cad_k", self.origin, proceeds_cad_k)
        books.add("intervention_loss_cad_k", self.origin, at_book_cad_k - proceeds_cad_k)

    def write_states(self, books) -> None:
        """Write down what was exported and what is left."""
        books.add("intervention_exported_kt", self.origin, self.exported_kt)
        books.add("intervention_stock_kt", self.origin, self.stock_kt)
