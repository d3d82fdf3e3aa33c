"""Checking a sweep by loading some of its points: what a scenario refuses, and factors without effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sim.scenario.effort import MOST_VALUES, values_in
from sim.scenario.experiment import retell
from sim.scenario.loader import Loaded, load
from sim.scenario.overrides import overlap
from sim.scenario.problems import Path, Report, ScenarioError, dotted, printable
from sim.scenario.reader import Node
from sim.scenario.tree import leaves_of, mark_of, split_path
from sim.sweeps.factor import SCENARIO, Spread
from sim.sweeps.schema import SweepPlan

COUPLED = ("together", "pairs", "one_at_a_time", "table")
"""Designs in which factors are not at their ends all at once."""
MOST_LOADS = 80
"""Scenarios loaded for the check; it takes a few seconds, and what it misses shows when the point is simulated."""

Row = Mapping[str, Any]
"""Value of each factor by name; a factor that is missing is left as it is."""


@dataclass
class Loads:
    """Loads scenarios of a sweep, each once, and tells their problems where the sweep causes them."""

    plan: SweepPlan
    files: Mapping[str, str]
    tree: Node
    report: Report
    known: dict[tuple[str, tuple[str, ...]], Loaded | None] = field(default_factory=dict)
    values: int = 0  # in what was loaded

    def load(self, row: Row, spreads: Iterable[Spread], tell: bool = True, more: Sequence[str] = ()) -> Loaded | None:
        """Scenario of a row, with ``more`` settings; None if there is none, and problems if it is to ``tell`` them."""
        name = row.get(SCENARIO, next(iter(self.files)))
        places: list[Path] = [("settings", index) for index in range(len(self.plan.settings))]
        settings = list(self.plan.settings)
        for each in sorted(spreads, key=lambda each: each.factor.numeric):
            if each.factor.name in row:
                stated = each.factor.settings(row[each.factor.name])
                settings += stated
                places += _places(each, row[each.factor.name], len(stated))
        key = (self.files[name], (*settings, *more))
        if key not in self.known and len(self.known) < MOST_LOADS and self.values < MOST_VALUES:
            self.known[key] = loaded = self._load(key, name, places, tell)
            self.values += 0 if loaded is None else values_in([loaded])
        return self.known.get(key)

    def _load(self, key: tuple[str, tuple[str, ...]], name: str, places: list[Path], tell: bool) -> Loaded | None:
        try:
            return load(key[0], key[1])
        except ScenarioError as error:
            otherwise: Path = ("scenario",) if self.plan.scenarios is None else ("scenarios", name)
            for problem in error.problems if tell else []:
                retell(problem, places, otherwise, self.tree, self.report)
            return None


def _places(spread: Spread, value: Any, count: int) -> list[Path]:
    """Path in the sweep of each setting that gives a factor its value."""
    here = ("factors", spread.factor.name)
    if not spread.factor.keys:
        return [(*here, "levels", str(value), index) for index in range(count)]
    return [(*here, "key")] if spread.plan.keys is None else [(*here, "keys", index) for index in range(count)]


def check_ends(loads: Loads, design: pd.DataFrame, spreads: list[Spread]) -> None:
    """Load points of the design, or its corners, so that every number is met at both its ends and every level once."""
    start = design.loc[0].to_dict()
    numeric = [each.factor.name for each in spreads if each.factor.numeric]
    levels = [each.factor.name for each in spreads if not each.factor.numeric]
    if loads.plan.design.method in COUPLED:
        rows = [design[name].idxmin() for name in numeric] + [design[name].idxmax() for name in numeric]
        rows += [row for name in levels for row in design.index[~design[name].duplicated()]]
        points = [design.loc[row].to_dict() for row in dict.fromkeys(rows)]
    else:
        points = [{**start, **{name: end(design[name]) for name in numeric}} for end in (min, max)]
        points += [{**start, name: level} for name in levels for level in dict.fromkeys(design[name])]
    for point in points:
        loads.load(point, spreads)


def check_alone(loads: Loads, spreads: list[Spread]) -> None:
    """Load the scenarios with every factor at its first value, then at its last, where there is no design yet."""
    for end in (0, -1):
        loads.load({each.factor.name: each.listed[end] for each in spreads if each.listed}, spreads)


def check_effects(loads: Loads, design: pd.DataFrame, spreads: list[Spread]) -> None:
    """Report factors that change nothing in any period, warn of those that an event overrules in some."""
    start = design.loc[0].to_dict()
    for each in spreads:
        name = each.factor.name
        column = design[name]
        if each.factor.numeric:
            values = [start[name], max(column.min(), column.max(), key=lambda end: abs(end - start[name]))]
        else:
            values = list(dict.fromkeys(column))
        found = {value: loads.load({**start, name: value}, spreads, tell=False) for value in values}
        loaded = {value: each for value, each in found.items() if each is not None}
        if len(loaded) > 1 and name != SCENARIO:
            _check_effect(each, loaded, loads.tree, loads.report)


def _check_effect(spread: Spread, loaded: dict[Any, Loaded], tree: Node, report: Report) -> None:
    here: Path = ("factors", spread.factor.name)
    (one, first), *others = loaded.items()
    for other, second in others:
        same = _same_periods(first, second)
        events = _events_on(spread, second)
        about = f"between {_show(one)} and {_show(other)}"
        if all(same):
            why = f"; {', '.join(events)} set it in every period" if events else ""
            key = spread.factor.keys[0] if spread.factor.keys else ""
            if key.startswith("events["):
                why = f"; {dotted((split_path(key) or ())[:2])} holds in no period of the calendar"
            if spread.factor.keys:
                report.add(mark_of(tree, here), here, f"has no effect: nothing changes {about}{why}")
            else:
                report.warn(mark_of(tree, here), here, f"levels {about[8:]} are the same scenario{why}")
            return
        if any(same) and events:
            message = f"in {sum(same)} of {len(same)} periods {', '.join(events)} set another value"
            report.warn(mark_of(tree, here), here, message)
            return


def _show(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else f"`{value}`"


def _same_periods(first: Loaded, second: Loaded) -> list[bool]:
    """Whether the same holds in two scenarios, period by period; none when their calendars differ."""
    if first.scenario.calendar != second.scenario.calendar:
        return [False]
    plain = {"events": [], "title": "", "description": ""}
    pairs = list(zip(first.regime_of_period.tolist(), second.regime_of_period.tolist(), strict=True))
    equal = {
        (one, other): first.regimes[one].model_copy(update=plain) == second.regimes[other].model_copy(update=plain)
        for one, other in set(pairs)
    }
    return [equal[pair] for pair in pairs]


def _events_on(spread: Spread, loaded: Loaded) -> list[str]:
    """Events that set a key of the factor."""
    settings = [text for level in spread.factor.levels.values() for text in level]
    keys = [split_path(key) for key in (*spread.factor.keys, *(text.partition("=")[0].strip() for text in settings))]
    found = []
    for number, event in enumerate(loaded.scenario.events):
        if not loaded.timeline.within(event.start, event.end).any():
            continue
        stated = [path for path, _ in leaves_of(event.model_extra or {})]
        if any(key and overlap(key, path) for key in keys for path in stated):
            found.append(f"events[{number}]" + (f" ({printable(event.name, 40)})" if event.name else ""))
    return found
