"""What is written down of a run: every sale, and the states that are compared with the ensemble's."""

from __future__ import annotations

from benchmarks.scalar.tender import Tender


def write_sales(model, tender: Tender) -> None:
    """Write down tonnes, f.o.b. price, freight and subsidy of every seat; nothing but zeros where none was sold."""
    for seat in tender.seats:
        sold = seat.award_kt > 0
        terms = (seat.fob_cad_t, seat.freight_cad_t, seat.subsidy_cad_t) if sold else (0.0, 0.0, 0.0)
        model.sales.append((seat.award_kt, *terms))


def write_states(model) -> None:
    """Write down the period's states, and keep its closing stocks as the next one's opening stocks."""
    model.opening_kt = model.closing_stock_kt()
    for name, cash in model.cash.items():
        model.states["closing_kt", name].append(model.opening_kt[name])
        model.states["cash_price_cad_t", name].append(cash.price_cad_t)
    for name, board in model.boards.items():
        model.states["initial_payment_cad_t", name].append(board.pools["feed"].initial_cad_t)
        model.states["pool_return_outlook_cad_t", name].append(board.pools["feed"].outlook_cad_t)
        model.states["delivery_failure_kt", name].append(board.failed_kt)
        model.states["missed_kt", name].append(board.missed_kt)
    for name, agent in (("eep", model.bonus_treasury), ("restitution", model.committee)):
        if agent is not None:
            model.states["programme_kt", name].append(agent.shipped_kt)
            model.states["programme_spend_cad_k", name].append(agent.spent_cad_k)
