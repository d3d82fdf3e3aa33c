"""Lines of a run's tables in the form that sweeps have too: a crop year, or what stands in its place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.measures.names import MEAN, WHOLE_RUN
from sim.measures.table import AVERAGE
from sim.stored.layout import CROP_YEAR, KEYS


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Name every line by crop year, table and column.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns table, row, column, unit and others, as in ``summary.parquet`` and ``comparison.parquet``.

    Returns
    -------
    pandas.DataFrame
        ``crop_year``, ``table``, ``column``, ``unit`` and the others. A row that is no crop year goes in front of the
        column's name, and its crop year is ``all``; the average of the crop years is ``mean``.
    """
    row = frame["row"].astype(str)
    year, average = row.str.fullmatch(CROP_YEAR), row == AVERAGE
    crop_year = np.where(year, row, np.where(average, MEAN, WHOLE_RUN))
    column = np.where(year | average, frame["column"], row + ":" + frame["column"].astype(str))
    named = frame.drop(columns="row").assign(crop_year=crop_year, column=column)
    return named[[*KEYS, *(name for name in named.columns if name not in KEYS)]]
