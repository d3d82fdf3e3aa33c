"""The points of a sweep from a table: one column per factor, one line per point."""

from __future__ import annotations

import csv
import io
import math
import os

import pandas as pd

from sim.scenario.fields import slot_at
from sim.scenario.problems import Mark, Path, Report, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.scalars import plain_scalar
from sim.scenario.source import TABLE_BYTES, read_text
from sim.scenario.tree import mark_of, split_path
from sim.sweeps.factor import Spread
from sim.sweeps.keys import kind_of_value

SHOWN = 20  # problems of one table
HERE: Path = ("design", "file")


def read_points(name: str, sweep: str, spreads: list[Spread], tree: Node, report: Report) -> pd.DataFrame | None:
    """Design in the table ``name`` beside the file ``sweep``; None and problems when it will not do."""
    mark = mark_of(tree, HERE)
    if os.path.isabs(name) or ".." in name.replace("\\", "/").split("/"):
        report.add(mark, HERE, "must lie in the folder of the sweep, or below it")
        return None
    file = os.path.normpath(os.path.join(os.path.dirname(sweep), name))
    text = read_text(file, report, TABLE_BYTES, (mark, HERE))
    if text is None:
        return None
    before = len(report.problems)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, list[float | str]] = {}
    try:
        header = [each.strip() for each in next(rows, [])]
        wanted = {each.factor.name: each for each in spreads}
        _check_header(header, wanted, Mark(file, 1, 1), report)
        if len(report.problems) > before:
            return None
        columns = {name: [] for name in wanted}
        for row in rows:
            if len(report.problems) - before >= SHOWN:
                break
            if any(cell.strip() for cell in row):
                _read_row(row, header, wanted, columns, file, rows.line_num, report)
    except csv.Error as error:
        report.add(Mark(file, max(rows.line_num, 1), 1), "", f"not a valid CSV line ({error})")
    if len(report.problems) > before:
        return None
    if not columns or not next(iter(columns.values())):
        report.add(mark, HERE, f"table `{printable(file, 200)}` holds no point")
        return None
    return pd.DataFrame(columns)


def _check_header(header: list[str], wanted: dict[str, Spread], mark: Mark, report: Report) -> None:
    for name in dict.fromkeys(header):
        if name not in wanted:
            report.add(mark, "", f"column `{printable(name, 60)}` is no factor{nearest(name, wanted)}")
        elif header.count(name) > 1:
            report.add(mark, "", f"column `{name}` is there twice")
    for name in wanted:
        if name not in header:
            report.add(mark, "", f"column `{name}` is missing; one is needed for every factor")


def _read_row(
    row: list[str], header: list[str], wanted: dict[str, Spread], columns: dict[str, list[float | str]], file: str,
    line: int, report: Report,
) -> None:  # fmt: skip
    if len(row) != len(header):
        report.add(Mark(file, line, 1), "", f"{len(row)} columns where the header has {len(header)}")
        return
    source = report.sources[file][line - 1] if line <= len(report.sources[file]) else ""
    for name, cell in zip(header, (cell.strip() for cell in row), strict=True):
        value, problem = _value(cell, wanted[name])
        if problem:
            report.add(Mark(file, line, max(source.find(cell) + 1, 1)), name, problem)
        columns[name].append(value)


def _value(cell: str, spread: Spread) -> tuple[float | str, str]:
    """Value of a cell, and what is wrong with it."""
    factor = spread.factor
    if factor.numeric:
        value = plain_scalar(cell)
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        return (float(value), "") if good else (0.0, f"'{printable(cell, 40)}' is not a finite number")
    if not factor.keys:
        known = spread.listed
        return cell, "" if cell in known else f"unknown level `{printable(cell, 60)}`{nearest(cell, map(str, known))}"
    return cell, kind_of_value(plain_scalar(cell), slot_at(split_path(factor.keys[0]) or ()))
