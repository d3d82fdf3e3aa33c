"""Export programmes: their treasuries, what they announce each period, and what they pay.

Refunds by tender (restitution) and subsidies by lane; bonuses sale by sale are in ``sim/bonus_programme.py``.
"""

from __future__ import annotations

import numpy as np

from agents.pool_guarantor import PoolGuarantor
from agents.refund_committee import RefundCommittee
from agents.subsidy_treasury import SubsidyTreasury
from sim.bonus_programme import build_bonus_treasury
from sim.reactions import answer_by_rate


def build_treasuries(market) -> None:
    """The bonus and refund treasuries with their bidders, and the guarantors of pools."""
    scenario, draws = market.scenario, market.draws
    market.bonus_treasury, market.committee = build_bonus_treasury(market), None
    if scenario.restitution is not None:
        rules = scenario.restitution
        start = np.full(draws, market.value(rules.starting_refund_ecu_t))
        market.committee = RefundCommittee(market, rules.origin, start)
        for seller in market.spot_sellers(rules.origin):
            seller.committee = market.committee
    market.treasuries = {origin: SubsidyTreasury(market, origin, draws) for origin in scenario.export_subsidies}
    market.guarantors = {
        name: PoolGuarantor(market, name, guarantor.boards, draws)
        for name, guarantor in scenario.treasuries.guarantors.items()
    }


def announce_refunds(market, periods_left: int) -> None:
    """Open the committee's account of the period and hold its tender."""
    rules, committee = market.now.restitution, market.committee
    if committee is None or rules is None:
        return
    committee.open_period()
    if market.period_of_year == 0:
        committee.open_year()
    if rules.enabled:
        hold_refund_tender(market, periods_left)


def announce_rates(market) -> None:
    """Publish the subsidies by lane, with the answer to a rival's."""
    for origin, agent in market.treasuries.items():
        if market.period_of_year == 0:
            agent.spent_year_cad_k = np.zeros(market.draws)
        stated = market.now.export_subsidies[origin].rate_cad_t
        agent.announce({region: market.value(rate) for region, rate in stated.items()})
        answer_by_rate(market, origin, agent)


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


def pay_subsidies(market) -> None:
    """Let the treasuries pay what today's sales from their origins were granted."""
    for origin, treasury in market.treasuries.items():
        for sale in market.sales_from(origin):
            treasury.pay(sale.kt, sale.subsidy_cad_t)
