"""Export programmes: their treasuries, what they announce each period, and what they pay.

Bonuses sale by sale (EEP) and subsidies by lane; refunds by tender have a room of their own,
``sim/refund_programme.py``.
"""

from __future__ import annotations

import numpy as np

from agents.bonus_treasury import BonusTreasury
from agents.pool_guarantor import PoolGuarantor
from agents.refund_committee import RefundCommittee
from agents.subsidy_treasury import SubsidyTreasury


def build_treasuries(market) -> None:
    """The bonus and refund treasuries with their bidders, and the guarantors of pools."""
    scenario, draws = market.scenario, market.draws
    market.bonus_treasury = market.committee = None
    if scenario.eep is not None:
        market.bonus_treasury = BonusTreasury(market, scenario.eep.origin, draws)
        for seller in market.spot_sellers(scenario.eep.origin):
            seller.bonus = market.bonus_treasury
            market.bonus_treasury.bidders += 1
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


def announce_bonuses(market, periods_left: int) -> None:
    """Publish who is eligible for a bonus, on what terms, and the quota of the period."""
    eep, treasury = market.now.eep, market.bonus_treasury
    if treasury is None or eep is None:
        return
    if market.period_of_year == 0:
        treasury.open_year()
    budget = market.value(eep.budget_usd_million) * 1000.0 * market.currency_cad["usd"]
    ceiling = market.value(eep.max_bonus_usd_t) * market.currency_cad["usd"]
    eligible = set(eep.eligible) if eep.enabled else set()
    treasury.announce(eligible, market.value(eep.tonnage_kt), budget, ceiling, eep.undercut)
    treasury.share_out(periods_left)


def announce_rates(market) -> None:
    """Publish the subsidies by lane."""
    for origin, agent in market.treasuries.items():
        stated = market.now.export_subsidies[origin].rate_cad_t
        agent.announce({region: market.value(rate) for region, rate in stated.items()})


def pay_subsidies(market) -> None:
    """Let the treasuries pay what today's sales from their origins were granted."""
    for origin, treasury in market.treasuries.items():
        for sale in market.sales_from(origin):
            treasury.pay(sale.kt, sale.subsidy_cad_t)
