"""Builds the cast of a run from a scenario: agents, tenders with their seats, and the schedule of sale rows."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from agents.beliefs import ResidualDemand
from agents.board import MarketingBoard, PoolAccount
from agents.buyer import Buyer, Feeders, Importer, Maltsters
from agents.exporter import NationalExporter, SpotSeller
from agents.farmers import CASH_TRANCHES, GrowerGroup
from agents.food_agency import FoodAgency
from agents.seller import Seller
from agents.spot_desk import SpotDesk
from agents.stock_desk import StockDesk
from agents.terms import CashMarket, Seat, Tender
from agents.trader import TradingCompany
from agents.trial import Trial
from sim import pool as pool_rules
from sim.demand import linear_demand
from sim.intervention import agency_name, build_agencies, own_opening_share
from sim.marketing import AGREEMENT_SYSTEMS, merchants_admitted
from sim.programmes import build_treasuries
from sim.reactions import build_reactions
from sim.scenario import schema

POOLS = ("feed", "malting")
BUYER_CLASSES = {"state_importers": FoodAgency, "importers": Importer, "maltsters": Maltsters, "feeders": Feeders}


def buyer_sections(scenario: schema.Scenario) -> dict[str, tuple[type[Buyer], schema.Buyer]]:
    """Every buyer of a scenario with its class, section by section; feeders come last because they clear last."""
    return {
        name: (agent_class, section)
        for key, agent_class in BUYER_CLASSES.items()
        for name, section in getattr(scenario, key).items()
    }


def buyer_section(scenario: schema.Scenario, buyer: str) -> schema.Buyer:
    """The section of one buyer."""
    return next(getattr(scenario, key)[buyer] for key in BUYER_CLASSES if buyer in getattr(scenario, key))


def company_list(traders: schema.Traders) -> dict[str, schema.Trader]:
    """The trading companies that take part: the first ``number`` listed, then copies of them."""
    listed = list(traders.companies.items())
    count = len(listed) if traders.number is None else traders.number
    chosen = {}
    for index in range(count if listed else 0):
        name, company = listed[index % len(listed)]
        round_number = index // len(listed) + 1
        chosen[name if round_number == 1 else f"{name}_{round_number}"] = company
    return chosen


def seller_list(scenario: schema.Scenario) -> dict[str, tuple[str, schema.Seller]]:
    """Sellers that take part, copies included, with the entry each was made from."""
    return {
        name if copy == 1 else f"{name}_{copy}": (name, section)
        for name, section in scenario.sellers.items()
        for copy in range(1, section.number + 1)
    }


def is_scheduled(tenders_per_year: int, offset: int, period_of_year: int, periods_per_year: int) -> bool:
    """Whether a buyer with evenly spread tenders buys in a period of the crop year."""
    count = min(tenders_per_year, periods_per_year)
    position = period_of_year + offset
    return (position + 1) * count // periods_per_year != position * count // periods_per_year


def tender_offset(name: str, buyer: schema.Buyer, periods_per_year: int) -> int:
    """Shift of a buyer's tenders in the year: from its first month, or else its name: others move nothing."""
    if buyer.first_tender_month is None:
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % periods_per_year
    first = (buyer.first_tender_month - 1) * periods_per_year // 12
    between = -(-periods_per_year // min(buyer.tenders_per_year, periods_per_year))
    return (between - 1 - first) % periods_per_year


def agreement_holds(scenario: schema.Scenario, buyer: str) -> bool:
    """Whether a state importer's supply agreement is in force."""
    agreement = scenario.state_importers[buyer].agreement
    if agreement is None:
        return False
    marketing = scenario.marketing.get(scenario.boards[agreement.board].origin, schema.Marketing())
    return marketing.feed in AGREEMENT_SYSTEMS


def build_cash_markets(market) -> dict[str, CashMarket]:
    """One cash market per origin, at the first period's base price."""
    cash = {}
    for name in market.scenario.origins:
        zero = np.zeros(market.draws)
        cash[name] = CashMarket(name, *(zero.copy() for _ in range(5)))
    return cash


def build_sellers(market) -> None:
    """Boards, trading companies, exporters and treasuries."""
    scenario, draws = market.scenario, market.draws
    market.boards, market.companies, market.exporters = {}, {}, {}
    for name, board in scenario.boards.items():
        pools = {pool: PoolAccount(np.ones(draws), board.initial_share) for pool in POOLS}
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
        desk = SpotDesk(market.cash[exporter.origin], draws, exporter.cost_offset_cad_t)
        market.exporters[name] = NationalExporter(market, name, SpotSeller(desk), scenario.traders.margin_cad_t, draws)
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


def build_searches(market) -> None:
    """The searches for a best amount in the order of their turns, each with the years a trial is kept."""
    market.searches = []
    stated = [(agent, market.scenario.export_subsidies[origin].search) for origin, agent in market.treasuries.items()]
    stated += [
        (agent, market.scenario.sellers[market.section_of_seller[name]].initial_payment_search)
        for name, agent in market.sellers.items()
    ]
    for agent, rules in stated:
        if rules is not None:
            agent.search = Trial(rules.trial_cad_t, market.draws)
            market.searches.append((agent, rules.trial_years))


def build_growers(market) -> None:
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


def seats_at(market, name: str, buyer: schema.Buyer, grade: str) -> list[Seat]:
    """Everybody who may ever offer at a tender, in a fixed order."""
    scenario, pool = market.scenario, market.scenario.grades[grade].pool
    home = getattr(buyer, "origin", None)
    reaches = {
        origin for origin, regions in scenario.freight_usd_t.items() if buyer.region in regions and origin != home
    }
    seats = []
    if home is not None:
        tranches = 2 if home in scenario.marketing else len(CASH_TRANCHES)
        groups = [group for group, section in scenario.growers.items() if section.origin == home]
        seats += [Seat(group, "growers", home) for group in groups for _ in range(tranches)]
        if home in market.agencies:
            seats.append(Seat(agency_name(home), "agency", home))
    for board, section in scenario.boards.items():
        if section.origin in reaches and (section.grades is None or grade in section.grades):
            seats.append(Seat(board, "board", section.origin))
    for company, agent in market.companies.items():
        for origin in agent.stock:
            systems = [regime.marketing[origin] for regime in market.parameters.regimes]
            if origin in reaches and any(merchants_admitted(s, pool, buyer.market) for s in systems):
                seats.append(Seat(company, "trader", origin))
    for seller, agent in market.sellers.items():
        grades = scenario.sellers[market.section_of_seller[seller]].grades
        if agent.origin in reaches and (grades is None or grade in grades):
            seats.append(Seat(seller, agent.role, agent.origin))
    if pool == "feed" and home is None:
        for agent in market.spot_agents:
            seats += [Seat(agent.name, agent.role, origin) for origin in agent.spot if origin in reaches]
    return seats


def build_buyers(market) -> None:
    """Buyers and their tenders, opened once at the base point so that everybody starts from a known price."""
    scenario = market.scenario
    market.buyers, market.tenders, market.agreements = {}, [], {}
    for name, (agent_class, section) in buyer_sections(scenario).items():
        agent = agent_class(market, name, linear_demand, market.draws)
        market.buyers[name] = agent
        for grade, demand in section.demand.items():
            home = getattr(section, "origin", None)
            seats = seats_at(market, name, section, grade)
            if (
                isinstance(agent, FoodAgency)
                and section.agreement is not None
                and scenario.grades[grade].pool == "feed"
            ):
                board = section.agreement.board
                seat = Seat(board, "board", scenario.boards[board].origin, agreement=True)
                agent.agreement = new_tender(
                    market, f"{name}:{grade}:agreement", name, agent, section, grade, demand, [seat]
                )
                market.agreements[name] = agent.agreement
                market.tenders.append(agent.agreement)
            tender = new_tender(market, f"{name}:{grade}", name, agent, section, grade, demand, seats)
            tender.is_home = home is not None
            agent.tenders[grade] = tender
            market.tenders.append(tender)
        market.offsets[name] = tender_offset(name, section, market.periods_per_year)


def new_tender(market, label, name, agent, section, grade, demand, seats) -> Tender:
    """A tender object for a buyer's grade."""
    rules = market.scenario.grades[grade]
    return Tender(
        name=label,
        buyer=name,
        role=agent.role,
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


def seat_beliefs(market) -> None:
    """Give every seller its seats and first beliefs: the base price, and its starting share of the base tonnes."""
    scenario = market.scenario
    for tender in market.tenders:
        for number, seat in enumerate(tender.seats):
            if seat.role == "growers":
                group = market.growers[seat.seller]
                group.seats.append(number)
            elif seat.role == "agency":
                market.agencies[seat.origin].seats.append((tender, number))
            elif seat.agreement:
                continue
            elif seat.role == "seller":
                market.sellers[seat.seller].take_seat(tender, number)
            elif seat.role == "board":
                board = scenario.boards[seat.seller]
                share = 0.0 if tender.is_home else board.starting_shares.get(tender.market, 0.0)
                own = share * tender.base_kt
                market.boards[seat.seller].desk.take_seat(tender, number, _belief(board.beliefs, tender, own))
            elif seat.role == "trader" and seat.origin in market.companies[seat.seller].stock:
                boards = [b for b in scenario.boards.values() if b.origin == seat.origin]
                share = 0.0 if tender.is_home else sum(b.starting_shares.get(tender.market, 0.0) for b in boards)
                rivals = sum(seat.origin in agent.stock for agent in market.companies.values())
                belief = _belief(scenario.traders.beliefs, tender, share * tender.base_kt / rivals)
                market.companies[seat.seller].stock[seat.origin].take_seat(tender, number, belief)
            else:
                agent = market.companies.get(seat.seller) or market.exporters[seat.seller]
                agent.spot[seat.origin].desk.take_seat(tender, number)


def _belief(rules: schema.Beliefs, tender: Tender, own_kt: np.ndarray) -> ResidualDemand:
    return ResidualDemand(rules.rule, rules.rivals_response, rules.forgetting, tender.base_price_cad_t, own_kt)


def sale_rows(market, periods: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[int, str], int]]:
    """The rows of the ledger, and the first row of each (period, tender) that is held."""
    frames, starts, count = [], {}, 0
    seat_frames = {tender.name: _seat_frame(tender) for tender in market.tenders}
    held, lengths = [], []
    for period in range(len(periods)):
        for tender in market.tenders:
            if market.is_held(tender, period):
                starts[period, tender.name] = count
                count += len(tender.seats)
                frames.append(seat_frames[tender.name])
                held.append(period)
                lengths.append(len(tender.seats))
    rows = pd.concat(frames, ignore_index=True)
    rows.insert(0, "period", np.repeat(held, lengths))
    return rows.merge(periods[["period", "crop_year", "year", "month"]], on="period", how="left"), starts


def _seat_frame(tender: Tender) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tender": tender.name,
            "seller": [seat.seller for seat in tender.seats],
            "role": [seat.role for seat in tender.seats],
            "buyer": tender.buyer,
            "market": tender.market,
            "grade": tender.grade,
            "pool": tender.pool,
            "origin": [seat.origin for seat in tender.seats],
            "country": tender.country,
            "agreement": [seat.agreement for seat in tender.seats],
        }
    )
