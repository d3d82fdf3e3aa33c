"""The measures of a run in one long list, ready for a file, for merging over draws and for bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import ratio
from sim.ledger import Ledger
from sim.measures.bands import QUANTILES, bands
from sim.measures.bonus_programme import bonus_programme
from sim.measures.deliveries import deliveries
from sim.measures.pools import pool_accounts
from sim.measures.price_gaps import yearly_gaps
from sim.measures.refund_programme import intervention, refund_programme
from sim.measures.regime_effect import producer_account
from sim.measures.sales import (
    board_origins,
    crop_year_mean,
    grades_of,
    labels,
    market_prices,
    select,
    state_by_year,
    year_codes,
)
from sim.measures.table import Table
from sim.measures.trade import concentration, landed_prices, prices, subsidies, tonnes
from sim.measures.welfare import welfare

KEY = ["table", "row", "column", "unit"]


@dataclass(frozen=True)
class Measures:
    """A list of keys and their values in every draw.

    Attributes
    ----------
    keys : tuple of (table, row, column, unit)
        In order of presentation.
    values : ndarray, shape (key, draw)
    draw_numbers : tuple of int
        Number of each draw in the whole ensemble.
    """

    keys: tuple[tuple[str, str, str, str], ...]
    values: np.ndarray
    draw_numbers: tuple[int, ...]

    @classmethod
    def from_tables(cls, tables: Sequence[Table], first_draw: int = 0) -> Measures:
        """Lay tables out one after the other."""
        keys, blocks = [], []
        for table in tables:
            units = dict(zip(table.columns, table.units, strict=True))
            keys += [(table.name, row, column, units[column]) for row in table.rows for column in table.columns]
            blocks.append(table.values.reshape(len(table.rows) * len(table.columns), table.values.shape[-1]))
        values = np.concatenate(blocks) if blocks else np.zeros((0, 0))
        return cls(tuple(keys), values, tuple(range(first_draw, first_draw + values.shape[1])))

    @staticmethod
    def concat(parts: Sequence[Measures]) -> Measures:
        """Join measures of the same scenario along the draws, in ascending draw number."""
        if any(part.keys != parts[0].keys for part in parts):
            raise ValueError("measures with different keys cannot be joined; they come from different scenarios")
        numbers = [number for part in parts for number in part.draw_numbers]
        if len(set(numbers)) < len(numbers):
            raise ValueError("measures to be joined hold the same draw twice")
        order = np.argsort(numbers, kind="stable")
        values = np.concatenate([part.values for part in parts], axis=1)
        if np.any(np.diff(order) != 1):  # a copy is made only where the parts came out of order
            values = values[:, order]
        return Measures(parts[0].keys, values, tuple(numbers[i] for i in order))

    def get(self, table: str, row: str, column: str) -> np.ndarray:
        """Values (draw,) of one key."""
        for position, key in enumerate(self.keys):
            if key[:3] == (table, row, column):
                return self.values[position]
        raise KeyError(f"no measure {table} / {row} / {column}")

    def bands(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """One line per key: table, row, column, unit, mean, p05 ..., missing (draws without a value)."""
        return pd.DataFrame(list(self.keys), columns=KEY).assign(**bands(self.values, quantiles))

    def to_frame(self) -> pd.DataFrame:
        """One line per key and one column per draw number."""
        index = pd.MultiIndex.from_tuples(list(self.keys), names=KEY)
        return pd.DataFrame(self.values, index=index, columns=pd.Index(self.draw_numbers, name="draw"))


def _yearly_state(ledger: Ledger, state: str, name: str) -> list[Table]:
    """Crop-year means of a period state, one column per label."""
    series = ledger.states.get(state)
    if series is None or not series.labels:
        return []
    units = (series.unit,) * len(series.labels)
    return [Table(name, tuple(ledger.crop_years), series.labels, units, crop_year_mean(ledger, series.values))]


def _closing_stock(ledger: Ledger) -> list[Table]:
    """Stock at the end of each crop year, by origin."""
    series = ledger.states.get("closing_kt")
    if series is None:
        return []
    codes = year_codes(ledger)
    last = [int(np.flatnonzero(codes == year)[-1]) for year in range(len(ledger.crop_years))]
    units = ("kt",) * len(series.labels)
    return [Table("closing_stock", tuple(ledger.crop_years), series.labels, units, series.values[last])]


def _programmes(ledger: Ledger) -> list[Table]:
    """Tonnage, spending and average rate of each export programme."""
    series = ledger.states.get("programme_spend_cad_k")
    if series is None or not series.labels:
        return []
    names = series.labels
    years = tuple(ledger.crop_years)
    spend = np.stack([state_by_year(ledger, "programme_spend_cad_k", name) for name in names], axis=1)
    kt = np.stack([state_by_year(ledger, "programme_kt", name) for name in names], axis=1)
    return [
        Table("programme_spend", years, names, ("million C$",) * len(names), spend / 1000),
        Table("programme_tonnes", years, names, ("kt",) * len(names), kt),
        Table("programme_rate", years, names, ("C$/t",) * len(names), ratio(spend, kt)),
    ]


def origins_reported(ledger: Ledger) -> list[str]:
    """Origins with a board, whose prices by market and price gaps are reported; all of them when none has one."""
    return sorted(set(board_origins(ledger).values())) or labels(ledger, "origin")


def summary(ledger: Ledger, origins: Sequence[str] | None = None, extra: Sequence[Table] = ()) -> Measures:
    """Everything reported about a run, by crop year.

    Parameters
    ----------
    ledger : Ledger
    origins : sequence of str, optional
        Origins whose prices by market and price gaps are reported; as in :func:`origins_reported` when absent.
    extra : sequence of Table, optional
        Tables to append, such as those of ``study_tables``.

    Returns
    -------
    Measures
        Rows are crop years. Columns join labels with colons: ``market:grade``, ``origin:market:grade``, ``board:pool``,
        ``origin:grade:market-market``.
    """
    origins = origins_reported(ledger) if origins is None else list(origins)
    years = tuple(ledger.crop_years)
    tables = [
        prices(ledger, ("market", "grade"), "market_price"),
        landed_prices(ledger, ("market", "grade"), "landed_price"),
        landed_prices(ledger, ("buyer", "grade"), "buyer_price"),
        tonnes(ledger, ("market", "grade"), "market_tonnes"),
        prices(ledger, ("origin", "market", "grade"), "origin_price", origin=origins),
        tonnes(ledger, ("origin", "market", "grade"), "origin_tonnes"),
        tonnes(ledger, ("seller",), "seller_tonnes"),
        subsidies(ledger, ("market", "grade"), "market_subsidy"),
        *_programmes(ledger),
        *bonus_programme(ledger),
        *refund_programme(ledger),
        *intervention(ledger),
    ]
    tables += pool_accounts(ledger).values()
    tables += [table for table in (deliveries(ledger),) if table is not None]
    for origin in origins:
        for grade in grades_of(ledger, "feed"):
            gaps = yearly_gaps(
                ledger, origin, grade, labels(ledger, "market", select(ledger, origin=origin, grade=grade))
            )
            named = tuple(f"{origin}:{grade}:{pair}" for pair in gaps.columns)
            tables.append(Table("price_gap", gaps.rows, named, gaps.units, gaps.values))
    for origin in labels(ledger, "origin"):
        account = producer_account(ledger, origin)
        table = account.table()
        columns = (*(f"{origin}:{column}" for column in table.columns), f"{origin}:home_feed_price_cad_t")
        values = np.concatenate([table.values, account.home_feed_price_cad_t[:, None]], axis=1)
        tables.append(Table("producers", years, columns, (*table.units, "C$/t"), values))
    tables += _yearly_state(ledger, "cash_price_cad_t", "cash_price")
    tables += _yearly_state(ledger, "initial_payment_cad_t", "initial_payment")
    tables += _yearly_state(ledger, "pool_return_outlook_cad_t", "pool_return_outlook")
    tables += _yearly_state(ledger, "pool_value_cad_t", "pool_value")
    tables += _yearly_state(ledger, "reference_price_cad_t", "reference_price")
    tables += _closing_stock(ledger)
    tables += welfare(ledger).tables()
    for pool in labels(ledger, "pool"):
        table = concentration(ledger, "seller", grades_of(ledger, pool))
        columns = tuple(f"{market}:{pool}" for market in table.columns)
        tables.append(Table("concentration", years, columns, table.units, table.values))
    return Measures.from_tables([*tables, *extra], ledger.first_draw)


def monthly_summary(ledger: Ledger, origins: Sequence[str] | None = None) -> Measures:
    """Prices by period: of each grade by origin and market, in the cash markets and at the reference points.

    Rows are the periods' months (with the period's number where a month has several).
    """
    origins = origins_reported(ledger) if origins is None else list(origins)
    months = ledger.periods["month"]
    rows = tuple(months if months.is_unique else months + "#" + ledger.periods["period"].astype(str))
    tables = []
    for origin in origins:
        for grade in labels(ledger, "grade"):
            values, _, markets = market_prices(ledger, origin, grade)
            columns = tuple(f"{origin}:{market}:{grade}" for market in markets)
            tables.append(Table("monthly_price", rows, columns, ("C$/t",) * len(columns), values))
    for state, name in (
        ("cash_price_cad_t", "monthly_cash_price"),
        ("reference_price_cad_t", "monthly_reference_price"),
    ):
        if series := ledger.states.get(state):
            units = (series.unit,) * len(series.labels)
            tables.append(Table(name, rows, series.labels, units, series.values))
    return Measures.from_tables(tables, ledger.first_draw)
