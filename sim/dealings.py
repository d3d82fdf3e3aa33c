"""Dealings between sellers and buyers that take more than a line of a verb: the supply agreement and clearing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.food_agency import FoodAgency
from agents.terms import Tender
from sim.tender import award_prices, clear

if TYPE_CHECKING:
    from sim.world import World

AGREEMENT_STOCK_SHARE = 0.8  # a board ships no more than this part of its stock under an agreement in one period


def ship_agreement(market: World, name: str, tender: Tender) -> None:
    """Settle price and tonnes of a supply agreement, and take them off what the state importer puts out to tender."""
    agency, rules = market.buyers[name], market.now.state_importers[name].agreement
    assert isinstance(agency, FoodAgency) and rules is not None, name
    desk = market.boards[rules.board].desk
    market.set_freight(tender)
    cash = market.cash[rules.outside_origin]
    cost = market.value(market.now.origins[rules.outside_origin].fob_cost_usd_t) * market.currency_cad["usd"]
    outside = cash.price_cad_t + cost + market.freight(rules.outside_origin, tender.region)
    kt = market.value(rules.quantity_kt) / market.periods_per_year
    netback = desk.feed_netback_cad_t + tender.freight_cad_t[0]
    agency.bargain(
        netback,
        outside,
        rules.bargaining_weight,
        kt,
        rules.flexibility,
        rules.full_gap_cad_t,
        AGREEMENT_STOCK_SHARE * desk.stock_kt,
    )
    desk.reserved_kt = tender.award_kt[0]
    market.boards[rules.board].programme.promise(agency.wanted_kt, tender.award_kt[0])
    agency.tender_the_rest(tender.grade)


def clear_tender(market: World, tender: Tender) -> None:
    """Clear a tender by the scenario's format and announce the result."""
    price, award = clear(tender.choke_cad_t, tender.slope_cad_t_kt, tender.quantity_kt, tender.reserve_cad_t)
    landed = award_prices(price, tender.reserve_cad_t, market.now.tender.format == "pay_as_bid")
    tender.announce(price, award, landed)
