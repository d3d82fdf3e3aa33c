"""The refund programme and intervention by crop year: tender rounds, refunds, money, and the agencies' accounts."""

from __future__ import annotations

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide
from sim.measures.sales import state_by_year, year_codes
from sim.measures.table import Table

UNITS = {
    "mean_refund_ecu_t": "ECU/t",
    "maximum_refund_ecu_t": "ECU/t",
    "bids_kt": "kt",
    "accepted_kt": "kt",
    "acceptance_percent": "percent of tonnes bid",
    "rounds": "rounds",
    "rounds_rejected": "rounds",
    "spending_million_ecu": "million ECU",
    "export_tax_million_ecu": "million ECU",
}


def last_of_year(ledger: Ledger, values: np.ndarray) -> np.ndarray:
    """Values (period, ...) at the end of each crop year."""
    codes = year_codes(ledger)
    return values[[int(np.flatnonzero(codes == year)[-1]) for year in range(len(ledger.crop_years))]]


def refund_programme(ledger: Ledger) -> list[Table]:
    """Account of each refund programme by crop year; empty when the run has none.

    Returns
    -------
    list of Table
        One table ``refund_programme`` with a column ``<programme>:<item>`` for each item of ``UNITS``. The mean refund
        is that of accepted bids (NaN without any, below zero for a tax); the maximum is the last one published in the
        year; acceptance is accepted over bid tonnes (NaN without bids); spending and tax are on shipped tonnes.
    """
    if "refund_bid_kt" not in ledger.states:
        return []
    columns: list[str] = []
    units: list[str] = []
    values: list[np.ndarray] = []
    for name in ledger.states["refund_bid_kt"].labels:
        year = {
            state: state_by_year(ledger, f"refund_{state}", name)
            for state in ("bid_kt", "accepted_kt", "accepted_ecu_k", "rounds", "rejected_rounds", "spend_ecu_k",
                          "tax_ecu_k")
        }  # fmt: skip
        items = (
            divide(year["accepted_ecu_k"], year["accepted_kt"]),
            last_of_year(ledger, ledger.state("refund_maximum_ecu_t", name)),
            year["bid_kt"],
            year["accepted_kt"],
            100.0 * divide(year["accepted_kt"], year["bid_kt"]),
            year["rounds"],
            year["rejected_rounds"],
            year["spend_ecu_k"] / 1000,
            year["tax_ecu_k"] / 1000,
        )
        columns += [f"{name}:{item}" for item in UNITS]
        units += UNITS.values()
        values += items
    return [
        Table("refund_programme", tuple(ledger.crop_years), tuple(columns), tuple(units), np.stack(values, axis=1)),
    ]


def intervention(ledger: Ledger) -> list[Table]:
    """Account of each intervention agency by crop year; empty when the run has none.

    Returns
    -------
    list of Table
        One table ``intervention`` with columns ``<origin>:bought_kt``, ``sold_home_kt``, ``sold_abroad_kt``,
        ``closing_stock_kt``, and ``purchases_million_cad``, ``proceeds_million_cad``, ``loss_million_cad``: the loss on
        resale is what the grain sold had cost, on average, less what it brought.
    """
    if "intervention_stock_kt" not in ledger.states:
        return []
    flows = {"bought_kt": "bought_kt", "sold_home_kt": "home_kt", "sold_abroad_kt": "exported_kt"}
    money = {"purchases": "paid_cad_k", "proceeds": "proceeds_cad_k", "loss": "loss_cad_k"}
    columns: list[str] = []
    units: list[str] = []
    values: list[np.ndarray] = []
    for name in ledger.states["intervention_stock_kt"].labels:
        columns += [f"{name}:{item}" for item in flows] + [f"{name}:closing_stock_kt"]
        columns += [f"{name}:{item}_million_cad" for item in money]
        units += ["kt"] * 4 + ["million C$"] * 3
        values += [state_by_year(ledger, f"intervention_{state}", name) for state in flows.values()]
        values.append(last_of_year(ledger, ledger.state("intervention_stock_kt", name)))
        values += [state_by_year(ledger, f"intervention_{state}", name) / 1000 for state in money.values()]
    return [Table("intervention", tuple(ledger.crop_years), tuple(columns), tuple(units), np.stack(values, axis=1))]
