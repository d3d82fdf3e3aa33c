"""What export programmes write to the ledger each period: rate, tonnes and spending of each, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import ratio
from agents.refund_committee import RefundCommittee
from sim.bonus_programme import add_bonus_states, record_bonus_states
from sim.ledger import Ledger
from sim.programme_names import PROGRAMMES, SUBSIDY
from sim.refund_records import add_refund_states, record_refunds

if TYPE_CHECKING:
    from sim.world import World


def add_programme_states(market: World, ledger: Ledger) -> None:
    """Make room in the ledger for the programmes that the scenario has."""
    programmes = PROGRAMMES + tuple(f"{SUBSIDY}_{origin}" for origin in market.treasuries)
    ledger.add_state("programme_rate_cad_t", programmes, "C$/t")
    ledger.add_state("programme_kt", programmes, "kt")
    ledger.add_state("programme_spend_cad_k", programmes, "thousand C$")
    if market.bonus_treasury is not None:
        add_bonus_states(ledger, market.bonus_treasury)
    add_refund_states(market, ledger)


def record_programmes(market: World, ledger: Ledger, period: int) -> None:
    """Write the period's rates, tonnes and spending of every programme, and what each has of its own."""
    zero = np.zeros(market.draws)
    rates, tonnes, spend = [], [], []
    for agent, rules in ((market.bonus_treasury, market.now.eep), (market.committee, market.now.restitution)):
        tonnes.append(zero if agent is None else agent.shipped_kt)
        spend.append(zero if agent is None else agent.spent_cad_k)
        if agent is None or rules is None or not rules.enabled:
            rates.append(zero)
        elif isinstance(agent, RefundCommittee):
            rates.append(agent.max_refund_ecu_t * market.currency_cad["ecu"])
        else:
            rates.append(ratio(agent.spent_cad_k, agent.shipped_kt))
    for treasury in market.treasuries.values():
        tonnes.append(treasury.paid_kt)
        spend.append(treasury.spent_cad_k)
        rates.append(ratio(treasury.spent_cad_k, treasury.paid_kt))
    if market.bonus_treasury is not None and market.now.eep is not None:
        record_bonus_states(market, market.bonus_treasury, market.now.eep)
    for name, values in (
        ("programme_rate_cad_t", rates),
        ("programme_kt", tonnes),
        ("programme_spend_cad_k", spend),
    ):
        ledger.record(name, period, values)
    record_refunds(market, ledger, period)
