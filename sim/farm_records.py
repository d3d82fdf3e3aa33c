"""What groups of growers write to the ledger each period: where their grain goes, and what stays on farm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.ledger import Ledger

if TYPE_CHECKING:
    from sim.world import World

FARM_STATES = {  # state: where the group keeps it; what feeders and exporters take is in the sale rows
    "farm_pooled_kt": "pooled_kt",
    "farm_to_merchants_kt": "to_merchants_kt",
    "farm_stock_kt": "stock_kt",
}


def add_farm_states(ledger: Ledger, groups: tuple[str, ...]) -> None:
    """Make room in the ledger for the growers' states, kt a period; the stock is that at its end."""
    for name in FARM_STATES:
        ledger.add_state(name, groups, "kt")


def record_farms(market: World, ledger: Ledger, period: int) -> None:
    """Write the period's deliveries and closing stock of every group of growers."""
    groups = market.growers.values()
    for name, item in FARM_STATES.items() if groups else ():
        ledger.record(name, period, [getattr(group, item) for group in groups])
