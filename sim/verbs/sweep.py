"""``singledesk sweep``: simulate the design of a sweep file, go on where it was stopped, and say what came of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from sim.experiments.kept_measures import in_order
from sim.experiments.sweep import Sweep, Watch, run_sweep
from sim.scenario.sweep import LoadedSweep, load_sweep
from sim.shipped import sweep_path
from sim.store import StoredRun, check_folder

QUIET = 30.0  # seconds between the lines that stand for a progress bar where there is no terminal
SHOWN = 24  # points of the design that are printed, at most


def sweep(
    name: str, overrides: dict[str, Any], out: Path, engine: Any, chunk: int, fresh: bool, as_json: bool,
    console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a sweep and return the folder of its results."""
    check_folder(out)
    stored = run_file(name, overrides, out, engine, chunk, fresh, errors)
    if as_json:
        print(json.dumps(report(stored), ensure_ascii=False, allow_nan=False))
    else:
        _show(console, stored)
        console.print(f"Saved in {stored.path}", highlight=False, soft_wrap=True, markup=False)
    return stored.path


def run_file(
    name: str, overrides: dict[str, Any], out: Path, engine: Any, chunk: int, fresh: bool, errors: Console
) -> StoredRun:
    """Run the sweep of a file, with a progress bar on ``errors``, and return what was saved."""
    loaded = load_sweep(sweep_path(name), overrides)
    for warning in loaded.warnings:
        errors.print(f"warning: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    with Screen(errors) as screen:
        command = ["singledesk", *sys.argv[1:]]
        return run_sweep(loaded, out, engine, chunk=chunk, fresh=fresh, command=command, watch=screen)


class Rate(ProgressColumn):
    """Worlds a second since the start, those from before left out."""

    def render(self, task: Task) -> Text:
        """Text of the column."""
        elapsed, worlds = task.elapsed or 0.0, task.completed - task.fields["before"]
        return Text(f"{worlds / elapsed:.1f} worlds/s" if elapsed > 1 and worlds > 0 else "")


class Screen(Watch):
    """Shows how a sweep goes: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console, self.task, self.folder = console, None, None
        columns = (
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}/{task.total:,.0f} worlds"),
            TextColumn("{task.fields[done]}/{task.fields[chunks]} chunks"), Rate(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
        )  # fmt: skip
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.kept = self.done = self.chunks = self.before = self.total = 0
        self.worlds_a_tick, self.began, self.told = 0.0, time.monotonic(), 0.0

    def __enter__(self) -> Screen:
        self.bar.start()
        return self

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        self.bar.stop()
        if kind is not None and self.folder is not None and (self.kept or self.before):
            self.say(f"{self.before + self.kept:,} of {self.total:,} worlds are kept in {self.folder}; "
                     "the same command goes on from there")  # fmt: skip

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def start(self, sweep: Sweep, folder: Path, done: int, chunks: int) -> None:
        """See :class:`Watch`."""
        self.before, self.total, self.chunks, self.folder = done, sweep.worlds, chunks, folder
        self.worlds_a_tick = (sweep.worlds - done) / max(chunks * sweep.periods, 1)
        groups = f"{len(sweep.groups):,} group{'s' if len(sweep.groups) > 1 else ''}"
        self.say(f"{size_of(sweep.loaded)} in {groups}, {chunks:,} chunk{'s' if chunks != 1 else ''} to do")
        if done:
            self.say(f"going on from {done:,} worlds in {folder}")
        self.began = self.told = time.monotonic()
        self.task = self.bar.add_task(
            "simulating", total=sweep.worlds, completed=done, before=done, done=0, chunks=chunks
        )

    def tick(self, periods: int) -> None:
        """See :class:`Watch`."""
        most = self.total - self.bar.tasks[0].completed
        self.bar.advance(self.task, min(periods * self.worlds_a_tick, max(most, 0.0)))

    def chunk(self, worlds: int) -> None:
        """See :class:`Watch`."""
        self.done, self.kept = self.done + 1, self.kept + worlds
        self.bar.update(self.task, done=self.done)
        now = time.monotonic()
        if not self.console.is_terminal and now - self.told > QUIET:
            self.told, rate = now, self.kept / (now - self.began)
            left = (self.total - self.before - self.kept) / rate
            self.say(f"{self.before + self.kept:,}/{self.total:,} worlds, {self.done:,}/{self.chunks:,} chunks, "
                     f"{rate:.1f} worlds/s, about {left / 60:.1f} min left")  # fmt: skip

    def dataset(self) -> None:
        """See :class:`Watch`."""
        if self.task is not None:
            self.bar.update(self.task, completed=self.total, description="writing the dataset")


def size_of(loaded: LoadedSweep) -> str:
    """Say how large a sweep is."""
    points, draws = len(loaded.design), loaded.plan.draws
    return f"{points:,} points x {draws:,} draws = {points * draws:,} worlds"


def report(stored: StoredRun) -> dict[str, Any]:
    """Make what ``sweep --json`` prints: the sweep's identity and its bands; a value that does not exist is null."""
    bands = stored.frame("bands")
    keys = ("stem", "points", "draws", "worlds", "seed", "factors")
    return {
        "run_id": stored.manifest["run_id"],
        "folder": str(stored.path),
        **{key: stored.manifest[key] for key in keys},
        "design": json.loads(stored.frame("design").to_json(orient="records", double_precision=15)),
        "bands": json.loads(bands.to_json(orient="records", double_precision=15)),
    }


def _show(console: Console, stored: StoredRun) -> None:
    """Print the means over crop years of the first measures at the first points."""
    design, bands = stored.frame("design"), stored.frame("bands")
    years = bands[bands["crop_year"].isin(["mean", "all"])].astype({"table": str, "column": str, "unit": str})
    keys = in_order(stored.manifest["sweep"]["measures"], years[["table", "column", "unit"]].drop_duplicates())
    room = max(1, (console.width - 12 * len(design.columns)) // 16)
    table = Table(
        title=f"{stored.manifest['scenario']['title']}: means over crop years and {stored.manifest['draws']} draws"
    )
    for name in design:
        table.add_column(name, justify="right")
    for name, column, unit in keys[:room]:
        table.add_column(f"{name}:\n{column}\n{unit}", justify="right", overflow="fold")
    for point, row in design.head(SHOWN).iterrows():
        cells = [f"{value:g}" if isinstance(value, float) else str(value) for value in row]
        mine = years[years["point"] == point].set_index(["table", "column"])["mean"]
        cells += [f"{mine[key[:2]]:,.2f}" if key[:2] in mine.index else "" for key in keys[:room]]
        table.add_row(*cells)
    console.print(table)
    left = [f"{len(design) - SHOWN:,} more points"] if len(design) > SHOWN else []
    left += [f"{len(keys) - room:,} more measures"] if len(keys) > room else []
    if left:
        known = f"singledesk results show {stored.manifest['run_id']}"
        console.print(f"{' and '.join(left)}: {known}", highlight=False, markup=False, soft_wrap=True)
