"""Tables on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pandas as pd
from rich import box
from rich.console import Console, ConsoleRenderable, RenderHook
from rich.table import Table as RichTable
from rich.text import Text

from sim.frames import YearTable
from sim.wording import words


def number(value: float | None, digits: int = 1) -> str:
    """Write a number for people: grouped digits, a dash for nothing."""
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{value:,.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def mean_and_range(mean: float, low: float, high: float, draws: int, digits: int = 1) -> str:
    """``101.2 (98.0 to 104.9)``; the mean alone for a single draw."""
    if draws == 1 or not math.isfinite(mean):
        return number(mean, digits)
    return f"{number(mean, digits)} ({number(low, digits)} to {number(high, digits)})"


def grid(title: str, headings: list[str], lines: list[list[str]], caption: str | None = None) -> RichTable:
    """Make a table with a left-aligned first column and right-aligned others."""
    table = RichTable(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, caption=caption
    )
    table.caption_justify = "left"
    for position, heading in enumerate(headings):
        widest = max((len(line[position]) for line in lines), default=0)  # headings may wrap, numbers may not
        table.add_column(heading, justify="right" if position else "left", min_width=widest if position else None)
    for line in lines:
        table.add_row(*line)
    return table


def print_year_table(console: Console, table: YearTable, draws: int) -> None:
    """Print a crop-year table, split into blocks that fit the width; ranges only when all fit at once."""
    years = list(dict.fromkeys(table.frame["row"]))
    cells = {(line.row, line.column): line for line in table.frame.itertuples()}
    headings = list(table.columns.items())
    per_block = max(1, (console.width - 10) // 13)
    blocks = [headings[i : i + per_block] for i in range(0, len(headings), per_block)]
    with_range = draws > 1 and len(headings) * 26 + 10 <= console.width
    for position, block in enumerate(blocks):
        lines = []
        for year in years:
            line = [year]
            for _heading, key in block:
                cell = cells.get((year, key))
                if cell is None:
                    line.append("-")
                elif with_range:
                    line.append(mean_and_range(cell.mean, cell.p05, cell.p95, draws))
                else:
                    line.append(number(cell.mean))
            lines.append(line)
        title = table.title if position == 0 else f"{table.title}, continued"
        console.print(grid(title, ["Crop year", *(heading for heading, _key in block)], lines))


def print_paired_gaps(console: Console, gaps: pd.DataFrame, draws: int) -> None:
    """Print Table 1 beside the published one."""
    if gaps.empty:
        return
    lines = []
    for line in gaps.itertuples(index=False):
        published = number(line.published_cad_t, 2)
        star = "*" if line.published_significant else ""
        simulated = mean_and_range(line.mean_cad_t, line.p05_cad_t, line.p95_cad_t, draws, 2)
        lines.append([line[0], simulated, f"{100 * line.share_of_draws_significant:.0f} %", f"{published}{star}"])
    headings = ["Period and pair", "Simulated", "Draws significant", "Published"]
    caption = "Mean difference in months with sales in both markets; * significant at 95 %."
    console.print(grid("Table 1: price gaps paired by sale month, feed (C$/t)", headings, lines, caption))


class _Words(RenderHook):
    """Puts a scenario's words into what a console prints."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self.say = say

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Change titles, headings, cells and captions of tables, and texts."""
        return [self._said(each) for each in renderables]

    def _said(self, item: ConsoleRenderable) -> ConsoleRenderable:
        if isinstance(item, RichTable):
            item.title, item.caption = self._text(item.title), self._text(item.caption)
            for column in item.columns:
                column.header = self._text(column.header)
                column._cells = [self._text(cell) for cell in column._cells]
        elif isinstance(item, Text):
            return cast(Text, self._text(item))
        return item

    def _text(self, item: Any) -> Any:
        if isinstance(item, str):
            return self.say(item)
        if isinstance(item, Text) and self.say(item.plain) != item.plain:
            return Text(self.say(item.plain), style=item.style, overflow=item.overflow, no_wrap=item.no_wrap)
        return item


@contextmanager
def in_words_of(scenario: dict[str, Any], console: Console) -> Iterator[None]:
    """While it lasts, the console prints a scenario's currencies and crop year where code speaks of its usual ones."""
    if (say := words(scenario)) is str:
        yield
        return
    console.push_render_hook(_Words(say))
    try:
        yield
    finally:
        console.pop_render_hook()


def comparison_tables(
    title: str, frame: pd.DataFrame, draws: int, columns: dict[str, str], width: int, caption: str | None = None
) -> list[RichTable]:
    """Tables of differences no wider than ``width``: as many columns side by side as fit.

    ``frame`` has row, column, mean, p05, p95 and published; ``columns`` gives a heading for each column.
    """
    cells: dict[tuple[str, str], Any] = {(line.row, line.column): line for line in frame.itertuples()}
    rows = list(dict.fromkeys(frame["row"]))
    blocks: list[tuple[list[str], list[list[str]]]] = []
    used = width + 1
    for column, heading in columns.items():
        own = [cells[row, column] for row in rows]
        names, lines = [heading], [[mean_and_range(cell.mean, cell.p05, cell.p95, draws)] for cell in own]
        if any(math.isfinite(cell.published) for cell in own):
            names = [heading, "published"]
            lines = [[*line, number(cell.published, 2)] for line, cell in zip(lines, own, strict=True)]
        size = max(len(line[0]) for line in lines) + 3 + 13 * (len(names) - 1)
        if used + size > width:
            blocks.append(([], [[] for _row in rows]))
            used = 12
        used += size
        blocks[-1][0].extend(names)
        for line, more in zip(blocks[-1][1], lines, strict=True):
            line.extend(more)
    return [
        grid(
            title if position == 0 else f"{title}, continued",
            ["Crop year", *headings],
            [[row, *line] for row, line in zip(rows, lines, strict=True)],
            caption if position == len(blocks) - 1 else None,
        )
        for position, (headings, lines) in enumerate(blocks)
    ]
