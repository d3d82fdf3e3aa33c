"""Export programmes: their treasuries, what they announce each period, and what they pay.

Subsidies by lane are here; bonuses sale by sale are in ``sim/bonus_programme.py``, refunds by tender in
``sim/refund_programme.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.pool_guarantor import PoolGuarantor
from agents.refund_committee import RefundCommittee
from agents.subsidy_treasury import SubsidyTreasury
from sim.bonus_programme import build_bonus_treasury
from sim.reactions import answer_by_rate

if TYPE_CHECKING:
    from sim.world import World


def build_treasuries(market: World) -> None:
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


def announce_rates(market: World) -> None:
    """Publish the subsidies by lane, with the answer to a rival's."""
    for origin, agent in market.treasuries.items():
        if market.period_of_year == 0:
            agent.spent_year_cad_k = np.zeros(market.draws)
        stated = market.now.export_subsidies[origin].rate_cad_t
        agent.announce({region: market.value(rate) for region, rate in stated.items()})
        answer_by_rate(market, origin, agent)


def pay_subsidies(market: World) -> None:
    """Let the treasuries pay what today's sales from their origins were granted."""
    for origin, treasury in market.treasuries.items():
        for sale in market.sales_from(origin):
            treasury.pay(sale.kt, sale.subsidy_cad_t)
