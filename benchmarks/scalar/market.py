"""The barley market as a plain Mesa model: one draw, one object per agent, one float per number."""

from __future__ import annotations

from collections import defaultdict

import mesa

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.growers import CASH_TRANCHES, HOME_FLOOR
from benchmarks.scalar.marketing import board_may_sell, board_takes_deliveries, companies_take_deliveries
from benchmarks.scalar.setting_up import BUYER_KINDS, refuse_what_is_missing, set_up
from benchmarks.scalar.split import Split, by_kinks
from benchmarks.scalar.tender import HOME_ROLES, Tender
from benchmarks.scalar.today import Levels, Luck
from sim.scenario import Loaded

SELECTION_MARGIN = 1.2


class ScalarMarket(mesa.Model):
    """The market of ``sim.market.BarleyMarket`` for one draw.

    Parameters
    ----------
    loaded : sim.scenario.Loaded
        A loaded scenario.
    draw : int
        Number of the draw in any ensemble of the scenario.
    seed : int, optional
        Root of the random streams; the scenario's own when absent.
    split : callable
        How desks split their stock over markets, one of ``benchmarks.scalar.split``.

    Raises
    ------
    ValueError
        When the scenario has rules that this model leaves out.
    """

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
        self.sales: list[tuple[float, float, float, float]] = []
        """Tonnes, f.o.b. price, freight and subsidy of every seat of every tender held, in order."""
        self.states: dict[tuple[str, str], list[float]] = defaultdict(list)
        """Values by period, or by crop year for pools, of (state, label)."""
        self.set_date(0)
        set_up(self)
        self.opening_kt = self.closing_stock_kt()

    # The period

    def step(self) -> None:
        """Simulate one period."""
        self.advance_calendar()
        for group in self.growers.values():
            group.harvest_and_plan()
        self.get_exporters_ready()
        self.treasuries_announce()
        self.boards_announce()
        self.farmers_deliver()
        self.importers_open_tenders()
        self.sellers_offer()
        self.tenders_clear()
        self.settle()
        self.learn()
        self.close_pools()
        self.record()

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

    def advance_calendar(self) -> None:
        """Move to the day: remembered prices follow exchange rates, demand is published, and its news is heard."""
        before = self.currency_cad
        self.set_date(self.steps - 1)
        for name, cash in self.cash.items():
            origin = self.now.origins[name]
            cash.fob_cost_cad_t = self.value(origin.fob_cost_usd_t) * self.currency_cad["usd"]
            cash.exports_kt = cash.from_store_kt = 0.0
            currency = origin.support_price_currency
            for group in self.groups_of(name):
                group.revalue(self.currency_cad[currency] / before[currency])
        for buyer in self.buyers.values():
            buyer.publish()
        for seller in (*self.boards.values(), *self.companies.values()):
            seller.hear_the_news()
        for name in self.scenario.origins:
            home = self.home_tender(name)
            for group in self.groups_of(name):
                if home is not None and name not in self.now.marketing:
                    group.hear_the_news(home.base_price_cad_t)
                group.haul_cad_t = group.haul_today()

    def get_exporters_ready(self) -> None:
        """Set what exporters may ship without help, and their part of what growers and agencies hold."""
        for company in self.companies.values():
            for seller in company.spot.values():
                seller.make_ready(self.now.traders.commercial_kt, self.months)
        for name, exporter in self.exporters.items():
            for seller in exporter.spot.values():
                seller.make_ready(self.value(self.now.exporters[name].commercial_kt), self.months)
        for name, cash in self.cash.items():
            held_kt = sum(group.stock_kt for group in self.groups_of(name))
            held_kt += self.agencies[name].stock_kt if name in self.agencies else 0.0
            cash.available_kt = 0.4 * held_kt / max(len(self.spot_sellers(name)), 1)

    def treasuries_announce(self) -> None:
        """Publish bonus quotas and hold refund rounds."""
        if self.bonus_treasury is not None:
            self.bonus_treasury.announce()
        if self.committee is not None:
            self.committee.announce()

    def boards_announce(self) -> None:
        """Publish initial payments and outlooks, and tell boards which buyers are eligible for bonuses."""
        eligible = set()
        if self.bonus_treasury is not None:
            eligible = {each.buyer for each in self.bonus_treasury.initiatives.values() if each.is_open}
        for board in self.boards.values():
            board.announce()
            if board.rules.foresees_bonuses and self.now.eep is not None:
                for counter in board.desk.counters:
                    counter.hear_of_bonuses(eligible, self.now.eep.undercut)

    def farmers_deliver(self) -> None:
        """Sign contracts, call, and carry grain to boards and companies."""
        for origin, marketing in self.now.marketing.items():
            to_board, to_companies = board_takes_deliveries(marketing), companies_take_deliveries(marketing)
            for board in self.boards.values():
                if board.desk.origin == origin and board.groups:
                    board.sign_contracts(to_board)
                    if to_board:
                        board.call(sum(group.contract_kt for group in board.groups))
            companies = self.companies_at(origin)
            for group in self.groups_of(origin):
                pooled_kt, sold_kt = group.deliver(to_board and group.board is not None, to_companies)
                if group.board is not None:
                    group.board.desk.receive(pooled_kt, pooled_kt * group.contract_quality)
                for company in companies if to_companies else []:
                    part_kt = sold_kt / len(companies)
                    company.stock[origin].receive(part_kt, part_kt * group.contract_quality)

    def importers_open_tenders(self) -> None:
        """Open the tenders due today; agreements are settled first."""
        for buyer in self.buyers.values():
            buyer.open_tenders()
        for name in self.scenario.state_importers:
            self.buyers[name].settle_agreement()

    def sellers_offer(self) -> None:
        """Boards and companies split their stock, exporters bid for bonuses and offer."""
        for board in self.boards.values():
            board.offer(lambda tender, b=board: self.board_may_offer(b, tender))
        for company in self.companies.values():
            company.offer_stock()
        if self.bonus_treasury is not None:
            self.bonus_treasury.review_bids(self.spot_sellers(self.bonus_treasury.origin))
        for agent in self.spot_agents:
            for origin, seller in agent.spot.items():
                seller.offer(self.licences_needed(origin), self.security_cad_t(origin))

    def tenders_clear(self) -> None:
        """Clear tenders abroad, serve exporters from intervention, then clear the home markets."""
        pay_as_bid = self.now.tender.format == "pay_as_bid"
        for tender in self.tenders:
            if tender.is_open and not tender.is_home and not tender.is_agreement:
                tender.clear(pay_as_bid)
        for agent in self.spot_agents:
            for origin, seller in agent.spot.items():
                seller.settle(self.licences_needed(origin))
        for agency in self.agencies.values():
            agency.serve_exporters()
        for name, cash in self.cash.items():
            groups = self.groups_of(name)
            most_kt = (1.0 - HOME_FLOOR) * sum(group.release_kt for group in groups) / self.months
            cash.count(min(cash.exports_kt, most_kt) if groups else cash.exports_kt, self.months)
        for tender in self.tenders:
            if tender.is_open and tender.is_home:
                self.growers_offer(tender)
                tender.clear(pay_as_bid)

    def growers_offer(self, tender: Tender) -> None:
        """Growers' offers at home: what delivery is worth where there is one, tranches where there is not."""
        origin = tender.country
        groups, parts = self.groups_of(origin), self.parts_of_exports(origin)
        if origin in self.agencies:
            self.agencies[origin].let_growers_offer(parts)
        elif origin not in self.now.marketing:
            cash, floor = self.cash[origin], self.support_cad_t(origin)
            for group, part in zip(groups, parts, strict=True):
                usual, exports = part * cash.usual_exports_kt, part * cash.exports_kt
                group.offer_in_tranches(CASH_TRANCHES, usual, exports, floor)
        else:
            selected_kt = sum(
                seat.award_kt
                for sold in self.tenders
                if sold.is_open and sold.pool == "malting"
                for seat in sold.seats
                if seat.origin == origin and seat.role not in HOME_ROLES
            )
            released_kt = sum(group.release_kt for group in groups)
            for group in groups:
                group.offer_off_board(SELECTION_MARGIN * selected_kt * ratio(group.release_kt, released_kt))

    def settle(self) -> None:
        """Let stocks and money change hands, and write down every sale."""
        for tender in self.tenders:
            if tender.is_open:
                self.buyers[tender.buyer].pay(tender)
                for seat in tender.seats:
                    sold = seat.award_kt > 0
                    terms = (seat.fob_cad_t, seat.freight_cad_t, seat.subsidy_cad_t) if sold else (0.0, 0.0, 0.0)
                    self.sales.append((seat.award_kt, *terms))
        for board in self.boards.values():
            board.settle()
        for company in self.companies.values():
            company.ship_stock()
        for name, cash in self.cash.items():
            parts = self.parts_of_exports(name)
            for group, part in zip(self.groups_of(name), parts, strict=True):
                group.sell(part * (cash.exports_kt - cash.from_store_kt))
                if name in self.now.marketing:
                    group.keep_for_delivery()
            home = self.home_tender(name)
            if home is not None:
                cash.price_cad_t = home.last_price_cad_t - self.mean_haul_cad_t(name)
        for agency in self.agencies.values():
            agency.settle()

    def learn(self) -> None:
        """Let sellers and growers take in the period's results."""
        for agent in (*self.boards.values(), *self.companies.values(), *self.growers.values()):
            agent.learn()

    def close_pools(self) -> None:
        """Close the pools whose year ends today; guarantors pay the deficits."""
        for name, board in self.boards.items():
            if self.period_of_year == board.rules.pool_year_end_month * self.periods_per_year // 12 - 1:
                for pool, account in board.pools.items():
                    closed = account.close()
                    for guarantor in self.guarantors:
                        if name in guarantor.boards:
                            guarantor.cover(closed["pool_deficit_cad_k"])
                    for state, value in closed.items():
                        self.states[state, f"{name}:{pool}"].append(value)

    def record(self) -> None:
        """Write down the period's states."""
        self.opening_kt = self.closing_stock_kt()
        for name, cash in self.cash.items():
            self.states["closing_kt", name].append(self.opening_kt[name])
            self.states["cash_price_cad_t", name].append(cash.price_cad_t)
        for name, board in self.boards.items():
            self.states["initial_payment_cad_t", name].append(board.pools["feed"].initial_cad_t)
            self.states["pool_return_outlook_cad_t", name].append(board.pools["feed"].outlook_cad_t)
            self.states["delivery_failure_kt", name].append(board.failed_kt)
            self.states["missed_kt", name].append(board.missed_kt)
        for name, agent in (("eep", self.bonus_treasury), ("restitution", self.committee)):
            if agent is not None:
                self.states["programme_kt", name].append(agent.shipped_kt)
                self.states["programme_spend_cad_k", name].append(agent.spent_cad_k)
        if self.period == len(self.timeline) - 1:
            self.running = False

    # What agents look up

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
