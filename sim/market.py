"""The barley market: ``BarleyMarket.step`` is one period, told as a list of verbs in the order they happen."""

from __future__ import annotations

from types import SimpleNamespace

import mesa
import numpy as np

from agents.arrays import ratio, total
from agents.terms import Sale, Tender
from sim import assembly
from sim.checks import check_balance, check_nonnegative
from sim.ledger import Ledger
from sim.marketing import board_may_sell, board_takes_deliveries, merchants_may_sell, merchants_take_deliveries
from sim.opening import open_market
from sim.parameters import Parameters
from sim.recording import Recorder
from sim.scenario.schema import Marketing
from sim.shocks import ShockPaths
from sim.streams import Streams
from sim.tender import award_prices, clear

Array = np.ndarray


class BarleyMarket(mesa.Model):
    """A world market for one commodity over ``calendar`` periods and ``draws`` Monte Carlo draws at once.

    Parameters
    ----------
    loaded : sim.scenario.Loaded or path
        A loaded scenario, or the path of its YAML.
    draws : int, optional
        Draws carried by this model; the scenario's own number when absent.
    first_draw : int
        Number of the first draw: a chunk of an ensemble starts where the last one ended.
    seed : int, optional
        Root of the random streams; the scenario's own when absent.
    """

    def __init__(self, loaded="history", draws: int | None = None, first_draw: int = 0, seed: int | None = None) -> None:
        if not hasattr(loaded, "regimes"):
            from sim.scenario import load

            loaded = load(loaded)
        self.parameters = Parameters(loaded)
        self.scenario = self.parameters.base
        self.draws = self.scenario.draws if draws is None else draws
        self.first_draw = first_draw
        root = self.scenario.seed if seed is None else seed
        super().__init__(seed=root)  # Mesa's own generator stays unused: all luck comes from named streams
        self.calendar = self.parameters.timeline.periods()
        self.periods = len(self.calendar)
        self.periods_per_year = self.scenario.calendar.periods_per_year
        self.streams = Streams(root, self.draws, first_draw)
        self.offsets: dict[str, int] = {}
        self.period = 0
        buyers = assembly.buyer_sections(self.scenario)
        self.shocks = ShockPaths(self.scenario.shocks, self.streams, self.calendar, self.scenario.origins, buyers)
        self.corn_mean = self._corn_relative_to_year()
        self._set_period(0)
        self.cash = assembly.build_cash_markets(self)
        assembly.build_sellers(self)
        assembly.build_growers(self)
        assembly.build_buyers(self)
        open_market(self)
        rows, self.row_starts = assembly.sale_rows(self, self.calendar)
        self.ledger = Ledger(rows, self.calendar, self.draws, first_draw)
        self.recorder = Recorder(self)
        self.datacollector = SimpleNamespace(model_vars=self.recorder.headlines, _agent_records={}, agent_reporters={})

    # ------------------------------------------------------------------ the period
    def step(self) -> None:
        """Simulate one period."""
        self.advance_calendar()  # the date, the policy in force, exchange rate, corn and freight of the day
        self.harvest()  # crops come in, growers take their own use and plan what to market
        self.treasuries_announce()  # bonus quotas are published, refund tenders decided
        self.boards_announce()  # initial payments, pool return outlook, contract calls
        self.farmers_deliver()  # contracted grain goes to the pool or to merchants
        self.importers_open_tenders()  # every buyer due today publishes its demand; agreements are shipped first
        self.sellers_offer()  # boards and merchants split their stock, exporters bid for help and find sales
        self.tenders_clear()  # abroad first, then at home with what exporters left
        self.settle()  # stocks, money and subsidies change hands; every sale enters the ledger
        self.learn()  # beliefs, margins and expectations take in the day's results
        self.close_pools()  # at the end of a pool year: final payment, or a deficit for the treasury
        self.check_and_record()  # tonnes and money must add up in every draw before the next day starts

    def release(self) -> Ledger:
        """Hand over the ledger and let go of everything else; the model cannot be stepped any more.

        Mesa counts agents in a table keyed by model, so a model lives as long as the process. A run in chunks would keep
        the arrays of every chunk in memory.
        """
        ledger = self.ledger
        self.__dict__.clear()
        self.running = False
        return ledger

    def advance_calendar(self) -> None:
        """Set the date, the scenario in force and the day's exchange rates, corn and freight."""
        self.period = self.steps - 1
        self._set_period(self.period)
        for tender in self.tenders:
            tender.is_open = False
        for cash in self.cash.values():
            cash.exports_kt = np.zeros(self.draws)
        self.recorder.open_period()

    def harvest(self) -> None:
        """Bring in crops, take own use, and let growers plan how much to market."""
        month, p = self.month_of_year, self.period_of_year
        for name, group in self.growers.items():
            section = self.now.growers[name]
            origin = self.now.origins[section.origin]
            first = -(-(origin.harvest_month - 1) * self.periods_per_year // 12)
            if p == first:
                crop = section.share * self.value(origin.production_kt) * self.shocks.crop[section.origin][self.year]
                self.recorder.add("harvest_kt", section.origin, group.harvest(crop, section.area_response))
            own_use = section.share * self.value(origin.own_use_kt)
            self.recorder.add("own_use_kt", section.origin, group.use(own_use / self.periods_per_year))
            periods_left = (first - p - 1) % self.periods_per_year + 1
            ahead = own_use * (periods_left - 1) / self.periods_per_year
            carryover = section.share * self.value(origin.carryover_kt)
            group.plan(carryover, origin.storage_elasticity, ahead, periods_left)
        self._set_commercial_capacity()
        for name, cash in self.cash.items():
            stocks = [g.stock_kt for g in self.growers.values() if g.origin == name]
            # Exporters may not sell more than growers hold; half a period's stock split over them is far above use.
            cash.available_kt = 0.4 * total(np.array(stocks)) / max(len(self.spot_sellers(name)), 1)
        self.recorder.month = month

    def _set_commercial_capacity(self) -> None:
        for name, exporter in self.exporters.items():
            for seller in exporter.spot.values():
                seller.commercial_kt = self.value(self.now.exporters[name].commercial_kt) / self.periods_per_year
        for company in self.companies.values():
            for seller in company.spot.values():
                seller.commercial_kt = self.now.traders.commercial_kt / self.periods_per_year

    def treasuries_announce(self) -> None:
        """Open the bonus quota of the period and hold the refund tender."""
        left = self.periods_per_year - self.period_of_year
        eep, treasury = self.now.eep, self.bonus_treasury
        if treasury is not None and eep is not None:
            if self.period_of_year == 0:
                budget = self.value(eep.budget_usd_million) * 1000.0 * self.currency_cad["usd"]
                treasury.open_year(np.full(self.draws, self.value(eep.tonnage_kt)), budget)
            ceiling = self.value(eep.max_bonus_usd_t) * self.currency_cad["usd"]
            treasury.announce(eep.enabled, set(eep.eligible), ceiling, eep.undercut, left)
        rules, committee = self.now.restitution, self.committee
        if committee is None or rules is None:
            return
        committee.open_period()
        if self.period_of_year == 0:
            committee.open_year(np.full(self.draws, self.value(rules.target_kt)))
        if rules.enabled:
            self._hold_refund_tender(rules, committee, left)

    def _hold_refund_tender(self, rules, committee, periods_left: int) -> None:
        ecu = self.currency_cad["ecu"]
        bidders = [(a, a.spot[rules.origin]) for a in self.spot_agents if rules.origin in a.spot]
        target = committee.target_left_kt / periods_left
        size, spread = rules.overbidding * target / max(len(bidders), 1), rules.bid_spread_ecu_t * ecu
        bids = [(s, bid) for a, s in bidders for bid in s.refund_bids(size, rules.lots, spread, a.margin_cad_t)]
        step = rules.max_step_ecu_t * ecu * 12.0 / self.periods_per_year
        ceiling = self.value(rules.max_refund_ecu_t) * ecu
        for _, seller in bidders:
            seller.desk.lapse()
        awards = committee.decide([bid for _, bid in bids], target, ceiling, step)
        for (seller, bid), kt in zip(bids, awards, strict=True):
            seller.desk.grant(kt, bid.rate_cad_t)

    def boards_announce(self) -> None:
        """Publish initial payments and outlooks."""
        month = self.calendar["month"].iloc[self.period]
        for name, board in self.boards.items():
            section = self.now.boards[name]
            since_close = (self.period_of_year - section.pool_year_end_month * self.periods_per_year // 12) % self.periods_per_year
            published = section.outlook_from is not None and month >= section.outlook_from
            lag = section.outlook_lag ** (12.0 / self.periods_per_year)
            board.announce(section.initial_share, lag, since_close / self.periods_per_year, since_close == 0, published)

    def farmers_deliver(self) -> None:
        """Carry contracted grain to the board that calls it and to the merchants who bid for it."""
        for origin, marketing in self.now.marketing.items():
            groups = [g for g in self.growers.values() if g.origin == origin]
            to_board, to_merchants = board_takes_deliveries(marketing), merchants_take_deliveries(marketing)
            companies = [c for c in self.companies.values() if origin in c.stock]
            for group in groups:
                board = self.board_of.get(group.name)
                takes = to_board and board is not None
                if takes:
                    board.call(group.contract_kt, self.now.boards[board.name].cover_periods)
                pooled, sold = group.deliver(board.called if takes else 1.0, to_merchants, takes)
                quality = self.now.growers[group.name].malting_share * group.malting_offered
                if takes:
                    board.desk.receive(pooled, pooled * quality, board.pools["feed"].initial_cad_t)
                if to_merchants and companies:
                    part = sold / len(companies)
                    for company in companies:
                        company.buy(origin, part, part * quality, company.bid_cad_t(origin, 0.0))

    def importers_open_tenders(self) -> None:
        """Open the tenders due today; a state importer's agreement is settled before the rest goes to tender."""
        for tender in self.tenders:
            if self.is_held(tender, self.period) and not tender.seats[:1] == [s for s in tender.seats[:1] if s.agreement]:
                self.buyers[tender.buyer].open_tender(tender.grade, *self.base_point(tender))
                self._set_freight(tender)
        for name, tender in self.agreements.items():
            if self.is_held(tender, self.period):
                self._ship_agreement(name, tender)

    def _ship_agreement(self, name: str, tender: Tender) -> None:
        agency, rules = self.buyers[name], self.now.state_importers[name].agreement
        desk = self.boards[rules.board].desk
        self._set_freight(tender)
        cash = self.cash[rules.outside_origin]
        cost = self.value(self.now.origins[rules.outside_origin].fob_cost_cad_t) * self.currency_cad["usd"]
        outside = cash.price_cad_t + cost + self.freight(rules.outside_origin, tender.region)
        kt = self.value(rules.quantity_kt) / self.periods_per_year
        netback = desk.feed_netback_cad_t + tender.freight_cad_t[0]
        agency.bargain(netback, outside, rules.bargaining_weight, kt, rules.flexibility, 0.8 * desk.stock_kt)
        desk.reserved_kt = tender.award_kt[0]
        agency.tender_the_rest(tender.grade)

    def sellers_offer(self) -> None:
        """Boards and merchants split their stock over the open tenders; exporters bid for help and offer."""
        for name, board in self.boards.items():
            rules = self.now.boards[name]
            marketing = self.now.marketing.get(rules.origin, Marketing())
            share = min(1.0, 12.0 / (self.periods_per_year * rules.cover_periods))
            board.offer(
                lambda t, m=marketing: board_may_sell(m, t.pool), share, rules.adjustment, self._probe(rules.beliefs, name, board.desk)
            )
        rules = self.now.traders
        share = min(1.0, 12.0 / (self.periods_per_year * rules.cover_periods))
        for name, company in self.companies.items():
            if company.learning is not None:
                company.choose_margin(self.streams.uniform("margin", name, self.month_name, 1)[0])
            for origin, desk in company.stock.items():
                marketing = self.now.marketing[origin]
                damping = min(rules.adjustment, 2.0 / (len(self.companies) + 1.0))
                desk.offer(
                    lambda t, m=marketing: merchants_may_sell(m, t.pool, t.market),
                    share,
                    damping,
                    self._probe(rules.beliefs, name, desk),
                )
        for agent in self.spot_agents:
            for origin, seller in agent.spot.items():
                seller.offer(agent.margin_cad_t, self._licence_security(origin))

    def tenders_clear(self) -> None:
        """Clear tenders abroad, buy in what exporters sold, then clear the home markets."""
        for tender in self.tenders:
            if tender.is_open and not tender.is_home and not tender.seats[:1] == [s for s in tender.seats[:1] if s.agreement]:
                self._clear(tender)
        for agent in self.spot_agents:
            for origin, seller in agent.spot.items():
                self.spot_results[agent.name, origin] = seller.settle(self.sales_of(agent.name, origin))
        for tender in self.tenders:
            if tender.is_open and tender.is_home:
                self._growers_offer(tender)
                self._clear(tender)

    def settle(self) -> None:
        """Let stocks and money change hands and write every sale to the ledger."""
        for tender in self.tenders:
            if tender.is_open:
                self.buyers[tender.buyer].pay(tender)
                self.recorder.write_sales(tender)
        for name, board in self.boards.items():
            sales = self.sales_of(name, board.desk.origin)
            if sales:
                board.settle(sales, self.now.boards[name].cost_cad_t)
        for name, company in self.companies.items():
            company.profit_cad_k = np.zeros(self.draws)
            for origin in company.stock:
                sales = self.sales_of(name, origin)
                if sales:
                    margins = company.settle_stock(origin, sales)
                    company.profit_cad_k = company.profit_cad_k + total(margins)
                    self.recorder.add_margins(sales, margins)
        for cash in self.cash.values():
            self._settle_growers(cash)
        for agent in self.spot_agents:
            for origin in agent.spot:
                kt, revenue = self.spot_results[agent.name, origin]
                sales = self.sales_of(agent.name, origin)
                if sales:
                    margins = revenue - kt * self.cash[origin].price_cad_t
                    agent.profit_cad_k = agent.profit_cad_k + total(margins)
                    self.recorder.add_margins(sales, margins)

    def _settle_growers(self, cash) -> None:
        """Ship growers' sales at home and to exporters, set the cash price, and contract the rest of the release."""
        groups = [g for g in self.growers.values() if g.origin == cash.origin]
        stocks = np.array([group.stock_kt for group in groups])
        parts = cash.exports_kt * ratio(stocks, total(stocks))
        home = next((t for t in self.tenders if t.is_home and t.country == cash.origin), None)
        haul = 0.0
        for group, exported in zip(groups, parts, strict=True):
            sold = np.zeros(self.draws)
            if home is not None and home.is_open:
                sold = total(home.award_kt[group.seats])
            group.sell(sold, exported)
            if cash.origin in self.now.marketing:
                group.contract(sold)
            haul += group.haul_cad_t * self.now.growers[group.name].share
        if home is not None:
            cash.price_cad_t = home.last_price_cad_t - haul

    def learn(self) -> None:
        """Let sellers and farmers take in the period's results."""
        for board in self.boards.values():
            board.learn()
        for company in self.companies.values():
            company.learn()
        months = 12.0 / self.periods_per_year
        for name, group in self.growers.items():
            group.learn(self.cash[group.origin].price_cad_t, months)
            marketing = self.now.marketing.get(group.origin)
            if marketing is None:
                continue
            board = self.board_of.get(name)
            premium, pool = self._malting_premium(group.origin, board), self.port_value(name, board)
            cost = max((g.cost_cad_t for g in self.scenario.grades.values()), default=0.0)
            group.offer_malting(premium, cost)
            if board is not None and board_takes_deliveries(marketing) and merchants_take_deliveries(marketing):
                group.choose_channel(pool, self.merchants_bid(group.origin))

    def close_pools(self) -> None:
        """Close the pools whose year ends today; deficits go to the guarantor."""
        for name, board in self.boards.items():
            last = self.now.boards[name].pool_year_end_month * self.periods_per_year // 12 - 1
            if self.period_of_year != last:
                continue
            for pool in board.pools:
                closed = board.close(pool)
                deficit = closed["pool_deficit_cad_k"]
                for guarantor in self.guarantors.values():
                    if name in guarantor.boards:
                        deficit = deficit - guarantor.cover(deficit)
                paid = closed["pool_initial_cad_k"] + closed["pool_final_cad_k"] - closed["pool_deficit_cad_k"]
                net = closed["pool_receipts_cad_k"] - closed["pool_costs_cad_k"]
                check_balance("pool receipts = payments + deficit", f"{name} {pool}, {self.month_name}", net, paid, net, "thousand C$")
                self.recorder.add_pool(f"{name}:{pool}", self.year, closed)

    def check_and_record(self) -> None:
        """Check the accounting identities and record the state of the period."""
        self.recorder.close_period()
        where = self.month_name
        for origin in self.scenario.origins:
            account = self.recorder.account(origin)
            left = account["opening_kt"] + account["harvest_kt"] + account["imports_kt"]
            right = account["own_use_kt"] + account["home_use_kt"] + account["exports_kt"] + account["closing_kt"]
            check_balance("opening stock + harvest + imports = use + exports + closing stock", f"{origin}, {where}", left, right, left, "kt")
            check_nonnegative("stock", f"{origin}, {where}", account["closing_kt"])
        paid, received, freight, subsidy = self.recorder.money()
        check_balance("buyers' payments + subsidies = sellers' receipts + freight", where, paid + subsidy, received + freight, paid, "thousand C$")
        if self.period == self.periods - 1:
            self.running = False

    # ------------------------------------------------------------------ what the verbs look up
    def _set_period(self, period: int) -> None:
        self.period = period
        row = self.calendar.iloc[period]
        self.now = self.parameters.regime(period)
        self.year = int(row["year"])
        self.month_name = f"{row['month']}" if self.periods_per_year == 12 else f"{row['month']}, period {period}"
        self.period_of_year = period % self.periods_per_year
        self.month_of_year = self.period_of_year * 12 // self.periods_per_year
        usd = self.value(self.now.money.cad_per_usd) * self.shocks.exchange[period]
        self.currency_cad = {"cad": np.ones(self.draws), "usd": usd, "ecu": self.value(self.now.money.usd_per_ecu) * usd}
        self.freight_factor = usd * self.shocks.freight[period]
        if hasattr(self, "cash"):
            for name, cash in self.cash.items():
                cash.fob_cost_cad_t = self.value(self.now.origins[name].fob_cost_cad_t) * usd

    def _corn_relative_to_year(self) -> np.ndarray:
        level = self.scenario.corn_usd_t
        path = np.full(self.periods, level) if isinstance(level, int | float) else self.parameters.path(level)
        yearly = np.add.reduceat(path, np.arange(0, self.periods, self.periods_per_year)) / self.periods_per_year
        return path / np.repeat(yearly, self.periods_per_year)

    def value(self, level) -> float:
        """Value of a scenario level today."""
        return self.parameters.value(level, self.period)

    def freight(self, origin: str, region: str) -> Array:
        """Freight from an origin's port to a region today, C$/t (draw,); zero for a pair that is not listed."""
        return self.value(self.now.freight_usd_t.get(origin, {}).get(region)) * self.freight_factor

    def _set_freight(self, tender: Tender) -> None:
        for number, seat in enumerate(tender.seats):
            if seat.role == "growers":
                tender.freight_cad_t[number] = self.growers[seat.seller].haul_cad_t
            else:
                tender.freight_cad_t[number] = self.freight(seat.origin, tender.region)

    def section(self, buyer: str):
        """The scenario section of a buyer today."""
        for key in assembly.BUYER_CLASSES:
            sections = getattr(self.now, key)
            if buyer in sections:
                return sections[buyer]
        raise KeyError(buyer)

    def base_point(self, tender: Tender) -> tuple[Array, Array]:
        """Landed base price (C$/t) and tonnes of a tender today, shocks included, each (draw,)."""
        section = self.section(tender.buyer)
        demand = section.demand[tender.grade]
        price = self.value(demand.price) * self.currency_cad[demand.currency]
        corn = self.corn_mean[self.period] * self.shocks.corn[self.period] - 1.0
        price = price * (1.0 + demand.corn_response * corn)
        if not tender.is_home:
            price = price + self.freight(self.scenario.base_price_origin, tender.region)
        count = min(section.tenders_per_year, self.periods_per_year)
        kt = self.value(demand.quantity_kt) / count * self.shocks.demand[tender.buyer][self.year]
        return price, kt

    def is_held(self, tender: Tender, period: int) -> bool:
        """Whether a tender takes place in a period."""
        regime = self.parameters.regime(period)
        if tender.seats and tender.seats[0].agreement:
            return assembly.agreement_holds(regime, tender.buyer)
        if tender.is_home:
            return True
        count = self.section(tender.buyer).tenders_per_year
        return assembly.is_scheduled(count, self.offsets[tender.buyer], period % self.periods_per_year, self.periods_per_year)

    def _clear(self, tender: Tender) -> None:
        price, award = clear(tender.choke_cad_t, tender.slope_cad_t_kt, tender.quantity_kt, tender.reserve_cad_t)
        landed = award_prices(price, tender.reserve_cad_t, self.now.tender.format == "pay_as_bid")
        tender.announce(price, award, landed)

    def _growers_offer(self, tender: Tender) -> None:
        cash, support = self.cash[tender.country], self.now.origins[tender.country]
        floor = self.value(support.support_price_cad_t) * self.currency_cad[support.support_price_currency]
        groups = [g for g in self.growers.values() if g.origin == tender.country]
        stocks = np.array([group.stock_kt for group in groups])
        parts = cash.exports_kt * ratio(stocks, total(stocks))
        for group, exported in zip(groups, parts, strict=True):
            if tender.country in self.now.marketing:
                group.offer_off_board(tender, self.port_value(group.name, self.board_of.get(group.name)))
            else:
                group.offer_cash(tender, exported, floor)

    def port_value(self, group: str, board) -> Array:
        """What delivery is worth to a farmer at port: the pool's value, the merchants' bid, or both by the share of each."""
        section = self.now.growers[group]
        marketing = self.now.marketing[section.origin]
        if board is None or not board_takes_deliveries(marketing):
            return self.merchants_bid(section.origin)
        discount = (1.0 + section.discount_rate) ** -0.5  # the final payment comes about half a year after delivery
        pool = board.pool_value_cad_t(self.now.boards[board.name].initial_share, discount, section.risk_premium_cad_t)
        if not merchants_take_deliveries(marketing):
            return pool
        share = self.growers[group].merchant_share
        return share * self.merchants_bid(section.origin) + (1.0 - share) * pool

    def merchants_bid(self, origin: str) -> Array:
        """Average bid of the companies that buy from an origin's farmers, C$/t (draw,)."""
        bids = [c.bid_cad_t(origin, 0.0) for c in self.companies.values() if origin in c.stock]
        return total(np.array(bids)) / len(bids) if bids else np.zeros(self.draws)

    def _malting_premium(self, origin: str, board) -> Array:
        marketing = self.now.marketing[origin]
        if board is not None and marketing.malting != "multiple_sellers":
            return board.malting_premium_cad_t()
        return np.full(self.draws, np.inf)  # merchants pay the grade's cost as a premium on what they select

    def _licence_security(self, origin: str) -> Array | None:
        rules = self.now.restitution
        if rules is None or not rules.enabled or rules.origin != origin:
            return None
        return rules.licence_security_ecu_t * self.currency_cad["ecu"]

    def _probe(self, beliefs, name: str, desk) -> list[Array] | None:
        if beliefs.rule != "least_squares" or beliefs.probe == 0:
            return None
        luck = self.streams.normal("probe", f"{name}:{desk.origin}", self.month_name, len(desk.counters))
        return list(np.clip(beliefs.probe * luck, -0.5, 0.5))

    def spot_sellers(self, origin: str) -> list:
        """Sellers who buy at an origin's cash market."""
        return [agent.spot[origin] for agent in self.spot_agents if origin in agent.spot]

    def sales_of(self, seller: str, origin: str) -> list[Sale]:
        """This period's sales of a seller from an origin."""
        return [t.sale(n) for t, n in self.seats_of[seller, origin] if t.is_open]
