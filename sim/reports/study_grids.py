"""The study's tables beside the published ones: label of evidence, range, and misses with their size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.published import COLUMNS, LABELS, NEAR, REPLICATION, agreement, kind, position
from sim.headings import title_of
from sim.reports.gather import Shown
from sim.reports.tables import Cell, Grid, figure_cell
from sim.reports.words import capital, listing
from sim.screen import number
from sim.shipped import AVERAGE, published_figures
from sim.verbs.study_screen import FIRST, TITLES, heading

MEANS = {
    "fitted": "fitted: a parameter was chosen looking at the published figures",
    "prediction": "prediction: no parameter was chosen looking at them, though they were in view",
    "replication": "replication: the study's own model on segments inferred from the same table, no evidence",
}
PER_BLOCK = 2  # columns of a published table side by side; each takes three
NEAR_SIZES = ", ".join(f"{size:g} {unit}" for unit, size in NEAR.items())
HOW_TO_READ = (
    "Simulated: mean of draws with 5-95 % of draws below. Miss: simulated mean less published figure; inside: the"
    " published figure lies in the range; near (yellow): outside the range, but the miss is within"
    f" {NEAR_SIZES}; outside (red): farther away."
)


def beside_run(shown: Shown) -> pd.DataFrame:
    """Published figures of Tables 1, 3 and 4 beside those of a run: columns as ``experiments.published.beside``.

    The average of Table 3 is compared only where the run has the published crop years and no others.
    """
    summary = shown.frames["summary"]
    published = published_figures() if shown.meta["scenario"].get("published") else []
    found: dict[tuple[int, str, str], tuple[float, float, float]] = {}
    for table in (1, 3, 4):
        part = summary[summary["table"] == f"table{table}"]
        found |= {(table, line.row, line.column): (line.mean, line.p05, line.p95) for line in part.itertuples()}
    printed = {row for table, row, _, _ in published if table == 3 and row != AVERAGE}
    own = {row for table, row, _ in found if table == 3 and row != AVERAGE}
    if own != printed:
        found = {key: value for key, value in found.items() if key[:2] != (3, AVERAGE)}
    lines = [
        (table, row, column, value, *found[table, row, column], LABELS[table])
        for table, row, column, value in published
        if (table, row, column) in found and np.isfinite(found[table, row, column][0])
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def beside_comparison(shown: Shown) -> pd.DataFrame:
    """Published figures of Table 2 beside those of a comparison; empty where it is not the study's."""
    frame = shown.frames["comparison"]
    frame = frame[frame["published"].notna() & frame["mean"].notna()]
    names = {"mean": "simulated", "p05": "low", "p95": "high"}
    return frame.drop(columns="table").rename(columns=names).assign(table=2, label=LABELS[2])[COLUMNS]


def published_grids(frame: pd.DataFrame, draws: int, scenario: dict[str, Any]) -> list[Grid]:
    """Lay out published beside simulated figures, a table each, two of its columns a block."""
    out = []
    for (table, label), part in frame.groupby(["table", "label"], sort=False):
        places = position(part)
        cells = {(line.row, line.column): (line, places[line.Index]) for line in part.itertuples()}
        columns, rows = (list(dict.fromkeys(part[name])) for name in ("column", "row"))
        blocks = [columns[i : i + PER_BLOCK] for i in range(0, len(columns), PER_BLOCK)]
        for number_, block in enumerate(blocks):
            title = TITLES[table]
            title += f", part {number_ + 1} of {len(blocks)}" if len(blocks) > 1 else ""
            groups = [(column_title(column, scenario), 3) for column in block]
            headings = [FIRST[table], *(["Published", "Simulated", "Miss"] * len(block))]
            lines = [
                [
                    Cell(row_title(table, row, scenario)),
                    *(each for name in block for each in _cells(cells.get((row, name)), draws)),
                ]
                for row in rows
            ]
            out.append(Grid(title, headings, lines, groups, f"Label: {MEANS[label]}."))
    return out


def column_title(name: str, scenario: dict[str, Any]) -> str:
    """Heading of a column with its unit, on one line; places are written as names."""
    return _places(heading(name).replace("\n", " "), scenario)


def _places(text: str, scenario: dict[str, Any]) -> str:
    """Text in which the places of feeders' reference prices have their capitals."""
    for name, quote in (scenario.get("reference_prices") or {}).items():
        place = name.rpartition("_")[0].replace("_", " ")
        if place and (quote or {}).get("feeders"):
            text = text.replace(place, place.title()).replace(capital(place), place.title())
    return text


def row_title(table: int, row: str, scenario: dict[str, Any]) -> str:
    """Row of a published table in words: markets by their titles, series without underscores."""
    if table == 1:
        period, _, pair = row.partition(" ")
        markets = [name for name in pair.split("-") if name in (scenario.get("markets") or {})]
        if len(markets) == 2:
            return f"{period}: {' less '.join(title_of(scenario, 'markets', name) for name in markets)}"
    return _places(capital(row.replace("_", " ")), scenario)


def _cells(found: tuple[Any, str] | None, draws: int) -> list[Cell]:
    if found is None:
        return [Cell("-")] * 3
    line, place = found
    digits = max(1, min(2, len(f"{line.published:.6f}".rstrip("0").partition(".")[2])))
    miss = line.simulated - line.published
    near = abs(miss) <= NEAR[kind(line.table, line.column)]
    mark = "" if place == "" else "near" if near else "outside"
    texts = {"": "inside", "near": "near", "outside": "outside"}
    return [
        Cell(number(line.published, digits)),
        figure_cell(line.simulated, line.low, line.high, draws),
        Cell(f"{'+' if miss >= 0.05 else ''}{number(miss, 1)}", texts[mark], mark),
    ]


def agreement_sentences(frame: pd.DataFrame, scenario: dict[str, Any]) -> list[str]:
    """How many published figures lie inside the range, are near, and have the right sign; and the largest misses."""
    if frame.empty:
        return []
    own = frame[frame["label"] != REPLICATION]
    counts = agreement(frame).iloc[-1]
    text = f"Of {counts.figures} published figures {counts.inside} lie inside the 5-95 % range of the draws and"
    text += f" {counts.near} are near"
    signs = f"; {counts.same_sign} of the {counts.signed} that can have either sign have it right"
    text += f"{signs if counts.signed else ''}."
    miss = (own["simulated"] - own["published"]).abs()
    size = pd.Series([NEAR[kind(line.table, line.column)] for line in own.itertuples()], index=own.index)
    worst = own.loc[(miss / size).sort_values(ascending=False, kind="stable").index[:3]]
    named = [
        f"Table {line.table}, {row_title(line.table, line.row, scenario)}, {column_title(line.column, scenario)}: "
        f"{number(line.simulated, 1)} against {number(line.published, 1)} published"
        for line in worst.itertuples()
    ]
    return [text, f"The largest misses: {listing(named)}."]


def missing_tables(runs: Sequence[Shown], has_table_2: bool, frames: Sequence[pd.DataFrame]) -> list[str]:
    """Say which of the four tables are not here and how to get them."""
    out = []
    if not has_table_2:
        out.append(
            "Table 2 compares two runs on the same draws, so no run alone holds it: singledesk compare history "
            "multiple_sellers, and give the report its result too."
        )
    weekly = [each.meta["scenario"]["calendar"]["periods_per_year"] != 12 for each in runs]
    if any(3 in set(frame["table"]) for frame in frames) and not all(weekly):
        out.append(
            "The study takes Tables 3 and 4 by the week from 1988/89-1995/96: a run by the month gives them roughly; "
            "singledesk study takes them from the weekly scenario. Averages are compared only over the same crop years."
        )
    return out
