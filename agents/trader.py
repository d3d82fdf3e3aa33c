"""Trading companies: middlemen who buy at any origin open to them and sell at any destination."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import Array, ratio, stacked
from agents.exporter import SpotSeller
from agents.learning import RothErev
from agents.stock_desk import StockDesk
from agents.terms import Sale

MARGIN_GRID = np.array([0.0, 0.5, 1.0, 2.0, 4.0])  # multiples of the scenario's margin a learning company tries


class TradingCompany(mesa.Agent):
    """Owns grain bought from farmers (where there is no single desk) and spot desks at cash origins.

    From farmers it buys at ``w + (1 - 1/n) (r - w)`` less its margin. Here ``w`` is what one more tonne is worth to it,
    ``r`` what its feed sales bring on average and ``n`` the companies that bid. On malting quality it pays a premium:
    the growers' extra cost, and the share ``1 - 1/n`` of what malting barley brings beyond it over feed. Alone a
    company keeps the gain from discriminating between markets; the more companies bid, the more of it they bid away.
    """

    role = "trader"

    def __init__(self, model: mesa.Model, name: str, margin_cad_t: float, draws: int, learns: bool) -> None:
        super().__init__(model)
        self.name = name
        self.spot: dict[str, SpotSeller] = {}
        self.stock: dict[str, StockDesk] = {}
        self.bidders: dict[str, int] = {}  # companies that buy from an origin's farmers
        self.base_margin_cad_t = margin_cad_t
        self.margin_cad_t = np.full(draws, margin_cad_t)
        self.profit_cad_k = np.zeros(draws)
        self.learning = RothErev(MARGIN_GRID, draws) if learns else None
        self._best_cad_k = np.ones(draws)  # best recent profit, the yardstick of rewards

    def hear_the_news(self) -> None:
        """Take the published demands into the worth of stock."""
        for desk in self.stock.values():
            desk.hear_the_news()

    def choose_margin(self, luck: Array) -> None:
        """Draw this period's margin when the company learns; otherwise the margin stays."""
        if self.learning is not None:
            self.margin_cad_t = self.base_margin_cad_t * self.learning.choose(luck)

    def bid_cad_t(self, origin: str) -> Array:
        """Price bid to farmers, f.o.b.-port basis, C$/t (draw,)."""
        desk = self.stock[origin]
        given_away = self._share_bid_away(origin) * np.maximum(desk.feed_netback_cad_t - desk.worth_cad_t, 0.0)
        bid: Array = np.maximum(desk.worth_cad_t + given_away - self.margin_cad_t, 0.0)
        return bid

    def _share_bid_away(self, origin: str) -> float:
        return 1.0 - 1.0 / self.bidders[origin]

    def buy(self, origin: str, kt: Array, malting_kt: Array, price_cad_t: Array) -> None:
        """Take farmers' grain into stock."""
        self.stock[origin].receive(kt, malting_kt, price_cad_t)

    def settle_stock(self, origin: str, sales: list[Sale]) -> Array:
        """Ship sales from stock; returns the gross margin of each, (sale, draw), after the growers' malting premium."""
        desk = self.stock[origin]
        beyond = self._share_bid_away(origin) * np.maximum(desk.malting_netback_cad_t - desk.feed_netback_cad_t, 0.0)
        costs = desk.ship(sales)
        premium = stacked(s.kt * (s.tender.grade_cost_cad_t + beyond * (s.tender.pool == "malting")) for s in sales)
        return stacked(sale.received_cad_k for sale in sales) - costs - premium

    def learn(self) -> None:
        """Update beliefs about the markets, and the standing of the margin just tried."""
        for desk in self.stock.values():
            desk.learn()
        if self.learning is not None:
            self._best_cad_k = np.maximum(0.95 * self._best_cad_k, self.profit_cad_k)
            self.learning.reinforce(np.clip(ratio(self.profit_cad_k, self._best_cad_k), 0.0, 1.0))
