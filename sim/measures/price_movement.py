"""Table 3: how far a home reference price moves apart from points across the border, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import mean, total
from sim.measures.sales import select, tabulate, year_codes
from sim.measures.table import Table


def base_periods(ledger: Ledger, month: int = 9) -> list[int | None]:
    """Position of the first period of a calendar month in each crop year; None when the year does not have it."""
    codes, ending = year_codes(ledger), f"-{month:02d}"
    in_month = ledger.periods["month"].str.endswith(ending).to_numpy()
    found = [np.flatnonzero((codes == year) & in_month) for year in range(len(ledger.crop_years))]
    return [int(positions[0]) if len(positions) else None for positions in found]


def price_movement(
    ledger: Ledger,
    home: str,
    points: Sequence[str],
    origin: str,
    grade: str,
    elasticity: float,
    base_month: int = 9,
    crop_years: Sequence[str] | None = None,
) -> Table:
    """Movement of a home price relative to outside points since the start of the season, and the welfare loss.

    With ``L`` the home price and ``U`` the outside price, ``d_w = (L_w - L_0) - (U_w - U_0)`` for the periods from the
    base on, where 0 is the first period of the base month. The movement is the mean of ``d_w``. The loss is the
    triangle under a home demand of the given elasticity: sum over periods of ``1/2 x elasticity x Q_w / P_w x d_w^2``.

    Parameters
    ----------
    ledger : Ledger
    home : str
        Reference price ``L``, a label of the state ``reference_price_cad_t``; also ``P_w``.
    points : sequence of str
        Reference prices ``U``.
    origin, grade : str
        ``Q_w`` is what buyers living in ``origin`` buy of ``grade`` in a period, kt.
    elasticity : float
        Home demand elasticity, as a positive number.
    base_month : int
        Calendar month of the base.
    crop_years : sequence of str, optional
        Rows wanted; all when absent.

    Returns
    -------
    Table
        Rows crop years and ``average``; columns ``loss_<point>_million_cad`` and ``movement_<point>_cad_t``, where
        ``<point>`` is the reference price without its last word. NaN in a crop year without the base month.
    """
    bases = base_periods(ledger, base_month)
    quantity = tabulate(ledger, select(ledger, country=origin, grade=grade), ("kt",), ("period",))["kt"]
    price = ledger.state("reference_price_cad_t", home)
    weight = np.zeros_like(price)
    np.divide(0.5 * elasticity * quantity, price, out=weight, where=price > 0)
    codes = year_codes(ledger)
    names = [point.rsplit("_", 1)[0] for point in points]
    values = np.full((len(bases), 2 * len(names), ledger.draws), np.nan)
    for column, point in enumerate(points):
        gap = price - ledger.state("reference_price_cad_t", point)
        for year, start in enumerate(bases):
            if start is None:
                continue
            season = np.flatnonzero(codes == year)
            season = season[season >= start]
            moved = gap[season] - gap[start]
            values[year, column] = total(weight[season] * np.square(moved)) / 1000
            values[year, len(names) + column] = mean(moved)
    columns = [f"loss_{name}_million_cad" for name in names] + [f"movement_{name}_cad_t" for name in names]
    units = ("million C$",) * len(names) + ("C$/t",) * len(names)
    table = Table("table3", tuple(ledger.crop_years), tuple(columns), units, values)
    if crop_years is not None:
        table = table.only([year for year in crop_years if year in table.rows])
    return table.with_average()
