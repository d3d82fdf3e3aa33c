"""Two scenarios on common random numbers: what the other one changes, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.calendar import Timeline
from sim.experiments.gains import welfare_by_country, who_gains
from sim.measures import Measures, Table
from sim.measures.arrays import mean
from sim.measures.incidence import gains_tables
from sim.measures.picking import keep_columns, pick
from sim.measures.table import AVERAGE
from sim.scenario import Scenario
from sim.shipped import home_origin

FEED_PRICE, REVENUE = "feed_price_cad_t", "producer_revenue_million_cad"
PRICES = ("origin_price", "cash_price", "price_gap", "programme_rate")
MARKET_TABLES = (
    "origin_price",
    "origin_tonnes",
    "cash_price",
    "price_gap",
    "programme_rate",
    "programme_spend",
    "pool_deficit_million_cad",
)
COMPARED = ("producers", *MARKET_TABLES)
"""Tables of a run's summary that :func:`compare` reads."""
EXTRA = gains_tables
"""Makes the tables that welfare by country is read from; ``run_ensemble`` takes it as ``extra``."""


@dataclass(frozen=True)
class Comparison:
    """Other minus base.

    Attributes
    ----------
    base, other : str
        Names of the two scenarios.
    draws : int
    effects : Table
        Table 2's layout: rows crop years and ``average``; price columns, then producer revenue; (row, column, draw).
    markets : Table
        Means over crop years: rows measures of the markets (``origin_price``, ``price_gap``, ``programme_spend`` ...);
        columns ``base``, ``other``, ``difference``. Shape (row, 3, draw).
    market_units : dict of str to str
        Unit of each row of ``markets``.
    gains : Table or None
        Change of every side's surplus by country (see ``sim.experiments.gains.who_gains``); None where the runs did not
        keep what it is made from (``EXTRA``).
    """

    base: str
    other: str
    draws: int
    effects: Table
    markets: Table
    market_units: dict[str, str]
    gains: Table | None = None

    def welfare_bands(self) -> pd.DataFrame:
        """Bands of ``gains`` (see ``sim.experiments.gains.welfare_by_country``); no lines without it."""
        return pd.DataFrame() if self.gains is None else welfare_by_country(self.gains)

    def market_bands(self) -> pd.DataFrame:
        """Mean and quantiles of ``markets``, one line per cell, each with the unit of its row."""
        frame = self.markets.bands()
        return frame.assign(unit=frame["row"].map(self.market_units))

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as ``compare --json`` prints it; a value that does not exist is null."""
        lines = self.effects.bands()
        cells = [
            {
                "crop_year": line.row,
                "column": line.column,
                "mean": _json(line.mean),
                "low": _json(line.p05),
                "high": _json(line.p95),
            }
            for line in lines.itertuples()
        ]
        average = [
            {k: v for k, v in cell.items() if k != "crop_year"} for cell in cells if cell["crop_year"] == AVERAGE
        ]
        rows = [cell for cell in cells if cell["crop_year"] != AVERAGE]
        return {"base": self.base, "other": self.other, "draws": self.draws, "rows": rows, "average": average}


class Incomparable(ValueError):
    """Scenarios with nothing to compare; the message says why."""


def check_comparable(base: Scenario, other: Scenario, names: tuple[str, str]) -> None:
    """Raise ``Incomparable`` for scenarios without a crop year in common, or without the base's first origin."""
    years = [set(Timeline.build(s.calendar.start, s.calendar.crop_years, 12).crop_years) for s in (base, other)]
    if not years[0] & years[1]:
        raise Incomparable(f"{names[0]} and {names[1]} have no crop year in common; set calendar.start or crop_years")
    origin = home_origin(vars(base))
    if origin not in other.origins:
        raise Incomparable(f"{names[1]} has no origin `{origin}`, whose producers {names[0]} reports first")


def compare(base: Measures, other: Measures, origin: str, names: tuple[str, str]) -> Comparison:
    """Compare two runs made with the same seed and draws.

    Parameters
    ----------
    base, other : Measures
        What ``sim.measures.summary`` gives for the two runs.
    origin : str
        Origin whose producers and prices are compared.
    names : (str, str)
        Names of base and other.
    """
    if base.draw_numbers != other.draw_numbers:
        raise ValueError("runs with different draws cannot be compared")
    effects = effects_on_producers(base, other, origin).with_average()
    markets, units = _markets(base, other, origin)
    known = all(any(key[0] == "gains" for key in each.keys) for each in (base, other))
    gains = who_gains(other, base) if known else None
    return Comparison(names[0], names[1], len(base.draw_numbers), effects, markets, units, gains)


def effects_on_producers(base: Measures, other: Measures, origin: str) -> Table:
    """Table 2's columns, other minus base, draw by draw: rows the crop years the two runs share, without an average."""
    return _producers(other, origin).minus(_producers(base, origin), "table2")


def with_published(effects: Table, published: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Bands of ``Comparison.effects`` with a column of published figures, missing where there is none.

    The published average covers the published crop years; when the run has others too, their average gets a row of its
    own, so that like stands beside like.
    """
    years = [year for year in dict.fromkeys(row for row, _ in published) if year != AVERAGE]
    run_years = [row for row in effects.rows if row != AVERAGE]
    like = AVERAGE
    if years and set(years) < set(run_years):
        like = f"{AVERAGE} {years[0]}-{years[-1]}"
        extra = effects.only(years).with_average(like).only([like])
        rows, values = (*effects.rows, like), np.concatenate([effects.values, extra.values])
        effects = Table(effects.name, rows, effects.columns, effects.units, values)
    comparable = set(years) <= set(run_years)
    frame = effects.bands()
    figures = []
    for line in frame.itertuples():
        row = AVERAGE if line.row == like and comparable else line.row
        known = line.row != AVERAGE or (like == AVERAGE and comparable)
        figures.append(published.get((row, line.column), np.nan) if known else np.nan)
    return frame.assign(published=figures)


def _producers(measures: Measures, origin: str) -> Table:
    """Return the columns of Table 2 in levels, from a run's measures."""
    table = pick(measures, "producers", f"{origin}:")
    columns = [c for c in table.columns if c == REVENUE or (c.endswith("_price_cad_t") and not c.startswith("home_"))]
    return keep_columns(table, columns)


def _markets(base: Measures, other: Measures, origin: str) -> tuple[Table, dict[str, str]]:
    """Means over the crop years of market measures, in base and other, and the mean of their yearly differences.

    A price counts in the difference in years in which both runs have it; an amount that a run does not have is zero.
    """
    rows, units, values = [], {}, []
    for name in MARKET_TABLES:
        prefix = f"{origin}:" if name.startswith("origin_") or name == "price_gap" else ""
        sides = [pick(measures, name, prefix) for measures in (base, other)]
        shared = [row for row in sides[0].rows if row in sides[1].rows]
        for column in dict.fromkeys((*sides[0].columns, *sides[1].columns)) if shared else ():
            absent = np.nan if name in PRICES else 0.0
            pair = [_years(side, shared, column, absent) for side in sides]
            if any(np.isfinite(side).any() and np.any(side != 0) for side in pair):
                label = f"{name} {column}"
                rows.append(label)
                values.append(np.stack([mean(side) for side in (*pair, pair[1] - pair[0])]))
                units[label] = next(s.units[s.columns.index(column)] for s in sides if column in s.columns)
    block = np.stack(values) if values else np.zeros((0, 3, len(base.draw_numbers)))
    return Table("markets", tuple(rows), ("base", "other", "difference"), ("see row",) * 3, block), units


def _years(table: Table, rows: list[str], column: str, absent: float) -> np.ndarray:
    """Values (crop year, draw) of a column, or ``absent`` when the run does not have it."""
    if column not in table.columns:
        return np.full((len(rows), table.values.shape[-1]), absent)
    return table.only(rows).column(column)


def _json(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
