"""Settling a period with sellers: stocks go down, receipts and margins come in, and the clerk books both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import total
from agents.trader import TradingCompany

if TYPE_CHECKING:
    from sim.world import World


def settle_boards(market: World) -> None:
    """Credit boards' sales to their pools and pay compensation for agreed sales that are missed."""
    for name, board in market.boards.items():
        sales = market.sales_of(name, board.desk.origin)
        if sales:
            board.settle(sales, market.now.boards[name].cost_cad_t)
        board.compensate(market.now.boards[name].default_cost_cad_t)


def settle_merchants(market: World) -> None:
    """Ship what trading companies sold out of their own stock and book their margins."""
    for name, company in market.companies.items():
        company.profit_cad_k = np.zeros(market.draws)
        for origin in company.stock:
            sales = market.sales_of(name, origin)
            if sales:
                margins = company.settle_stock(origin, sales)
                company.profit_cad_k = company.profit_cad_k + total(margins)
                market.recorder.add_margins(sales, margins)


def settle_spot_sales(market: World) -> None:
    """Book margins and handling of grain that was bought at cash markets for sales already found."""
    for agent in market.spot_agents:
        for origin in agent.spot:
            sales, kt, revenue = market.spot_results[agent.name, origin]
            if not sales:
                continue
            margins = revenue - kt * market.cash[origin].price_cad_t
            market.recorder.add_margins(sales, margins)
            handling = total(kt) * market.cash[origin].fob_cost_cad_t
            market.recorder.add_cost("handling_cost_cad_k", origin, handling)
            if isinstance(agent, TradingCompany):
                agent.profit_cad_k = agent.profit_cad_k + total(margins) - handling


def settle_sellers(market: World) -> None:
    """Let sellers by cost make what they sold; their output counts as harvest."""
    for name, seller in market.sellers.items():
        seller.settle(market.sales_of(name, seller.origin))
        market.recorder.add("harvest_kt", seller.origin, seller.produced_kt)
        market.recorder.add_cost("production_cost_cad_k", seller.origin, seller.cost_cad_k)
