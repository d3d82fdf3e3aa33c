"""The study's tables as people read them: a line a crop year or series, its measures beside each other."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.dashboard.sheets import cell, of_frame
from sim.reports.study_grids import column_title, row_title
from sim.reports.words import capital

PUBLISHED = "published"


def laid_out(name: str, frame: pd.DataFrame, scenario: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and lines of one of the study's tables: mean with 5 and 95 % of draws, and the published figure.

    Parameters
    ----------
    name : str
        ``table1`` ... ``table4``.
    frame : pandas.DataFrame
        As it is downloaded: a line a price pair (Table 1), or a line a row and column with its band.
    scenario : dict
        Resolved scenario, for titles of markets and places.
    """
    number = int(name.removeprefix("table"))
    if "column" not in frame.columns:
        head, rows = of_frame(frame)
        return head, [[row_title(number, str(row), scenario), *texts[1:]]
                      for row, texts in zip(frame.iloc[:, 0], rows, strict=True)]  # fmt: skip
    stated = dict(zip(frame["column"], frame["title"], strict=True)) if "title" in frame.columns else {}
    found = {(line.row, line.column): line for line in frame.itertuples()}
    head, keys = [""], []
    for column in dict.fromkeys(frame["column"]):
        title = stated.get(column) or column_title(column, scenario)
        head.append(title)
        keys.append((column, "mean"))
        if frame.loc[frame["column"] == column, PUBLISHED].notna().any():
            head.append(PUBLISHED)
            keys.append((column, PUBLISHED))
    rows = [
        [
            row_title(number, capital(str(row)), scenario),
            *(_text(found.get((row, column)), what) for column, what in keys),
        ]
        for row in dict.fromkeys(frame["row"])
    ]
    return head, rows


def _text(line: Any, what: str) -> str:
    if line is None:
        return "-"
    if what == PUBLISHED or not line.p95 > line.p05:
        return cell(float(getattr(line, what)))
    return f"{cell(line.mean)} ({cell(line.p05)} to {cell(line.p95)})"
