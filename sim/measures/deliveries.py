"""What a pool got of what it called and shipped of what it agreed, per crop year."""

from __future__ import annotations

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, total
from sim.measures.sales import board_origins, crop_year_mean, labels, select, state_by_year, tabulate, year_codes
from sim.measures.table import Table

FLOWS = {  # column: state, divisor, unit
    "called_kt": ("called_kt", 1.0, "kt"),
    "delivered_kt": ("delivered_kt", 1.0, "kt"),
    "delivery_failure_kt": ("delivery_failure_kt", 1.0, "kt"),
    "agreed_kt": ("agreed_kt", 1.0, "kt"),
    "missed_kt": ("missed_kt", 1.0, "kt"),
    "compensation_million_cad": ("compensation_cad_k", 1000.0, "million C$"),
    "cash_bought_kt": ("cash_bought_kt", 1.0, "kt"),
    "cash_sold_kt": ("cash_sold_kt", 1.0, "kt"),
}


def deliveries(ledger: Ledger) -> Table | None:
    """Deliveries, agreed sales, misallocation and cash trading of each board; None when the run has no boards.

    Returns
    -------
    Table
        Rows crop years, columns ``board:item``. Beside the sums over the year named in ``FLOWS``:
        ``delivery_failure_share`` and ``missed_share`` (of what was called and agreed, NaN where nothing was),
        ``cash_less_pool_mean_cad_t`` and ``cash_less_pool_max_cad_t`` (over the periods), ``misallocation_million_cad``
        and ``cash_profit_million_cad``.
    """
    if "called_kt" not in ledger.states or not ledger.states["called_kt"].labels:
        return None
    columns, units, values = [], [], []

    def add(board: str, item: str, unit: str, numbers: np.ndarray) -> None:
        columns.append(f"{board}:{item}")
        units.append(unit)
        values.append(numbers)

    origins = board_origins(ledger)
    for board in ledger.states["called_kt"].labels:
        flows = {item: state_by_year(ledger, state, board) / per for item, (state, per, _) in FLOWS.items()}
        for item, numbers in flows.items():
            add(board, item, FLOWS[item][2], numbers)
        add(board, "delivery_failure_share", "share", divide(flows["delivery_failure_kt"], flows["called_kt"]))
        add(board, "missed_share", "share", divide(flows["missed_kt"], flows["agreed_kt"]))
        if board in origins:
            gap = ledger.state("cash_price_cad_t", origins[board]) - ledger.state("pool_value_cad_t", board)
            add(board, "cash_less_pool_mean_cad_t", "C$/t", crop_year_mean(ledger, gap[:, None])[:, 0])
            add(board, "cash_less_pool_max_cad_t", "C$/t", _yearly_max(ledger, gap))
        add(board, "misallocation_million_cad", "million C$", misallocation_cad_k(ledger, board) / 1000.0)
        receipts, cost = (state_by_year(ledger, s, board) for s in ("cash_receipts_cad_k", "cash_sold_cost_cad_k"))
        add(board, "cash_profit_million_cad", "million C$", (receipts - cost) / 1000.0)
    return Table("deliveries", tuple(ledger.crop_years), tuple(columns), tuple(units), np.stack(values, axis=1))


def misallocation_cad_k(ledger: Ledger, board: str) -> np.ndarray:
    """What a board lost by selling more when prices were low, thousand C$ (crop year, draw).

    ``sum_m sum_t q_mt (mean_t P_mt - P_mt)`` over markets and grades ``m`` and periods ``t`` of a crop year; ``P`` is
    its own f.o.b. price and the mean is the plain one of the periods in which it sold there. Zero when tonnes are even
    over those periods, whatever prices do; positive when it sold more in the cheap ones.
    """
    own = select(ledger, seller=board)
    names = {column: labels(ledger, column, own) for column in ("market", "grade")}
    sold = tabulate(ledger, own, ("kt", "value_cad_k"), ("period", "market", "grade"), names)
    kt, value, codes = sold["kt"], sold["value_cad_k"], year_codes(ledger)
    price = divide(value, kt, empty=0.0)
    years = []
    for year in range(len(ledger.crop_years)):
        q, p = kt[codes == year], price[codes == year]
        mean = divide(total(p), total((q > 0).astype(float)), empty=0.0)
        lost = total(q * (mean - p))
        years.append(total(lost.reshape(-1, lost.shape[-1])))
    return np.array(years)


def _yearly_max(ledger: Ledger, values: np.ndarray) -> np.ndarray:
    codes = year_codes(ledger)
    return np.array([values[codes == year].max(axis=0) for year in range(len(ledger.crop_years))])
