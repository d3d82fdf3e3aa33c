"""What a command prints on the terminal, caught as tables and lines: the report shows the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rich.errors import MarkupError
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from sim.reports.tables import Cell, Grid

WIDTH = 10_000  # columns side by side are split by the report, not by a terminal


class Recorder:
    """Stands in for a Rich console and keeps what is printed."""

    is_terminal = False

    def __init__(self, width: int = WIDTH, remarks: bool = False) -> None:
        self.width = width
        self.remarks, self._open = remarks, False
        self.grids: list[Grid] = []
        self.lines: list[str] = []

    def print(self, *objects: Any, markup: bool = True, style: str = "", **_options: Any) -> None:
        """Keep a table or a line; headings of the terminal are left out, an empty line ends what is about a table."""
        self._open = self._open and bool(objects)
        for each in objects:
            each = each.renderable if isinstance(each, Padding) else each
            if isinstance(each, RichTable):
                self.grids.append(_grid(each))
                self._open = self.remarks
            elif not style:
                self._line(_plain(each) if markup else str(each))

    def _line(self, text: str) -> None:
        if self._open:
            last = self.grids[-1]
            self.grids[-1] = replace(last, note=f"{last.note} {text}".strip())
        else:
            self.lines.append(text.removeprefix("- "))

    def render_str(self, text: str, **_options: Any) -> Text:
        """Text as it is."""
        return Text(text)


def caught(show: Callable[..., None], *args: Any, width: int = WIDTH, remarks: bool = False) -> Recorder:
    """Call what prints a result, with a recorder for its console; return the recorder.

    With ``remarks`` the lines that follow a table, up to an empty one, become its note.
    """
    recorder = Recorder(width, remarks)
    show(recorder, *args)
    return recorder


def _grid(table: RichTable) -> Grid:
    columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
    rows = [[Cell(cell) for cell in row] for row in zip(*columns, strict=True)]
    texts = frozenset(i for i, column in enumerate(table.columns) if column.justify == "left")
    note = _plain(table.caption) if table.caption else ""
    headings = [_plain(column.header) for column in table.columns]
    return Grid(_plain(table.title or ""), headings, rows, note=note, texts=texts)


def _plain(text: Any) -> str:
    """Text without markup; as it stands where it is none."""
    if isinstance(text, Text):
        return text.plain
    try:
        return Text.from_markup(str(text), emoji=False).plain
    except MarkupError:
        return str(text)
