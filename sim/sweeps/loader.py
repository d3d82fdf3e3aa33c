"""Loading a sweep: the design and its scenarios, checked before anything is simulated."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.kept import Inputs
from sim.scenario.chain import parent_file
from sim.scenario.check import conform
from sim.scenario.experiment import read_experiment
from sim.scenario.fields import Slot
from sim.scenario.loader import Loaded
from sim.scenario.problems import Report
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of
from sim.shipped import sweep_names
from sim.sweeps.base import own_values
from sim.sweeps.changes import lay_over
from sim.sweeps.design import check_design, make_design
from sim.sweeps.factor import SCENARIO, Factor
from sim.sweeps.factors import read_factors
from sim.sweeps.loads import Loads, check_alone, check_effects, check_ends
from sim.sweeps.measures import DEFAULT, check_measures
from sim.sweeps.rest import what_can_be_read
from sim.sweeps.schema import SweepPlan

ABOUT = "a sweep is a mapping of keys such as `scenario`, `factors` and `design`"

Structure = tuple[str, tuple[str, ...]]
"""Scenario file, and settings that give all factors but the numeric ones their values."""


@dataclass(frozen=True)
class LoadedSweep:
    """A sweep ready to run.

    Attributes
    ----------
    plan : SweepPlan
        What the file says.
    path : str
        The file, as given.
    factors : tuple of Factor
        In the order of the design's columns.
    design : DataFrame
        One line per point, index ``point`` 0..P-1; one column per factor, float64 for numeric ones, text for the
        labels of levels.
    shares : DataFrame or None
        Where in its distribution, 0..1, each factor of a drawn design stands; None for other designs.
    base : dict of str to str
        Scenario file by level of the factor ``scenario``; a single one goes by its name in the file.
    reference : dict of str to (float or str)
        Where each factor stands while others vary, as far as it is known.
    measures : tuple of str
        Patterns of what is kept.
    fingerprint : dict
        Everything in the files that results rest on, as plain data.
    warnings : list of str
    inputs : Inputs
        Content of every file that was read.
    overrides : dict
        Keys of the sweep that were replaced, as given.
    """

    plan: SweepPlan
    path: str
    factors: tuple[Factor, ...]
    design: pd.DataFrame
    shares: pd.DataFrame | None
    base: dict[str, str]
    reference: dict[str, float | str]
    measures: tuple[str, ...]
    fingerprint: dict[str, Any]
    warnings: list[str]
    inputs: Inputs = field(default_factory=Inputs, repr=False, compare=False)
    overrides: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        return {name: self.design[name].to_numpy() for name in self.design.columns}

    def structure(self, point: int) -> Structure:
        """Scenario file of a point and the settings to load it with: the sweep's, then those of its levels."""
        return self._structure({each.name: self._columns[each.name][point] for each in self._structural})

    def numbers(self, point: int) -> dict[str, float]:
        """Value of every scenario key that a numeric factor sets, at a point."""
        return {
            key: float(self._columns[each.name][point]) for each in self.factors if each.numeric for key in each.keys
        }

    def groups(self) -> dict[Structure, np.ndarray]:
        """Points of each structure, ascending, in the order in which the design meets the structures."""
        names = [each.name for each in self._structural]
        if not names:
            return {self._structure({}): np.arange(len(self.design))}
        found: dict[Structure, list[np.ndarray]] = {}
        for levels, rows in self.design.groupby(names, sort=False).indices.items():
            labels = levels if isinstance(levels, tuple) else (levels,)
            found.setdefault(self._structure(dict(zip(names, labels, strict=True))), []).append(rows)
        return {structure: np.sort(np.concatenate(rows)) for structure, rows in found.items()}

    @property
    def _structural(self) -> list[Factor]:
        return [each for each in self.factors if not each.numeric]

    def _structure(self, labels: Mapping[str, str]) -> Structure:
        file = self.base[labels.get(SCENARIO, next(iter(self.base)))]
        settings = [text for each in self._structural for text in each.levels[labels[each.name]]]
        return file, (*self.plan.settings, *settings)


def load_sweep(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> LoadedSweep:
    """Load a sweep file, and as many of its scenarios as it takes to find mistakes.

    Parameters
    ----------
    path : path-like
        The YAML file.
    overrides : mapping, optional
        Keys of the sweep, or of its design (``points``, ``trajectories``), to replace, from the command line;
        ``settings`` come after those of the file.

    Raises
    ------
    ScenarioError
        With every problem found: in the file, in its table of points, or in a scenario with factors at their ends.
    """
    report = Report()
    file = os.fspath(path)
    tree, plan = read_experiment(file, SweepPlan, ABOUT, sweep_names, report)
    if overrides:
        tree = lay_over(tree, overrides, report)
        plan = conform(SweepPlan, Slot.of(SweepPlan), tree, report)
    plan = plan or what_can_be_read(tree, report)
    base = _scenario_files(plan, file, tree, report)
    spreads = read_factors(plan, tree, report)
    check_design(plan, spreads, tree, report)
    if plan.measures == []:
        report.add(mark_of(tree, ("measures",)), "measures", "nothing is kept; leave it out for the usual tables")
    loads = Loads(plan, base, tree, report)
    at_base = {name: loads.load({SCENARIO: name}, ()) for name in base}
    if report.problems and base:
        check_alone(loads, spreads)
    report.stop()
    sound = {name: report.needed(each) for name, each in at_base.items()}
    reference = own_values(plan, spreads, sound, tree, report)
    report.stop()
    design, shares, spreads = make_design(plan, spreads, reference, file, tree, report)
    report.stop()
    check_ends(loads, design, spreads)
    patterns = DEFAULT if plan.measures is None else tuple(plan.measures)
    if not report.problems:
        check_effects(loads, design, spreads)
        check_measures(patterns if plan.measures is not None else (), loads, design, spreads)
    report.stop()
    report.warnings += [text for each in sound.values() for text in each.warnings]
    for each in sound.values():
        report.inputs.update(each.inputs)
    return LoadedSweep(
        plan=plan, path=file, factors=tuple(each.factor for each in spreads), design=design, shares=shares,
        base=base, reference=reference, measures=patterns, fingerprint=_fingerprint(plan, design, sound),
        warnings=list(dict.fromkeys(report.warnings)), inputs=report.inputs, overrides=dict(overrides or {}),
    )  # fmt: skip


def _scenario_files(plan: SweepPlan, file: str, tree: Node, report: Report) -> dict[str, str]:
    if (plan.scenario is None) == (plan.scenarios is None):
        message = "state `scenario`, or `scenarios` for several" + ("" if plan.scenario is None else "; not both")
        report.add(mark_of(tree, ("scenario",)), "scenario", message)
        return {}
    if plan.scenario is not None:
        return {plan.scenario: parent_file(file, plan.scenario)}
    return {name: parent_file(file, each) for name, each in (plan.scenarios or {}).items()}


def _fingerprint(plan: SweepPlan, design: pd.DataFrame, at_base: Mapping[str, Loaded]) -> dict[str, Any]:
    """What results rest on: the sweep but for its texts, its points, and the scenarios with their data tables."""
    stated = plan.model_dump(mode="json", exclude={"title", "description"})
    points = hashlib.sha256(design.to_csv(float_format="%.17g").encode()).hexdigest()
    return {"sweep": stated, "points": points, "scenarios": {name: each.hash for name, each in at_base.items()}}
