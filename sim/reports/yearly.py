"""Crop years of a run's summary, and means over them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from sim.reports.gather import Shown
from sim.stored.layout import CROP_YEAR


def by_year(shown: Shown, table: str, column: str) -> pd.DataFrame:
    """Lines of a measure by crop year: index crop year; mean, p05, p95; years without a value left out."""
    summary = shown.frames["summary"]
    part = summary[(summary["table"] == table) & (summary["column"] == column) & summary["mean"].notna()]
    part = part[part["row"].astype(str).str.fullmatch(CROP_YEAR)]
    return part.set_index("row")[["mean", "p05", "p95"]]


def columns_of(shown: Shown, table: str) -> dict[str, str]:
    """Columns of a table of the summary, in order, with their units."""
    part = shown.frames["summary"]
    part = part[part["table"] == table].drop_duplicates("column")
    return dict(zip(part["column"], part["unit"], strict=True))


def crop_years(shown: Shown) -> list[str]:
    """Crop years of a run, in order."""
    series = shown.frames["series"]
    return list(series.loc[series["time"] == "period", "crop_year"].unique())


def common_years(shown: Collection[Shown]) -> list[str]:
    """Crop years that all runs have, in order."""
    first, *others = (crop_years(each) for each in shown)
    return [year for year in first if all(year in each for each in others)]


def mean_over(lines: pd.DataFrame, years: Collection[str] | None = None) -> float:
    """Mean over crop years, those without a value left out; NaN when none has one."""
    chosen = lines if years is None else lines[lines.index.isin(list(years))]
    return float(chosen["mean"].mean()) if len(chosen) else float("nan")
