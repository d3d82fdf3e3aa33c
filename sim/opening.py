"""The first morning: base prices, beliefs, expectations and the grain already in elevators."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, ratio, total
from agents.counter import Counter
from sim.marketing import board_takes_deliveries
from sim.scenario.schema import Marketing
from sim.seats import seat_beliefs

if TYPE_CHECKING:
    from sim.world import World


def open_market(market: World) -> None:
    """Set everything that has to be known before the first period. The market holds its agents and tenders already."""
    for tender in market.tenders:
        market.set_freight(tender)
        tender.base_price_cad_t, tender.base_kt, _ = market.base_point(tender)
        tender.usual_price_cad_t = np.array(tender.base_price_cad_t)
        tender.last_price_cad_t, tender.last_total_kt = np.array(tender.base_price_cad_t), np.array(tender.base_kt)
    seat_beliefs(market)
    market.seats_of = defaultdict(list)
    for tender in market.tenders:
        for number, seat in enumerate(tender.seats):
            market.seats_of[seat.seller, seat.origin].append((tender, number))
    market.board_of = {g: market.boards[b] for b, s in market.scenario.boards.items() for g in s.growers}
    market.spot_results = {}
    _first_prices(market)
    _first_deliveries(market)


def _average_base_fob(counters: list[Counter], pool: str, draws: int) -> Array:
    """Base price f.o.b. of the tenders a desk sells at, weighted by base tonnes, C$/t (draw,)."""
    chosen = [c for c in counters if c.tender.pool == pool]
    if not chosen:
        return np.zeros(draws)
    kt = np.array([c.tender.base_kt for c in chosen])
    value = kt * np.array([c.tender.base_price_cad_t - c.tender.freight_cad_t[c.seat] for c in chosen])
    return ratio(total(value), total(kt))


def _first_prices(market: World) -> None:
    for name, board in market.boards.items():
        for pool, account in board.pools.items():
            price = _average_base_fob(board.desk.counters, pool, market.draws)
            account.outlook_cad_t = np.maximum(price - market.scenario.boards[name].cost_cad_t, 0.0)
            account.current_cad_t, account.asking_cad_t = price, price.copy()
        board.desk.feed_netback_cad_t = board.pools["feed"].current_cad_t.copy()
    for company in market.companies.values():
        for desk in company.stock.values():
            desk.marginal_cad_t = _average_base_fob(desk.counters, "feed", market.draws)
            desk.feed_netback_cad_t = desk.malting_netback_cad_t = desk.marginal_cad_t
    for name, cash in market.cash.items():
        cash.fob_cost_cad_t = market.value(market.scenario.origins[name].fob_cost_usd_t) * market.currency_cad["usd"]
        homes = [t for t in market.tenders if t.is_home and t.country == name]
        groups = [g for g in market.growers.values() if g.origin == name]
        haul = sum(g.haul_cad_t * market.scenario.growers[g.name].share for g in groups)
        cash.price_cad_t = homes[0].base_price_cad_t - haul if homes else np.zeros(market.draws)
        for group in groups:
            group.expected_cad_t, group.normal_cad_t = cash.price_cad_t.copy(), cash.price_cad_t.copy()


def _first_deliveries(market: World) -> None:
    """Part of the opening stock is already with the board, or with the merchants where there is none."""
    for board_name, section in market.scenario.boards.items():
        board = market.boards[board_name]
        marketing = market.parameters.regime(0).marketing.get(section.origin, Marketing())
        companies = [c for c in market.companies.values() if section.origin in c.stock]
        for name in section.growers:
            group = market.growers[name]
            kt = section.opening_stock_share * group.stock_kt
            group.pool_share = group.pool_share + section.opening_stock_share
            quality = kt * market.scenario.growers[name].malting_share
            if board_takes_deliveries(marketing):
                board.desk.receive(kt, quality, board.pools["feed"].outlook_cad_t)
            elif companies:
                for company in companies:
                    part = 1.0 / len(companies)
                    company.buy(section.origin, part * kt, part * quality, company.bid_cad_t(section.origin))
            else:
                continue
            group.stock_kt = group.stock_kt - kt
