"""How far the study's result hangs on each assumption: one at a time, on the reconstructed segments as they are."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.reconstruction import Reconstruction, interval
from sim.experiments.study_priors import segments_of
from sim.study import (
    COLUMNS,
    DEFAULT,
    DEMANDS,
    OBJECTIVES,
    Assumptions,
    Effects,
    describe,
    effects,
    required_marginal_revenue,
    single_desk,
)

VALUES: dict[str, tuple[Any, ...]] = {
    "reference_elasticity": (5.0, 10.0, 15.0, 20.0, 30.0, 40.0),
    "domestic_elasticity": (0.2, 0.4, 0.53, 0.8, 1.0),
    "malting_premium_cad_t": (0.0, 10.0, 15.0, 20.0, 30.0),
    "demand": DEMANDS,
    "objective": OBJECTIVES,
    "supply_elasticity": (0.0, 0.25, 0.5, 1.0),
}
"""Values tried for each assumption, the study's own among them."""
SURPLUS = "producer_surplus_million_cad"


def sensitivity_table(made: Reconstruction, values: dict[str, tuple[Any, ...]] | None = None) -> pd.DataFrame:
    """Ten-year means under each value of each assumption, all others as in the study.

    Years in which a value leaves no single desk are left out of the mean, and named.

    Returns
    -------
    DataFrame
        assumption, value, default (whether it is the study's), column (Table 2's four, and producer surplus), point
        (least stretched inputs), mean, low, high (over draws; 5 and 95 %), infeasible (at the point, in words).
    """
    cloud, years = segments_of(made.draws), made.priors.crop_years
    lines = []
    for assumption, tried in (values or VALUES).items():
        for value in tried:
            chosen = replace(DEFAULT, **{assumption: value})
            point, spread = (_ten_years(effects(each, chosen, strict=False)) for each in (made.segments, cloud))
            label = value if isinstance(value, str) else f"{value:g}"
            words = "; ".join(infeasible_words(made, chosen, years))
            for column in (*COLUMNS, SURPLUS):
                draws = spread[column]
                low, high = interval(draws)
                mean = float(np.nanmean(draws))
                usual = value == getattr(DEFAULT, assumption)
                row = (assumption, label, usual, column, float(point[column][0]), mean, low, high, words)
                lines.append(row)
    columns = ["assumption", "value", "default", "column", "point", "mean", "low", "high", "infeasible"]
    return pd.DataFrame(lines, columns=columns)


def infeasible_words(made: Reconstruction, assumptions: Assumptions, years: tuple[str, ...]) -> list[str]:
    """Say which reconstructed segments leave no single desk under some assumptions; empty when all is well."""
    segments = made.segments
    desk, required = single_desk(segments, assumptions, strict=False), required_marginal_revenue(segments, assumptions)
    return describe(desk.infeasible, segments.price_cad_t, required, segments.layout, years)


def _ten_years(found: Effects) -> dict[str, np.ndarray]:
    """Means over the feasible crop years, by column, shape (draw,)."""
    with warnings.catch_warnings():  # a draw without any feasible year is NaN, and the quantiles pass over it
        warnings.simplefilter("ignore", RuntimeWarning)
        return {column: np.nanmean(getattr(found, column), axis=0) for column in (*COLUMNS, SURPLUS)}


def swings(table: pd.DataFrame, column: str) -> pd.Series:
    """Range of the point results over the values of each assumption, largest first: which assumption matters most."""
    own = table[table["column"] == column].groupby("assumption", sort=False)["point"]
    return (own.max() - own.min()).sort_values(ascending=False)
