"""The world behind the verbs: what a run consists of, and what the verbs look up in it."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import mesa
import numpy as np

from agents.arrays import Amount, Array, Places, total
from agents.board import MarketingBoard
from agents.bonus_treasury import BonusTreasury
from agents.buyer import Buyer
from agents.exporter import Licensing, NationalExporter, SpotSeller
from agents.farmers import GrowerGroup
from agents.intervention import InterventionAgency
from agents.pool_guarantor import PoolGuarantor
from agents.reaction import Reaction
from agents.refund_committee import RefundCommittee
from agents.seller import Seller
from agents.stock_desk import StockDesk
from agents.subsidy_treasury import SubsidyTreasury
from agents.terms import HOME_ROLES, CashMarket, Sale, Tender
from agents.trader import TradingCompany
from sim import assembly
from sim.cast import buyer_section, buyer_sections
from sim.checks import computable
from sim.ledger import Ledger
from sim.marketing import board_buys_for_cash, board_takes_deliveries, merchants_take_deliveries
from sim.opening import open_market
from sim.parameters import Parameters
from sim.recording import Recorder
from sim.sale_rows import sale_rows
from sim.scenario.schema import Beliefs, Board, Demand, Level, Scenario, SeriesLevel
from sim.scenario.schema import Buyer as BuyerSection
from sim.shocks import ShockPaths
from sim.streams import Streams
from sim.timetable import agreement_holds, is_scheduled, tenders_within

if TYPE_CHECKING:
    from sim.scenario import Loaded

LOWEST_PART = 0.2  # part of its base price below which a demand that moves with another price does not fall


class World(mesa.Model):
    """Agents, tenders, shocks and the ledger of one run, and the scenario values of the day.

    The arguments are those of ``sim.market.BarleyMarket``. Agents and tenders are put in place by ``sim.assembly`` and
    ``sim.opening``, each under its name in the scenario; programmes and treasuries of an origin under the origin's.
    """

    scenario: Scenario = None  # type: ignore[assignment]  # there from the first line of a world's making
    """The scenario without its events. Stated here because Mesa from 3.4 on has a property of this name, which writes
    into what it is given."""

    periods_per_year: int
    cash: dict[str, CashMarket]
    boards: dict[str, MarketingBoard]
    companies: dict[str, TradingCompany]
    exporters: dict[str, NationalExporter]
    spot_agents: list[TradingCompany | NationalExporter]
    sellers: dict[str, Seller]
    section_of_seller: dict[str, str]
    growers: dict[str, GrowerGroup]
    agencies: dict[str, InterventionAgency]
    buyers: dict[str, Buyer]
    tenders: list[Tender]
    agreements: dict[str, Tender]
    bonus_treasury: BonusTreasury | None
    committee: RefundCommittee | None
    treasuries: dict[str, SubsidyTreasury]
    guarantors: dict[str, PoolGuarantor]
    reactions: dict[str, Reaction]
    searches: list[tuple[SubsidyTreasury | Seller, int]]  # whose best amount is looked for, and the years of a trial
    seats_of: dict[tuple[str, str], list[tuple[Tender, int]]]  # by seller and origin
    board_of: dict[str, MarketingBoard]  # by group of growers
    spot_results: dict[tuple[str, str], tuple[list[Sale], Array, Array]]  # by seller and origin; tonnes and revenue

    @computable
    def __init__(
        self,
        loaded: Loaded | str | os.PathLike[str] = "history",
        draws: int | None = None,
        first_draw: int = 0,
        seed: int | None = None,
        draw_numbers: Places | None = None,
    ) -> None:
        if isinstance(loaded, str | os.PathLike):
            from sim.scenario import load
            from sim.shipped import scenario_path

            loaded = load(scenario_path(str(loaded)))
        self.parameters = Parameters(loaded)
        base = self.parameters.base
        root = base.seed if seed is None else seed
        super().__init__(rng=root)  # Mesa's own generator stays unused: all luck comes from named streams
        self.scenario = base
        self.draws = base.draws if draws is None else draws
        self.first_draw = first_draw
        self.calendar = self.parameters.timeline.periods()
        self.periods = len(self.calendar)
        self.record_months = self.parameters.timeline.record_month_of_period
        self.months_ahead = self.parameters.timeline.months_ahead
        self.periods_per_year = self.scenario.calendar.periods_per_year
        self.months = 12.0 / self.periods_per_year  # length of a period
        self.streams = Streams(root, self.draws, first_draw, draw_numbers)
        self.offsets: dict[str, int] = {}
        self.period = 0
        buyers = buyer_sections(self.scenario)
        self.shocks = ShockPaths(self.scenario.shocks, self.streams, self.calendar, self.scenario.origins, buyers)
        self.corn_mean = self._corn_relative_to_year()
        self.set_period(0)
        self.cash = assembly.build_cash_markets(self)
        assembly.build_sellers(self)
        assembly.build_growers(self)
        assembly.build_buyers(self)
        open_market(self)
        rows, self.row_starts = sale_rows(self, self.calendar)
        self.ledger = Ledger(rows, self.calendar, self.draws, first_draw)
        self.recorder = Recorder(self)
        self.datacollector = SimpleNamespace(model_vars=self.recorder.headlines, _agent_records={}, agent_reporters={})

    def release(self) -> Ledger:
        """Hand over the ledger and let go of everything else; the model cannot be stepped any more.

        Mesa counts agents in a table keyed by model, so a model lives as long as the process, and a run in chunks would
        keep the arrays of every chunk in memory.
        """
        ledger = self.ledger
        self.__dict__.clear()
        self.running = False
        return ledger

    def set_period(self, period: int) -> None:
        """Set the date, the scenario in force and the exchange rates and freight of the day."""
        self.period = period
        row = self.calendar.iloc[period]
        self.now = self.parameters.regime(period)
        self.year = int(row["year"])
        self.month = str(row["month"])
        # Names the period in messages and keys its random numbers; a month holds several weeks.
        self.period_name = self.month if self.periods_per_year == 12 else f"{self.month}, period {period}"
        self.period_of_year = period % self.periods_per_year
        before: dict[str, Array] = getattr(self, "currency_cad", {})
        usd = self.value(self.now.money.cad_per_usd) * self.shocks.exchange[period]
        self.currency_cad = {
            "cad": np.ones(self.draws),
            "usd": usd,
            "ecu": self.value(self.now.money.usd_per_ecu) * usd,
        }
        self.freight_factor = usd * self.shocks.freight[period]
        if hasattr(self, "cash"):
            for name, cash in self.cash.items():
                cash.fob_cost_cad_t = self.value(self.now.origins[name].fob_cost_usd_t) * usd
            for group in self.growers.values():
                currency = self.now.origins[group.origin].support_price_currency
                group.revalue(self.currency_cad[currency] / before[currency])
            for origin, agency in self.agencies.items():
                currency = self.now.origins[origin].support_price_currency
                agency.revalue(self.currency_cad[currency] / before[currency])

    def _corn_relative_to_year(self) -> Array:
        """Corn price against its mean over the crop year, (period,), or (period, draw) where it differs by draw."""
        level = self.scenario.corn_usd_t
        if not isinstance(level, SeriesLevel):
            return np.ones(self.periods)
        path = self.parameters.path(level)
        yearly = np.add.reduceat(path, np.arange(0, self.periods, self.periods_per_year)) / self.periods_per_year
        return path / np.repeat(yearly, self.periods_per_year, axis=0)

    def value(self, level: Level | Array | None) -> Amount:
        """Value of a scenario level today, or its values (draw,) where it differs between draws."""
        return self.parameters.value(level, self.period)

    def freight(self, origin: str, region: str) -> Array:
        """Freight from an origin's port to a region today, C$/t (draw,); zero for a pair that is not listed."""
        freight: Array = self.value(self.now.freight_usd_t.get(origin, {}).get(region)) * self.freight_factor
        return freight

    def set_freight(self, tender: Tender) -> None:
        """Put today's freight and subsidy on every seat; growers' haul to feeders is net of the haul to port saved."""
        freight: dict[str, Array] = {}
        for number, seat in enumerate(tender.seats):
            if seat.role == "agency":  # its stores stand where growers deliver
                continue
            if seat.role == "growers":
                tender.freight_cad_t[number] = self.growers[seat.seller].haul_cad_t
                continue
            if seat.origin not in freight:
                freight[seat.origin] = self.freight(seat.origin, tender.region)
            tender.freight_cad_t[number] = freight[seat.origin]
            if seat.origin in self.treasuries and not seat.agreement:
                tender.grant_cad_t[number] = self.treasuries[seat.origin].grant_cad_t(tender.region)

    def demand_of(self, tender: Tender) -> Demand:
        """Demand section of a tender today."""
        return buyer_section(self.now, tender.buyer).demand[tender.grade]

    def haul(self, group: str) -> Amount:
        """Freight a grower group pays to the feeders less the freight to port it saves, C$/t."""
        section = self.now.growers[group]
        return self.value(section.freight_to_feeders_cad_t) - self.value(section.freight_to_port_cad_t)

    def base_point(self, tender: Tender) -> tuple[Array, Array, Amount]:
        """Landed base price (C$/t), tonnes, each (draw,), and elasticity of a tender today, shocks included.

        A demand stated by its line is taken through its midpoint, where the elasticity is one.
        """
        section, demand = buyer_section(self.now, tender.buyer), self.demand_of(tender)
        line, base_origin = demand.intercept is not None, self.scenario.base_price_origin
        level = 0.5 * self.value(demand.intercept) if line else self.value(demand.price)
        tonnes = level / self.value(demand.slope) if line else self.value(demand.quantity_kt)
        price = level * self.currency_cad[demand.currency]
        corn = self.corn_mean[self.period] * self.shocks.corn[self.period] - 1.0
        price = price * (1.0 + demand.corn_response * corn)
        if not tender.is_home and not line and base_origin is not None:
            price = price + self.freight(base_origin, tender.region)
        if demand.moves_with is not None:
            # Never below a part of the base: a linear demand needs a price above zero.
            price = np.maximum(price + self.off_base(demand.moves_with), LOWEST_PART * price)
        kt = tonnes / self.tenders_per_year(section) * self.shocks.demand[tender.buyer][self.year]
        return price, kt, 1.0 if line else self.value(demand.elasticity)

    def has_agreement(self, tender: Tender, board: str) -> bool:
        """Whether a board supplies a tender's buyer under an agreement today, which is then all it sells there."""
        agreement = self.agreements.get(tender.buyer)
        if agreement is None or tender.is_agreement or tender.grade != agreement.grade:
            return False
        return agreement.is_open and agreement.seats[0].seller == board

    def off_base(self, origin: str) -> Array:
        """What an origin's feeders last paid above their base price of that day, C$/t (draw,)."""
        home = [t for t in self.tenders if t.is_home and t.country == origin]
        return home[0].last_price_cad_t - home[0].base_price_cad_t if home else np.zeros(self.draws)

    def is_held(self, tender: Tender, period: int) -> bool:
        """Whether a tender takes place in a period."""
        regime = self.parameters.regime(period)
        if tender.is_agreement:
            return agreement_holds(regime, tender.buyer)
        count, year = self.tenders_per_year(buyer_section(regime, tender.buyer)), self.periods_per_year
        return is_scheduled(count, self.offsets[tender.buyer], period % year, year)

    def tenders_to_come(self, tender: Tender, periods: int) -> int:
        """Tenders in the next periods, today's included, by the buyer's timetable of today; the run may end before."""
        count = self.tenders_per_year(buyer_section(self.now, tender.buyer))
        offset, year = self.offsets[tender.buyer], self.periods_per_year
        return tenders_within(count, offset, self.period_of_year, periods, year)

    def tenders_per_year(self, section: BuyerSection) -> int:
        """Tenders a buyer holds in a crop year: feeders, and state importers with an agreement, buy every period."""
        if hasattr(section, "origin") or getattr(section, "agreement", None) is not None:
            return self.periods_per_year
        return min(section.tenders_per_year, self.periods_per_year)

    def port_value(self, group: str, board: MarketingBoard | None) -> Array:
        """Worth of a delivery to a farmer, C$/t at port (draw,): the pool's value, merchants' bid, or both by share."""
        section = self.now.growers[group]
        marketing = self.now.marketing[section.origin]
        if board is None or not board_takes_deliveries(marketing):
            return self.merchants_bid(section.origin)
        pool = self.pool_value(group, board)
        if not merchants_take_deliveries(marketing):
            return pool
        share = self.growers[group].merchant_share
        return share * self.merchants_bid(section.origin) + (1.0 - share) * pool

    def pool_value(self, group: str, board: MarketingBoard) -> Array:
        """Worth of a delivery to the pool for a farmer, C$/t at port (draw,)."""
        section = self.now.growers[group]
        discount = (1.0 + section.discount_rate) ** -0.5  # the final payment comes about half a year after delivery
        return board.pool_value_cad_t(discount, section.risk_premium_cad_t)

    def since_close(self, rules: Board) -> int:
        """Periods since a board's pool opened; ``rules`` is its section."""
        last = rules.pool_year_end_month * self.periods_per_year // 12
        return (self.period_of_year - last) % self.periods_per_year

    def home_price(self, group: GrowerGroup) -> Array:
        """What a tonne last brought a group of growers at home, C$/t at port (draw,): feeders' price less its haul."""
        home = [t for t in self.tenders if t.is_home and t.country == group.origin]
        return home[0].last_price_cad_t - group.haul_cad_t if home else np.zeros(self.draws)

    def cash_bid(self, board: MarketingBoard) -> Array:
        """A board's daily cash bid, C$/t at port (draw,)."""
        rules = self.now.boards[board.name]
        return board.cash_bid_cad_t(rules.cost_cad_t, rules.cash_margin_cad_t)

    def quoted_price(self, board: MarketingBoard) -> Array:
        """Price growers read, C$/t at port (draw,): a board's cash bid where it makes one, else its asking price."""
        if board_buys_for_cash(self.now.marketing[board.desk.origin]):
            return self.cash_bid(board)
        # Without an outlook the worth of the pool is itself reckoned by the news, and there is nothing to hold out for.
        return board.pools["feed"].asking_cad_t if board.outlook_published else np.zeros(self.draws)

    def merchants_bid(self, origin: str) -> Array:
        """Average bid of the companies that buy from an origin's farmers, C$/t (draw,)."""
        bids = [c.bid_cad_t(origin) for c in self.companies.values() if origin in c.stock]
        return total(np.array(bids)) / len(bids) if bids else np.zeros(self.draws)

    def malting_premium(self, origin: str, board: MarketingBoard | None) -> Array:
        """What growers expect malting selection to bring over feed, C$/t (draw,)."""
        marketing = self.now.marketing[origin]
        if board is not None and marketing.malting != "multiple_sellers":
            return board.malting_premium_cad_t()
        return np.full(self.draws, np.inf)  # merchants pay the grade's cost as a premium on what they select

    def licensing(self, origin: str) -> Licensing | None:
        """Terms of refund licences; None where the origin's exporters get no refunds."""
        rules = self.now.restitution
        if rules is None or not rules.enabled or rules.origin != origin:
            return None
        ecu = self.currency_cad["ecu"]
        return Licensing(rules.licence_security_ecu_t * ecu, ecu)

    def probe(self, beliefs: Beliefs, name: str, desk: StockDesk) -> list[Array] | None:
        """Small random changes of tonnes that keep least squares identified, one (draw,) per seat of the desk.

        Each tender has luck of its own, so that a buyer more moves nobody's.
        """
        if beliefs.rule != "least_squares" or np.all(beliefs.probe == 0):
            return None
        seats = [f"{name}:{desk.origin}:{counter.tender.name}" for counter in desk.counters]
        luck = [self.streams.normal("probe", seat, self.period_name, 1)[0] for seat in seats]
        return [np.clip(beliefs.probe * each, -0.5, 0.5) for each in luck]

    def spot_agent(self, name: str) -> TradingCompany | NationalExporter | None:
        """The trading company or national exporter of a name; None where somebody else is called so."""
        return self.companies.get(name) or self.exporters.get(name)

    def spot_sellers(self, origin: str) -> list[SpotSeller]:
        """Sellers who buy at an origin's cash market."""
        return [agent.spot[origin] for agent in self.spot_agents if origin in agent.spot]

    def sales_of(self, seller: str, origin: str) -> list[Sale]:
        """Sales a seller made from an origin in this period."""
        return [t.sale(n) for t, n in self.seats_of[seller, origin] if t.is_open]

    def sales_from(self, origin: str) -> list[Sale]:
        """Sales of this period by everybody who ships from an origin, its growers at home left out."""
        return [
            tender.sale(number)
            for tender in self.tenders
            if tender.is_open
            for number, seat in enumerate(tender.seats)
            if seat.origin == origin and seat.role not in HOME_ROLES
        ]
