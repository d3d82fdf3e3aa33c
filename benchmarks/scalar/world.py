"""The world of one draw: its scenario, calendar and luck, and what agents look up in it."""

from __future__ import annotations

import mesa

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.books import Books
from benchmarks.scalar.limits import BUYER_KINDS, refuse_what_is_missing
from benchmarks.scalar.marketing import board_may_sell
from benchmarks.scalar.setting_up import set_up
from benchmarks.scalar.split import Split, by_kinks
from benchmarks.scalar.tender import Tender
from benchmarks.scalar.today import Levels, Luck
from sim.scenario import Loaded


class World(mesa.Model):
    """Everything but the verbs of a period; the arguments are those of ``ScalarMarket``."""

    def __init__(self, loaded: Loaded, draw: int = 0, seed: int | None = None, split: Split = by_kinks) -> None:
        refuse_what_is_missing(loaded)
        self.scenario, self.regimes, self.split = loaded.scenario, loaded.regimes, split
        root = self.scenario.seed if seed is None else seed
        super().__init__(seed=root)
        self.regime_of_period = [int(number) for number in loaded.regime_of_period]
        self.timeline, self.levels = loaded.timeline, Levels(loaded)
        self.months_ahead = self.timeline.months_ahead.tolist()
        self.periods_per_year = self.scenario.calendar.periods_per_year
        self.months = 12.0 / self.periods_per_year  # length of a period
        buyers = [name for kind in BUYER_KINDS for name in getattr(self.scenario, kind)]
        self.luck = Luck(loaded, root, draw, buyers)
        self.dearest_grade_cad_t = max((grade.cost_cad_t for grade in self.scenario.grades.values()), default=0.0)
        self.corn_relative = self.levels.relative_to_year(self.scenario.corn_usd_t)
        self.books = Books(self)
        self.set_date(0)
        set_up(self)
        self.opening_kt = self.closing_stock_kt()

    def set_date(self, period: int) -> None:
        """Set the date, the scenario in force, exchange rates and freight of the day."""
        self.period = period
        self.period_of_year = period % self.periods_per_year
        self.year = period // self.periods_per_year
        self.now = self.regimes[self.regime_of_period[period]]
        self.record_month = self.months_ahead[period]
        month = self.timeline.month_of_period[period]
        self.period_name = month if self.periods_per_year == 12 else f"{month}, period {period}"
        usd = self.value(self.now.money.cad_per_usd) * self.luck.exchange[period]
        self.currency_cad = {"cad": 1.0, "usd": usd, "ecu": self.value(self.now.money.usd_per_ecu) * usd}
        self.freight_factor = usd * self.luck.freight[period]

    def value(self, level, period: int | None = None) -> float:
        """Value of a scenario level today, or in a period."""
        return self.levels.value(level, self.period if period is None else period)

    def freight_cad_t(self, origin: str, region: str) -> float:
        """Freight from an origin's port to a region today."""
        return self.value(self.now.freight_usd_t.get(origin, {}).get(region)) * self.freight_factor

    def set_freight(self, tender: Tender) -> None:
        """Put today's freight on every seat; an agency's stores stand where growers deliver."""
        for seat in tender.seats:
            if seat.role == "growers":
                seat.freight_cad_t = self.growers[seat.seller].haul_cad_t
            elif seat.role != "agency":
                seat.freight_cad_t = self.freight_cad_t(seat.origin, tender.region)

    def support_cad_t(self, origin: str) -> float:
        """Support price of an origin today."""
        rules = self.now.origins[origin]
        return self.value(rules.support_price) * self.currency_cad[rules.support_price_currency]

    def groups_of(self, origin: str) -> list:
        """Growers of an origin."""
        return [group for group in self.growers.values() if group.origin == origin]

    def parts_of_exports(self, origin: str) -> list[float]:
        """Part each group of an origin has in what exporters take: by stock."""
        stocks = [group.stock_kt for group in self.groups_of(origin)]
        return [ratio(stock, sum(stocks)) for stock in stocks]

    def home_tender(self, origin: str) -> Tender | None:
        """Tender of an origin's own feeders."""
        return next((tender for tender in self.tenders if tender.is_home and tender.country == origin), None)

    def mean_haul_cad_t(self, origin: str) -> float:
        """Mean haul of an origin's growers, by their share of the crop."""
        return sum(group.haul_cad_t * group.rules.share for group in self.groups_of(origin))

    @property
    def spot_agents(self) -> list:
        """Everybody who may buy in cash markets."""
        return [*self.companies.values(), *self.exporters.values()]

    def spot_sellers(self, origin: str) -> list:
        """Sellers who buy in an origin's cash market."""
        return [agent.spot[origin] for agent in self.spot_agents if origin in agent.spot]

    def companies_at(self, origin: str) -> list:
        """Trading companies that buy from an origin's farmers."""
        return [company for company in self.companies.values() if origin in company.stock]

    def companies_bid_cad_t(self, origin: str) -> float:
        """Average bid of the companies to an origin's farmers."""
        bids = [company.bid_cad_t(origin) for company in self.companies_at(origin)]
        return ratio(sum(bids), len(bids))

    def board_may_offer(self, board, tender: Tender) -> bool:
        """Whether a board offers at a tender today; an agreement with the buyer is all it sells there."""
        deal = getattr(self.buyers[tender.buyer], "agreement", None)
        if deal is not None and deal.is_open and deal.grade == tender.grade and deal.seats[0].seller == board.name:
            return False
        marketing = self.now.marketing.get(board.desk.origin)
        return marketing is None or board_may_sell(marketing, tender.pool)

    def agreed_with_importers_kt(self, board: str) -> float:
        """Tonnes a period that state importers' agreements with a board hold."""
        deals = [section.agreement for section in self.now.state_importers.values()]
        held = [self.value(deal.quantity_kt) for deal in deals if deal is not None and deal.board == board]
        return sum(held) / self.periods_per_year

    def licences_needed(self, origin: str) -> bool:
        """Whether exporters of an origin sell only with a refund licence today."""
        rules = self.now.restitution
        return rules is not None and rules.enabled and rules.origin == origin

    def security_cad_t(self, origin: str) -> float:
        """What a seller loses on a licence or bonus sale that falls through."""
        if self.licences_needed(origin):
            return self.now.restitution.licence_security_ecu_t * self.currency_cad["ecu"]
        return 0.0 if self.now.eep is None else self.now.eep.security_usd_t * self.currency_cad["usd"]

    def closing_stock_kt(self) -> dict[str, float]:
        """Stock of every origin, whoever holds it."""
        stocks = {}
        for name in self.scenario.origins:
            held = [group.stock_kt for group in self.groups_of(name)]
            held += [board.desk.stock_kt for board in self.boards.values() if board.desk.origin == name]
            held += [self.agencies[name].stock_kt] if name in self.agencies else []
            held += [company.stock[name].stock_kt for company in self.companies_at(name)]
            stocks[name] = sum(held)
        return stocks
