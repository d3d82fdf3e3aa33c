"""Builds what a run consists of from its scenario: agents, and tenders with their seats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.board import MarketingBoard, PoolAccount
from agents.exporter import NationalExporter, SpotSeller
from agents.farmers import GrowerGroup
from agents.food_agency import FoodAgency
from agents.seller import Seller
from agents.spot_desk import SpotDesk
from agents.stock_desk import StockDesk
from agents.subsidy_treasury import SubsidyTreasury
from agents.terms import CashMarket, Seat, Tender
from agents.trader import TradingCompany
from agents.trial import Trial
from sim import pool as pool_rules
from sim.cast import buyer_sections, company_list, seller_list
from sim.demand import linear_demand
from sim.intervention import build_agencies, own_opening_share
from sim.programmes import build_treasuries
from sim.reactions import build_reactions
from sim.scenario.schema import Buyer as BuyerSection
from sim.scenario.schema import Search, StateImporter
from sim.seats import seats_at
from sim.timetable import tender_offset

if TYPE_CHECKING:
    from sim.world import World


def build_cash_markets(market: World) -> dict[str, CashMarket]:
    """One cash market per origin, at the first period's base price."""
    cash = {}
    for name in market.scenario.origins:
        zero = np.zeros(market.draws)
        cash[name] = CashMarket(name, *(zero.copy() for _ in range(5)))
    return cash


def build_sellers(market: World) -> None:
    """Boards, trading companies, exporters and treasuries."""
    scenario, draws = market.scenario, market.draws
    market.boards, market.companies, market.exporters = {}, {}, {}
    for name, board in scenario.boards.items():
        pools = {pool: PoolAccount(np.ones(draws), board.initial_share) for pool in pool_rules.POOLS}
        desk = StockDesk(board.origin, draws, market.months, board.grade_cost_counts)
        market.boards[name] = MarketingBoard(market, name, desk, pools, pool_rules)
    learns = scenario.traders.rule == "roth_erev"
    for name, company in company_list(scenario.traders).items():
        agent = TradingCompany(market, name, scenario.traders.margin_cad_t, draws, learns)
        for origin in company.origins:
            if origin in scenario.marketing:
                agent.stock[origin] = StockDesk(origin, draws, market.months)
            else:
                agent.spot[origin] = SpotSeller(SpotDesk(market.cash[origin], draws))
        market.companies[name] = agent
    for agent in market.companies.values():
        agent.bidders = {o: sum(o in other.stock for other in market.companies.values()) for o in agent.stock}
    for name, exporter in scenario.exporters.items():
        seller = SpotSeller(SpotDesk(market.cash[exporter.origin], draws, exporter.cost_offset_cad_t))
        market.exporters[name] = NationalExporter(market, name, seller, scenario.traders.margin_cad_t, draws)
    market.spot_agents = [*market.companies.values(), *market.exporters.values()]
    market.sellers, market.section_of_seller = {}, {}
    for name, (entry, section) in seller_list(scenario).items():
        rise = section.cost_slope_cad_t_kt * market.periods_per_year
        market.sellers[name] = Seller(market, name, section.origin, section.conduct, rise, draws)
        market.section_of_seller[name] = entry
    build_treasuries(market)
    market.reactions = build_reactions(market)
    build_agencies(market)
    build_searches(market)


def build_searches(market: World) -> None:
    """The searches for a best amount in the order of their turns, each with the years a trial is kept."""
    market.searches = []
    stated: list[tuple[SubsidyTreasury | Seller, Search | None]] = [
        (agent, market.scenario.export_subsidies[origin].search) for origin, agent in market.treasuries.items()
    ]
    stated += [
        (agent, market.scenario.sellers[market.section_of_seller[name]].initial_payment_search)
        for name, agent in market.sellers.items()
    ]
    for agent, rules in stated:
        if rules is not None:
            agent.search = Trial(rules.trial_cad_t, market.draws)
            market.searches.append((agent, rules.trial_years))


def build_growers(market: World) -> None:
    """Farmer groups with their opening stock."""
    scenario = market.scenario
    market.growers = {}
    for name, group in scenario.growers.items():
        agent = GrowerGroup(market, name, group.origin, group.inertia_cad_t, market.draws, group.captive_share)
        origin = scenario.origins[group.origin]
        own = group.share * own_opening_share(origin)
        agent.stock_kt = agent.stock_kt + own * market.value(origin.opening_stock_kt)
        agent.haul_cad_t = market.haul(name)
        market.growers[name] = agent


def build_buyers(market: World) -> None:
    """Buyers and their tenders, opened once at the base point so that everybody starts from a known price."""
    scenario = market.scenario
    market.buyers, market.tenders, market.agreements = {}, [], {}
    for name, (agent_class, section) in buyer_sections(scenario).items():
        agent = agent_class(market, name, linear_demand, market.draws)
        market.buyers[name] = agent
        for grade in section.demand:
            home = getattr(section, "origin", None)
            seats = seats_at(market, name, section, grade)
            if (
                isinstance(agent, FoodAgency)
                and isinstance(section, StateImporter)
                and section.agreement is not None
                and scenario.grades[grade].pool == "feed"
            ):
                board = section.agreement.board
                seat = Seat(board, "board", scenario.boards[board].origin, agreement=True)
                agent.agreement = new_tender(
                    market, f"{name}:{grade}:agreement", name, agent.role, section, grade, [seat]
                )
                market.agreements[name] = agent.agreement
                market.tenders.append(agent.agreement)
            tender = new_tender(market, f"{name}:{grade}", name, agent.role, section, grade, seats)
            tender.is_home = home is not None
            agent.tenders[grade] = tender
            market.tenders.append(tender)
        market.offsets[name] = tender_offset(name, section, market.periods_per_year)


def new_tender(
    market: World, label: str, name: str, role: str, section: BuyerSection, grade: str, seats: list[Seat]
) -> Tender:
    """A tender object for a buyer's grade."""
    rules = market.scenario.grades[grade]
    return Tender(
        name=label,
        buyer=name,
        role=role,
        market=section.market,
        region=section.region,
        country=getattr(section, "origin", section.market),
        grade=grade,
        pool=rules.pool,
        grade_cost_cad_t=rules.cost_cad_t,
        seats=seats,
        draws=market.draws,
        spacing=market.periods_per_year / market.tenders_per_year(section),
    )
