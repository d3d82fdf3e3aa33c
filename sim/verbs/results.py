"""``singledesk results``: show one run in short, query runs and sweeps."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.guard import plain
from sim.screen import grid, number
from sim.store import find_run
from sim.stored.describe import describe
from sim.stored.layout import PART
from sim.stored.query import Answer, ask, connection
from sim.stored.question import Question
from sim.stored.writing import format_of, write
from sim.verbs.results_list import print_columns, size


def show_run(run: str, out: Path, as_json: bool, console: Console) -> None:
    """Print a run in short."""
    found = describe(find_run(run, out))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
        return
    for name, value in found.items():
        if name not in ("measures", "files") and value not in (None, "", [], {}):
            plain(console, f"{name.replace('_', ' '):<14}{_short(value)}")
    sizes: dict[str, int] = {}
    for name, each in found["files"].items():
        shown = "measures/ (single draws)" if PART.fullmatch(name) else name
        sizes[shown] = sizes.get(shown, 0) + each["bytes"]
    files = [[name, size(count)] for name, count in sizes.items()]
    console.print(grid("Files", ["File", "Size"], files))
    if found["measures"]:
        lines = [[each["table"], str(each["columns"]), ", ".join(each["units"])] for each in found["measures"]]
        print_columns(console, ["Table", "Columns", "Units"], lines, left=(0, 2))
        plain(console, f"Its values: singledesk results query {found['run_id']} --measure TABLE")


def query_runs(
    runs: Sequence[str], question: Question, form: str | None, to: Path | None, most: int, out: Path, console: Console,
    errors: Console,
) -> None:  # fmt: skip
    """Print or write what a query finds."""
    form = format_of(form, to)
    found = [find_run(name, out) for name in runs]
    with connection() as con:
        answer = ask(con, found, question)
        if form == "table":
            _print_answer(console, errors, answer, most)
        else:
            replaced = to is not None and os.path.isfile(to)
            count = write(answer, form, to)
            if to is not None:
                plain(errors, f"{count} lines in {to}" + (", in place of an earlier file" if replaced else ""))


def _print_answer(console: Console, errors: Console, answer: Answer, most: int) -> None:
    """Print the first lines; a column that is the same in all of them goes above the table."""
    found = list(islice((line for batch in answer.batches(most + 1) for line in batch.to_pylist()), most + 1))
    lines = found[:most]
    for line in lines:
        if "run" in line:
            line["run"] = answer.runs[line["run"]]
    same = [name for name in ("run", "unit") if name in lines[0] and len({line[name] for line in lines}) == 1]
    heading = ", ".join(answer.runs) if "run" in same or "run" not in lines[0] else ""
    if heading:
        plain(console, heading)
    if "unit" in same:
        plain(console, f"unit: {lines[0]['unit']}")
    names = [name for name in answer.columns if name not in same]
    cells = [[_cell(line[name]) for name in names] for line in lines]
    texts = [i for i, name in enumerate(names) if any(isinstance(line[name], str) for line in lines)]
    print_columns(console, names, cells, left=texts)
    if len(found) > most:
        plain(errors, f"only the first {most} lines are shown: --lines N for more, --to FILE for all")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return number(value, 2) if abs(value) < 1e6 else f"{value:.6g}"
    return str(value)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items())
    return str(value)
