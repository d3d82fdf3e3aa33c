"""Loading a scenario: files to a checked, resolved scenario, or one report of everything that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from sim.calendar import Timeline, first_day, last_day
from sim.kept import Inputs
from sim.scenario.chain import Layer, Merged, merge_chain
from sim.scenario.check import validate
from sim.scenario.events import DatedChange, Regimes, lay_out, read_events, warn_overruled
from sim.scenario.merge import prune
from sim.scenario.names import check_names, check_series_names
from sim.scenario.overrides import SET_FILE
from sim.scenario.problems import Report, dotted
from sim.scenario.reader import Node
from sim.scenario.references import check_references
from sim.scenario.resolved import fingerprint, resolved_data
from sim.scenario.schema import Level, Scenario
from sim.scenario.series import SeriesTable
from sim.scenario.tables import DataFile, read_tables
from sim.scenario.tree import child, elements, items, leaves
from sim.scenario.values import LevelChecker, timeline_of


@dataclass(frozen=True)
class Loaded:
    """A scenario ready to run, with where everything came from.

    Attributes
    ----------
    scenario : Scenario
        The scenario without its events applied.
    regimes : tuple of Scenario
        Distinct scenarios that hold after events, in order of first use.
    regime_of_period : ndarray of int
        Which of ``regimes`` holds in each period, shape (T,).
    series : SeriesTable
        Historical series.
    timeline : Timeline
        Calendar of the run.
    origins : dict of str to (str, int)
        File and line that states each leaf, by dotted path; leaves left to their default are not in it.
    changes : list of str
        What ``extends``, ``overrides`` and ``--set`` changed, ``path: old -> new``.
    warnings : list of str
        What runs but deserves a look.
    resolved : dict
        The scenario as plain data, defaults filled in, data tables by path from the working directory.
    hash : str
        SHA-256 of the resolved scenario without title and description, and of the values in the data tables.
    path : str
        The file, as given.
    inputs : Inputs
        Content of every file that was read.
    sets : tuple of str
        Changes of single keys, as given.
    """

    scenario: Scenario
    regimes: tuple[Scenario, ...]
    regime_of_period: np.ndarray
    series: SeriesTable
    timeline: Timeline
    origins: dict[str, tuple[str, int]]
    changes: list[str]
    warnings: list[str]
    resolved: dict[str, Any]
    hash: str
    path: str
    inputs: Inputs = field(default_factory=Inputs, repr=False, compare=False)
    sets: tuple[str, ...] = ()

    def over_time(self, pick: Callable[[Scenario], Any]) -> list[Any]:
        """Return what ``pick`` finds in the scenario that holds in each period; T entries."""
        found = [pick(regime) for regime in self.regimes]
        return [found[regime] for regime in self.regime_of_period]

    def levels(
        self, level: Level | None | Callable[[Scenario], Level | None], kind: Literal["period", "year"] = "period"
    ) -> np.ndarray:
        """Value of a level in each period, shape (T,), or its mean in each crop year, shape (Y,).

        ``level`` may be a function of the scenario (``lambda s: s.eep.tonnage_kt``): then events count.
        """
        if callable(level):
            each = np.array([self.series.resolve(level(regime), self.timeline) for regime in self.regimes])
            values = each[self.regime_of_period, np.arange(len(self.timeline))]
        else:
            values = self.series.resolve(level, self.timeline)
        levels: np.ndarray = (
            values if kind == "period" else values.reshape(len(self.timeline.crop_years), -1).mean(axis=1)
        )
        return levels


def load(path: str | os.PathLike[str], sets: Sequence[str] = (), layers: Sequence[Layer] = ()) -> Loaded:
    """Load a scenario file.

    Parameters
    ----------
    path : path-like
        The YAML file.
    sets : sequence of str
        Changes of single keys, ``eep.enabled=false``, applied last.
    layers : sequence of Layer
        Changes laid over the file before those, such as the strategies of a game.

    Raises
    ------
    ScenarioError
        With every problem found; nothing else is raised for bad input.
    """
    report = Report()
    file = os.fspath(path)
    file = file if isinstance(file, str) else os.fsdecode(file)
    merged = merge_chain(file, sets, report, layers)
    return replace(finish(merged, report, file, warn_equal=not layers), sets=tuple(sets))


def finish(merged: Merged | None, report: Report, file: str, warn_equal: bool = True) -> Loaded:
    """Check a merged tree and make a scenario of it; raises ``ScenarioError`` with the problems of ``report``, too."""
    merged = report.needed(merged)
    tree = prune(merged.tree)
    scenario = validate(tree, report)
    files = _data_files(tree)
    table, complete = read_tables(files, report)
    complete = complete and _all_named(child(tree, "data"), files)
    timeline = timeline_of(tree, report)
    check_references(tree, report)
    if complete:
        check_series_names(tree, table, report)
    changes = read_events(tree, timeline, report)
    regimes, scenarios = _regimes(tree, scenario, changes, timeline, report)
    if complete and timeline:
        checker = LevelChecker(table, timeline, report)
        for each in [tree, *regimes.trees]:
            changed = _apart_from(each, tree)
            if each is not tree:
                check_references(each, report)
                check_series_names(changed if table.names else each, table, report)
            checker.check(changed)
        checker.report_gaps(tree)
    unfit = scenario is None or len(scenarios) < len(regimes.trees)
    if unfit and not report.problems:  # nothing may fall through between the schema and its messages
        for each in [tree, *regimes.trees]:
            validate(each, report, names_follow=False)
    report.stop()
    scenario, timeline = report.needed(scenario), report.needed(timeline)
    warn_overruled(tree, changes, merged.files, report)
    located = _with_data_paths(scenario, tree)
    resolved = resolved_data(located)
    if warn_equal:
        _warn_equal_to_parent(merged, located, report)
    return Loaded(
        scenario=located,
        regimes=tuple(_with_data_paths(each, tree) for each in scenarios),
        regime_of_period=regimes.of_period,
        series=table,
        timeline=timeline,
        origins={dotted(path): (node.mark.file, node.mark.line) for path, node in leaves(tree)},
        changes=merged.changes,
        warnings=report.warnings,
        resolved=resolved,
        hash=fingerprint(resolved, table),
        path=file,
        inputs=report.inputs,
    )


def _all_named(data: Node | None, files: list[DataFile]) -> bool:
    """Whether every data table has a name that can be read; a scenario of plain numbers needs none."""
    return data is None or (isinstance(data.value, list) and len(data.value) == len(files))


def _data_files(tree: Node) -> list[DataFile]:
    """List data tables by the folder of the file that names them; those of ``--set`` by the working directory."""
    found = []
    for index, node in enumerate(elements(child(tree, "data"))):
        if isinstance(node.value, str) and not node.bad:
            folder = "" if node.mark.file == SET_FILE else os.path.dirname(node.mark.file)
            found.append(DataFile(os.path.normpath(os.path.join(folder, node.value)), node.mark, ("data", index)))
    return found


def _apart_from(tree: Node, base: Node) -> Node:
    """Sections of a tree that it does not share with another; all of them when it is the other."""
    if tree is base:
        return tree
    own = {key: below for key, below in items(tree) if child(base, key) is not below}
    return Node(own, tree.mark, tree.keys)


def _regimes(
    tree: Node, base: Scenario | None, changes: list[DatedChange], timeline: Timeline | None, report: Report
) -> tuple[Regimes, list[Scenario]]:
    """Regimes of the calendar; an event outside the calendar is checked alone."""
    if timeline is None:
        return Regimes([], np.zeros(0, dtype=int)), []
    for change in changes:
        if change.start <= last_day(timeline.months[-1]) and change.end >= first_day(timeline.months[0]):
            continue
        month = change.first[:7]
        alone = lay_out(tree, [replace(change, first=month)], _always(timeline, month), report).trees[0]
        validate(alone, report)
        check_names(alone, report)
    regimes = lay_out(tree, changes, timeline, report)
    found = [base if regime is tree else validate(regime, report) for regime in regimes.trees]
    return regimes, [each for each in found if each is not None]


def _always(timeline: Timeline, month: str) -> Timeline:
    """One period in ``month``."""
    one = Timeline.build(timeline.crop_years[0], 1, 12)
    return Timeline(one.crop_years, 12, one.year_of_period[:1], one.period_in_year[:1], one.month_of_year[:1], (month,))


def _with_data_paths(scenario: Scenario, tree: Node) -> Scenario:
    return scenario.model_copy(update={"data": [each.file for each in _data_files(tree)]})


def _warn_equal_to_parent(merged: Merged, scenario: Scenario, report: Report) -> None:
    if merged.parent is None:
        return
    before = prune(merged.parent)
    parent = validate(before, Report())
    texts = {"title": "", "description": ""}
    if parent and _with_data_paths(parent, before).model_copy(update=texts) == scenario.model_copy(update=texts):
        report.warn(merged.tree.mark, "extends", f"this scenario is equal to its parent `{merged.parent_file}`")
