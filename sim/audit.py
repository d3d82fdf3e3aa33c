"""Accounting identities of a whole ledger, checked when a run ends: what its states say agrees with its sale rows.

``BarleyMarket.check_and_record`` checks the agents' accounts period by period; this reads the ledger alone, as every
measure does, so that an entry lost or written twice on the way to it cannot pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agents.arrays import Array
from sim.checks import TOLERANCE, IdentityError
from sim.ledger import Ledger
from sim.measures.arrays import total
from sim.measures.reading import Reading
from sim.measures.sales import labels, select, tabulate

STOCKS = "opening stock + harvest + imports = own use + home use + exports + closing stock"
CARRIED = "opening stock = closing stock of the period before"
EXPORTS = "exports of an origin = its sale rows to buyers elsewhere"
HOME_USE = "home use of an origin = sale rows to its buyers, from all origins"
WORLD = "exports of all origins = imports of all origins + sales to countries without growers"
SUBSIDIES = "subsidies that treasuries paid = subsidies in the sale rows"
POOL = "pool receipts = initial + final payments - deficit + costs"
EITHER = "a pool pays a final payment or has a deficit, not both"
DELIVERED = "what growers delivered to pools = what boards received under contract"
STORE = "opening intervention stock + bought = sold at home + sold to exporters + closing stock"
TONNES = "tonnes, stocks and payments of pools are at least zero"
IDENTITIES = (STOCKS, CARRIED, EXPORTS, HOME_USE, WORLD, SUBSIDIES, POOL, EITHER, DELIVERED, STORE, TONNES)
"""What :func:`audit` checks."""
NOT_NEGATIVE = (
    "closing_kt", "harvest_kt", "own_use_kt", "farm_stock_kt", "farm_pooled_kt", "farm_to_merchants_kt",
    "intervention_stock_kt", "pool_kt", "pool_initial_cad_k", "pool_final_cad_k", "pool_deficit_cad_k",
)  # fmt: skip


def audit(ledger: Ledger) -> None:
    """Check every identity of a finished run's ledger.

    Raises
    ------
    IdentityError
        Naming the first identity that does not hold, where and by how much.
    """
    reading = Reading.of(ledger)
    _tonnes(ledger)
    _origins(reading)
    _subsidies(reading)
    _pools(ledger)
    _stores(ledger)


def _agree(name: str, left: Array, right: Array, axes: Sequence[Sequence[str]]) -> None:
    """Both sides agree, to ``TOLERANCE`` of their size; arrays whose first axes have these labels, and draws last."""
    gap = left - right
    wrong = ~(np.abs(gap) <= TOLERANCE * np.maximum(np.abs(left), 1.0))
    if wrong.any():
        place = tuple(int(axis[0]) for axis in np.nonzero(wrong))
        where = ", ".join(str(names[at]) for names, at in zip(axes, place, strict=False))
        raise IdentityError(
            f"identity broken: {name} ({where}, draw {place[-1]} of the chunk): off by {gap[place]:.6g}"
        )


def _values(ledger: Ledger, name: str) -> Array:
    return ledger.states[name].values


def _tonnes(ledger: Ledger) -> None:
    """Nothing that cannot be negative is."""
    sold = ledger.sales["kt"]
    if not sold.min(initial=0.0) >= 0.0:
        row, draw = (int(axis[0]) for axis in np.nonzero(~(sold >= 0.0)))
        where = f"sale row {row}, draw {draw} of the chunk"
        raise IdentityError(f"identity broken: {TONNES} ({where}): {sold[row, draw]:.6g} kt")
    for name in NOT_NEGATIVE:
        if (series := ledger.states.get(name)) is not None:
            times = ledger.crop_years if series.time == "crop_year" else list(ledger.periods["month"])
            low = np.minimum(series.values, 0.0)
            _agree(f"{TONNES}: {name}", low, np.zeros_like(low), [times, series.labels])


def _sums(
    ledger: Reading, amount: str, by: Sequence[str], names: Sequence[Sequence[str]], **conditions: object
) -> Array:
    """Sum of an amount of the sale rows by period and columns (period, ..., draw)."""
    rows = select(ledger, **conditions)
    return tabulate(ledger, rows, (amount,), ("period", *by), dict(zip(by, names, strict=True)))[amount]


def _origins(ledger: Reading) -> None:
    """Tonnes of every origin, and of the world."""
    origins = ledger.states["closing_kt"].labels
    axes = [list(ledger.periods["month"]), origins]
    flow = {name: _values(ledger, f"{name}_kt") for name in
            ("opening", "harvest", "imports", "own_use", "home_use", "exports", "closing")}  # fmt: skip
    left = flow["opening"] + flow["harvest"] + flow["imports"]
    _agree(STOCKS, left, flow["own_use"] + flow["home_use"] + flow["exports"] + flow["closing"], axes)
    _agree(CARRIED, flow["opening"][1:], flow["closing"][:-1], [axes[0][1:], origins])
    _agree(EXPORTS, flow["exports"], _sums(ledger, "kt", ("origin",), (origins,), home=False), axes)
    _agree(HOME_USE, flow["home_use"], _sums(ledger, "kt", ("country",), (origins,)), axes)
    elsewhere = [country for country in labels(ledger, "country") if country not in origins]
    bought = _sums(ledger, "kt", ("country",), (elsewhere,))
    _agree(WORLD, _over_labels(flow["exports"]), _over_labels(flow["imports"]) + _over_labels(bought), axes[:1])


def _subsidies(ledger: Reading) -> None:
    paid = _over_labels(_values(ledger, "programme_spend_cad_k"))
    _agree(SUBSIDIES, paid, _sums(ledger, "subsidy_cad_k", (), ()), [list(ledger.periods["month"])])


def _over_labels(values: Array) -> Array:
    """Sum over the labels of a state (time, label, draw)."""
    return total(np.moveaxis(values, 1, 0))


def _pools(ledger: Ledger) -> None:
    """Money of closed pools, and deliveries to pools."""
    labels = ledger.states["pool_kt"].labels
    if not labels:
        return
    item = {name: _values(ledger, f"pool_{name}_cad_k") for name in
            ("receipts", "costs", "initial", "final", "deficit")}  # fmt: skip
    axes = [ledger.crop_years, labels]
    spent = item["initial"] + item["final"] - item["deficit"] + item["costs"]
    _agree(POOL, item["receipts"], spent, axes)
    either = np.minimum(item["final"], item["deficit"])
    _agree(EITHER, either, np.zeros_like(either), axes)
    pooled, received = (_over_labels(_values(ledger, name)) for name in ("farm_pooled_kt", "delivered_kt"))
    _agree(DELIVERED, received, pooled, [list(ledger.periods["month"])])


def _stores(ledger: Ledger) -> None:
    if "intervention_stock_kt" not in ledger.states:
        return
    flow = {name: _values(ledger, f"intervention_{name}_kt") for name in ("stock", "bought", "home", "exported")}
    left = flow["stock"][:-1] + flow["bought"][1:]
    axes = [list(ledger.periods["month"])[1:], ledger.states["intervention_stock_kt"].labels]
    _agree(STORE, left, flow["stock"][1:] + flow["home"][1:] + flow["exported"][1:], axes)
