"""``singledesk results``: list what is there, show one run in short, query runs and sweeps."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.screen import grid, number
from sim.store import find_run
from sim.stored.catalogue import FINISHED, catalogue, matching, parse_date
from sim.stored.describe import describe
from sim.stored.query import Answer, Question, ask, connection
from sim.stored.sources import PART
from sim.stored.writing import batches, format_of, write

SIZES = ("B", "kB", "MB", "GB", "TB")


def list_runs(
    kind: str | None, scenario: str | None, since: str | None, out: Path, as_json: bool, console: Console,
    errors: Console,
) -> None:  # fmt: skip
    """Print the catalogue of a results folder."""
    start = parse_date(since) if since is not None else None
    entries = matching(catalogue(out), kind, scenario, start)
    if as_json:
        print(json.dumps([entry.as_json() for entry in entries], ensure_ascii=False, allow_nan=False))
        return
    if not entries:
        where = f"since {since} " if since else ""
        _plain(errors, f"no results {where}under {out}; singledesk run SCENARIO makes some")
        return
    lines = []
    for each in entries:
        counts = ["" if value is None else str(value) for value in (each.draws, each.seed)]
        state = each.status if each.status == FINISHED else f"{each.status}: {each.remark}".removesuffix(": ")
        lines.append([each.run_id, each.kind, each.stem, *counts, each.started[:16], size(each.bytes), state])
    headings = ["Run", "Kind", "Scenario", "Draws", "Seed", "Started (UTC)", "Size", "State"]
    _print_columns(console, headings, lines, left=(0, 1, 2, 7))


def show_run(run: str, out: Path, as_json: bool, console: Console) -> None:
    """Print a run in short."""
    found = describe(find_run(run, out))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
        return
    for name, value in found.items():
        if name not in ("measures", "files") and value not in (None, "", [], {}):
            _plain(console, f"{name.replace('_', ' '):<14}{_short(value)}")
    sizes: dict[str, int] = {}
    for name, each in found["files"].items():
        shown = "measures/ (single draws)" if PART.fullmatch(name) else name
        sizes[shown] = sizes.get(shown, 0) + each["bytes"]
    files = [[name, size(count)] for name, count in sizes.items()]
    console.print(grid("Files", ["File", "Size"], files))
    if found["measures"]:
        lines = [[each["table"], str(each["columns"]), ", ".join(each["units"])] for each in found["measures"]]
        _print_columns(console, ["Table", "Columns", "Units"], lines, left=(0, 2))
        _plain(console, f"Its values: singledesk results query {found['run_id']} --measure TABLE")


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
            count = write(answer, form, to)
            if to is not None:
                _plain(errors, f"{count} lines in {to}")


def size(count: int) -> str:
    """Size in bytes for people."""
    power = min(int(math.log(count, 1000)), len(SIZES) - 1) if count > 0 else 0
    return f"{count / 1000**power:.{1 if power else 0}f} {SIZES[power]}"


def _print_answer(console: Console, errors: Console, answer: Answer, most: int) -> None:
    """Print the first lines; a column that is the same in all of them goes above the table."""
    found = list(islice((line for batch in batches(answer, most + 1) for line in batch.to_pylist()), most + 1))
    lines = found[:most]
    for line in lines:
        if "run" in line:
            line["run"] = answer.runs[line["run"]]
    same = [name for name in ("run", "unit") if name in lines[0] and len({line[name] for line in lines}) == 1]
    heading = ", ".join(answer.runs) if "run" in same or "run" not in lines[0] else ""
    if heading:
        _plain(console, heading)
    if "unit" in same:
        _plain(console, f"unit: {lines[0]['unit']}")
    names = [name for name in answer.columns if name not in same]
    cells = [[_cell(line[name]) for name in names] for line in lines]
    texts = [i for i, name in enumerate(names) if any(isinstance(line[name], str) for line in lines)]
    _print_columns(console, names, cells, left=texts)
    if len(found) > most:
        _plain(errors, f"only the first {most} lines are shown: --lines N for more, --to FILE for all")


def _print_columns(console: Console, headings: list[str], lines: list[list[str]], left: Sequence[int]) -> None:
    """Print lines in columns as wide as they need, without wrapping: a file or a pipe gets every character."""
    widths = [max(len(heading), *(len(line[i]) for line in lines)) for i, heading in enumerate(headings)]
    for line in [headings, *lines]:
        cells = [
            text.ljust(w) if i in left else text.rjust(w) for i, (text, w) in enumerate(zip(line, widths, strict=True))
        ]
        _plain(console, "  ".join(cells).rstrip())


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


def _plain(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
