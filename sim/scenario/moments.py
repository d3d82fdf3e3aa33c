"""The figures a calibration is to meet: every cell that a line of the file stands for; some may not be fitted."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.calibration_schema import Calibration, Moments
from sim.scenario.problems import Path, Report, nearest
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of
from sim.shipped import AVERAGE, published_figures, published_seasons

PREDICTED, PARTLY_PREDICTED = 2, 3
"""Table 2 is held out whole; of Table 3 the last crop year, and the average that would give it away."""


@dataclass(frozen=True)
class Cell:
    """One figure to be met.

    Attributes
    ----------
    run : str
        The run it is taken from.
    table, row, column : str
        Its key among the run's measures: ``table1``, ``1980/81-1985/86 japan-offshore``, ``mean_difference_cad_t``.
    number : int or None
        Table of the study.
    target : float
    published : bool
        Whether the target is the published figure.
    scale, weight : float or None
        As stated; at most one of them.
    path : tuple
        Where the file asks for it.
    """

    run: str
    table: str
    row: str
    column: str
    number: int | None
    target: float
    published: bool
    scale: float | None
    weight: float | None
    path: Path


def held_out(table: int, row: str) -> bool:
    """Whether a published figure may not be fitted."""
    last = published_seasons()[-1]
    return table == PREDICTED or (table == PARTLY_PREDICTED and row in (last, AVERAGE))


def check_moments(plan: Calibration, tree: Node, report: Report) -> list[Cell]:
    """List the cells of all lines; a problem for every line that has none, or one that may not be fitted."""
    cells: list[Cell] = []
    seen: set[tuple[str, str, str, str]] = set()
    for index, line in enumerate(plan.moments):
        here = ("moments", index)
        if line.run not in plan.runs:
            message = f"unknown run `{line.run}`{nearest(line.run, plan.runs)}"
            report.add(mark_of(tree, (*here, "run")), (*here, "run"), message)
        if line.scale is not None and line.weight is not None:
            report.add(mark_of(tree, (*here, "weight")), (*here, "weight"), "give a scale or a weight, not both")
        if (line.table is None) == (line.measure is None):
            report.add(mark_of(tree, here), here, "give either `table`, of the study, or `measure`")
            continue
        found = _published(line, here, tree, report) if line.table is not None else _measured(line, here, tree, report)
        for cell in found:
            key = (cell.run, cell.table, cell.row, cell.column)
            if key in seen:
                report.add(mark_of(tree, here), here, f"{cell.row} / {cell.column} is asked for twice")
            seen.add(key)
        cells += found
    return cells


def _published(line: Moments, here: Path, tree: Node, report: Report) -> list[Cell]:
    known = [figure for figure in published_figures() if figure[0] == line.table]
    if line.table == PREDICTED:
        message = "Table 2 is what the model is judged by: it is held out of every calibration"
        report.add(mark_of(tree, (*here, "table")), (*here, "table"), message)
        return []
    assert line.table is not None, "a line is about a published table or about a measure"
    rows = _chosen(line.rows, [row for _, row, _, _ in known], (*here, "rows"), tree, report)
    columns = _chosen(line.columns, [column for *_, column, _ in known], (*here, "columns"), tree, report)
    for index, row in enumerate(line.rows or []):
        if held_out(line.table, row):
            last = published_seasons()[-1]
            why = "" if row == last else f", and the average gives {last} away"
            message = f"row {last} of Table 3 is held out of every calibration{why}"
            report.add(mark_of(tree, (*here, "rows", index)), (*here, "rows", index), message)
    wanted = [
        (row, column, value)
        for table, row, column, value in known
        if row in rows and column in columns and not held_out(table, row)
    ]
    if line.target is not None and len(wanted) != 1:
        message = f"a target is for one figure; this line stands for {len(wanted)}"
        report.add(mark_of(tree, (*here, "target")), (*here, "target"), message)
    return [
        Cell(
            line.run, f"table{line.table}", row, column, line.table, value if line.target is None else line.target,
            line.target is None, line.scale, line.weight, here,
        )
        for row, column, value in wanted
    ]  # fmt: skip


def _chosen(names: list[str] | None, known: list[str], here: Path, tree: Node, report: Report) -> set[str]:
    for index, name in enumerate(names or []):
        if name not in known:
            hint = nearest(name, dict.fromkeys(known))
            report.add(mark_of(tree, (*here, index)), (*here, index), f"no such name in the published table{hint}")
    return set(known if names is None else names)


def _measured(line: Moments, here: Path, tree: Node, report: Report) -> list[Cell]:
    if line.measure in {f"table{number}" for number, *_ in published_figures()}:
        message = f"write `table: {line.measure[-1]}`"
        report.add(mark_of(tree, (*here, "measure")), (*here, "measure"), message)
        return []
    assert line.measure is not None, "a line is about a published table or about a measure"
    rows, columns = line.rows or [], line.columns or []
    single = len(rows) == 1 and len(columns) == 1
    if not single or line.target is None or (line.scale is None and line.weight is None):
        report.add(mark_of(tree, here), here, "a measure needs one row, one column, a target, and a scale or a weight")
        return []
    return [
        Cell(
            line.run,
            line.measure,
            rows[0],
            columns[0],
            None,
            line.target,
            False,
            line.scale,
            line.weight,
            here,
        )
    ]
