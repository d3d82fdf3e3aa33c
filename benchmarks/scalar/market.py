"""The barley market as a plain Mesa model: one draw, one object per agent, one float per number."""

from __future__ import annotations

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.growers import CASH_TRANCHES, HOME_FLOOR
from benchmarks.scalar.marketing import board_takes_deliveries, companies_take_deliveries
from benchmarks.scalar.tender import HOME_ROLES, Tender
from benchmarks.scalar.world import World

SELECTION_MARGIN = 1.2


class ScalarMarket(World):
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
        self.books.close_period()
        self.running = self.period < len(self.timeline) - 1

    def advance_calendar(self) -> None:
        """Move to the day: remembered prices follow exchange rates, demand is published, and its news is heard."""
        before = self.currency_cad
        for buyer in self.buyers.values():
            buyer.paid_cad_k = 0.0
        self.set_date(self.steps - 1)
        for name, cash in self.cash.items():
            origin = self.now.origins[name]
            cash.fob_cost_cad_t = self.value(origin.fob_cost_usd_t) * self.currency_cad["usd"]
            cash.exports_kt = cash.from_store_kt = 0.0
            currency = origin.support_price_currency
            for group in self.groups_of(name):
                group.revalue(self.currency_cad[currency] / before[currency])
            if name in self.agencies:
                self.agencies[name].revalue(self.currency_cad[currency] / before[currency])
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
                    group.board.receive(pooled_kt, pooled_kt * group.contract_quality)
                for company in companies if to_companies else []:
                    part_kt = sold_kt / len(companies)
                    company.buy(origin, part_kt, part_kt * group.contract_quality)

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
                self.books.write_sales(tender)
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
        for agent in self.spot_agents:
            for seller in agent.spot.values():
                seller.write_margins()

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
                    self.books.add_pool(f"{name}:{pool}", closed)
