"""Trading companies and national exporters."""

from __future__ import annotations

import mesa

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.desk import StockDesk
from benchmarks.scalar.marketing import companies_may_sell
from benchmarks.scalar.spot import SpotSeller


class TradingCompany(mesa.Agent):
    """Buys at every origin open to it: from farmers into stock, or for cash when a sale is found."""

    role = "trader"

    def __init__(self, model, name: str, section, rules) -> None:
        super().__init__(model)
        self.name, self.margin_cad_t = name, rules.margin_cad_t
        self.stock: dict[str, StockDesk] = {}
        self.spot: dict[str, SpotSeller] = {}
        for origin in section.origins:
            if origin in model.scenario.marketing:
                self.stock[origin] = StockDesk(model, origin, rules.beliefs)
            else:
                self.spot[origin] = SpotSeller(model, name, model.cash[origin], rules.margin_cad_t, 0.0)

    def part_bid_away(self, origin: str) -> float:
        """Part of a gain that competing bidders leave to farmers."""
        return 1.0 - 1.0 / len(self.model.companies_at(origin))

    def bid_cad_t(self, origin: str) -> float:
        """Price bid to farmers, at port."""
        desk = self.stock[origin]
        gain = self.part_bid_away(origin) * max(desk.feed_netback_cad_t - desk.worth_cad_t, 0.0)
        return max(desk.worth_cad_t + gain - self.margin_cad_t, 0.0)

    def buy(self, origin: str, kt: float, malting_kt: float) -> None:
        """Take farmers' grain into stock at its bid."""
        self.stock[origin].receive(kt, malting_kt, self.bid_cad_t(origin))

    def offer_stock(self) -> None:
        """Split the stock of every origin over the open tenders."""
        model, rules = self.model, self.model.now.traders
        share = min(1.0, model.months / rules.cover_periods)
        adjustment = min(rules.adjustment, 2.0 / (len(model.companies) + 1.0))
        for origin, desk in self.stock.items():
            marketing = model.now.marketing[origin]
            desk.offer(lambda t, m=marketing: companies_may_sell(m, t.pool, t.market), share, adjustment)

    def ship_stock(self) -> None:
        """Ship what was sold from stock, and write down the margin after the growers' premium for malting quality."""
        for origin, desk in self.stock.items():
            beyond = self.part_bid_away(origin) * max(desk.malting_netback_cad_t - desk.feed_netback_cad_t, 0.0)
            cost = ratio(desk.cost_cad_k, desk.stock_kt)
            for seat in desk.sales:
                premium = seat.tender.grade_cost_cad_t + (beyond if seat.tender.pool == "malting" else 0.0)
                margin = seat.award_kt * seat.received_cad_t - seat.award_kt * cost - seat.award_kt * premium
                self.model.books.add("merchant_margin_cad_k", f"{origin}:{seat.tender.grade}", margin)
            if desk.sales:
                desk.ship()

    def hear_the_news(self) -> None:
        """Take published demand into the worth of stock."""
        for desk in self.stock.values():
            desk.hear_the_news()

    def learn(self) -> None:
        """Update what is known of the tenders."""
        for desk in self.stock.values():
            desk.learn()


class NationalExporter(mesa.Agent):
    """Sells its country's grain abroad."""

    role = "exporter"

    def __init__(self, model, name: str, section, margin_cad_t: float) -> None:
        super().__init__(model)
        self.name = name
        cash = model.cash[section.origin]
        self.spot = {section.origin: SpotSeller(model, name, cash, margin_cad_t, section.cost_offset_cad_t)}
