"""How each kind of result is made again, from its manifest and the files it keeps."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.experiments.engine import Engine
from sim.kept import file_of, in_use
from sim.options import MAX_DRAWS, MAX_SEED
from sim.repeat.manifests import shipped_then
from sim.store import MANIFEST, StoredRun, StoreError, list_runs, open_run, repeating
from sim.stored.inputs import read_inputs


@dataclass(frozen=True)
class Task:
    """What it takes to make a result again.

    Attributes
    ----------
    stored : StoredRun
        The result.
    out : Path
        Where the new one goes.
    engine : Engine
    chunk : int
        Draws (worlds of a sweep) simulated together.
    errors : Console
        For progress bars.
    """

    stored: StoredRun
    out: Path
    engine: Engine
    chunk: int
    errors: Console

    def get(self, key: str, kind: type) -> Any:
        """Entry of the manifest; raises ``StoreError`` when it is missing, or something else than the result wrote."""
        value = self.stored.manifest.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            path = self.stored.path / MANIFEST
            raise StoreError(f"{path}: it does not say `{key}`, so the result cannot be made again; run it anew")
        return value

    def file(self, key: str) -> str:
        """Path of a file that the manifest names, as it is called here."""
        path = self.get(key, str)
        before = shipped_then(self.stored)
        shipped = before and path.startswith(before)
        return file_of("shipped:" + path.removeprefix(before)) if shipped else path

    def texts(self, key: str) -> list[str]:
        """List of texts."""
        return [str(each) for each in self.get(key, list)]

    @property
    def draws_and_seed(self) -> tuple[int, int]:
        """Draws and seed."""
        draws, seed = self.get("draws", int), self.get("seed", int)
        self.check("draws", 1 <= draws <= MAX_DRAWS)
        self.check("seed", 0 <= seed <= MAX_SEED)
        return draws, seed

    def check(self, key: str, possible: bool) -> None:
        """Raise ``StoreError`` for an entry of the manifest that no result has."""
        if not possible:
            path = self.stored.path / MANIFEST
            raise StoreError(f"{path}: no result has such a `{key}`, so it cannot be made again; run it anew")

    @property
    def consoles(self) -> tuple[Console, Console]:
        """What is printed again goes nowhere, but for progress."""
        return Console(file=io.StringIO()), self.errors


def make_again(task: Task) -> Path:
    """Make a result again, from the files it keeps alone, and return the folder of the new one.

    Raises
    ------
    StoreError
        When the result does not hold what it takes; says what is missing.
    """
    kind = task.stored.manifest.get("kind", "run")
    if not isinstance(kind, str) or kind not in KINDS:
        raise StoreError(f"{task.stored.path}: results of kind '{str(kind)[:40]}' cannot be made again")
    if kind == "sensitivity":
        return _sensitivity(task)
    task.engine.shares_files = False  # workers would read what lies on the disk now
    with in_use(read_inputs(task.stored)), repeating(task.get("run_id", str)):
        return KINDS[kind](task)


def _run(task: Task) -> Path:
    from sim.scenario import load
    from sim.verbs.run import EVERY_SALE, run_loaded

    loaded = load(task.file("scenario_file"), task.texts("sets"))
    save_draws = EVERY_SALE in task.stored.manifest["files"]
    return run_loaded(
        loaded, *task.draws_and_seed, task.out, task.engine, save_draws, task.chunk, False, *task.consoles
    )


def _comparison(task: Task) -> Path:
    from sim.scenario import load
    from sim.verbs.compare import compare_loaded

    loaded = [load(task.file(f"{side}_file"), task.texts(sets)) for side, sets in SIDES.items()]
    names = [task.get(name, str) for name in ("base", "other")]
    draws, seed = task.draws_and_seed
    return compare_loaded(
        loaded, names, draws, seed, task.out, task.engine, task.chunk, False, *task.consoles
    )[0]  # fmt: skip


def _sweep(task: Task) -> Path:
    from sim.verbs.sweep import sweep

    overrides = task.get("overrides", dict)
    return sweep(task.file("scenario_file"), overrides, task.out, task.engine, task.chunk, True, False, *task.consoles)


def _game(task: Task) -> Path:
    from sim.verbs.game import play_game

    return play_game(
        task.file("game_file"), *task.draws_and_seed, task.texts("sets"), task.out, task.engine, task.chunk, False,
        *task.consoles,
    )  # fmt: skip


def _calibration(task: Task) -> Path:
    from sim.verbs.calibrate import calibrate

    file = task.file("calibration_file")
    return calibrate(file, task.draws_and_seed[0], task.out, task.engine, None, False, *task.consoles)


def _ablation(task: Task) -> Path:
    from sim.verbs.ablation import ablation

    file = task.file("scenario_file")
    return ablation(file, *task.draws_and_seed, task.texts("sets"), task.out, task.chunk, False, *task.consoles)


def _incidence(task: Task) -> Path:
    from sim.verbs.incidence import incidence_of

    file = task.file("scenario_file")
    return incidence_of(file, *task.draws_and_seed, task.texts("sets"), task.out, task.engine, False, *task.consoles)


def _study(task: Task) -> Path:
    from sim.verbs.study import study

    return study(*task.draws_and_seed, task.out, task.engine, False, *task.consoles)


def _reconstruction(task: Task) -> Path:
    from sim.verbs.reconstruct import reconstruct_study

    return reconstruct_study(*task.draws_and_seed, task.out, False, *task.consoles)


def _sensitivity(task: Task) -> Path:
    """An analysis of a sweep: nothing is simulated, and the sweep's worlds are in the sweep's own folder."""
    from sim.verbs.sensitivity import Analysis, analyse_sweep

    sweep = _sweep_of(task)
    asked = Analysis(
        task.texts("measures"), task.texts("crop_years"), task.get("draws", int), task.get("statistic", str),
        float(task.get("level", float)), task.get("resamples", int),
    )  # fmt: skip
    task.check("statistic", asked.statistic in ("mean", "sd"))
    task.check("level", 0.5 <= asked.level <= 0.999)
    task.check("resamples", 20 <= asked.resamples <= 10_000)
    with repeating(task.get("run_id", str)):
        return analyse_sweep(sweep, asked, task.out, False, *task.consoles)


def _sweep_of(task: Task) -> StoredRun:
    """The sweep that was analysed: where it was, or beside the result in the same folder of results."""
    run, stem = task.get("sweep_run", str), task.get("sweep_stem", str)
    beside = task.stored.path.resolve().parent.parent
    found = [each for each in list_runs(beside / Path(stem).name) if each.path.name == run]
    path = Path(task.get("sweep", str))
    if not found and path.name == run and (path / MANIFEST).is_file():
        found = [open_run(path)]
    if not found:
        raise StoreError(
            f"{task.stored.path}: the indices come from the worlds of a sweep, which are in its folder alone: put "
            f"{stem}/{run} back under {beside}, then reproduce again"
        )
    return found[0]


SIDES = {"scenario": "sets", "other": "other_sets"}
KINDS: dict[str, Callable[[Task], Path]] = {
    "run": _run,
    "comparison": _comparison,
    "sweep": _sweep,
    "game": _game,
    "calibration": _calibration,
    "ablation": _ablation,
    "incidence": _incidence,
    "study": _study,
    "reconstruction": _reconstruction,
    "sensitivity": _sensitivity,
}
