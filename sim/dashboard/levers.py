"""The levers of a scenario, and the scenario with levers moved: checked as any file is."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from sim.dashboard.lever import Control, Lever
from sim.dashboard.market_levers import crop_levers, demand_levers, marketing_levers
from sim.dashboard.programme_levers import programme_levers
from sim.dashboard.resolved_text import load_resolved
from sim.scenario import Loaded, ScenarioError
from sim.scenario.problems import Mark, Problem, nearest, printable, show
from sim.wording import words

FILE = "levers"
Value = float | str | bool


def levers_of(loaded: Loaded) -> tuple[Lever, ...]:
    """Levers of what the scenario has: one without a bonus programme has no lever for it."""
    return tuple(control.lever for control in controls_of(loaded))


def moved(loaded: Loaded, values: Mapping[str, Value]) -> dict[str, Value]:
    """Values that differ from the scenario's own, in the order of the levers."""
    return {
        each.name: values[each.name] for each in levers_of(loaded) if each.name in values and _differs(each, values)
    }


def with_levers(loaded: Loaded, values: Mapping[str, Value]) -> Loaded:
    """Return the scenario with levers moved; the very same one where every value is the scenario's own.

    Parameters
    ----------
    loaded : Loaded
    values : mapping
        Value by the lever's name; levers that are left out stay where they are.

    Raises
    ------
    ScenarioError
        For a lever the scenario does not have, a value out of its range, and a scenario that could not run.
    """
    controls = {control.lever.name: control for control in controls_of(loaded)}
    problems = []
    for name, value in values.items():
        known = controls.get(name)
        message = _wrong(known.lever, value) if known else f"the scenario has no such lever{nearest(name, controls)}"
        if message:
            title = known.lever.title if known else printable(str(name), 60)
            problems.append(Problem(Mark(FILE), title, message))
    if problems:
        raise ScenarioError(problems)
    changed = [control for name, control in controls.items() if name in values and _differs(control.lever, values)]
    if not changed:
        return loaded
    data = copy.deepcopy(loaded.resolved)
    for control in changed:
        value = values[control.lever.name]
        control.edit(data, float(value) if control.lever.kind == "number" else value)
    new = load_resolved(data, FILE)
    return replace(new, path=loaded.path, origins=loaded.origins, changes=loaded.changes)


def controls_of(loaded: Loaded) -> list[Control]:
    """Levers of a scenario with the edits they stand for."""
    say, makers = words(loaded.resolved), (programme_levers, marketing_levers, demand_levers, crop_levers)
    return [replace(each, lever=_said(each.lever, say)) for make in makers for each in make(loaded)]


def _said(lever: Lever, say: Callable[[str], str]) -> Lever:
    """A lever in the words of its scenario."""
    return replace(lever, title=say(lever.title), unit=say(lever.unit), help=say(lever.help))


def _wrong(lever: Lever, value: object) -> str:
    """What is wrong with a value; empty when nothing is."""
    if lever.kind == "switch":
        return "" if isinstance(value, bool) else f"{show(value)} is not allowed here; allowed: true or false"
    if lever.kind == "choice":
        known = [name for name, _ in lever.choices]
        return "" if value in known else f"{show(value)} is not allowed here; allowed: {', '.join(known)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return f"{show(value)} is not a number"
    low, high = lever.ends
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    unit = f" {lever.unit}" if lever.unit else ""
    return (
        "" if low - slack <= value <= high + slack else f"{value:g} is out of range; allowed: {low:g} to {high:g}{unit}"
    )


def _differs(lever: Lever, values: Mapping[str, Value]) -> bool:
    """Whether a value is another than the scenario's own; a slider's last bit does not count."""
    value = values[lever.name]
    if lever.kind == "number":
        return not math.isclose(float(value), float(lever.initial), rel_tol=1e-9, abs_tol=1e-12)
    return value != lever.initial
