"""``singledesk calibrate``: find parameters from published figures; nothing that has been simulated is ever lost."""

from __future__ import annotations

import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.experiments.calibration import Criterion, Space
from sim.experiments.calibration_files import BASIS, basis, journal_of, open_folder
from sim.experiments.calibration_report import Calibrated, kept_cells, task_count
from sim.experiments.calibration_report import calibrate as search_and_report
from sim.experiments.engine import Engine
from sim.experiments.evaluations import JOURNAL, Evaluator, Journal, Simulator
from sim.figures import drawn
from sim.guard import plain, warn
from sim.program import surroundings, versions
from sim.scenario.calibration import LoadedCalibration, load_calibration
from sim.scenario.child import child_yaml
from sim.scenario.fields import slot_at
from sim.scenario.problems import ScenarioError
from sim.scenario.tree import split_path
from sim.shipped import calibration_path, table_inputs
from sim.store import RunDraft, check_folder, new_run
from sim.sweeps.keys import unit_of
from sim.verbs.calibrate_screen import show
from sim.verbs.loading import command_line, progress_bar

CHILD = "calibrated.yaml"


def calibrate(
    name: str, draws: int | None, out: Path, engine: Engine, resume: Path | None, as_json: bool,
    console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Calibrate and return the folder of the results.

    Until it is finished, what has been simulated is in a folder of its own, from which ``resume`` goes on.
    """
    loaded = load_calibration(calibration_path(name), {} if draws is None else {"draws": draws})
    check_folder(out)
    for each in {warning for run in loaded.at_start.values() for warning in run.warnings}:
        if not each.startswith("--set"):  # a start that is the scenario's own value is no mistake here
            warn(errors, each)
    stem = f"calibrate-{Path(loaded.path).stem}"
    folder = open_folder(out, stem, resume, basis(loaded, versions()))
    try:
        with journal_of(folder) as journal:
            found = _search(loaded, journal, engine, errors)
        final, report = _save(out, stem, loaded, found, journal, folder)
    except BaseException as error:
        _leave(folder, resume, error, errors)
        raise
    shutil.rmtree(folder)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        show(console, loaded, found)
        plain(console, f"Saved in {final}")
    return final


def _search(loaded: LoadedCalibration, journal: Journal, engine: Engine, errors: Console) -> Calibrated:
    simulator = Simulator.of(loaded, kept_cells(loaded))
    with progress_bar(errors, "simulations at most") as bar:
        task = bar.add_task("starting", total=task_count(loaded), completed=len(journal.results))
        evaluator = Evaluator(simulator, journal, engine, lambda _task: bar.advance(task))
        criterion = Criterion(evaluator, loaded.cells, Space(loaded.plan))
        criterion.watch = lambda best: bar.update(task, description=f"best so far {best:.4g}")
        return search_and_report(loaded, evaluator, criterion)


def _leave(folder: Path, resume: Path | None, error: BaseException, errors: Console) -> None:
    """Say where to go on from; a folder without a result, or of a file with a mistake, is not worth keeping."""
    journal = folder / JOURNAL
    empty = not journal.exists() or journal.stat().st_size == 0
    if folder != resume and (empty or isinstance(error, ScenarioError)):
        shutil.rmtree(folder, ignore_errors=True)
    elif not empty:
        with journal.open("rb") as file:
            count = sum(1 for _ in file)
        text = f"{count} simulations are kept; go on with --resume {folder}"
        plain(errors, text)


def _save(
    out: Path, stem: str, loaded: LoadedCalibration, found: Calibrated, journal: Journal, folder: Path
) -> tuple[Path, dict[str, Any]]:
    first = next(iter(loaded.plan.runs))
    with new_run(out, stem, loaded.at_start[first].hash) as draft:
        report = _report(loaded, found, len(journal.results))
        meta = {
            "stem": stem, "seed": loaded.plan.seed, "draws": loaded.plan.draws, "versions": versions(),
            "command": command_line(), "scenario": {"title": loaded.plan.title}, "units": _units(loaded),
            "calibration_file": str(loaded.path), "surroundings": surroundings(),
        }  # fmt: skip
        for name, frame in found.tables.items():
            draft.table(name, frame)
            draft.parquet(name, frame)
        for name, figure in drawn("calibration", found.tables, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        _child(draft, loaded, found, first)
        shutil.copyfile(folder / BASIS, draft.path / BASIS)
        journal.write_sorted(draft.path / JOURNAL)
        draft.inputs(loaded.inputs, table_inputs())
        draft.manifest({"kind": "calibration", **meta, "calibration": loaded.plan.model_dump(), "result": report})
    return draft.final, {"run_id": draft.run_id, "folder": str(draft.final), **report}


def _child(draft: RunDraft, loaded: LoadedCalibration, found: Calibrated, first: str) -> None:
    """Write the first run with the calibrated values as a scenario of its own."""
    plan, run = loaded.plan, loaded.runs[first]
    values = {key: found.values[name] for name, each in plan.parameters.items() for key in each.keys}
    title = f"{loaded.at_start[first].scenario.title}, calibrated: {plan.title}"
    text = child_yaml(run.file, os.path.abspath(draft.final), title, plan.draws, plan.seed, run.settings, values)
    (draft.path / CHILD).write_text(text, encoding="utf-8")


def _units(loaded: LoadedCalibration) -> dict[str, str]:
    """Unit of each parameter, as the schema has it for its keys; empty where they differ."""
    return {
        name: unit_of(each.keys, [slot_at(split_path(key) or ()) for key in each.keys]) or ""
        for name, each in loaded.plan.parameters.items()
    }


def _report(loaded: LoadedCalibration, found: Calibrated, simulations: int) -> dict[str, Any]:
    """Make what ``calibrate --json`` prints; a value that does not exist is null."""
    condition = found.identification.condition_number
    head = {
        "title": loaded.plan.title, "draws": loaded.plan.draws, "seed": loaded.plan.seed,
        "criterion_at_start": found.at_start, "criterion": found.at_optimum, "simulations": simulations,
        "condition_number": condition if math.isfinite(condition) else None,
        "singular_values": found.identification.singular_values.tolist(),
    }  # fmt: skip
    tables = {
        name: json.loads(frame.to_json(orient="records", double_precision=15)) for name, frame in found.tables.items()
    }
    return {**head, **tables}
