"""Who sells how much where: tonnage, market shares, concentration, and what a bonus does to trade and prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, total
from sim.measures.sales import combinations, labels, market_prices, select, tabulate
from sim.measures.table import Table


def sums(ledger: Ledger, amounts: tuple[str, ...], by: tuple[str, ...], unit: str, **conditions: object) -> list[Table]:
    """Crop-year sums, one column for each combination of labels that the schedule has rows for.

    Parameters
    ----------
    ledger : Ledger
    amounts : tuple of str
        Names in ``reading.AMOUNTS``; one table each, under that name.
    by : tuple of str
        Columns of the rows; the tables' columns are their labels joined with colons.
    unit : str
        Unit of the tables.
    **conditions
        See :func:`sim.measures.sales.select`.
    """
    index = select(ledger, **conditions)
    found = combinations(ledger, by, index)
    names = {column: labels(ledger, column, index) for column in by}
    cubes = tabulate(ledger, index, amounts, ("crop_year", *by), names)
    parts = [tuple(names[c].index(part) for c, part in zip(by, parts, strict=True)) for parts in found]
    columns = tuple(":".join(parts) for parts in found)
    tables = []
    for name in amounts:
        values = np.zeros((len(ledger.crop_years), len(columns), ledger.draws))
        for column, position in enumerate(parts):
            place: tuple[slice | int, ...] = (slice(None), *position)
            values[:, column] = cubes[name][place]
        tables.append(Table(name, tuple(ledger.crop_years), columns, (unit,) * len(columns), values))
    return tables


def tonnes(
    ledger: Ledger, by: tuple[str, ...] = ("market", "grade"), name: str = "tonnes", **conditions: object
) -> Table:
    """Tonnage by crop year, kt; see :func:`sums`."""
    return replace(sums(ledger, ("kt",), by, "kt", **conditions)[0], name=name)


def prices(
    ledger: Ledger, by: tuple[str, ...] = ("market", "grade"), name: str = "price", **conditions: object
) -> Table:
    """Tonnage-weighted f.o.b. price by crop year, C$/t; NaN where nothing was sold."""
    value, kt = sums(ledger, ("value_cad_k", "kt"), by, "C$/t", **conditions)
    return replace(value, name=name, values=divide(value.values, kt.values))


def landed_prices(ledger: Ledger, by: tuple[str, ...], name: str) -> Table:
    """Tonnage-weighted landed price (f.o.b. and freight) by crop year, C$/t; NaN where nothing was sold."""
    value, kt = sums(ledger, ("landed_cad_k", "kt"), by, "C$/t")
    return replace(value, name=name, values=divide(value.values, kt.values))


def subsidies(
    ledger: Ledger, by: tuple[str, ...] = ("market", "grade"), name: str = "subsidy", **conditions: object
) -> Table:
    """Bonuses and refunds paid by crop year, million C$; see :func:`sums`."""
    table = sums(ledger, ("subsidy_cad_k",), by, "million C$", **conditions)[0]
    return replace(table, name=name, values=table.values / 1000)


def market_shares(
    ledger: Ledger, by: str = "seller", grade: str | list[str] | None = None
) -> tuple[np.ndarray, list[str], list[str]]:
    """Shares in each market's tonnage.

    Parameters
    ----------
    ledger : Ledger
    by : {"seller", "origin", "role"}
        Whose shares.
    grade : str or list of str, optional
        Only these grades.

    Returns
    -------
    share : ndarray, shape (crop year, market, name, draw)
        0 to 1; NaN where the market bought nothing.
    markets, names : list of str
    """
    index = select(ledger, grade=grade)
    markets, names = labels(ledger, "market", index), labels(ledger, by, index)
    cube = tabulate(ledger, index, ("kt",), ("crop_year", "market", by), {"market": markets, by: names})["kt"]
    whole = total(np.moveaxis(cube, 2, 0))
    return divide(cube, whole[:, :, None]), markets, names


def concentration(ledger: Ledger, by: str = "seller", grade: str | list[str] | None = None) -> Table:
    """Herfindahl index of each market and crop year: the sum of squared shares, 1 = one seller; NaN without sales."""
    share, markets, _ = market_shares(ledger, by, grade)
    values = total(np.moveaxis(np.square(share), 2, 0))
    return Table("concentration", tuple(ledger.crop_years), tuple(markets), ("0 to 1",) * len(markets), values)


def exports_kt(ledger: Ledger, origin: str, grade: str | list[str] | None = None) -> np.ndarray:
    """Tonnage an origin sells to buyers who live elsewhere, kt (crop year, draw)."""
    return tabulate(ledger, select(ledger, origin=origin, grade=grade, home=False), ("kt",), ("crop_year",))["kt"]


def subsidy_cad_k(ledger: Ledger, origin: str) -> np.ndarray:
    """Bonuses and refunds paid on an origin's sales, thousand C$ (crop year, draw)."""
    return tabulate(ledger, select(ledger, origin=origin), ("subsidy_cad_k",), ("crop_year",))["subsidy_cad_k"]


def subsidy_per_additional_tonne(base: Ledger, other: Ledger, origin: str) -> Table:
    """Subsidy spent for each tonne of exports it adds, C$/t.

    Parameters
    ----------
    base, other : Ledger
        The run with the programme and the run without (or with less of it), on the same draws.
    origin : str
        Origin that is subsidised.

    Returns
    -------
    Table
        Rows crop years (compared one by one, so stocks shifted from year to year matter) and ``all`` (the whole run);
        columns ``subsidy_million_cad``, ``additional_exports_kt`` and ``subsidy_per_additional_tonne_cad_t``, the
        last NaN where exports do not differ.
    """
    parts = []
    for ledger in (base, other):
        values = np.stack([subsidy_cad_k(ledger, origin), exports_kt(ledger, origin)], axis=1)
        parts.append(Table("subsidy", tuple(ledger.crop_years), ("subsidy", "exports"), ("thousand C$", "kt"), values))
    change = parts[0].minus(parts[1])
    amounts = np.concatenate([change.values, total(change.values)[None]])
    spent, added = amounts[:, 0], amounts[:, 1]
    columns = ("subsidy_million_cad", "additional_exports_kt", "subsidy_per_additional_tonne_cad_t")
    values = np.stack([spent / 1000, added, divide(spent, added)], axis=1)
    units = ("million C$", "kt", "C$/t")
    return Table("subsidy_per_additional_tonne", (*change.rows, "all"), columns, units, values)


def average_bonus(ledger: Ledger, origin: str) -> np.ndarray:
    """Mean bonus on the origin's subsidised tonnes, C$/t (crop year, draw); zero when none was granted."""
    granted = tabulate(ledger, select(ledger, origin=origin), ("subsidy_cad_k", "subsidised_kt"), ("crop_year",))
    return divide(granted["subsidy_cad_k"], granted["subsidised_kt"], empty=0.0)


def bonus_pass_through(base: Ledger, other: Ledger, subsidised: str, grade: str, origin: str | None = None) -> Table:
    """Pass-through of a bonus into f.o.b. prices: change of a price per C$ of change in the average bonus.

    A value of -1 means the whole bonus is given away in that market's price, 0 that the price is untouched.

    Parameters
    ----------
    base, other : Ledger
        The run with the programme and the run without, on the same draws.
    subsidised : str
        Origin whose sales are subsidised.
    grade : str
        Grade whose prices are followed.
    origin : str, optional
        Follow only this origin's prices; all sellers' when absent.

    Returns
    -------
    Table
        Rows crop years and ``average``, columns markets; NaN where the bonus does not differ or nothing was sold.
    """
    shared = [set(labels(led, "market", select(led, origin=origin, grade=grade))) for led in (base, other)]
    markets = sorted(shared[0] & shared[1])
    tables, bonuses = [], []
    for ledger in (base, other):
        values, years, _ = market_prices(ledger, origin, grade, markets, by="crop_year")
        tables.append(Table("price", tuple(years), tuple(markets), ("C$/t",) * len(markets), values))
        paid = average_bonus(ledger, subsidised)[:, None]
        bonuses.append(Table("bonus", tuple(years), ("bonus",), ("C$/t",), paid))
    price, bonus = tables[0].minus(tables[1]), bonuses[0].minus(bonuses[1])
    values = divide(price.values, np.broadcast_to(bonus.values, price.values.shape))
    units = ("C$ per C$",) * len(markets)
    return Table("bonus_pass_through", price.rows, price.columns, units, values).with_average()
