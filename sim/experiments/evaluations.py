"""Simulating points of a calibration: side by side, each kept on disk the moment it is known.

A task is one run at one point. Its result, the values of every cell in every draw, is a line of the journal; a task in
the journal is never simulated again. So a search that is taken up again sees what it saw the first time, bit for bit,
and goes the same way.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, overload

import numpy as np

from sim.experiments.compare import effects_on_producers
from sim.experiments.engine import CHUNK, Engine, Progress, Span, chunks
from sim.experiments.ensemble import run_chunk
from sim.measures import AVERAGE, Measures, summary
from sim.measures.study_tables import StudyPoints, study_tables
from sim.scenario import Loaded
from sim.scenario.calibration import LoadedCalibration, Run
from sim.shipped import home_origin, published_seasons
from sim.store import StoreError, cannot_write
from sim.study_points import study_points

JOURNAL = "evaluations.jsonl"
LINE_BYTES = 2**26  # of one result; a thousand draws of fifty figures are 1 MiB
MOST_BYTES = 2**30
EFFECTS = "table2"

Key = tuple[str, str, str]
"""Table, row and column of a cell."""
Task = tuple[str, tuple[float, ...]]
"""Name of a run, and the values of the parameters in the order of the file."""


@dataclass(frozen=True)
class Simulator:
    """All it takes to simulate a task in any process.

    Attributes
    ----------
    runs : dict of str to Run
    keys : tuple of tuple of str
        Scenario keys tied to each parameter.
    cells : dict of str to tuple of Key
        What is kept of each run. A name that ends in ``EFFECTS`` stands for the run without the desk minus the run.
    draws, seed : int
    held_out : str
        The run that held-out effects are computed from.
    """

    runs: Mapping[str, Run]
    keys: tuple[tuple[str, ...], ...]
    cells: Mapping[str, tuple[Key, ...]]
    draws: int
    seed: int
    held_out: str = ""

    @classmethod
    def of(cls, loaded: LoadedCalibration, cells: Mapping[str, tuple[Key, ...]]) -> Simulator:
        """Simulator of a calibration."""
        plan = loaded.plan
        keys = tuple(tuple(each.keys) for each in plan.parameters.values())
        base = plan.held_out.run if plan.held_out is not None else ""
        return cls(loaded.runs, keys, cells, plan.draws, plan.seed, base)

    def simulate(self, task: Task) -> np.ndarray:
        """Values of the run's cells, shape (cell, draw); NaN for a cell the run does not have."""
        return self.values(task, self.scenarios(task))

    def scenarios(self, task: Task) -> dict[str, Loaded]:
        """Scenarios of a task at its point, by run."""
        name, values = task
        settings = [f"{key}={value!r}" for keys, value in zip(self.keys, values, strict=True) for key in keys]
        return {each: self.runs[each].load(settings) for each in ((self.held_out, "") if name == EFFECTS else (name,))}

    def values(self, task: Task, scenarios: Mapping[str, Loaded]) -> np.ndarray:
        """What ``simulate`` returns, from scenarios that have been loaded."""
        name, _ = task
        if name == EFFECTS:
            base, other = (self._measures(scenarios[each]) for each in (self.held_out, ""))
            origin = home_origin(vars(scenarios[self.held_out].scenario))
            years = list(dict.fromkeys(row for _, row, _ in self.cells[name] if row != AVERAGE))
            table = effects_on_producers(base, other, origin)
            measures = Measures.from_tables([table.only([y for y in years if y in table.rows]).with_average()])
        else:
            measures = self._measures(scenarios[name])
        places = {key[:3]: place for place, key in enumerate(measures.keys)}
        nothing = np.full(self.draws, np.nan)
        return np.array([measures.values[places[key]] if key in places else nothing for key in self.cells[name]])

    def run(self, name: str, values: tuple[float, ...], progress: Progress) -> np.ndarray:
        """Simulate a task on an engine."""
        return self.simulate((name, values))

    def _measures(self, loaded: Loaded) -> Measures:
        points = points_within(loaded)
        parts = []
        for draws, first in chunks(self.draws, CHUNK):
            ledger = run_chunk(loaded, draws, first, seed=self.seed)
            parts.append(summary(ledger, extra=study_tables(ledger, points)))
        return Measures.concat(parts)


def points_within(loaded: Any) -> StudyPoints:
    """Where a run has the study's tables: over the study's crop years, as far as the run covers them."""
    covered = tuple(year for year in published_seasons() if year in loaded.timeline.crop_years)
    return replace(study_points(loaded), seasons=covered)


class Journal:
    """Results of tasks in a file, one line each; a line that a crash cut short is dropped when the file is opened."""

    def __init__(self, path: Path) -> None:
        self.results: dict[Task, np.ndarray] = {}
        whole = 0
        if os.path.lexists(path):
            with open_journal(path) as file:
                while line := file.readline(LINE_BYTES):
                    entry = _entry(line)
                    if entry is None:
                        break
                    self.results[entry[0]] = entry[1]
                    whole += len(line)
            os.truncate(path, whole)
        self._file: BinaryIO = path.open("ab", buffering=0)

    def add(self, task: Task, values: np.ndarray) -> None:
        """Append a result and force it to disk."""
        try:
            self._file.write(_line(task, values))
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(error, self._file.name) from error
        self.results[task] = values

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def write_sorted(self, path: Path) -> None:
        """Write the results by task, the same file in whatever order they came."""
        path.write_bytes(b"".join(_line(task, self.results[task]) for task in sorted(self.results)))


def open_journal(path: Path) -> BinaryIO:
    """Open a journal; raises ``StoreError`` for what is no file, or far longer than any journal."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); start the calibration anew") from error
    state = os.fstat(file.fileno())
    if stat.S_ISREG(state.st_mode) and state.st_size <= MOST_BYTES:
        return file
    file.close()
    what = f"longer than {MOST_BYTES // 2**20} MiB" if stat.S_ISREG(state.st_mode) else "no ordinary file"
    raise StoreError(f"{path}: {what}; start the calibration anew")


def _line(task: Task, values: np.ndarray) -> bytes:
    cells = [[None if math.isnan(value) else value for value in line] for line in values.tolist()]
    return f"{json.dumps({'run': task[0], 'point': list(task[1]), 'values': cells}, allow_nan=False)}\n".encode("ascii")


def _entry(line: bytes) -> tuple[Task, np.ndarray] | None:
    """Task and values of a line; None when it is not whole."""
    try:
        if not line.endswith(b"\n"):
            return None
        entry = json.loads(line)
        run, point = entry["run"], tuple(float(each) for each in entry["point"])
        values = np.array(entry["values"], dtype=float)
        return ((run, point), values) if isinstance(run, str) and values.ndim == 2 else None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


@dataclass(frozen=True)
class Distant:
    """A simulator whose workers do not see the scenario files: scenarios come with the spans."""

    simulator: Simulator

    def run(self, task: Task, scenarios: Mapping[str, Loaded], progress: Progress) -> np.ndarray:
        """Simulate a task on an engine."""
        return self.simulator.values(task, scenarios)


@dataclass(frozen=True)
class WithScenarios(Sequence[Span]):
    """Tasks with their scenarios, which are loaded when a worker is about to have them."""

    simulator: Simulator
    tasks: list[Task]

    def __len__(self) -> int:
        return len(self.tasks)

    @overload
    def __getitem__(self, place: int) -> Span: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Span]: ...

    def __getitem__(self, place: int | slice) -> Span | Sequence[Span]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self.tasks[place], self.simulator.scenarios(self.tasks[place])


class Evaluator:
    """Results of tasks, from the journal or by simulating them on an engine."""

    def __init__(
        self, simulator: Simulator, journal: Journal, engine: Engine, done: Callable[[Task], None] = lambda task: None
    ) -> None:
        self.simulator, self.journal, self.engine, self.done = simulator, journal, engine, done
        self._distant = Distant(simulator)
        for task in [each for each, values in journal.results.items() if not self._fits(each, values)]:
            del journal.results[task]

    def _fits(self, task: Task, values: np.ndarray) -> bool:
        """Whether a result from the journal is one of this calibration's."""
        wanted = (len(self.simulator.cells.get(task[0], ())), self.simulator.draws)
        return task[0] in self.simulator.cells and values.shape == wanted and not np.isinf(values).any()

    def __call__(self, tasks: Sequence[Task]) -> list[np.ndarray]:
        """Values of the cells of each task, in order."""
        todo = [task for task in dict.fromkeys(tasks) if task not in self.journal.results]
        near = self.engine.shares_files
        work, spans = (self.simulator, todo) if near else (self._distant, WithScenarios(self.simulator, todo))
        for number, values in self.engine.completed(work, spans, lambda count: None):
            self.journal.add(todo[number], values)
            self.done(todo[number])
        return [self.journal.results[task] for task in tasks]
