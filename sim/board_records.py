"""What boards write to the ledger each period: payments, outlooks, costs, deliveries and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, total
from agents.board import MarketingBoard
from sim.ledger import Ledger

if TYPE_CHECKING:
    from sim.world import World

PRICES = {  # state (by board, or board and pool): pool, and what the board announces for it
    "initial_payment_cad_t": ("feed", "initial_cad_t"),
    "pool_return_outlook_cad_t": ("feed", "outlook_cad_t"),
    "malting_initial_payment_cad_t": ("malting", "initial_cad_t"),
    "malting_pool_return_outlook_cad_t": ("malting", "outlook_cad_t"),
}
BOARD_FLOWS = {  # state: where the board keeps it
    "called_kt": ("programme", "called_kt"),
    "delivered_kt": ("programme", "delivered_kt"),
    "delivery_failure_kt": ("programme", "failed_kt"),
    "agreed_kt": ("programme", "promised_kt"),
    "missed_kt": ("programme", "missed_kt"),
    "compensation_cad_k": ("programme", "compensation_cad_k"),
    "cash_bought_kt": ("cash", "bought_kt"),
    "cash_spent_cad_k": ("cash", "spent_cad_k"),
    "cash_sold_kt": ("cash", "sold_kt"),
    "cash_receipts_cad_k": ("cash", "receipts_cad_k"),
    "cash_sold_cost_cad_k": ("cash", "sold_cost_cad_k"),
}


def price_label(board: str, pool: str) -> str:
    """Label of a board's line in the states of ``PRICES``: the feed pool goes by the board's own name."""
    return board if pool == "feed" else f"{board}:{pool}"


def add_board_states(ledger: Ledger, boards: tuple[str, ...]) -> None:
    """Make room in the ledger for the boards' states."""
    for name, (pool, _) in PRICES.items():
        ledger.add_state(name, tuple(price_label(board, pool) for board in boards), "C$/t")
    ledger.add_state("pool_value_cad_t", boards, "C$/t")
    ledger.add_state("called_share", boards, "0 to 1")
    for name in BOARD_FLOWS:
        ledger.add_state(name, boards, "kt" if name.endswith("_kt") else "thousand C$")
    ledger.add_state("board_cost_cad_k", boards, "thousand C$")


def record_boards(market: World, ledger: Ledger, period: int) -> None:
    """Write the period's payments, costs and deliveries of every board."""
    boards = market.boards.values()
    if not boards:
        return
    record = ledger.record
    for name, (pool, item) in PRICES.items():
        record(name, period, [getattr(b.pools[pool], item) for b in boards])
    record("called_share", period, [b.called for b in boards])
    record("board_cost_cad_k", period, [b.cost_cad_k for b in boards])
    record("pool_value_cad_t", period, [_pool_value(market, b) for b in boards])
    for name, (account, item) in BOARD_FLOWS.items():
        record(name, period, [getattr(getattr(b, account), item) for b in boards])


def _pool_value(market: World, board: MarketingBoard) -> Array:
    """Worth of a delivery to a board's growers, mean by their share of the crop, C$/t at port (draw,)."""
    names = market.now.boards[board.name].growers
    shares = [market.now.growers[name].share for name in names]
    values = [s * market.pool_value(name, board) for name, s in zip(names, shares, strict=True)]
    return total(np.array(values)) / np.maximum(sum(shares), 1e-9) if values else np.zeros(market.draws)
