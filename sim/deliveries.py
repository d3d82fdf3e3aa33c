"""Farmers' grain on its way: delivery to boards and merchants, offers at home, and what is contracted for later."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Amount, ratio, total
from agents.farmers import HOME_FLOOR, GrowerGroup
from agents.terms import CashMarket, Tender
from sim.contracts import sign_contracts
from sim.intervention import offer_supported
from sim.marketing import board_buys_for_cash, board_takes_deliveries, merchants_take_deliveries

if TYPE_CHECKING:
    from sim.world import World

SELECTION_MARGIN = 1.2  # growers keep a little more malting quality for selection than was selected last


def deliver(market: World) -> None:
    """Carry contracted grain to the board that calls it and to the merchants who bid for it."""
    for origin, marketing in market.now.marketing.items():
        groups = [g for g in market.growers.values() if g.origin == origin]
        to_board, to_merchants = board_takes_deliveries(marketing), merchants_take_deliveries(marketing)
        companies = [c for c in market.companies.values() if origin in c.stock]
        for name, board in market.boards.items():
            members = [g for g in groups if market.board_of.get(g.name) is board]
            if members:
                sign_contracts(market, name, board, members, to_board)
            if members and to_board:  # one call for all, so that no group is served before another
                offered = total(np.array([g.contract_kt for g in members]))
                board.call(offered, market.now.boards[name].cover_periods / market.months)
        for group in groups:
            taker = market.board_of.get(group.name) if to_board else None
            share = 1.0 if taker is None else taker.called
            called, pooled, sold = group.deliver(share, to_merchants, taker is not None, market.months)
            quality = group.contract_quality
            if taker is not None:
                taker.programme.enter(called, pooled)
                taker.desk.receive(pooled, pooled * quality, taker.pools["feed"].initial_cad_t)
            if taker is not None and board_buys_for_cash(marketing):
                bid = market.cash_bid(taker)
                taker.buy_for_cash(group.sell_for_cash(bid, market.home_price(group)), bid)
            if to_merchants and companies:
                part = sold / len(companies)
                for company in companies:
                    company.buy(origin, part, part * quality, company.bid_cad_t(origin))


def _groups_and_parts(market: World, cash: CashMarket) -> tuple[list[GrowerGroup], np.ndarray]:
    """An origin's growers, and the part each has in what exporters take: by stock, (group, draw)."""
    groups = [g for g in market.growers.values() if g.origin == cash.origin]
    stocks = np.array([group.stock_kt for group in groups]).reshape(len(groups), market.draws)
    return groups, ratio(stocks, total(stocks))


def hear_at_home(market: World) -> None:
    """Let growers who sell in a cash market hear what their feeders' demand of the day is worth."""
    for tender in market.tenders:
        if tender.is_home and tender.country not in market.now.marketing:
            for group in market.growers.values():
                if group.origin == tender.country:
                    group.hear_the_news(tender.base_price_cad_t)


def count_exports(market: World) -> None:
    """Note what exporters took today, before growers decide what to offer at home."""
    for cash in market.cash.values():
        released = [group.release_kt for group in market.growers.values() if group.origin == cash.origin]
        # A cargo beyond what a month's releases leave comes out of store and is not missed at home.
        most = (1.0 - HOME_FLOOR) * total(np.array(released)) / market.months if released else np.inf
        cash.count(np.minimum(cash.exports_kt, most), market.months)


def growers_offer(market: World, tender: Tender) -> None:
    """Growers' offers at home: what delivery is worth where there is one, cash tranches where there is not."""
    cash, support = market.cash[tender.country], market.now.origins[tender.country]
    floor = market.value(support.support_price) * market.currency_cad[support.support_price_currency]
    groups, parts = _groups_and_parts(market, cash)
    if tender.country in market.agencies:
        offer_supported(market, tender, groups, parts * (cash.exports_kt - cash.from_store_kt), floor)
        return
    if tender.country not in market.now.marketing:
        for group, part in zip(groups, parts, strict=True):
            group.offer_cash(tender, part * cash.exports_kt, part * cash.usual_exports_kt, floor)
        return
    takes = board_takes_deliveries(market.now.marketing[tender.country])
    malting = [sale.kt for sale in market.sales_from(tender.country) if sale.tender.pool == "malting"]
    selected = total(np.array([np.zeros(market.draws), *malting]))
    released = total(np.array([group.release_kt for group in groups]))
    for group in groups:
        board = market.board_of.get(group.name)
        part = SELECTION_MARGIN * selected * ratio(group.release_kt, released)
        share = market.now.growers[group.name].malting_share
        pooling = takes and board is not None
        quoted = market.quoted_price(board) if takes and board is not None else 0.0
        worth = market.port_value(group.name, board)
        group.offer_off_board(tender, worth, pooling, part, share, quoted, market.months)


def settle_growers(market: World, cash: CashMarket) -> None:
    """Ship growers' sales at home and to exporters, set the cash price, and contract the rest of the release."""
    groups, parts = _groups_and_parts(market, cash)
    home = next((t for t in market.tenders if t.is_home and t.country == cash.origin), None)
    haul: Amount = 0.0
    for group, part in zip(groups, parts, strict=True):
        sold = np.zeros(market.draws)
        if home is not None and home.is_open:
            sold = total(home.award_kt[group.seats])
        group.sell(sold, part * (cash.exports_kt - cash.from_store_kt))
        if cash.origin in market.now.marketing:
            group.contract(sold, market.now.growers[group.name].malting_share, market.months)
        haul += group.haul_cad_t * market.now.growers[group.name].share
    if home is not None:
        cash.price_cad_t = home.last_price_cad_t - haul


def learn_prices(market: World) -> None:
    """Let farmers take in the period's prices, and choose what quality to offer and where to deliver."""
    for name, group in market.growers.items():
        group.learn(market.cash[group.origin].price_cad_t, market.months)
        marketing = market.now.marketing.get(group.origin)
        if marketing is None:
            continue
        board = market.board_of.get(name)
        premium = market.malting_premium(group.origin, board)
        cost = reduce(np.maximum, (grade.cost_cad_t for grade in market.scenario.grades.values()), 0.0)
        group.offer_malting(premium, cost)
        if board is None or not board_takes_deliveries(marketing):
            continue
        pool = market.pool_value(name, board)
        group.compare(market.home_price(group), pool, premium)
        if merchants_take_deliveries(marketing):
            group.choose_channel(pool, market.merchants_bid(group.origin), market.months)
