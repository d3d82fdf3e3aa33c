"""Tables of a report, apart from how they are laid out in HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.frames import YearTable
from sim.screen import number

MOST_CELLS = 6  # columns of figures that fit a printed page


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a text, the range under it, and a mark that the style sheet knows."""

    text: str
    range: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    title : str
        Its caption.
    groups : list of (str, int)
        Headings that span several columns of figures, and how many; empty where there is one row of headings.
    headings : list of str
        That of the row names first.
    rows : list of list of Cell
        The first cell of a row is its name.
    note : str
        What stands below.
    texts : frozenset of int
        Columns of text, which begin at the left.
    """

    title: str
    headings: list[str]
    rows: list[list[Cell]]
    groups: list[tuple[str, int]] = field(default_factory=list)
    note: str = ""
    texts: frozenset[int] = frozenset({0})


def grid_of(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], note: str = "",
            texts: Sequence[int] = (0,)) -> Grid:  # fmt: skip
    """Make a table of plain texts, or of cells."""
    cells = [[each if isinstance(each, Cell) else Cell(str(each)) for each in row] for row in rows]
    return Grid(title, list(headings), cells, note=note, texts=frozenset(texts))


def figure_cell(mean: float, low: float, high: float, draws: int, digits: int = 1, mark: str = "") -> Cell:
    """Mean with its range below; the mean alone for a single draw, and where luck moves nothing."""
    if draws == 1 or not math.isfinite(mean) or low == high:
        return Cell(number(mean, digits), mark=mark)
    return Cell(number(mean, digits), f"{number(low, digits)} to {number(high, digits)}", mark)


def year_grids(tables: Sequence[YearTable | None], letters: Sequence[str], draws: Sequence[int]) -> list[Grid]:
    """Lay out a crop-year table of one or several runs, a block for as many columns as fit a page.

    Parameters
    ----------
    tables : sequence of YearTable or None
        The same table of every run; None where a run has none.
    letters : sequence of str
        What stands for each run.
    draws : sequence of int
    """
    shown = [(table, letter, count) for table, letter, count in zip(tables, letters, draws, strict=True) if table]
    first = shown[0][0]
    columns = {key: heading for table, _, _ in shown for heading, key in table.columns.items()}
    years = sorted({row for table, _, _ in shown for row in table.frame["row"]})
    cells = [
        {
            (line.row, line.column): figure_cell(line.mean, line.p05, line.p95, count)
            for line in table.frame.itertuples()
        }
        for table, _, count in shown
    ]
    blocks = _blocks(list(columns), max(1, MOST_CELLS // len(letters)))
    several = len(letters) > 1
    out = []
    for position, block in enumerate(blocks):
        rows = [[Cell(year), *(each.get((year, key), Cell("-")) for key in block for each in cells)] for year in years]
        title = first.title + (f", part {position + 1} of {len(blocks)}" if len(blocks) > 1 else "")
        names = [letter for _ in block for _, letter, _ in shown] if several else [columns[key] for key in block]
        groups = [(columns[key], len(shown)) for key in block] if several else []
        out.append(Grid(title, ["Crop year", *names], rows, groups))
    return out


def narrow(grid: Grid) -> list[Grid]:
    """Split a table with many columns into tables that fit a page, each with the names of the rows."""
    count = len(grid.headings) - 1
    if grid.groups or count <= MOST_CELLS + 1:
        return [grid]
    blocks = _blocks(range(1, count + 1), MOST_CELLS)
    return [
        Grid(
            f"{grid.title}, part {position + 1} of {len(blocks)}",
            [grid.headings[0], *(grid.headings[i] for i in block)],
            [[row[0], *(row[i] for i in block)] for row in grid.rows],
            note=grid.note if position == len(blocks) - 1 else "",
            texts=frozenset({0, *(1 + j for j, i in enumerate(block) if i in grid.texts)}),
        )
        for position, block in enumerate(blocks)
    ]


def _blocks(columns: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """Columns in parts of about the same length."""
    size = math.ceil(len(columns) / math.ceil(len(columns) / most))
    return [columns[i : i + size] for i in range(0, len(columns), size)]
