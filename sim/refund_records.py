"""What the refund committee and the intervention agencies write to the ledger each period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.ledger import Ledger

if TYPE_CHECKING:
    from sim.world import World

COMMITTEE = "restitution"
REFUND_STATES = {  # state -> (unit, attribute of the committee)
    "refund_bid_kt": ("kt", "bid_kt"),
    "refund_accepted_kt": ("kt", "accepted_kt"),
    "refund_accepted_ecu_k": ("thousand ECU", "accepted_ecu_k"),
    "refund_rounds": ("rounds", "rounds"),
    "refund_rejected_rounds": ("rounds", "rejected_rounds"),
    "refund_maximum_ecu_t": ("ECU/t", "max_refund_ecu_t"),
    "refund_spend_ecu_k": ("thousand ECU", "paid_ecu_k"),
    "refund_tax_ecu_k": ("thousand ECU", "tax_ecu_k"),
}
AGENCY_STATES = {  # state -> (unit, attribute of the agency)
    "intervention_bought_kt": ("kt", "bought_kt"),
    "intervention_home_kt": ("kt", "home_kt"),
    "intervention_exported_kt": ("kt", "exported_kt"),
    "intervention_stock_kt": ("kt", "stock_kt"),
    "intervention_paid_cad_k": ("thousand C$", "paid_cad_k"),
    "intervention_home_cad_k": ("thousand C$", "home_cad_k"),
    "intervention_proceeds_cad_k": ("thousand C$", "proceeds_cad_k"),
    "intervention_loss_cad_k": ("thousand C$", "loss_cad_k"),
}


def add_refund_states(market: World, ledger: Ledger) -> None:
    """Make room in the ledger for the programmes that the scenario has."""
    if market.committee is not None:
        for name, (unit, _) in REFUND_STATES.items():
            ledger.add_state(name, (COMMITTEE,), unit)
    if market.agencies:
        for name, (unit, _) in AGENCY_STATES.items():
            ledger.add_state(name, tuple(market.agencies), unit)


def record_refunds(market: World, ledger: Ledger, period: int) -> None:
    """Write the period's accounts of the committee and of the agencies."""
    if market.committee is not None:
        for name, (_, attribute) in REFUND_STATES.items():
            ledger.record(name, period, getattr(market.committee, attribute)[None])
    if market.agencies:
        for name, (_, attribute) in AGENCY_STATES.items():
            ledger.record(name, period, [getattr(agency, attribute) for agency in market.agencies.values()])
