"""One table out of a run's long list of measures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.measures.measures import Measures
from sim.measures.table import Table


def pick(measures: Measures, name: str, prefix: str = "") -> Table:
    """Take one table of a run's measures, the columns that start with ``prefix``, which is taken off."""
    rows = list(dict.fromkeys(key[1] for key in measures.keys if key[0] == name))
    units = {key[2]: key[3] for key in measures.keys if key[0] == name and key[2].startswith(prefix)}
    place = {key[1:3]: i for i, key in enumerate(measures.keys) if key[0] == name}
    index = np.array([[place[row, column] for column in units] for row in rows], dtype=int).reshape(
        len(rows), len(units)
    )
    values = measures.lines(index.ravel().tolist()).reshape(*index.shape, len(measures.draw_numbers))
    columns = tuple(column.removeprefix(prefix) for column in units)
    return Table(name, tuple(rows), columns, tuple(units.values()), values)


def keep_columns(table: Table, columns: Sequence[str]) -> Table:
    """Return the table with the named columns only."""
    index = [table.columns.index(column) for column in columns]
    return Table(table.name, table.rows, tuple(columns), tuple(table.units[i] for i in index), table.values[:, index])
