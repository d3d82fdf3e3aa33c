"""Searches for a best amount: whose turn it is, and what a trial brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, total
from agents.seller import Seller
from agents.subsidy_treasury import SubsidyTreasury
from agents.trial import PHASES, Trial
from sim.cast import buyer_sections

if TYPE_CHECKING:
    from sim.world import World


def _turn(market: World) -> tuple[SubsidyTreasury | Seller, int, bool] | None:
    """Who searches this crop year, the phase of its trial, and whether the phase ends with this year."""
    if not market.searches:
        return None
    lengths = [PHASES * years for _, years in market.searches]
    year = market.year % sum(lengths)
    for (agent, years), length in zip(market.searches, lengths, strict=True):
        if year < length:
            return agent, year // years, (year + 1) % years == 0
        year -= length
    raise AssertionError("a crop year lies in some turn")


def open_trials(market: World) -> None:
    """In the first period of a crop year put the trial of whoever has its turn in force."""
    turn = _turn(market)
    if turn is not None and market.period_of_year == 0:
        agent, phase, _ = turn
        _search_of(agent).begin(phase)


def close_trials(market: World) -> None:
    """Count what the last periods of a trial earn, and at its end tell the searcher."""
    turn = _turn(market)
    left = market.periods_per_year - market.period_of_year
    if turn is None or not turn[2] or left > _round_of_tenders(market):
        return
    search = _search_of(turn[0])
    search.earned_cad_k = search.earned_cad_k + _earned(market, turn[0])
    if left == 1:
        search.take_in(search.earned_cad_k)


def _search_of(agent: SubsidyTreasury | Seller) -> Trial:
    assert agent.search is not None, "only who searches has a turn"
    return agent.search


def _round_of_tenders(market: World) -> int:
    """Periods in which every buyer has tendered: one where all buy every period, a whole year where one buys yearly."""
    sections = (section for _, section in buyer_sections(market.now).values())
    fewest = min(market.tenders_per_year(section) for section in sections)
    return -(-market.periods_per_year // fewest)


def _earned(market: World, agent: SubsidyTreasury | Seller) -> Array:
    """Thousand C$ (draw,): a seller's profit; for a treasury its country's receipts less production and subsidy."""
    if not isinstance(agent, SubsidyTreasury):
        return agent.received_cad_k - agent.cost_cad_k
    sales = market.sales_from(agent.origin)
    received = total(np.array([sale.kt * (sale.fob_cad_t + sale.subsidy_cad_t) for sale in sales]))
    costs = [seller.cost_cad_k for seller in market.sellers.values() if seller.origin == agent.origin]
    return received - total(np.array(costs)) - agent.spent_cad_k
