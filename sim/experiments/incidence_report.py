"""The incidence in one long frame and as JSON, with the study's published figures beside the simulated ones."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.compare import REVENUE
from sim.experiments.counterfactual import EEP
from sim.experiments.desk_and_war import WAR_YEARS, published_correlations
from sim.experiments.incidence import Incidence
from sim.measures import Table
from sim.scenario import Loaded
from sim.shipped import AVERAGE, home_origin, published_effects

PUBLIC_BONUS = "policy.eep_barley_bonus"  # US$/t, the public estimate in the data tables
RESULTS = (
    "gains", "additional", "destination", "pass_through", "marginal_pass_through", "desk", "desk_share", "correlation",
    "money",
)  # fmt: skip
"""Tables of the frame, in order."""

Published = dict[tuple[str, str, str], float]


def frame(result: Incidence, published: Published) -> pd.DataFrame:
    """One line per figure.

    Returns
    -------
    pandas.DataFrame
        table (one of ``RESULTS``), programme (empty where it is not of one), row, column, unit, mean, p05 ... p95,
        missing, published (NaN where nothing was).
    """
    parts: list[tuple[str, Table]] = []
    for tables in (result.gains, result.additional, result.destination, result.average, result.marginal):
        parts += list(tables.items())
    if result.desk is not None:
        parts += [("", table) for table in (result.desk.effects, result.desk.share, result.desk.correlation)]
    parts.append(("", result.money))
    frames = []
    for programme, table in parts:
        bands = table.bands()
        bands.insert(1, "programme", programme)
        frames.append(bands)
    whole = pd.concat(frames, ignore_index=True)
    keys = zip(whole["table"], whole["row"], whole["column"], strict=True)
    return whole.assign(published=[published.get(key, np.nan) for key in keys])


def published_beside(loaded: Loaded, result: Incidence) -> Published:
    """The study's Table 2, the public estimate of the bonus (C$/t) and their correlation, where the run has them.

    Nothing unless the years are those of history and the scenario has that programme and a single desk for all grades.
    """
    rule = loaded.scenario.marketing.get(home_origin(vars(loaded.scenario)))
    is_desk = rule is not None and (rule.feed, rule.malting) == ("single_desk", "single_desk")
    is_history = loaded.scenario.calendar.hold is None and PUBLIC_BONUS in loaded.series
    if not (loaded.scenario.published and result.desk and is_desk and EEP in result.origins and is_history):
        return {}
    effects = published_effects()
    found: Published = {
        ("desk", row, f"with:{column}"): value
        for (row, column), value in effects.items()
        if row != AVERAGE and row in result.desk.effects.rows
    }
    years = loaded.timeline.crop_years
    rate = loaded.levels(lambda scenario: scenario.money.cad_per_usd, "year")
    bonus = dict(zip(years, loaded.series.annual(PUBLIC_BONUS, years, loaded.timeline.first_month) * rate, strict=True))
    paid = {row: bonus[row] for row, column in effects if column == REVENUE and np.isfinite(bonus.get(row, np.nan))}
    if result.desk.war_years == tuple(row for row, column in effects if column == REVENUE and row != AVERAGE):
        label = WAR_YEARS if WAR_YEARS in result.desk.effects.rows else AVERAGE
        means = {column: value for (row, column), value in effects.items() if row == AVERAGE}
        found |= {("desk", label, f"with:{column}"): value for column, value in means.items()}
    found |= {("desk", row, f"bonus:{EEP}"): float(value) for row, value in paid.items()}
    pearson, rank = published_correlations([-effects[row, REVENUE] for row in paid], list(paid.values()))
    return found | {("correlation", EEP, "pearson"): pearson, ("correlation", EEP, "rank"): rank}


def report(lines: pd.DataFrame, stem: str, origins: dict[str, str], draws: int, seed: int) -> dict[str, Any]:
    """Make what ``incidence --json`` prints: a list of figures per table; a value that does not exist is null."""
    names = {"p05": "low", "p95": "high"}
    columns = ["table", "programme", "row", "column", "unit", "mean", "p05", "p95", "missing", "published"]
    rows = json.loads(lines[columns].rename(columns=names).to_json(orient="records", double_precision=15))
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in RESULTS}
    for row in rows:
        tables[row.pop("table")].append(row)
    return {"scenario": stem, "draws": draws, "seed": seed, "programmes": origins, **tables}
