"""One measure of a sweep as a cube over its factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.store import StoreError
from sim.stored.layout import STATISTICS


def sweep_cube(lines: pd.DataFrame, design: pd.DataFrame, units: Mapping[str, str], measure: str) -> xr.DataArray:
    """Lay out the lines of one measure.

    Parameters
    ----------
    lines : pandas.DataFrame
        point, crop_year, table, column, unit, and mean ... p95, or draw and value.
    design : pandas.DataFrame
        Factors by point.
    units : mapping of str to str
        Unit of each factor.
    measure : str
        What was asked for, for messages.

    Raises
    ------
    StoreError
        When the lines are of several measures.
    """
    names = list(dict.fromkeys(lines["table"].astype(str) + ":" + lines["column"].astype(str)))
    if len(names) > 1:
        raise StoreError(f"{measure}: fits {len(names)} measures ({', '.join(names[:4])} ...); name one")
    dimension, labels = _last_axis(lines)
    years = list(dict.fromkeys(lines["crop_year"]))
    values = np.full((len(design), len(years), len(labels)), np.nan)
    at = design.index.get_indexer(lines["point"]), pd.Index(years).get_indexer(lines["crop_year"])
    if dimension == "draw":
        values[(*at, pd.Index(labels).get_indexer(lines["draw"]))] = lines["value"].to_numpy(float)
    else:
        values[at] = lines[labels].to_numpy(float)
    tail = {"crop_year": years, dimension: labels}
    attrs = {"units": str(lines["unit"].iloc[0])}
    cube = _on_grid(values, design, tail) if _is_grid(design) else _by_point(values, design, tail)
    for name in design.columns:
        if units.get(name):
            cube[name].attrs["units"] = units[name]
    return cube.rename(names[0]).assign_attrs(attrs)


def _last_axis(lines: pd.DataFrame) -> tuple[str, list[Any]]:
    if "draw" in lines:
        return "draw", sorted(lines["draw"].unique().tolist())
    return "statistic", list(STATISTICS)


def _is_grid(design: pd.DataFrame) -> bool:
    """Whether every combination of the factors' values occurs once."""
    combinations = int(np.prod([design[name].nunique() for name in design.columns]))
    return design.columns.size > 0 and combinations == len(design) and not design.duplicated().any()


def _on_grid(values: np.ndarray, design: pd.DataFrame, tail: dict[str, list[Any]]) -> xr.DataArray:
    levels = {name: list(dict.fromkeys(design[name])) for name in design.columns}
    places = [pd.Index(levels[name]).get_indexer(design[name]) for name in design.columns]
    cube = np.full((*(len(each) for each in levels.values()), *values.shape[1:]), np.nan)
    cube[tuple(places)] = values
    return xr.DataArray(cube, coords={**levels, **tail}, dims=(*levels, *tail))


def _by_point(values: np.ndarray, design: pd.DataFrame, tail: dict[str, list[Any]]) -> xr.DataArray:
    factors = {name: ("point", design[name].to_numpy()) for name in design.columns}
    return xr.DataArray(values, coords={"point": design.index, **factors, **tail}, dims=("point", *tail))
