"""Who may ever offer at a tender, and what each knows on the first morning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.arrays import Array
from agents.beliefs import ResidualDemand
from agents.farmers import CASH_TRANCHES
from agents.terms import Seat, Tender
from sim.intervention import agency_name
from sim.marketing import merchants_admitted
from sim.scenario import schema

if TYPE_CHECKING:
    from sim.world import World


def seats_at(market: World, name: str, buyer: schema.Buyer, grade: str) -> list[Seat]:
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
    for name, seller in market.sellers.items():
        grades = scenario.sellers[market.section_of_seller[name]].grades
        if seller.origin in reaches and (grades is None or grade in grades):
            seats.append(Seat(name, seller.role, seller.origin))
    if pool == "feed" and home is None:
        for spot in market.spot_agents:
            seats += [Seat(spot.name, spot.role, origin) for origin in spot.spot if origin in reaches]
    return seats


def seat_beliefs(market: World) -> None:
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
                spot = market.spot_agent(seat.seller)
                assert spot is not None, f"{seat.seller} has a seat at {tender.name} and nothing to sell there"
                spot.spot[seat.origin].desk.take_seat(tender, number)


def _belief(rules: schema.Beliefs, tender: Tender, own_kt: Array) -> ResidualDemand:
    return ResidualDemand(rules.rule, rules.rivals_response, rules.forgetting, tender.base_price_cad_t, own_kt)
