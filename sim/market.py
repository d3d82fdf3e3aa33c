"""The barley market: ``BarleyMarket.step`` is one period, told as a list of verbs in the order they happen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from agents.arrays import total
from agents.board import MarketingBoard
from agents.seller import Seller
from agents.terms import Tender
from agents.trader import TradingCompany
from sim.audit import audit
from sim.bonus_programme import announce_bonuses, eligible_buyers, review_bonus_bids
from sim.checks import check_balance, check_nonnegative, computable
from sim.dealings import clear_tender, ship_agreement
from sim.deliveries import count_exports, deliver, growers_offer, hear_at_home, learn_prices, settle_growers
from sim.intervention import check_agencies, open_agencies, serve_exporters, settle_agencies
from sim.marketing import board_may_sell, merchants_may_sell
from sim.programmes import announce_rates, pay_subsidies
from sim.reactions import watch_rivals
from sim.refund_programme import announce_refunds
from sim.scenario.schema import Marketing
from sim.searches import close_trials, open_trials
from sim.settlement import settle_boards, settle_merchants, settle_sellers, settle_spot_sales
from sim.world import World

STOCK_IDENTITY = "opening stock + harvest + imports = use + exports + closing stock"
MONEY_IDENTITY = "buyers' payments + subsidies = sellers' receipts + freight"
MONEY = "thousand C$"


class BarleyMarket(World):
    """A world market for one commodity over ``calendar`` periods and ``draws`` Monte Carlo draws at once.

    Parameters
    ----------
    loaded : sim.scenario.Loaded or path
        A loaded scenario, the path of its YAML, or the name of a shipped one.
    draws : int, optional
        Draws carried by this model; the scenario's own number when absent.
    first_draw : int
        Number of the first draw: a chunk of an ensemble starts where the last one ended.
    seed : int, optional
        Root of the random streams; the scenario's own when absent.
    draw_numbers : array of int (draw,), optional
        The number of each draw, in place of those from ``first_draw`` on: worlds of a sweep share theirs.
    """

    @computable
    def step(self) -> None:
        """Simulate one period."""
        self.advance_calendar()  # the date, the policy in force, exchange rate, corn and freight of the day
        self.harvest()  # crops come in, growers take their own use and plan what to market
        self.treasuries_announce()  # bonus quotas are published, refund tenders decided
        self.boards_announce()  # initial payments, pool return outlook, contract calls
        self.farmers_deliver()  # contracted grain goes to the pool or to merchants
        self.importers_open_tenders()  # every buyer due today opens its tender; agreements are shipped first
        self.sellers_offer()  # boards and merchants split their stock, exporters bid for help and find sales
        self.tenders_clear()  # abroad first, then at home with what exporters left
        self.settle()  # stocks, money and subsidies change hands; every sale enters the ledger
        self.learn()  # beliefs, margins and expectations take in the day's results
        self.close_pools()  # at the end of a pool year: final payment, or a deficit for the treasury
        self.check_and_record()  # tonnes and money must add up in every draw before the next day starts

    def advance_calendar(self) -> None:
        """Set the date, the scenario in force and the day's exchange rates, corn and freight; demand is published."""
        self.period = self.steps - 1
        self.set_period(self.period)
        for tender in self.tenders:
            tender.is_open = False
            if not tender.is_agreement:  # who tenders later in the year is known to everybody now
                self.buyers[tender.buyer].publish(tender.grade, *self.base_point(tender))
        for board in self.boards.values():
            board.hear_the_news()
        for company in self.companies.values():
            company.hear_the_news()
        hear_at_home(self)
        for name, group in self.growers.items():
            group.haul_cad_t = self.haul(name)
        for cash in self.cash.values():
            cash.exports_kt, cash.from_store_kt = np.zeros(self.draws), np.zeros(self.draws)
        open_agencies(self)
        self.recorder.open_period()

    def harvest(self) -> None:
        """Bring in crops, take own use, and let growers plan how much to market."""
        p = self.period_of_year
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
            stocks += [agency.stock_kt for origin, agency in self.agencies.items() if origin == name]
            # Exporters may not sell more than growers hold: each has its part of well under half, far above its sales.
            cash.available_kt = 0.4 * total(np.array(stocks)) / max(len(self.spot_sellers(name)), 1)

    def _set_commercial_capacity(self) -> None:
        for name, exporter in self.exporters.items():
            for seller in exporter.spot.values():
                seller.make_ready(self.value(self.now.exporters[name].commercial_kt), self.months)
        for company in self.companies.values():
            for seller in company.spot.values():
                seller.make_ready(self.now.traders.commercial_kt, self.months)

    def treasuries_announce(self) -> None:
        """Open the bonus quota of the period, hold the refund tender and publish subsidies by lane."""
        announce_bonuses(self)
        announce_refunds(self)
        announce_rates(self)
        open_trials(self)

    def boards_announce(self) -> None:
        """Publish initial payments and outlooks."""
        eligible = eligible_buyers(self)
        for name, board in self.boards.items():
            section = self.now.boards[name]
            since_close = self.since_close(section)
            published = section.outlook_from is not None and self.record_months[self.period] >= section.outlook_from
            slow = section.outlook_lag if not published or section.published_lag is None else section.published_lag
            lag = slow**self.months
            elapsed, cost = since_close / self.periods_per_year, section.cost_cad_t
            board.announce(section.initial_share, lag, elapsed, since_close == 0, published, cost)
            if section.foresees_bonuses and self.now.eep is not None:
                board.desk.hear_of_bonuses(eligible, self.now.eep.undercut)

    def farmers_deliver(self) -> None:
        """Carry contracted grain to the board that calls it and to the merchants who bid for it."""
        deliver(self)

    def importers_open_tenders(self) -> None:
        """Open the tenders due today; a state importer's agreement is settled before the rest goes to tender."""
        for tender in self.tenders:
            if self.is_held(tender, self.period) and not tender.is_agreement:
                tender.open()
                self.set_freight(tender)
        for name, tender in self.agreements.items():
            if self.is_held(tender, self.period):
                ship_agreement(self, name, tender)

    def sellers_offer(self) -> None:
        """Boards and merchants split their stock over the open tenders; exporters bid for help and offer."""
        for name, board in self.boards.items():
            rules = self.now.boards[name]
            marketing = self.now.marketing.get(rules.origin, Marketing())
            share = np.minimum(1.0, self.months / rules.cover_periods)
            board.offer(
                self._board_sales(marketing, name),
                share,
                rules.adjustment,
                self.probe(rules.beliefs, name, board.desk),
            )
        traders = self.now.traders
        share = np.minimum(1.0, self.months / traders.cover_periods)
        for name, company in self.companies.items():
            if company.learning is not None:
                company.choose_margin(self.streams.uniform("margin", name, self.period_name, 1)[0])
            for origin, desk in company.stock.items():
                marketing = self.now.marketing[origin]
                damping = np.minimum(traders.adjustment, 2.0 / (len(self.companies) + 1.0))
                desk.offer(_merchants_sales(marketing), share, damping, self.probe(traders.beliefs, name, desk))
        review_bonus_bids(self)
        for origin in self.cash:
            here = [(agent.margin_cad_t, agent.spot[origin]) for agent in self.spot_agents if origin in agent.spot]
            terms, leaning = self.licensing(origin), here[0][1].desk.leaning() if here else None
            for margin, spot in here:
                spot.offer(margin, terms, leaning)
        for seller in self.sellers.values():
            self._set_costs(seller)
            seller.offer()

    def _board_sales(self, marketing: Marketing, board: str) -> Callable[[Tender], bool]:
        """Whether a board may sell at a tender today: not beside its own agreement."""
        return lambda tender: board_may_sell(marketing, tender.pool) and not self.has_agreement(tender, board)

    def _set_costs(self, seller: Seller) -> None:
        rules = self.now.sellers[self.section_of_seller[seller.name]]
        seller.cost_cad_t = np.full(self.draws, self.value(rules.cost_cad_t))
        limit = np.inf if rules.capacity_kt is None else self.value(rules.capacity_kt) / self.periods_per_year
        seller.capacity_kt = np.full(self.draws, limit)
        paid = rules.initial_payment_cad_t
        seller.initial_payment_cad_t = None if paid is None else np.full(self.draws, self.value(paid))

    def tenders_clear(self) -> None:
        """Clear tenders abroad, buy in what exporters sold, then clear the home markets."""
        for tender in self.tenders:
            if tender.is_open and not tender.is_home and not tender.is_agreement:
                clear_tender(self, tender)
        for agent in self.spot_agents:
            for origin, seller in agent.spot.items():
                sales = self.sales_of(agent.name, origin)
                self.spot_results[agent.name, origin] = sales, *seller.settle(sales)
        serve_exporters(self)
        count_exports(self)
        for tender in self.tenders:
            if tender.is_open and tender.is_home:
                growers_offer(self, tender)
                clear_tender(self, tender)

    def settle(self) -> None:
        """Let stocks and money change hands and write every sale to the ledger."""
        for tender in self.tenders:
            if tender.is_open:
                self.buyers[tender.buyer].pay(tender)
                self.recorder.write_sales(tender)
        settle_boards(self)
        settle_merchants(self)
        for cash in self.cash.values():
            settle_growers(self, cash)
        settle_agencies(self)
        settle_spot_sales(self)
        settle_sellers(self)
        pay_subsidies(self)

    def learn(self) -> None:
        """Let sellers and farmers take in the period's results."""
        close_trials(self)
        watch_rivals(self)
        for role in (MarketingBoard, TradingCompany, Seller):
            if role in self.agents_by_type:
                self.agents_by_type[role].do("learn")
        learn_prices(self)

    def close_pools(self) -> None:
        """Close the pools whose year ends today; deficits go to the guarantor."""
        for name, board in self.boards.items():
            last = self.now.boards[name].pool_year_end_month * self.periods_per_year // 12 - 1
            if self.period_of_year != last:
                continue
            for pool in board.pools:
                closed = board.close(pool)
                for guarantor in self.guarantors.values():
                    if name in guarantor.boards:
                        guarantor.cover(closed["pool_deficit_cad_k"])
                # Receipts are the ledger's, payments the board's: money lost between the two shows here.
                receipts = self.recorder.take_receipts(name, pool)
                paid = closed["pool_initial_cad_k"] + closed["pool_final_cad_k"] - closed["pool_deficit_cad_k"]
                spent, where = paid + closed["pool_costs_cad_k"], f"{name} {pool} pool, {self.period_name}"
                check_balance(
                    "pool receipts = payments to farmers + costs - deficit", where, receipts, spent, receipts, MONEY
                )
                self.recorder.add_pool(f"{name}:{pool}", self.year, closed)

    def check_and_record(self) -> None:
        """Check the accounting identities and record the state of the period."""
        self.recorder.close_period()
        where = self.period_name
        for origin in self.scenario.origins:
            account = self.recorder.account(origin)
            left = account["opening_kt"] + account["harvest_kt"] + account["imports_kt"]
            right = account["own_use_kt"] + account["home_use_kt"] + account["exports_kt"] + account["closing_kt"]
            check_balance(STOCK_IDENTITY, f"{origin}, {where}", left, right, left, "kt")
            for held in self.recorder.holdings(origin):  # one holder's grain never makes up for another's lack
                check_nonnegative("stock", f"{origin}, {where}", held)
        check_agencies(self)
        paid, received, freight, subsidy = self.recorder.money()
        check_balance(MONEY_IDENTITY, where, paid + subsidy, received + freight, paid, MONEY)
        if self.period == self.periods - 1:
            audit(self.ledger)
            self.running = False


def _merchants_sales(marketing: Marketing) -> Callable[[Tender], bool]:
    """Whether merchants may sell an origin's grain at a tender today."""
    return lambda tender: merchants_may_sell(marketing, tender.pool, tender.market)
