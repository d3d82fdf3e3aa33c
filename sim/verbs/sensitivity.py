"""``singledesk sensitivity``: which factors of a sweep move its results; a finished sweep is analysed without a run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.experiments.engine import Engine
from sim.experiments.sensitivity import Confidence
from sim.experiments.sensitivity_design import factor_table, sensitivity_design
from sim.experiments.sensitivity_report import Sensitivity, analyse
from sim.experiments.sweep_folder import basis, fingerprint
from sim.figures import drawn
from sim.guard import plain
from sim.measures.names import MEAN, WHOLE_RUN
from sim.program import surroundings, versions
from sim.shipped import sweep_names, sweep_path
from sim.store import StoredRun, StoreError, check_folder, find_run, list_runs, new_run, safe_stem
from sim.stored.choice import choose_measures
from sim.stored.worlds import SweepWorlds
from sim.sweeps.loader import LoadedSweep
from sim.verbs.loading import command_line, progress_bar
from sim.verbs.sensitivity_screen import show
from sim.verbs.sweep import load, simulate


@dataclass(frozen=True)
class Analysis:
    """What is asked of a sweep: which measures, crop years and draws, the mean or the spread over draws."""

    measures: Sequence[str]
    crop_years: Sequence[str]
    draws: int | None
    statistic: str
    level: float
    resamples: int


@dataclass(frozen=True)
class NamedSweep:
    """Where the worlds come from: a sweep file or a finished sweep, and what is changed in a file."""

    name: str
    overrides: dict[str, int]
    chunk: int
    fresh: bool


def sensitivity(
    named: NamedSweep, asked: Analysis, out: Path, engine: Callable[[], AbstractContextManager[Engine]],
    as_json: bool, console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Analyse a finished sweep, by its folder or name; or a sweep file, simulated first on what ``engine`` opens.

    A sweep file that has been simulated before, and nothing changed since, is not simulated again unless asked.
    """
    check_folder(out)
    path = sweep_path(named.name)
    if os.path.isfile(path) or path.suffix in (".yaml", ".yml"):
        stored = _of_file(named, out, engine, errors)
    else:
        stored = _stored(named.name, out)
        fixed = [name for name in named.overrides if name != "draws"]
        if fixed or named.fresh:
            option = fixed[0] if fixed else "fresh"
            raise StoreError(f"--{option}: this sweep is finished; name its file to simulate it anew")
    return analyse_sweep(stored, asked, out, as_json, console, errors)


def _stored(name: str, out: Path) -> StoredRun:
    try:
        return find_run(name, out)
    except StoreError as error:
        if list_runs(out / safe_stem(name)) or Path(name).exists():
            raise
        raise StoreError(f"{error}; sweeps that ship: {', '.join(sweep_names())}") from None


def _of_file(
    named: NamedSweep, out: Path, engine: Callable[[], AbstractContextManager[Engine]], errors: Console
) -> StoredRun:
    loaded = load(named.name, named.overrides, errors)
    sensitivity_design(loaded.plan.model_dump(mode="json"), loaded.design)  # refused before it is simulated
    stored = None if named.fresh else _finished(loaded, out)
    if stored is not None:
        plain(errors, f"simulated before: {stored.path}")
        return stored
    with engine() as opened:
        return simulate(loaded, out, opened, named.chunk, named.fresh, errors)


def _finished(loaded: LoadedSweep, out: Path) -> StoredRun | None:
    """Latest finished sweep that rests on the same file, scenarios and program."""
    same = fingerprint(basis(loaded))
    runs = list_runs(out / safe_stem(f"sweep-{Path(loaded.path).stem}"))
    return next((run for run in reversed(runs) if run.manifest.get("scenario_hash") == same), None)


def analyse_sweep(
    stored: StoredRun, asked: Analysis, out: Path, as_json: bool, console: Console, errors: Console
) -> Path:  # fmt: skip
    """Analyse a finished sweep, save and show what came out; return the folder."""
    sweep = SweepWorlds(stored)
    design = sensitivity_design(sweep.plan, sweep.design)
    known = [(*name.split(":", 1), unit) for name, unit in sweep.units.items()]
    measures = choose_measures([known], asked.measures)
    crop_years = _crop_years(asked.crop_years, sweep.crop_years)
    draws = _draws(asked, sweep.draws)
    confidence = Confidence(asked.level, asked.resamples, int(sweep.manifest.get("seed", 0)))
    with progress_bar(errors, "measures") as bar:
        task = bar.add_task("indices", total=len(measures))
        worlds = ((name, values[..., :draws]) for name, values in sweep.worlds(measures))
        found = analyse(
            design, sweep.units, worlds, sweep.crop_years, crop_years, asked.statistic, confidence,
            lambda count: bar.advance(task, count),
        )  # fmt: skip
    factors = factor_table(design, sweep.design, sweep.plan, sweep.manifest.get("factors") or [])
    head = {
        "sweep": str(stored.path), "title": sweep.plan["title"], "design": sweep.plan["design"],
        "points": len(sweep.design), "draws": draws, "crop_years": crop_years, "statistic": asked.statistic,
        "level": asked.level, "resamples": asked.resamples, "seed": confidence.seed,
    }  # fmt: skip
    tables = {"indices": found.indices, "outcomes": found.outcomes, "factors": factors}
    folder = _save(out, stored, tables, head, measures, found)
    if as_json:
        content = {name: json.loads(frame.to_json(orient="records", double_precision=15)) for name, frame in
                   tables.items()}  # fmt: skip
        report = {"run_id": folder.name, "folder": str(folder), **head, **content, "notes": found.notes}
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        show(console, found, factors, head)
        plain(console, f"Saved in {folder}")
    return folder


def _save(
    out: Path, stored: StoredRun, tables: dict[str, Any], head: dict[str, Any], measures: list[str],
    found: Sensitivity,
) -> Path:  # fmt: skip
    stem = f"sensitivity-{safe_stem(str(stored.manifest.get('stem', 'sweep'))).removeprefix('sweep-')}"
    with new_run(out, stem, str(stored.manifest.get("scenario_hash", ""))) as draft:
        meta = {
            "stem": stem, **head, "command": command_line(), "versions": versions(),
            "sweep_stem": stored.manifest.get("stem"), "sweep_run": stored.path.resolve().name,
            "measures": measures, "surroundings": surroundings(),
            "scenario": {"title": head["title"]}, "titles": stored.manifest.get("titles") or {},
        }  # fmt: skip
        for name, frame in tables.items():
            draft.table(name, frame)
            draft.parquet(name, frame)
        for name, figure in drawn("sensitivity", tables, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.manifest({"kind": "sensitivity", **meta, "notes": found.notes})
    return draft.final


def _crop_years(asked: Sequence[str], known: list[str]) -> list[str]:
    years = [year for year in known if year != WHOLE_RUN]
    every = {"every": years, MEAN: [MEAN]} | {year: [year] for year in years}
    wrong = [year for year in asked if year not in every]
    if wrong:
        allowed = f"mean, every, or one of {', '.join(years)}"
        raise StoreError(f"--crop-year {wrong[0][:40]}: not in this sweep; choose {allowed}")
    return list(dict.fromkeys(year for each in asked or [MEAN] for year in every[each]))


def _draws(asked: Analysis, there: int) -> int:
    draws = there if asked.draws is None else asked.draws
    if draws > there:
        raise StoreError(f"--draws {draws}: the sweep has {there} draws of each point; run its file for more")
    if asked.statistic == "sd" and draws < 2:
        raise StoreError("--statistic sd: needs at least two draws of each point")
    return draws
