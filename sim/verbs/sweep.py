"""``singledesk sweep``: simulate the design of a sweep file, go on where it was stopped, and say what came of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from sim.experiments.engine import Engine
from sim.experiments.sweep import Watch, run_sweep
from sim.experiments.sweep_points import Sweep
from sim.guard import plain, warn
from sim.measures.names import in_order
from sim.shipped import sweep_path
from sim.store import StoredRun, check_folder
from sim.sweeps.loader import LoadedSweep, load_sweep
from sim.verbs.loading import command_line

QUIET = 30.0  # seconds between the lines that stand for a progress bar where there is no terminal
SHOWN = 24  # points of the design that are printed, at most


def sweep(
    name: str, overrides: dict[str, Any], out: Path, engine: Engine, chunk: int, fresh: bool, as_json: bool,
    console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a sweep and return the folder of its results."""
    check_folder(out)
    stored = simulate(load(name, overrides, errors), out, engine, chunk, fresh, errors)
    if as_json:
        print(json.dumps(report(stored), ensure_ascii=False, allow_nan=False))
    else:
        show(console, stored)
        plain(console, f"Saved in {stored.path}")
    return stored.path


def load(name: str, overrides: dict[str, Any], errors: Console) -> LoadedSweep:
    """Load a sweep by path or shipped name; its warnings go to ``errors``. Raises ``ScenarioError``."""
    loaded = load_sweep(sweep_path(name), overrides)
    for warning in loaded.warnings:
        warn(errors, warning)
    return loaded


def simulate(loaded: LoadedSweep, out: Path, engine: Engine, chunk: int, fresh: bool, errors: Console) -> StoredRun:
    """Run a sweep, with a progress bar on ``errors``, and return what was saved."""
    with Screen(errors) as screen:
        return run_sweep(loaded, out, engine, chunk=chunk, fresh=fresh, command=command_line(), watch=screen)


class Rate(ProgressColumn):
    """Worlds a second since the start, those from before left out."""

    def render(self, task: Task) -> Text:
        """Text of the column."""
        elapsed, worlds = task.elapsed or 0.0, task.completed - task.fields["before"]
        return Text(f"{worlds / elapsed:.1f} worlds/s" if elapsed > 1 and worlds > 0 else "")


class Screen(Watch):
    """Shows how a sweep goes: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.task: TaskID | None = None
        self.folder: Path | None = None
        columns = (
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}/{task.total:,.0f} worlds"),
            TextColumn("{task.fields[done]}/{task.fields[chunks]} chunks"), Rate(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
        )  # fmt: skip
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.kept = self.done = self.chunks = self.before = self.total = 0
        self.worlds_a_tick, self.began = 0.0, time.monotonic()
        self.told = self.began

    def __enter__(self) -> Screen:
        self.bar.start()
        return self

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        self.bar.stop()
        if kind is not None and self.folder is not None and self.folder.is_dir() and (self.kept or self.before):
            kept = f"{self.before + self.kept:,} of {self.total:,} worlds are kept in {self.folder}"
            plain(self.console, f"{kept}; the same command goes on from there")

    def load(self, done: int, structures: int) -> None:
        """See :class:`Watch`."""
        if time.monotonic() - self.told > QUIET:
            self.told = time.monotonic()
            plain(self.console, f"loading: {done:,} of {structures:,} structures")

    def start(self, sweep: Sweep, folder: Path, done: int, chunks: int) -> None:
        """See :class:`Watch`."""
        self.before, self.total, self.chunks, self.folder = done, sweep.worlds, chunks, folder
        self.worlds_a_tick = (sweep.worlds - done) / max(chunks * sweep.periods, 1)
        groups = f"{len(sweep.groups):,} group{'s' if len(sweep.groups) > 1 else ''}"
        to_do = f"{chunks:,} chunk{'s' if chunks != 1 else ''} to do"
        plain(self.console, f"{size_of(sweep.loaded)} in {groups}, {to_do}")
        if done:
            plain(self.console, f"going on from {done:,} worlds in {folder}")
        self.began = self.told = time.monotonic()
        self.task = self.bar.add_task(
            "simulating", total=sweep.worlds, completed=done, before=done, done=0, chunks=chunks
        )

    def tick(self, periods: int) -> None:
        """See :class:`Watch`."""
        most = self.total - self.bar.tasks[0].completed
        assert self.task is not None, "worlds are simulated after the start"
        self.bar.advance(self.task, min(periods * self.worlds_a_tick, max(most, 0.0)))

    def chunk(self, worlds: int) -> None:
        """See :class:`Watch`."""
        self.done, self.kept = self.done + 1, self.kept + worlds
        if self.task is not None:
            self.bar.update(self.task, done=self.done)
        now = time.monotonic()
        if not self.console.is_terminal and now - self.told > QUIET:
            self.told, rate = now, self.kept / (now - self.began)
            left = (self.total - self.before - self.kept) / rate
            done = f"{self.before + self.kept:,}/{self.total:,} worlds, {self.done:,}/{self.chunks:,} chunks"
            plain(self.console, f"{done}, {rate:.1f} worlds/s, about {left / 60:.1f} min left")

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


def show(console: Console, stored: StoredRun) -> None:
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
        plain(console, f"{' and '.join(left)}: singledesk results show {stored.manifest['run_id']}")
