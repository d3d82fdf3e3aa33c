"""Measures that compare two runs on the same luck."""

from __future__ import annotations

import pandas as pd

from sim.experiments.compare import compare
from sim.ledger import Ledger
from sim.measures import (
    Table,
    bonus_pass_through,
    break_even_cost,
    market_shares,
    producer_account,
    regime_effect,
    subsidy_per_additional_tonne,
    summary,
    surplus_change,
)

from .lines import joined, of_array, of_tables


def two_systems(desk: Ledger, many: Ledger, origin: str) -> pd.DataFrame:
    """Table 2, the cost that erases the desk's gain, welfare and what ``singledesk compare`` shows of markets."""
    effect = regime_effect(desk, many, origin)
    marketed = producer_account(desk, origin).marketed_kt
    revenue = effect.column("producer_revenue_million_cad")[:-1]
    cost = Table("break_even_cost", effect.rows[:-1], ("cost",), ("C$/t",), break_even_cost(revenue, marketed)[:, None])
    compared = compare(summary(desk), summary(many), origin, ("desk", "many"))
    shares, _, _ = market_shares(desk, "origin")
    return joined([of_tables([effect, cost, *_welfare(desk, many), compared.markets]),
                   of_array("market_shares", shares[..., 0])])  # fmt: skip


def with_and_without(with_it: Ledger, without: Ledger, subsidised: str, grade: str, origin: str) -> pd.DataFrame:
    """What a programme costs for each tonne it adds, what of a bonus buyers see, and who gains."""
    tables = [
        subsidy_per_additional_tonne(with_it, without, subsidised),
        bonus_pass_through(with_it, without, subsidised, grade, origin),
        *_welfare(with_it, without),
    ]
    return joined([of_tables(tables)])


def _welfare(base: Ledger, other: Ledger) -> list[Table]:
    change = surplus_change(base, other)
    return [
        Table(f"change_of_{name}", table.rows, table.columns, table.units, table.values)
        for name, table in vars(change).items()
    ]
