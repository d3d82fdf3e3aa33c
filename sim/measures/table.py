"""A labelled table with a draw axis: what the measures return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measures.arrays import mean
from sim.measures.bands import QUANTILES, bands

AVERAGE = "average"


@dataclass(frozen=True)
class Table:
    """Values (row, column, draw) with a label for each row, and a label and a unit for each column.

    Attributes
    ----------
    name : str
        Name in files and reports.
    rows, columns, units : tuple of str
        Labels; one unit per column.
    values : ndarray, shape (row, column, draw)
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    units: tuple[str, ...]
    values: np.ndarray

    def __post_init__(self) -> None:
        """Refuse values that do not fit the labels."""
        shape = (len(self.rows), len(self.columns))
        if self.values.shape[:2] != shape or len(self.units) != len(self.columns):
            raise ValueError(f"table {self.name}: values {self.values.shape} and labels {shape} do not fit")

    def column(self, name: str) -> np.ndarray:
        """Values (row, draw) of one column."""
        return self.values[:, self.columns.index(name)]

    def row(self, name: str) -> np.ndarray:
        """Values (column, draw) of one row."""
        row: np.ndarray = self.values[self.rows.index(name)]
        return row

    def cell(self, row: str, column: str) -> np.ndarray:
        """Values (draw,) of one cell."""
        cell: np.ndarray = self.values[self.rows.index(row), self.columns.index(column)]
        return cell

    def only(self, rows: Sequence[str]) -> Table:
        """Return the table with the named rows only, in the order asked for."""
        index = [self.rows.index(name) for name in rows]
        return Table(self.name, tuple(rows), self.columns, self.units, self.values[index])

    def with_average(self, label: str = AVERAGE) -> Table:
        """Return the table with the mean of its rows as one more row (cells without a value left out)."""
        values = np.concatenate([self.values, mean(self.values)[None]])
        return Table(self.name, (*self.rows, label), self.columns, self.units, values)

    def minus(self, base: Table, name: str | None = None, absent: float = 0.0) -> Table:
        """Return this table minus ``base``, draw by draw, over the rows they share.

        A column that only one of the two has counts as ``absent`` in the other: zero for amounts (a seller or market
        that is closed there), NaN for prices.
        """
        if self.values.shape[-1] != base.values.shape[-1]:
            raise ValueError(
                f"tables of {self.values.shape[-1]} and {base.values.shape[-1]} draws cannot be compared; "
                "run both scenarios with the same number of draws"
            )
        rows = tuple(row for row in base.rows if row in self.rows)
        if not rows:
            raise ValueError(f"table {self.name}: the two runs have no crop year in common")
        columns = base.columns + tuple(column for column in self.columns if column not in base.columns)
        units = base.units + tuple(u for c, u in zip(self.columns, self.units, strict=True) if c not in base.columns)
        values = self._spread(rows, columns, absent) - base._spread(rows, columns, absent)
        return Table(name or self.name, rows, columns, units, values)

    def _spread(self, rows: tuple[str, ...], columns: tuple[str, ...], absent: float) -> np.ndarray:
        """Values over the given labels, ``absent`` in columns the table does not have."""
        result = np.full((len(rows), len(columns), self.values.shape[-1]), absent)
        own = [self.rows.index(row) for row in rows]
        for position, column in enumerate(columns):
            if column in self.columns:
                result[:, position] = self.values[own, self.columns.index(column)]
        return result

    def bands(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """Mean and quantiles over the draws, one line per cell."""
        keys = [
            (self.name, row, column, unit)
            for row in self.rows
            for column, unit in zip(self.columns, self.units, strict=True)
        ]
        frame = pd.DataFrame(keys, columns=["table", "row", "column", "unit"])
        return frame.assign(**bands(self.values.reshape(len(keys), -1), quantiles))
