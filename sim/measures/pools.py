"""Pool accounts per crop year."""

from __future__ import annotations

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide
from sim.measures.table import Table
from sim.pool import counted_kt

PER_TONNE = {
    "receipts_cad_t": "pool_receipts_cad_k",
    "costs_cad_t": "pool_costs_cad_k",
    "initial_cad_t": "pool_initial_cad_k",
    "final_cad_t": "pool_final_cad_k",
    "deficit_cad_t": "pool_deficit_cad_k",
}
POOL_TABLES = tuple(f"pool_{item}" for item in ("tonnes_kt", *PER_TONNE, "return_cad_t", "deficit_million_cad"))
"""Names of the tables :func:`pool_accounts` makes, in order."""


def pool_accounts(ledger: Ledger) -> dict[str, Table]:
    """Pool accounts, one table per item; rows crop years, columns ``board:pool``.

    Returns
    -------
    dict of str to Table
        ``tonnes_kt``; ``receipts_cad_t``, ``costs_cad_t``, ``initial_cad_t``, ``final_cad_t``, ``deficit_cad_t`` per
        tonne pooled (NaN for a pool that sold less than a tonne); ``return_cad_t``, the initial and final payment
        together; and ``deficit_million_cad``. Empty when the run has no boards.
    """
    if "pool_kt" not in ledger.states:
        return {}
    names = ledger.states["pool_kt"].labels
    kt = ledger.states["pool_kt"].values
    sold = counted_kt(kt)

    def table(item: str, values: np.ndarray, unit: str) -> Table:
        return Table(f"pool_{item}", tuple(ledger.crop_years), names, (unit,) * len(names), values)

    tables = {"tonnes_kt": table("tonnes_kt", kt, "kt")}
    for item, state in PER_TONNE.items():
        tables[item] = table(item, divide(ledger.states[state].values, sold), "C$/t")
    paid = ledger.states["pool_initial_cad_k"].values + ledger.states["pool_final_cad_k"].values
    tables["return_cad_t"] = table("return_cad_t", divide(paid, sold), "C$/t")
    deficit = ledger.states["pool_deficit_cad_k"].values / 1000
    tables["deficit_million_cad"] = table("deficit_million_cad", deficit, "million C$")
    return tables
