"""Loading a calibration: one report of everything that is wrong, in the file itself or in a run it makes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.kept import Inputs
from sim.scenario.calibration_schema import Calibration, Parameter
from sim.scenario.chain import parent_file
from sim.scenario.effort import MOST_VALUES, values_in
from sim.scenario.experiment import read_experiment, retell
from sim.scenario.fields import slot_at
from sim.scenario.loader import Loaded, load
from sim.scenario.moments import Cell, check_moments
from sim.scenario.overrides import overlap
from sim.scenario.problems import Path, Report, ScenarioError, nearest
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of, split_path
from sim.shipped import calibration_names

ABOUT = "a calibration is a mapping of keys such as `runs`, `parameters` and `moments`"
BOUNDS = ("start", "low", "high")
OWN = (("draws",), ("seed",))


@dataclass(frozen=True)
class Run:
    """A scenario of a calibration: its file, and the settings that every point adds its own to."""

    file: str
    settings: tuple[str, ...]

    def load(self, settings: list[str]) -> Loaded:
        """Load the scenario with more settings."""
        return load(self.file, [*self.settings, *settings])


@dataclass(frozen=True)
class LoadedCalibration:
    """A calibration ready to run.

    Attributes
    ----------
    plan : Calibration
        What the file says.
    runs : dict of str to Run
        Runs by name; ``""`` is the one without the single desk, where held-out figures are asked for.
    cells : tuple of Cell
        Figures to be met, in the order of the file.
    at_start : dict of str to Loaded
        The runs with every parameter at its start.
    tree : Node
    report : Report
        For problems that show only when a run is simulated.
    path : str
        The file, as given.
    inputs : Inputs
        Content of every file that was read.
    """

    plan: Calibration
    runs: dict[str, Run]
    cells: tuple[Cell, ...]
    at_start: dict[str, Loaded]
    tree: Node
    report: Report
    path: str
    inputs: Inputs = field(default_factory=Inputs, repr=False, compare=False)

    def refuse_missing(self, cells: Sequence[Cell]) -> None:
        """Raise ``ScenarioError`` for figures that their run does not have."""
        for cell in cells:
            what = f"run `{cell.run}` has no {cell.table} / {cell.row} / {cell.column}"
            self.report.add(mark_of(self.tree, cell.path), cell.path, what)
        self.report.stop()


def settings_of(plan: Calibration, values: Mapping[str, float]) -> list[str]:
    """Write the values of parameters, by name, as settings of a scenario; no digit is lost."""
    return [f"{key}={float(values[name])!r}" for name, each in plan.parameters.items() for key in each.keys]


def load_calibration(path: str | os.PathLike[str], changes: Mapping[str, Any] | None = None) -> LoadedCalibration:
    """Load a calibration file.

    Parameters
    ----------
    path : path-like
        The YAML file.
    changes : mapping, optional
        Keys of the calibration to replace, from the command line.

    Raises
    ------
    ScenarioError
        With every problem found: in the file, or in one of its runs with parameters at their start or a bound.
    """
    report = Report()
    file = os.fspath(path)
    tree, stated = read_experiment(file, Calibration, ABOUT, calibration_names, report)
    plan = report.needed(stated).model_copy(update=dict(changes or {}))
    for section in ("runs", "parameters", "moments"):
        if not getattr(plan, section):
            report.add(mark_of(tree, (section,)), section, "at least one is needed")
    _check_parameters(plan, tree, report)
    cells = check_moments(plan, tree, report)
    if len(cells) < len(plan.parameters):
        message = f"{len(plan.parameters)} parameters cannot be found from {len(cells)} figures"
        report.add(mark_of(tree, ("parameters",)), "parameters", message)
    runs = {
        name: Run(parent_file(file, each.scenario), tuple(each.settings)) for name, each in plan.runs.items()
    }  # fmt: skip
    if plan.held_out is not None and plan.held_out.run in runs:
        base = runs[plan.held_out.run]
        runs[""] = Run(base.file, (*base.settings, *plan.held_out.settings))
    _check_settings(plan, tree, report)
    report.stop()
    at_start = _check_runs(plan, runs, tree, report)
    report.stop()
    for loaded in at_start.values():
        report.inputs.update(loaded.inputs)
    return LoadedCalibration(plan, runs, tuple(cells), at_start, tree, report, file, report.inputs)


def _check_parameters(plan: Calibration, tree: Node, report: Report) -> None:
    taken: list[tuple[Path, str]] = []
    for name, each in plan.parameters.items():
        here = ("parameters", name)
        if not each.low < each.high:
            report.add(mark_of(tree, (*here, "high")), (*here, "high"), f"must be above `low`, {each.low:g}")
        elif not each.low <= each.start <= each.high:
            message = f"{each.start:g} is outside the bounds; allowed: from {each.low:g} to {each.high:g}"
            report.add(mark_of(tree, (*here, "start")), (*here, "start"), message)
        if each.scale == "log" and each.low <= 0:
            report.add(mark_of(tree, (*here, "low")), (*here, "low"), "must be above 0 on a log scale")
        if not each.keys:
            report.add(mark_of(tree, (*here, "keys")), (*here, "keys"), "at least one is needed")
        for index, key in enumerate(each.keys):
            _check_key(key, (*here, "keys", index), tree, report, taken)


def _check_key(key: str, here: Path, tree: Node, report: Report, taken: list[tuple[Path, str]]) -> None:
    mark, path = mark_of(tree, here), split_path(key)
    if path is None:
        report.add(mark, here, "not a dotted path such as `shocks.yield_sd`")
        return
    slot = slot_at(path)
    if slot is not None and (not slot.is_number or slot.annotation is int):
        report.add(mark, here, f"`{key}` takes {slot.wanted}; only a number that need not be whole can be searched for")
    met = next((other for place, other in taken if overlap(path, place)), None)
    if met is not None:
        report.add(mark, here, f"meets `{met}`, which a parameter is tied to already")
    taken.append((path, key))


def _check_settings(plan: Calibration, tree: Node, report: Report) -> None:
    tied = [(split_path(key) or (), key) for each in plan.parameters.values() for key in each.keys]
    if plan.held_out is not None and plan.held_out.run not in plan.runs:
        message = f"unknown run `{plan.held_out.run}`{nearest(plan.held_out.run, plan.runs)}"
        report.add(mark_of(tree, ("held_out", "run")), "held_out.run", message)
    for here, setting in _settings(plan):
        path = split_path(setting.partition("=")[0].strip())
        if path in OWN:
            report.add(mark_of(tree, here), here, f"`{path[0]}` is a key of the calibration itself")
        met = next((key for place, key in tied if path and overlap(path, place)), None)
        if met is not None:
            report.add(mark_of(tree, here), here, f"meets `{met}`, which a parameter is tied to")


def _settings(plan: Calibration) -> Iterator[tuple[Path, str]]:
    for name, each in plan.runs.items():
        yield from ((("runs", name, "settings", index), text) for index, text in enumerate(each.settings))
    if plan.held_out is not None:
        yield from ((("held_out", "settings", index), text) for index, text in enumerate(plan.held_out.settings))


def _check_runs(plan: Calibration, runs: Mapping[str, Run], tree: Node, report: Report) -> dict[str, Loaded]:
    """Load every run with its parameters at the start and at each bound; what a setting does wrong is told here."""
    at_start: dict[str, Loaded] = {}
    for name, run in runs.items():
        for where in BOUNDS:
            settings = settings_of(plan, {key: getattr(each, where) for key, each in plan.parameters.items()})
            try:
                loaded = run.load(settings)
            except ScenarioError as error:
                places = [*_places(plan, name), *_parameter_places(plan.parameters)]
                otherwise: Path = ("runs", name, "scenario") if name else ("held_out",)
                for problem in error.problems:
                    retell(problem, places, otherwise, tree, report)
                break
            if where == "start":
                at_start[name] = loaded
        if len(BOUNDS) * (values := values_in(at_start.values())) > MOST_VALUES:
            message = (
                f"the runs up to `{name}` state {values:,} values, each loaded {len(BOUNDS)} times to be checked; at "
                f"most {MOST_VALUES // len(BOUNDS):,} are allowed, so make fewer runs, or two calibrations"
            )
            report.add(mark_of(tree, ("runs",)), "runs", message)
            break
    return at_start


def _places(plan: Calibration, name: str) -> list[Path]:
    """Path in the calibration of each setting of a run, in order."""
    own = plan.held_out.run if not name and plan.held_out is not None else name
    found: list[Path] = [("runs", own, "settings", index) for index in range(len(plan.runs[own].settings))]
    if not name and plan.held_out is not None:
        found += [("held_out", "settings", index) for index in range(len(plan.held_out.settings))]
    return found


def _parameter_places(parameters: Mapping[str, Parameter]) -> list[Path]:
    """Path in the calibration of the key behind each value of a parameter."""
    return [("parameters", name, "keys", index) for name, each in parameters.items() for index in range(len(each.keys))]
