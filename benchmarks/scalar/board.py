"""Marketing boards: stock, delivery contracts, agreed sales, and the guarantor who pays deficits."""

from __future__ import annotations

from collections.abc import Callable

import mesa

from benchmarks.scalar.arithmetic import clip, part_gone, ratio
from benchmarks.scalar.desk import StockDesk
from benchmarks.scalar.growers import GrowerGroup
from benchmarks.scalar.marketing import AGREEMENT_SYSTEMS
from benchmarks.scalar.pool import Pool
from benchmarks.scalar.tender import Tender

SALES_MEMORY = 0.2
CALL_FLOOR = 0.2
LOADED_SHARE = 0.5


class MarketingBoard(mesa.Agent):
    """Owns the feed pool, the malting pool and the grain delivered to them."""

    def __init__(self, model, name: str, section) -> None:
        super().__init__(model)
        self.name = name
        self.desk = StockDesk(model, section.origin, section.beliefs, section.grade_cost_counts)
        self.pools = {pool: Pool(section.initial_share) for pool in ("feed", "malting")}
        self.groups: list[GrowerGroup] = []
        self.outlook_published = False
        self.called_share = 1.0
        self.usual_sales_kt = 0.0
        self.series: int | None = None  # number of the contract series in force
        self.agreed_kt = self.agreed_price_cad_t = 0.0  # promised a period beyond agreements; going price then
        self._open_accounts()

    def _open_accounts(self) -> None:
        self.called_kt = self.delivered_kt = self.failed_kt = 0.0
        self.promised_kt = self.missed_kt = self.compensation_cad_k = self.cost_cad_k = 0.0

    @property
    def rules(self):
        """The board's section of the scenario in force."""
        return self.model.now.boards[self.name]

    @property
    def since_close(self) -> int:
        """Periods since the pool opened."""
        year = self.model.periods_per_year
        return (self.model.period_of_year - self.rules.pool_year_end_month * year // 12) % year

    def hear_the_news(self) -> None:
        """Take published demand into the worth of stock and the price of the next sales."""
        for pool, news in self.desk.hear_the_news().items():
            self.pools[pool].hear(news)

    def announce(self) -> None:
        """Announce initial payments and outlooks."""
        rules, model, since = self.rules, self.model, self.since_close
        self.outlook_published = rules.outlook_from is not None and model.record_month >= rules.outlook_from
        self._open_accounts()
        slow = rules.published_lag if self.outlook_published else None
        lag = (rules.outlook_lag if slow is None else slow) ** model.months
        for pool in self.pools.values():
            pool.announce(rules, since / model.periods_per_year, lag, since == 0, self.outlook_published)

    def pool_value_cad_t(self, discount_rate: float, risk_premium_cad_t: float) -> float:
        """What a delivery to the feed pool is worth to a farmer, at port."""
        feed = self.pools["feed"]
        expected = feed.initial_cad_t * feed.usual_multiple + feed.news_cad_t
        expected = feed.outlook_cad_t if self.outlook_published else expected
        later = max(expected - feed.initial_cad_t, 0.0) * (1.0 + discount_rate) ** -0.5
        return feed.initial_cad_t + max(later - risk_premium_cad_t, 0.0)

    @property
    def malting_premium_cad_t(self) -> float:
        """Expected malting return above the feed return."""
        return self.pools["malting"].outlook_cad_t - self.pools["feed"].outlook_cad_t

    def call(self, offered_kt: float) -> None:
        """Set the share of offers that is called: all, unless stocks would exceed twice the usual cover."""
        cover = 2.0 * (self.rules.cover_periods / self.model.months)
        room = cover * max(self.usual_sales_kt, offered_kt) - self.desk.stock_kt
        self.called_share = clip(ratio(room, offered_kt, empty=1.0), CALL_FLOOR, 1.0)

    def sign_contracts(self, takes_deliveries: bool) -> None:
        """At the date of a new series accept a share of what growers offer, and agree sales on it."""
        rules, model = self.rules, self.model
        if not takes_deliveries:
            for group in self.groups:
                group.signed_kt = 0.0
            self.agreed_kt, self.agreed_price_cad_t = 0.0, self.desk.going_cad_t
            return
        number = self.since_close * rules.contract_series // model.periods_per_year
        if number == self.series and self.since_close > 0:
            return
        self.series = number
        offers = [group.contract_offer_kt for group in self.groups]
        self.call(sum(offers))
        for group, offer in zip(self.groups, offers, strict=True):
            group.signed_kt = self.called_share * offer
        share = rules.agreed_share if model.now.marketing[self.desk.origin].feed in AGREEMENT_SYSTEMS else 0.0
        first_kt = model.agreed_with_importers_kt(self.name)
        self.agreed_kt = max(share * (self.called_share * sum(offers)) - first_kt, 0.0)
        self.agreed_price_cad_t = self.desk.going_cad_t

    def enter_delivery(self, called_kt: float, delivered_kt: float) -> None:
        """Enter what a group was called to deliver under contract, and what it delivered."""
        self.called_kt += called_kt
        self.delivered_kt += delivered_kt
        self.failed_kt += max(called_kt - delivered_kt, 0.0)

    def receive(self, kt: float, malting_kt: float) -> None:
        """Take deliveries into store at the initial payment."""
        self.desk.receive(kt, malting_kt, self.pools["feed"].initial_cad_t)

    def promise(self, promised_kt: float, available_kt: float) -> float:
        """Tonnes of a promise that can be shipped; the rest is missed."""
        shipped_kt = min(promised_kt, max(available_kt, 0.0))
        self.promised_kt += promised_kt
        self.missed_kt += promised_kt - shipped_kt
        return shipped_kt

    def offer(self, may_sell: Callable[[Tender], bool]) -> None:
        """Offer a share of the stock, and no less than was agreed."""
        rules, desk, months = self.rules, self.desk, self.model.months
        loaded_kt = part_gone(LOADED_SHARE, months) * desk.stock_kt
        due_kt = self.promise(self.agreed_kt, loaded_kt - desk.reserved_kt)
        desk.offer(may_sell, min(1.0, months / rules.cover_periods), rules.adjustment, due_kt)

    def settle(self) -> None:
        """Ship the sales, enter them in the pools and pay for agreed sales that were missed."""
        sales, rules, months = self.desk.sales, self.rules, self.model.months
        if sales:
            self.desk.ship()
            for name, pool in self.pools.items():
                mine = [seat for seat in sales if seat.tender.pool == name]
                value = sum(seat.award_kt * seat.received_cad_t for seat in mine)
                pool.enter(sum(seat.award_kt for seat in mine), value, rules.cost_cad_t, months)
            sold_kt = sum(seat.award_kt for seat in sales)
            self.cost_cad_k = sold_kt * rules.cost_cad_t
            self.usual_sales_kt += part_gone(SALES_MEMORY, months) * (sold_kt - self.usual_sales_kt)
        dearer = max(self.desk.going_cad_t - self.agreed_price_cad_t, 0.0)
        self.compensation_cad_k = self.missed_kt * (rules.default_cost_cad_t + dearer)
        self.pools["feed"].costs_cad_k += self.compensation_cad_k
        self.cost_cad_k += self.compensation_cad_k

    def learn(self) -> None:
        """Update what is known of the tenders."""
        self.desk.learn()

    def write_states(self, books) -> None:
        """Write down payments, deliveries, promises and costs of the period."""
        shares = [group.rules.share for group in self.groups]
        worths = [share * group.pool_value_cad_t() for share, group in zip(shares, self.groups, strict=True)]
        states = {
            "initial_payment_cad_t": self.pools["feed"].initial_cad_t,
            "pool_return_outlook_cad_t": self.pools["feed"].outlook_cad_t,
            "pool_value_cad_t": sum(worths) / max(sum(shares), 1e-9),
            "called_share": self.called_share,
            "called_kt": self.called_kt,
            "delivered_kt": self.delivered_kt,
            "delivery_failure_kt": self.failed_kt,
            "agreed_kt": self.promised_kt,
            "missed_kt": self.missed_kt,
            "compensation_cad_k": self.compensation_cad_k,
            "board_cost_cad_k": self.cost_cad_k,
        }
        for state, amount in states.items():
            books.add(state, self.name, amount)
        malting = self.pools["malting"]
        books.add("malting_initial_payment_cad_t", f"{self.name}:malting", malting.initial_cad_t)
        books.add("malting_pool_return_outlook_cad_t", f"{self.name}:malting", malting.outlook_cad_t)


class PoolGuarantor(mesa.Agent):
    """A treasury that covers the deficits of some boards' pools."""

    def __init__(self, model, name: str, boards: list[str]) -> None:
        super().__init__(model)
        self.name, self.boards = name, boards
        self.paid_cad_k = 0.0

    def cover(self, deficit_cad_k: float) -> None:
        """Pay a deficit in full."""
        self.paid_cad_k += deficit_cad_k
