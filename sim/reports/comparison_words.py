"""A comparison in words and tables: what the other scenario changes, on common random numbers."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from sim.headings import title_of
from sim.reports.gather import Shown
from sim.reports.tables import Cell, Grid, figure_cell, grid_of
from sim.reports.words import amount, capital, change, plural
from sim.screen import number
from sim.shipped import home_origin
from sim.stored.layout import CROP_YEAR
from sim.verbs.compare import headings, market_labels


def comparison_sentences(shown: Shown) -> list[str]:
    """What changes on average, in how many crop years the sign is open, and the published figure."""
    meta, frame = shown.meta, shown.frames["comparison"]
    scenario, other = meta["scenario"], meta["other_scenario"]
    who = title_of(scenario, "origins", home_origin(scenario))
    years = list(dict.fromkeys(row for row in frame["row"] if _is_year(row)))
    text = (
        f"{other['title']} less {scenario['title']}, {plural(len(years), 'crop year')}, the same {shown.draws} draws in"
        f" both (common random numbers, seed {meta.get('seed')}): ranges are of differences of paired draws."
    )
    out = [text if shown.draws > 1 else text.partition(": ranges")[0] + "; a single draw has no range."]
    row = averages(frame)[-1:] or years[-1:]
    for line in frame[frame["row"].isin(row)].itertuples():
        what = headings(pd.DataFrame({"column": [line.column]}), scenario)[line.column].partition(" (")[0]
        name = f"{what} of {who}" if "revenue" in what else f"{what} that producers in {who} get"
        sentence = f"{name} {change(line.mean, line.p05, line.p95, line.unit, shown.draws)}, {line.row}"
        sentence += _open_years(frame, line.column, shown.draws)
        if pd.notna(line.published):
            sentence += f". The study has {amount(line.published, line.unit, 2)}: {_place(line, shown.draws)}"
        out.append(f"{sentence}.")
    return out


def averages(frame: pd.DataFrame) -> list[str]:
    """Rows that are means of crop years; that of the published years comes last."""
    return [row for row in dict.fromkeys(frame["row"]) if not _is_year(row)]


def _is_year(row: str) -> bool:
    return bool(pd.Series([str(row)]).str.fullmatch(CROP_YEAR).iloc[0])


def _open_years(frame: pd.DataFrame, column: str, draws: int) -> str:
    part = frame[(frame["column"] == column) & frame["row"].map(_is_year) & frame["mean"].notna()]
    if draws == 1 or part.empty:
        return ""
    count = int(((part["p05"] < 0) & (part["p95"] > 0)).sum())
    same = (part["p05"] == 0) & (part["p95"] == 0)  # as before a programme begins
    up, down = (int((~same & beyond).sum()) for beyond in (part["p05"] >= 0, part["p95"] <= 0))
    texts = [
        f"above zero in {up}" if up else "",
        f"below in {down}" if down else "",
        f"open in {count}" if count else "",
        f"zero in {int(same.sum())}" if same.any() else "",
    ]
    return f"; of {plural(len(part), 'crop year')} the range is {', '.join(filter(None, texts))}"


def _place(line: SimpleNamespace, draws: int) -> str:
    if draws == 1 or not line.p05 < line.p95:
        return f"{amount(line.mean - line.published, line.unit)} away"
    if line.p05 <= line.published <= line.p95:
        return "inside the range"
    miss = amount(abs(line.mean - line.published), line.unit)
    return f"outside the range, {miss} {'below' if line.published < line.mean else 'above'} the simulated mean"


def comparison_grids(shown: Shown) -> list[Grid]:
    """Effects per crop year, and markets and programmes with both sides."""
    frame, meta = shown.frames["comparison"], shown.meta
    columns = headings(frame, meta["scenario"])
    published = [name for name in columns if frame.loc[frame["column"] == name, "published"].notna().any()]
    cells = {(line.row, line.column): line for line in frame.itertuples()}
    names = ["Crop year"]
    for column, heading in columns.items():
        names += [heading, "published"] if column in published else [heading]
    rows = []
    for row in dict.fromkeys(frame["row"]):
        line: list[str | Cell] = [capital(row)]
        for column in columns:
            cell = cells[row, column]
            line.append(figure_cell(cell.mean, cell.p05, cell.p95, shown.draws))
            if column in published:
                line.append(number(cell.published, 2))
        rows.append(line)
    effects = grid_of(f"{meta['other']} minus {meta['base']}", names, rows, "Mean over draws; 5-95 % of draws below.")
    markets = shown.frames["markets"]
    units = dict(zip(markets["row"], markets["unit"], strict=True))
    labels = market_labels(list(dict.fromkeys(markets["row"])), units, meta["scenario"])
    bands = {(line.row, line.column): line for line in markets.itertuples()}
    lines = [
        [label, *(number(bands[row, side].mean) for side in ("base", "other")),
         figure_cell((change := bands[row, "difference"]).mean, change.p05, change.p95, shown.draws)]
        for row, label in labels.items()
    ]  # fmt: skip
    heads = ["", str(meta["base"]), str(meta["other"]), "difference"]
    return [effects, *([grid_of("Markets and programmes, mean of crop years", heads, lines)] if lines else [])]
