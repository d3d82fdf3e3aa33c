"""What one run changes for every side of every country, against another on the same luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sim.measures import AVERAGE, PARTS, Measures, Table
from sim.measures.arrays import total
from sim.measures.picking import pick
from sim.measures.welfare import UNIT

OTHERS = "others"
MOST_COUNTRIES = 6
SMALL = 0.03
"""Countries of which no side gains or loses this part of the largest side's change are taken together."""


def who_gains(with_it: Measures, without_it: Measures) -> Table:
    """What a programme changes for each side of each country, million C$ (with it less without).

    A change of stock counts at one price in both runs, the mean of the producers' prices of feed in the two, so that
    grain in store is not worth more only because it is dearer: dW = d(by_country) - s dp, with ``s`` the mean of the
    two changes of stock and ``dp`` the difference of their prices. What is taken off is ``world:holding_gains``.

    Returns
    -------
    Table
        Columns ``<country>:<part>`` and ``<country>:total``, the same of ``world``, ``world:deadweight_loss`` (minus
        the world's total) and ``world:holding_gains``. Taxpayers' cost is below zero.
    """
    change = pick(with_it, "gains").minus(pick(without_it, "gains"), absent=0.0)
    stocks = [pick(each, "stocks").only(change.rows) for each in (with_it, without_it)]
    values = {name: change.column(name) for name in change.columns}
    holding = np.zeros_like(change.values[:, 0])
    for name in stocks[0].columns:
        origin, _, what = name.partition(":")
        if what != "change_kt" or name not in stocks[1].columns:
            continue
        held = 0.5 * (stocks[0].column(name) + stocks[1].column(name))
        dearer = stocks[0].column(f"{origin}:price_cad_t") - stocks[1].column(f"{origin}:price_cad_t")
        gain = held * dearer / 1000
        values[f"{origin}:producers"] = values[f"{origin}:producers"] - gain
        holding = holding + gain
    columns: dict[str, np.ndarray] = {}
    for country in dict.fromkeys(name.partition(":")[0] for name in change.columns):
        own = {f"{country}:{part}": values[f"{country}:{part}"] for part in PARTS}
        columns |= {**own, f"{country}:total": total(np.stack(list(own.values())))}
    for part in (*PARTS, "total"):
        each = [column for name, column in columns.items() if name.endswith(f":{part}")]
        columns[f"world:{part}"] = total(np.stack(each))
    columns["world:deadweight_loss"] = 0.0 - columns["world:total"]
    columns["world:holding_gains"] = holding
    stacked = np.stack(list(columns.values()), axis=1)
    return Table("gains", change.rows, tuple(columns), (UNIT,) * len(columns), stacked).with_average()


def welfare_by_country(gains: Table) -> pd.DataFrame:
    """Bands of :func:`who_gains` with the small countries also taken together, draw by draw.

    A country stands alone where some side's mean change, over crop years and draws, is at least ``SMALL`` of the
    largest one, among the ``MOST_COUNTRIES`` with the largest; a single small country is no group.

    Returns
    -------
    pandas.DataFrame
        As ``Table.bands``, table ``welfare``, and ``group``: the country's own name, ``world``, or ``others``, which
        has columns ``others:<part>`` of its own: the sum of the countries so marked.
    """
    countries = [c for c in dict.fromkeys(name.partition(":")[0] for name in gains.columns) if c != "world"]
    at = gains.only([AVERAGE])
    size = {c: max(abs(float(at.column(f"{c}:{part}").mean())) for part in PARTS) for c in countries}
    largest = max(size.values(), default=0.0)
    ranked = sorted(countries, key=lambda c: -size[c])
    small = {c for place, c in enumerate(ranked) if place >= MOST_COUNTRIES or size[c] < SMALL * largest}
    if len(small) > 1:
        sides = (*PARTS, "total")
        sums = [total(np.stack([gains.column(f"{c}:{part}") for c in ranked if c in small])) for part in sides]
        columns = (*gains.columns, *(f"{OTHERS}:{part}" for part in sides))
        values = np.concatenate([gains.values, np.stack(sums, axis=1)], axis=1)
        gains = replace(gains, columns=columns, units=(UNIT,) * len(columns), values=values)
    else:
        small = set()
    frame = replace(gains, name="welfare").bands()
    own = frame["column"].str.partition(":")[0]
    return frame.assign(group=own.where(~own.isin(small), OTHERS))
