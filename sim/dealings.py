"""Dealings that take more than a line of a verb: refund tender, supply agreement, clearing and the home market."""

from __future__ import annotations

import numpy as np

from agents.arrays import ratio, total
from agents.farmers import GrowerGroup
from agents.terms import CashMarket, Tender
from sim.marketing import board_takes_deliveries
from sim.tender import award_prices, clear

SELECTION_MARGIN = 1.2  # growers keep a little more malting quality for selection than was selected last
AGREEMENT_STOCK_SHARE = 0.8  # a board ships no more than this part of its stock under an agreement in one period


def hold_refund_tender(market, periods_left: int) -> None:
    """Let every exporter of the origin bid, and grant licences for the bids the committee accepts."""
    rules, committee = market.now.restitution, market.committee
    ecu = market.currency_cad["ecu"]
    bidders = [(a, a.spot[rules.origin]) for a in market.spot_agents if rules.origin in a.spot]
    target = np.maximum(market.value(rules.target_kt) - committee.used_kt, 0.0) / periods_left
    size, spread = rules.overbidding * target / max(len(bidders), 1), rules.bid_spread_ecu_t * ecu
    bids = [(s, bid) for a, s in bidders for bid in s.refund_bids(size, rules.lots, spread, a.margin_cad_t)]
    ceiling, step = market.value(rules.max_refund_ecu_t), rules.max_step_ecu_t * market.months
    for _, seller in bidders:
        seller.desk.lapse()
    awards = committee.decide([bid for _, bid in bids], target, ceiling, step, ecu)
    for (seller, bid), kt in zip(bids, awards, strict=True):
        seller.desk.grant(kt, bid.rate_cad_t)


def ship_agreement(market, name: str, tender: Tender) -> None:
    """Settle price and tonnes of a supply agreement, and take them off what the state importer puts out to tender."""
    agency, rules = market.buyers[name], market.now.state_importers[name].agreement
    desk = market.boards[rules.board].desk
    market.set_freight(tender)
    cash = market.cash[rules.outside_origin]
    cost = market.value(market.now.origins[rules.outside_origin].fob_cost_usd_t) * market.currency_cad["usd"]
    outside = cash.price_cad_t + cost + market.freight(rules.outside_origin, tender.region)
    kt = market.value(rules.quantity_kt) / market.periods_per_year
    netback = desk.feed_netback_cad_t + tender.freight_cad_t[0]
    agency.bargain(
        netback, outside, rules.bargaining_weight, kt, rules.flexibility, AGREEMENT_STOCK_SHARE * desk.stock_kt
    )
    desk.reserved_kt = tender.award_kt[0]
    agency.tender_the_rest(tender.grade)


def _groups_and_exports(market, cash: CashMarket) -> tuple[list[GrowerGroup], np.ndarray]:
    """An origin's growers, and what each ships of what exporters took: by stock, kt (group, draw)."""
    groups = [g for g in market.growers.values() if g.origin == cash.origin]
    stocks = np.array([group.stock_kt for group in groups]).reshape(len(groups), market.draws)
    return groups, cash.exports_kt * ratio(stocks, total(stocks))


def settle_growers(market, cash: CashMarket) -> None:
    """Ship growers' sales at home and to exporters, set the cash price, and contract the rest of the release."""
    groups, parts = _groups_and_exports(market, cash)
    home = next((t for t in market.tenders if t.is_home and t.country == cash.origin), None)
    haul = 0.0
    for group, exported in zip(groups, parts, strict=True):
        sold = np.zeros(market.draws)
        if home is not None and home.is_open:
            sold = total(home.award_kt[group.seats])
        group.sell(sold, exported)
        if cash.origin in market.now.marketing:
            group.contract(sold, market.now.growers[group.name].malting_share)
        haul += group.haul_cad_t * market.now.growers[group.name].share
    if home is not None:
        cash.price_cad_t = home.last_price_cad_t - haul


def pay_subsidies(market) -> None:
    """Let the treasuries pay what today's sales from their origins were granted."""
    for origin, treasury in market.treasuries.items():
        for sale in market.sales_from(origin):
            treasury.pay(sale.kt, sale.subsidy_cad_t)


def clear_tender(market, tender: Tender) -> None:
    """Clear a tender by the scenario's format and announce the result."""
    price, award = clear(tender.choke_cad_t, tender.slope_cad_t_kt, tender.quantity_kt, tender.reserve_cad_t)
    landed = award_prices(price, tender.reserve_cad_t, market.now.tender.format == "pay_as_bid")
    tender.announce(price, award, landed)


def growers_offer(market, tender: Tender) -> None:
    """Growers' offers at home: what delivery is worth where there is one, cash tranches where there is not."""
    cash, support = market.cash[tender.country], market.now.origins[tender.country]
    floor = market.value(support.support_price) * market.currency_cad[support.support_price_currency]
    groups, parts = _groups_and_exports(market, cash)
    if tender.country not in market.now.marketing:
        for group, exported in zip(groups, parts, strict=True):
            group.offer_cash(tender, exported, floor)
        return
    takes = board_takes_deliveries(market.now.marketing[tender.country])
    malting = [sale.kt for sale in market.sales_from(tender.country) if sale.tender.pool == "malting"]
    selected, released = total(np.array(malting)), total(np.array([group.release_kt for group in groups]))
    for group in groups:
        board = market.board_of.get(group.name)
        part = SELECTION_MARGIN * selected * ratio(group.release_kt, released)
        share = market.now.growers[group.name].malting_share
        group.offer_off_board(tender, market.port_value(group.name, board), takes and board is not None, part, share)
