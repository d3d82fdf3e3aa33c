"""Intervention: agencies that buy at the support price, what growers offer beside them, and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, part_gone, total
from agents.farmers import GrowerGroup
from agents.intervention import InterventionAgency
from agents.terms import Tender
from sim.checks import check_balance
from sim.scenario.schema import Origin

if TYPE_CHECKING:
    from sim.world import World

EXPORT_MEMORY = 0.3  # weight of a month in what growers expect exporters to take
STORE_IDENTITY = "opening intervention stock + bought = sold at home + sold to exporters + closing stock"
BOOK_IDENTITY = "opening book value + paid to growers = proceeds + loss on resale + closing book value"


def agency_name(origin: str) -> str:
    """Name of an origin's agency at its seat and in the ledger."""
    return f"{origin}_intervention"


def own_opening_share(origin: Origin) -> float:
    """Share of an origin's opening stock that is not the agency's."""
    return 1.0 if origin.intervention is None else 1.0 - origin.intervention.opening_share


def support_cad_t(market: World, origin: str) -> Array:
    """Support price of an origin today, C$/t (draw,)."""
    rules = market.now.origins[origin]
    support_cad_t: Array = market.value(rules.support_price) * market.currency_cad[rules.support_price_currency]
    return support_cad_t


def build_agencies(market: World) -> None:
    """One agency for each origin with intervention; its opening stock stands in the books at the support price."""
    market.agencies = {}
    for name, origin in market.scenario.origins.items():
        if origin.intervention is None:
            continue
        agency = InterventionAgency(market, agency_name(name), market.cash[name], market.draws)
        kt = np.full(market.draws, (1.0 - own_opening_share(origin)) * market.value(origin.opening_stock_kt))
        agency.take_over(kt, support_cad_t(market, name))
        market.agencies[name] = agency


def open_agencies(market: World) -> None:
    """Start the agencies' accounts of the period."""
    for agency in market.agencies.values():
        agency.open_period()


def serve_exporters(market: World) -> None:
    """Let agencies serve their part of what exporters sold, and offer the rest at home."""
    for name, agency in market.agencies.items():
        rules = market.now.origins[name].intervention
        assert rules is not None, "an event does not take an agency away"
        agency.serve_exporters(agency.cash.exports_kt, rules.export_share)
        agency.cash.from_store_kt = agency.exported_kt
        reserve = (1.0 + rules.resale_margin) * support_cad_t(market, name)
        agency.offer_home(reserve)


def offer_supported(market: World, tender: Tender, groups: list[GrowerGroup], exported: Array, support: Array) -> None:
    """Growers' offers at home where an agency buys what they cannot sell above the support price."""
    agency = market.agencies[tender.country]
    weight = 1.0 if agency.usual_exports_kt is None else part_gone(EXPORT_MEMORY, market.months)
    before = exported if agency.usual_exports_kt is None else agency.usual_exports_kt
    agency.usual_exports_kt = before + weight * (exported - before)
    for group, usual, shipped in zip(groups, agency.usual_exports_kt, exported, strict=True):
        group.offer_supported(tender, usual, shipped, support)


def settle_agencies(market: World) -> None:
    """Let agencies deliver their sales and buy what growers planned to sell and could not."""
    for name, agency in market.agencies.items():
        home_kt, home_cad_k = np.zeros(market.draws), np.zeros(market.draws)
        for tender, seat in agency.seats:
            if tender.is_open:
                home_kt = home_kt + tender.award_kt[seat]
                home_cad_k = home_cad_k + tender.award_kt[seat] * tender.landed_cad_t[seat]
        agency.sell(home_kt, home_cad_k)
        support = support_cad_t(market, name)
        home = next((t for t, _ in agency.seats if t.is_open), None)
        for group in market.growers.values():
            if group.origin == name and home is not None:
                agency.buy(group.sell_to_agency(total(home.award_kt[group.seats])), support)


def check_agencies(market: World) -> None:
    """Check the agencies' accounts: tonnes and money."""
    for name, agency in market.agencies.items():
        where = f"{name}, {market.period_name}"
        left = agency.opening_kt + agency.bought_kt
        right = agency.home_kt + agency.exported_kt + agency.stock_kt
        check_balance(STORE_IDENTITY, where, left, right, left, "kt")
        left = agency.opening_book_cad_k + agency.paid_cad_k
        right = agency.proceeds_cad_k + agency.loss_cad_k + agency.book_cad_k
        check_balance(BOOK_IDENTITY, where, left, right, left, "thousand C$")
