"""Measures as labelled cubes with units."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.measures.names import WHOLE_RUN
from sim.stored.layout import CROP_YEAR, STATISTICS


def bands_cube(measures: pd.DataFrame) -> xr.Dataset:
    """Means and quantiles over the draws.

    Parameters
    ----------
    measures : pandas.DataFrame
        Lines with crop_year, table, column, unit, mean, p05 ... p95.

    Returns
    -------
    xarray.Dataset
        One variable ``table:column`` per measure, dimensions (crop_year, statistic), with ``attrs["units"]``. One of
        the whole run has no crop year. Means over the crop years are left out.
    """
    return cube(measures, measures[list(STATISTICS)].to_numpy(float), "statistic", list(STATISTICS))


def cube(lines: pd.DataFrame, values: np.ndarray, dimension: str, labels: list[Any]) -> xr.Dataset:
    """Lay lines out as one variable per measure.

    Parameters
    ----------
    lines : pandas.DataFrame
        crop_year, table, column and unit of each line.
    values : ndarray, shape (line, label)
    dimension : str
        Name of the second axis of ``values``.
    labels : list
        Its coordinate.
    """
    years = [year for year in dict.fromkeys(lines["crop_year"]) if re.fullmatch(CROP_YEAR, year)]
    place = {year: position for position, year in enumerate(years)}
    names = lines["table"].astype(str) + ":" + lines["column"].astype(str)
    found: dict[str, np.ndarray] = {}
    units: dict[str, str] = {}
    for name, year, unit, line in zip(names, lines["crop_year"], lines["unit"], values, strict=True):
        if year in place:
            found.setdefault(name, np.full((len(years), len(labels)), np.nan))[place[year]] = line
        elif year == WHOLE_RUN:
            found[name] = line
        else:
            continue
        units[name] = unit
    variables = {
        name: (("crop_year", dimension)[2 - array.ndim :], array, {"units": units[name]})
        for name, array in found.items()
    }
    return xr.Dataset(variables, coords={"crop_year": years, dimension: labels})
