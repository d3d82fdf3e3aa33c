"""Tables on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import solara

from sim.headings import SUFFIXES, sentence

MINUS = "\u2212"
WORDS = {"p05": "5 %", "p25": "25 %", "p50": "median", "p75": "75 %", "p95": "95 %", "row": "", "column": ""}


@solara.component
def Table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of texts; all columns but the first are numbers."""
    solara.HTML("div", table_html(head, rows), classes=["sd-scroll"])


def table_html(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts as HTML, every text escaped: some of them come from uploaded scenarios."""
    cells = "".join(f"<th>{escape(each)}</th>" for each in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f"<table class='sd-table'><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def of_frame(frame: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and texts of a frame."""
    head = [heading(str(column)) for column in frame.columns]
    return head, [[cell(value) for value in row] for row in frame.itertuples(index=False)]


def heading(column: str) -> str:
    """Name of a column in words, with its unit."""
    suffix = next((each for each in SUFFIXES if column.endswith(each)), "")
    stem = column.removesuffix(suffix)
    words = WORDS.get(stem, stem.replace("_", " "))
    return sentence(words) + SUFFIXES.get(suffix, "") if words else ""


def of_years(table: Any) -> tuple[list[str], list[list[str]]]:
    """Headings and texts of a crop-year table: means, with 5 and 95 % where draws differ."""
    frame = table.frame
    found = {(line.row, line.column): line for line in frame.itertuples()}
    rows = []
    for year in dict.fromkeys(frame["row"]):
        texts = [str(year)]
        for key in table.columns.values():
            line = found.get((year, key))
            texts.append("-" if line is None else _spread(line.mean, line.p05, line.p95))
        rows.append(texts)
    return ["Crop year", *table.columns], rows


def _spread(mean: float, low: float, high: float) -> str:
    return f"{cell(mean)} ({cell(low)} to {cell(high)})" if high > low else cell(mean)


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if math.isnan(value):
            return "-"
        text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:,.1f}" if abs(value) >= 9.95 else f"{value:,.2f}"
        return text.replace("-", MINUS) if text.strip("-0.,") else text.lstrip("-")
    return "-" if value is None else str(value).replace("_", " ")


def signed(value: float, digits: int = 0) -> str:
    """An amount with its sign in front; none where it rounds to zero."""
    text = f"{value:+,.{digits}f}".replace("-", MINUS)
    return text if text.strip("+0.,") and text.strip(f"{MINUS}0.,") else text[1:]
