"""The study's Tables 1-4: every published figure beside what the simulation gives, and how far the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.compare import effects_on_producers
from sim.measures import AVERAGE, Measures, Table
from sim.measures.picking import pick
from sim.shipped import published_figures, published_seasons
from sim.study_points import study_points

REPLICATION, FITTED, PREDICTION = "replication", "fitted", "prediction"
LABELS = {1: FITTED, 2: PREDICTION, 3: FITTED, 4: FITTED}
"""Label of the agents' figures by table. Table 1: the agreement's bargaining weight, importers' elasticity and the base
price near the US border were chosen looking at it. Table 2: no parameter was chosen looking at its cells, though it was
in view. Tables 3 and 4: how slowly a published outlook moves was chosen with them in view, the row 1995/96 included.
What the study's own model gives on reconstructed segments is an identity check, ``replication``, and no evidence."""

COLUMNS = ["table", "row", "column", "published", "simulated", "low", "high", "label"]
NEAR = {"C$/t": 5.0, "million C$ revenue": 20.0, "million C$ loss": 1.0}
"""How close counts as near, by kind of figure."""

Figure = tuple[int, str, str, float]


def points(loaded: Any) -> Any:
    """Where a scenario has what the study's tables are taken from, with Tables 3 and 4 over the study's crop years.

    Table 3 prints its crop years; that Table 4 covers the same ones is an assumption.
    """
    return replace(study_points(loaded), seasons=published_seasons())


def agents_tables(base: Measures, other: Measures, weekly: Measures, origin: str) -> dict[int, Table]:
    """Tables 1 and 2 from the single desk and multiple sellers on common random numbers, 3 and 4 from a weekly run.

    Averages are those of the published crop years, whatever else was run.
    """
    years = [row for row in _rows(published_figures(), 2) if row != AVERAGE]
    effects = effects_on_producers(base, other, origin).only(years).with_average()
    return {1: pick(base, "table1"), 2: effects, 3: pick(weekly, "table3"), 4: pick(weekly, "table4")}


def beside(published: Sequence[Figure], tables: dict[int, Table], replication: pd.DataFrame) -> pd.DataFrame:
    """Put published and simulated figures side by side.

    Parameters
    ----------
    published : sequence of (table, row, column, value)
        What is printed.
    tables : dict of int to Table
        The agents' tables; a cell they do not have is NaN.
    replication : pandas.DataFrame
        Table 2 by the study's own model: row, column, published, simulated, low, high.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS``; ``simulated`` is the mean over draws, ``low`` and ``high`` the 5 and 95 % quantiles.
        Table 2 comes twice, as prediction and as replication.
    """
    bands = {
        number: {(line.row, line.column): (line.mean, line.p05, line.p95) for line in table.bands().itertuples()}
        for number, table in tables.items()
    }
    nothing = (np.nan,) * 3
    own = pd.DataFrame(
        [
            (table, row, column, value, *bands.get(table, {}).get((row, column), nothing), LABELS[table])
            for table, row, column, value in published
        ],
        columns=COLUMNS,
    )
    again = replication.assign(table=2, label=REPLICATION)[COLUMNS]
    later = own["table"] > 2
    return pd.concat([own[~later], again, own[later]], ignore_index=True)


def as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """List the lines of ``beside`` for JSON; a value that does not exist is null."""
    return [
        {name: (None if isinstance(value, float) and not np.isfinite(value) else value) for name, value in line.items()}
        for line in frame.to_dict(orient="records")
    ]


def kind(table: int, column: str) -> str:
    """Kind of a figure, a key of ``NEAR``: which distances count as near and which figures share an axis."""
    if column.endswith("_million_cad"):
        return "million C$ revenue" if table == 2 else "million C$ loss"
    return "C$/t"


def signed(frame: pd.DataFrame) -> pd.Series:
    """Whether the sign of each figure could have come out otherwise: not for losses and deviations."""
    return (frame["table"] <= 2) | frame["column"].str.startswith("movement_")


def agreement(frame: pd.DataFrame) -> pd.DataFrame:
    """Count agreements between published and simulated figures.

    Returns
    -------
    pandas.DataFrame
        One line per table and label, then one for all 100 figures of the agents (table 0, label ``all``). Columns:
        figures; ranged (those with an interval) and inside (the published figure is in it); near (``NEAR``); signed
        (figures that can have either sign) and same_sign among those.
    """
    distance = (frame["simulated"] - frame["published"]).abs()
    near = pd.Series([NEAR[kind(line.table, line.column)] for line in frame.itertuples()], index=frame.index)
    either, place = signed(frame), position(frame)
    marks = frame.assign(
        figures=1,
        ranged=place != "-",
        inside=place == "",
        near=distance <= near,
        signed=either,
        same_sign=either & (np.sign(frame["simulated"]) == np.sign(frame["published"])),
    )
    counted = ["figures", "ranged", "inside", "near", "signed", "same_sign"]
    lines = marks.groupby(["table", "label"], sort=False)[counted].sum().reset_index()
    whole = marks.loc[marks["label"] != REPLICATION, counted].sum().to_frame().T.assign(table=0, label="all")
    return pd.concat([lines, whole], ignore_index=True)[["table", "label", *counted]]


def position(frame: pd.DataFrame) -> pd.Series:
    """Where each published figure lies: ``<`` below the 90 % interval, ``>`` above, empty inside, ``-`` without one.

    A single draw has no interval.
    """
    interval = frame["low"] < frame["high"]
    below, above = frame["published"] < frame["low"], frame["published"] > frame["high"]
    found = np.where(below, "<", np.where(above, ">", ""))
    return pd.Series(np.where(interval, found, "-"), index=frame.index)


def _rows(published: Sequence[Figure], table: int) -> list[str]:
    return list(dict.fromkeys(row for number, row, _, _ in published if number == table))
