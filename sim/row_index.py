"""What the sale rows of a ledger say, as numbers: found once, however many measures ask."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from agents.arrays import Places


class RowIndex:
    """Codes of the columns of a ledger's rows, and the rows that meet conditions.

    Attributes
    ----------
    rows : pandas.DataFrame
        The rows, which must not change afterwards.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows
        self._columns: dict[str, tuple[Places, list[Any]]] = {}
        self._selections: dict[Hashable, Places] = {}
        self._combinations: dict[Hashable, list[tuple[Any, ...]]] = {}

    def column(self, name: str) -> tuple[Places, list[Any]]:
        """Code of each row, and the labels the codes stand for, sorted.

        ``home`` is a column too: whether the buyer lives in the origin.
        """
        if name not in self._columns:
            values = self.rows["country"] == self.rows["origin"] if name == "home" else self.rows[name]
            codes, labels = pd.factorize(values)
            labels = list(labels)
            order = sorted(range(len(labels)), key=labels.__getitem__)
            place = np.empty(len(labels), dtype=np.int64)
            place[order] = np.arange(len(labels))
            self._columns[name] = place[codes], [labels[number] for number in order]
        return self._columns[name]

    def codes(self, name: str, labels: Sequence[Any]) -> Places:
        """Position of each row's label in ``labels``; -1 where it is not among them."""
        codes, own = self.column(name)
        position = {label: number for number, label in enumerate(labels)}
        places: Places = np.array([position.get(label, -1) for label in own], dtype=np.int64)[codes]
        return places

    def labels(self, name: str, positions: Places | None = None) -> list[Any]:
        """Labels that occur in the rows at ``positions`` (in all rows when absent), sorted."""
        return [label for (label,) in self.combinations((name,), positions)]

    def combinations(self, names: Sequence[str], positions: Places | None = None) -> list[tuple[Any, ...]]:
        """Combinations of labels that occur in the rows at ``positions`` (in all rows when absent), sorted."""
        if positions is None:
            positions = self.select()
        key = (tuple(names), id(positions))
        if key in self._combinations:
            return self._combinations[key]
        columns = [self.column(name) for name in names]
        shape = tuple(len(labels) for _, labels in columns)
        cells = np.ravel_multi_index([codes[positions] for codes, _ in columns], shape) if len(positions) else positions
        present: Sequence[Iterable[int]] = [()] * len(names)
        if len(positions):
            present = np.unravel_index(np.flatnonzero(np.bincount(cells)), shape)
        parts = [[labels[code] for code in own] for own, (_, labels) in zip(present, columns, strict=True)]
        found = list(zip(*parts, strict=True))
        if not positions.flags.writeable:  # a selection, which stays here, so its id stays its own
            self._combinations[key] = found
        return found

    def select(self, **conditions: object) -> Places:
        """Positions of the rows that meet all conditions, ascending; the array must not be written to.

        Each keyword is a column (or ``home``) with a value or a list of values; ``None`` is no condition.
        """
        wanted = {
            column: frozenset(value) if isinstance(value, list | tuple | set | frozenset) else frozenset([value])
            for column, value in conditions.items()
            if value is not None
        }
        key = frozenset(wanted.items())
        if key not in self._selections:
            keep = np.ones(len(self.rows), dtype=bool)
            for column, values in wanted.items():
                codes, labels = self.column(column)
                keep &= np.array([label in values for label in labels], dtype=bool)[codes]
            self._selections[key] = np.flatnonzero(keep)
            self._selections[key].flags.writeable = False
        return self._selections[key]
