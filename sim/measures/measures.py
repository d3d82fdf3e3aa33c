"""The measures of a run in one long list, ready for a file, for merging over draws and for bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measures.bands import QUANTILES, bands
from sim.measures.table import Table

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

    def lines(self, positions: Sequence[int]) -> np.ndarray:
        """Values (line, draw) of the keys at some positions."""
        lines: np.ndarray = self.values[np.asarray(positions, dtype=int)]
        return lines

    def get(self, table: str, row: str, column: str) -> np.ndarray:
        """Values (draw,) of one key."""
        for position, key in enumerate(self.keys):
            if key[:3] == (table, row, column):
                get: np.ndarray = self.lines([position])[0]
                return get
        raise KeyError(f"no measure {table} / {row} / {column}")

    def bands(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """One line per key: table, row, column, unit, mean, p05 ..., missing (draws without a value)."""
        return pd.DataFrame(list(self.keys), columns=KEY).assign(**bands(self.values, quantiles))

    def to_frame(self) -> pd.DataFrame:
        """One line per key and one column per draw number."""
        index = pd.MultiIndex.from_tuples(list(self.keys), names=KEY)
        return pd.DataFrame(self.values, index=index, columns=pd.Index(self.draw_numbers, name="draw"))
