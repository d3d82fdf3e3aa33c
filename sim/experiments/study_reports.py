"""The reconstruction as tables: inferred inputs, what a scenario reads, regrouped regions, break-even, the misprint."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.experiments.reconstruction import (
    DECIMALS,
    Reconstruction,
    assumption_draws,
    interval,
    printed_average_gap,
    unit_of,
    with_average,
)
from sim.experiments.study_priors import INPUTS, segments_of
from sim.measures.regime_effect import break_even_cost
from sim.shipped import AVERAGE
from sim.study import COLUMNS, DEFAULT, Segments, describe, effects, regroup, required_marginal_revenue, single_desk

REGROUPED_YEARS = ("1988/89", "1989/90")
CRITICS_COST_CAD_T = 37.0
"""Extra marketing cost of the single desk, critics' estimate cited in the debate, C$/t."""
SOURCE = "inferred from Table 2 of the study and public figures, see reconstruction.csv"


def inferred_table(made: Reconstruction) -> pd.DataFrame:
    """Every input beside its prior: the layout of ``scenarios/data/reconstruction.csv``.

    Returns
    -------
    DataFrame
        crop_year, input, unit, prior, prior_sd, inferred, stretch (standard deviations), low, high (5 and 95 % of
        draws), source; numbers as text, so that a file is the same to the byte wherever it is written.
    """
    low, high = np.quantile(made.draws, [0.05, 0.95], axis=-1)
    lines = []
    for y, year in enumerate(made.priors.crop_years):
        for i, name in enumerate(INPUTS):
            unit = unit_of(name)
            digits = 1 if unit == "C$/t" else 0
            numbers = [(made.priors.mean[i, y], DECIMALS), (made.priors.sd[i, y], DECIMALS)]
            numbers += [(made.inputs[i, y, 0], DECIMALS), (made.stretch[i, y], 2)]
            numbers += [(low[i, y], digits), (high[i, y], digits)]
            lines.append((year, name, unit, *(fixed(*number) for number in numbers), made.priors.sources[name]))
    columns = ["crop_year", "input", "unit", "prior", "prior_sd", "inferred", "stretch", "low", "high", "source"]
    return pd.DataFrame(lines, columns=columns)


def scenario_table(made: Reconstruction) -> pd.DataFrame:
    """Inferred prices, tonnages and elasticities of every segment, in the layout scenarios read.

    Returns
    -------
    DataFrame
        series, period, value, unit, certainty, source: ``reconstructed.<segment>_price``, ``_quantity`` and
        ``_elasticity`` (positive), and off-board feed as ``reconstructed.domestic_feed``.
    """
    segments = made.segments
    desk = single_desk(segments)
    home = np.full(segments.domestic_kt.shape, DEFAULT.domestic_elasticity)
    found = {"domestic_feed": (segments.pool_price_cad_t, segments.domestic_kt, home)}
    for position, name in enumerate(segments.layout.names):
        found[name] = segments.price_cad_t[position], segments.quantity_kt[position], desk.elasticity[position]
    kinds = (("price", "C$/t"), ("quantity", "kt"), ("elasticity", "dimensionless"))
    lines = [
        (f"reconstructed.{name}_{kind}", year, fixed(values[y, 0], DECIMALS), unit, "estimate", SOURCE)
        for name, arrays in found.items()
        for (kind, unit), values in zip(kinds, arrays, strict=True)
        for y, year in enumerate(made.priors.crop_years)
    ]
    return pd.DataFrame(sorted(lines), columns=["series", "period", "value", "unit", "certainty", "source"])


def replication_frame(table: pd.DataFrame) -> pd.DataFrame:
    """``replication_table`` with the difference, simulated less published."""
    return table.assign(difference=table["simulated"] - table["published"])


def regrouped_table(made: Reconstruction, region_kt: float = 500.0, over_cad_t: float = 15.0) -> pd.DataFrame:
    """Effects of the two years without a premium in Japan, with regions regrouped, and the ten-year means they give.

    Returns
    -------
    DataFrame
        row, column, published, simulated (regions as in the other years), regrouped, low, high (5 and 95 % of draws),
        infeasible (the regions that leave no single desk, in words; empty when all is well).
    """
    years = [made.priors.crop_years.index(year) for year in REGROUPED_YEARS]
    plain, other = (with_average(made.effects().columns())[..., 0] for _ in range(2))
    draws = np.broadcast_to(np.nan, (len(COLUMNS), len(made.priors.crop_years), made.draws.shape[-1])).copy()
    draws[:] = effects(segments_of(made.draws), strict=False).columns()
    point, text = _regrouped(made.inputs[:, years], region_kt, over_cad_t)
    other[:, years] = point[..., 0]
    other = with_average(other[:, :-1, None])[..., 0]
    draws[:, years] = _regrouped(made.draws[:, years], region_kt, over_cad_t)[0]
    low, high = interval(with_average(draws))
    published = np.column_stack([made.priors.published, made.priors.published_average])
    rows = [(year, at, text[year]) for year, at in zip(REGROUPED_YEARS, years, strict=True)]
    rows.append((AVERAGE, -1, ""))
    return pd.DataFrame(
        [
            (row, column, *(float(table[c, at]) for table in (published, plain, other, low, high)), words)
            for row, at, words in rows
            for c, column in enumerate(COLUMNS)
        ],
        columns=["row", "column", "published", "simulated", "regrouped", "low", "high", "infeasible"],
    )


def _regrouped(inputs: np.ndarray, region_kt: float, over_cad_t: float) -> tuple[np.ndarray, dict[str, str]]:
    segments = regroup(segments_of(inputs), region_kt=region_kt, over_cad_t=over_cad_t)
    desk, required = single_desk(segments, strict=False), required_marginal_revenue(segments)
    words = {
        year: "; ".join(
            describe(desk.infeasible[:, [y]], segments.price_cad_t[:, [y]], required[:, [y]], segments.layout, [year])
        )
        for y, year in enumerate(REGROUPED_YEARS)
    }
    return effects(segments, strict=False).columns(), words


def break_even_table(made: Reconstruction, draws: int, seed: int) -> pd.DataFrame:
    """Extra marketing cost per tonne the board markets that would erase the single desk's gain.

    Returns
    -------
    DataFrame
        row (crop year or ``average``), break_even_cad_t, low, high (5 and 95 % of the joint draws), critics_cad_t. The
        average is the ten years' gain over the ten years' tonnes.
    """

    def costs(segments: Segments, revenue: np.ndarray) -> np.ndarray:
        marketed = np.concatenate([segments.kt(), segments.kt().mean(axis=0, keepdims=True)])
        return break_even_cost(np.concatenate([revenue, revenue.mean(axis=0, keepdims=True)]), marketed)

    point = costs(made.segments, made.effects().producer_revenue_million_cad)[:, 0]
    cloud = segments_of(made.draws)
    found = effects(cloud, assumption_draws(draws, seed), strict=False)
    low, high = interval(costs(cloud, found.producer_revenue_million_cad))
    rows = [*made.priors.crop_years, AVERAGE]
    return pd.DataFrame(
        {"row": rows, "break_even_cad_t": point, "low": low, "high": high, "critics_cad_t": CRITICS_COST_CAD_T}
    )


def misprint_table(made: Reconstruction) -> pd.DataFrame:
    """Printed averages of Table 2 beside the mean of its rows, and what one year's figure would have to move by.

    Returns
    -------
    DataFrame
        column, printed_average, mean_of_rows, difference, one_row_by: a difference that all three price columns share
        is one year's feed price, revised by that much between the rows and the averages.
    """
    gap, printed = printed_average_gap(made.priors), made.priors.published_average
    return pd.DataFrame(
        {
            "column": COLUMNS, "printed_average": printed, "mean_of_rows": printed - gap, "difference": gap,
            "one_row_by": gap * len(made.priors.crop_years),
        }
    )  # fmt: skip


def fixed(value: float, digits: int) -> str:
    """Write a number with a fixed number of decimals; zero never has a sign."""
    return f"{np.round(value, digits) + 0.0:.{digits}f}"
