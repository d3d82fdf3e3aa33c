"""The study's tables on the terminal: published, simulated with its range, and a mark where they disagree."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import pandas as pd
from rich.console import Console
from rich.padding import Padding

from sim.experiments.published import NEAR, REPLICATION, agreement, position
from sim.screen import grid, mean_and_range, number

TITLES = {
    1: "Table 1: price gaps between markets, feed, paired by sale month",
    2: "Table 2: multiple sellers minus the single desk",
    3: "Table 3: price movement across the border and its cost",
    4: "Table 4: price volatility",
}
FIRST = {1: "Period and pair", 2: "Crop year", 3: "Crop year", 4: "Series"}
UNITS = {"_million_cad": "million C$", "_cad_t": "C$/t"}
FRAME = 2  # what the edges of a table take
GAP = 3  # between two columns
MARKS = "< or >: the published figure is below or above the 5-95 % range of the draws."


def show(console: Console, frame: pd.DataFrame, notes: list[str], draws: int) -> None:
    """Print Tables 1-4, what is odd in the printed ones, and how far published and simulated agree."""
    for table in TITLES:
        _print_table(console, frame[frame["table"] == table], table, draws)
    console.print("In the printed tables themselves", style="bold")
    for note in notes:
        console.print(Padding.indent(console.render_str(f"- {note}", markup=False, highlight=False), 1))
    console.print()
    _print_agreement(console, agreement(frame))


def heading(column: str) -> str:
    """Heading of a column over its unit: ``six_row_price_cad_t`` -> ``Six row price``, ``(C$/t)``."""
    suffix = next(end for end in UNITS if column.endswith(end))
    name = column.removesuffix(suffix).replace("_", " ")
    return f"{name[0].upper()}{name[1:]}\n({UNITS[suffix]})"


def narrow(text: str, width: int) -> str:
    """Break the lines of a heading at words so that it is no wider than ``width``, or than its longest word."""
    width = max(width, *(len(word) for word in text.split()))
    return "\n".join(fill(line, width) for line in text.split("\n"))


def _print_table(console: Console, part: pd.DataFrame, table: int, draws: int) -> None:
    """Print one table, as many of its columns side by side as fit."""
    agents = part[part["label"] != REPLICATION]
    again = {(line.row, line.column): line.simulated for line in part[part["label"] == REPLICATION].itertuples()}
    marks = position(agents).replace("-", "")
    cells = {(line.row, line.column): (line, marks[line.Index]) for line in agents.itertuples()}
    rows = list(dict.fromkeys(agents["row"]))
    first = max(len(text) for text in (*rows, FIRST[table]))
    blocks: list[tuple[list[str], list[list[str]]]] = []
    used = console.width + 1
    for column in dict.fromkeys(agents["column"]):
        digits = max(_digits(cells[row, column][0].published) for row in rows if (row, column) in cells)
        names = [f"{heading(column)}\npublished", str(agents["label"].iloc[0])] + ([REPLICATION] if again else [])
        lines = [_cells(cells.get((row, column)), again.get((row, column)), digits, draws, bool(again)) for row in rows]
        names = [narrow(name, max(len(line[i]) for line in lines)) for i, name in enumerate(names)]
        width = sum(
            max(len(text) for text in (*name.split("\n"), *(line[i] for line in lines))) + GAP
            for i, name in enumerate(names)
        )
        if used + width > console.width:
            blocks.append(([FIRST[table]], [[row] for row in rows]))
            used = first + FRAME
        used += width
        blocks[-1][0].extend(names)
        for line, more in zip(blocks[-1][1], lines, strict=True):
            line.extend(more)
    for position_, (names, lines) in enumerate(blocks):
        title = TITLES[table] + (", continued" if position_ else "")
        caption = MARKS if draws > 1 and position_ == len(blocks) - 1 else None
        console.print(grid(title, names, lines, caption))


def _cells(found: tuple[Any, str] | None, again: float | None, digits: int, draws: int, with_again: bool) -> list[str]:
    if found is None:
        return ["", ""] + ([""] if with_again else [])
    line, mark = found
    shown = mean_and_range(line.simulated, line.low, line.high, draws)
    texts = [f"{number(line.published, digits)} {mark or ' '}", shown]
    return texts + ([number(again, digits)] if with_again else [])


def _digits(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _print_agreement(console: Console, counts: pd.DataFrame) -> None:
    lines = []
    for line in counts.itertuples():
        name = f"Table {line.table}, {line.label}" if line.table else "All, by the agents"
        sign = f"{line.same_sign} of {line.signed}" if line.signed else "-"
        inside = str(line.inside) if line.ranged else "-"
        lines.append([name, str(line.figures), inside, str(line.near), sign])
    distances = ", ".join(f"{size:g} {unit}" for unit, size in NEAR.items())
    caption = f"Near: within {distances}. Same sign: of the figures that can have either."
    headings = ["", "Figures", "Inside 5-95 %", "Near", "Same sign"]
    console.print(grid("Published figures and the simulation", headings, lines, caption))
