"""Accounts of a market by crop year, each read once, when the year has closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.incidence import READ
from sim.ledger import Ledger
from sim.measures import Measures, Table, summary
from sim.measures.incidence import gains_tables
from sim.measures.picking import pick
from sim.measures.reading import Reading
from sim.measures.welfare import buyers_surplus

SHOWN = ("origin_price", "origin_tonnes", "price_gap", "programme_rate", "cash_price", "pool_return_cad_t",
         "pool_deficit_million_cad")  # fmt: skip
"""Tables of a run's summary that are shown as crop years pass, beside those an incidence is read from."""


def shown_tables(scenario: dict[str, Any]) -> tuple[str, ...]:
    """Those a scenario has something to show in: landed prices where its demands state them, sellers by cost."""
    landed = ("landed_price",) if scenario.get("sellers") or not scenario.get("base_price_origin") else ()
    return (*SHOWN, *landed, *(("seller_tonnes",) if scenario.get("sellers") else ()))


class YearAccounts:
    """Summary and incidence of crop years that have closed.

    What a year needs is read in parts, each on request, so that no step of a market has to wait for all of it.

    Parameters
    ----------
    ledger : Ledger
        Of a market that is being simulated; years are read when they do not change any more.
    scenario : dict
        The scenario as plain data.
    incidence : bool
        Whether anybody asks who gains from a programme.
    """

    def __init__(self, ledger: Ledger, scenario: dict[str, Any], incidence: bool) -> None:
        self._ledger, self._incidence, self._shown = ledger, incidence, shown_tables(scenario)
        self._due: deque[Callable[[], None]] = deque()
        self._turn = Lock()
        self._frames: list[pd.DataFrame] = []
        self.read: list[Measures] = []
        self.incidence: list[list[Table]] = []

    def close(self, year: int) -> None:
        """Note that crop year ``year`` has closed."""
        reading: list[Reading] = []
        self._due += [partial(self._read_summary, year, reading), partial(self._read_shown, reading)]
        if self._incidence:
            self._due.append(partial(self._read_incidence, reading))

    def work(self) -> bool:
        """Read one part of what is due; False when nothing is."""
        with self._turn:  # a page asks for the answer while it plays; a year's parts are read in their order
            if not self._due:
                return False
            self._due.popleft()()
            return True

    @property
    def years(self) -> int:
        """Crop years of which everything has been read."""
        return min(len(self._frames), len(self.incidence) if self._incidence else len(self._frames))

    def catch_up(self) -> None:
        """Read all that is due."""
        while self.work():
            pass

    def _read_summary(self, year: int, reading: list[Reading]) -> None:
        reading.append(Reading.of(one_year(self._ledger, year)))
        self.read.append(summary(reading[0], tables=READ))

    def _read_shown(self, reading: list[Reading]) -> None:
        shown = summary(reading[0], tables=self._shown).bands()
        self._frames.append(pd.concat([shown, self.read[-1].bands()], ignore_index=True))

    def _read_incidence(self, reading: list[Reading]) -> None:
        self.incidence.append([*gains_tables(reading[0]), buyers_surplus(reading[0])])

    def lines(self) -> pd.DataFrame:
        """Lines of a run's summary for the crop years read so far: table, row, column, unit, mean, p05 ... missing."""
        return pd.concat(self._frames, ignore_index=True) if self._frames else pd.DataFrame()

    def last_lines(self) -> pd.DataFrame:
        """Those of the last crop year that has been read."""
        return self._frames[-1] if self._frames else pd.DataFrame()

    def measures(self) -> Measures | None:
        """All that an incidence is read from, over the crop years read so far; None before the first."""
        years = min(len(self.read), len(self.incidence))
        if not years:
            return None
        first = self.incidence[:years]
        tables = [joined([each[number] for each in first]) for number in range(len(first[0]))]
        own = [_tables(each) for each in self.read[:years]]
        names = list(dict.fromkeys(table.name for each in own for table in each))
        tables += [joined([table for each in own for table in each if table.name == name]) for name in names]
        return Measures.from_tables(tables, self._ledger.first_draw)


def one_year(ledger: Ledger, year: int) -> Ledger:
    """Ledger of one crop year; sales and states are views of the whole one's."""
    codes = ledger.year_codes
    first, stop = np.searchsorted(codes, (year, year + 1))
    start, end = np.searchsorted(ledger.rows["year"].to_numpy(), (year, year + 1))
    rows = ledger.rows.iloc[start:end].reset_index(drop=True)
    periods = ledger.periods.iloc[first:stop].reset_index(drop=True)
    states = {
        name: replace(each, values=each.values[first:stop] if each.time == "period" else each.values[year : year + 1])
        for name, each in ledger.states.items()
    }
    return Ledger(
        rows.assign(period=rows["period"] - first, year=0),
        periods.assign(period=periods["period"] - first, year=0),
        ledger.draws,
        ledger.first_draw,
        {name: values[start:end] for name, values in ledger.sales.items()},
        states,
    )


def joined(tables: Sequence[Table]) -> Table:
    """Tables of one kind, one below the other; where one lacks a column there is nothing: zero, or no price."""
    columns = list(dict.fromkeys(column for table in tables for column in table.columns))
    units = {column: unit for table in tables for column, unit in zip(table.columns, table.units, strict=True)}
    parts = []
    for table in tables:
        places = [columns.index(column) for column in table.columns]
        part = np.empty((len(table.rows), len(columns), table.values.shape[-1]))
        part[:] = np.array([np.nan if "/t" in units[column] else 0.0 for column in columns])[None, :, None]
        part[:, places] = table.values
        parts.append(part)
    rows = tuple(row for table in tables for row in table.rows)
    return Table(tables[0].name, rows, tuple(columns), tuple(units.values()), np.concatenate(parts))


def _tables(measures: Measures) -> list[Table]:
    """Tables of a run's measures, those of one name as one."""
    return [pick(measures, name) for name in dict.fromkeys(key[0] for key in measures.keys)]
