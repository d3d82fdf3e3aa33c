"""The refund programme: its tender rounds, from exporters' bids to the licences granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, total
from agents.refund_committee import RefundCommittee, stock_factor
from sim.reactions import answer_by_tonnes
from sim.scenario.schema import RefundProgramme

if TYPE_CHECKING:
    from sim.world import World


def rounds_of(period_of_year: int, start: int, rounds_per_year: int, periods_per_year: int) -> range:
    """Numbers of the rounds held in a period, counted from the start of the programme's year; evenly spread."""
    since = (period_of_year - start) % periods_per_year
    return range(since * rounds_per_year // periods_per_year, (since + 1) * rounds_per_year // periods_per_year)


def hopes(bidder: int, bidders: int, lots: int, round_number: int, spread_ecu_t: float) -> list[float]:
    """What each lot of a bidder asks on top, ECU/t: all bids of a round spread evenly over the spread.

    Bidders take turns at being the most modest, so that none wins every round.
    """
    place = (bidder + round_number) % bidders
    return [spread_ecu_t * (lot * bidders + place + 0.5) / (lots * bidders) for lot in range(lots)]


def announce_refunds(market: World) -> None:
    """Open the committee's account of the period, age the licences, and hold the rounds due."""
    rules, committee = market.now.restitution, market.committee
    if committee is None or rules is None:
        return
    committee.open_period()
    start = (rules.year_start_month - 1) * market.periods_per_year // 12
    if market.period_of_year == start or market.period == 0:
        normal = None if rules.normal_stock_kt is None else market.value(rules.normal_stock_kt)
        stock = market.recorder.flows["opening_kt"][rules.origin]
        committee.open_year(stock_factor(stock, normal, rules.stock_response))
    for seller in market.spot_sellers(rules.origin):
        seller.desk.lapse()
        if not rules.enabled:
            seller.desk.refused_kt = np.zeros(market.draws)
    if not rules.enabled:
        return
    target, year = market.value(rules.target_kt), market.periods_per_year
    budget = np.inf if rules.budget_ecu_million is None else 1000.0 * market.value(rules.budget_ecu_million)
    money = np.maximum(budget - committee.spent_ecu_k, 0.0) * market.currency_cad["ecu"]
    left = year - (market.period_of_year - start) % year
    extra, highest = answer_by_tonnes(market, "restitution", target / year, money, left)
    committee.answer_kt = extra * year / rules.rounds_per_year
    ceiling = np.minimum(market.value(rules.max_refund_ecu_t), highest / market.currency_cad["ecu"])
    for number in rounds_of(market.period_of_year, start, rules.rounds_per_year, market.periods_per_year):
        hold_round(market, rules, committee, number, ceiling)


def hold_round(
    market: World, rules: RefundProgramme, committee: RefundCommittee, number: int, ceiling_ecu_t: Array
) -> None:
    """Let every exporter of the origin bid, and grant licences for the bids the committee accepts."""
    ecu = market.currency_cad["ecu"]
    bidders = [(agent.margin_cad_t, agent.spot[rules.origin].desk) for agent in market.spot_agents
               if rules.origin in agent.spot]  # fmt: skip
    if not bidders:
        return
    target, left = market.value(rules.target_kt), rules.rounds_per_year - number
    even = np.maximum(target / rules.rounds_per_year + committee.answer_kt, 0.0)
    fresh = rules.overbidding * even / len(bidders)
    bids, last, expected = [], committee.max_refund_ecu_t, bidders[0][1].expected_price_cad_t()
    for place, (margin, desk) in enumerate(bidders):
        needed = desk.needed_refund_cad_t(margin, expected) / ecu
        needed = needed if rules.export_tax else np.maximum(needed, 0.0)
        asked = hopes(place, len(bidders), rules.lots, number, rules.bid_spread_ecu_t)
        desk.refused_kt = fresh + rules.rebid_share * desk.refused_kt  # all of it until something is granted
        bids += [(desk, bid) for bid in desk.refund_bids(desk.refused_kt, needed, last, rules.shading, asked)]
    budget = None if rules.budget_ecu_million is None else market.value(rules.budget_ecu_million)
    wanted = committee.wanted_kt(target, total(np.array([desk.licence_kt for _, desk in bidders])), left)
    owed = total(np.array([desk.licence_ecu_k for _, desk in bidders]))
    awards = committee.decide(
        [bid for _, bid in bids], wanted, committee.money_ecu_k(budget, owed, left),
        ceiling_ecu_t, 12.0 * rules.max_step_ecu_t / rules.rounds_per_year,
    )  # fmt: skip
    periods = round(rules.licence_months / market.months)
    for (desk, bid), won in zip(bids, awards, strict=True):
        desk.grant(won, bid.rate_ecu_t, periods)
        desk.refused_kt = np.maximum(desk.refused_kt - won, 0.0)
