"""Where the factors of a sweep stand while others vary: what the file says, or the scenario's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.loader import Loaded
from sim.scenario.problems import Path, Report
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of, split_path
from sim.sweeps.design import BASED
from sim.sweeps.factor import Spread, label_of
from sim.sweeps.schema import SweepPlan


def own_values(
    plan: SweepPlan, spreads: list[Spread], at_base: Mapping[str, Loaded], tree: Node, report: Report
) -> dict[str, float | str]:
    """Base of every factor that has one; a problem where the design needs one that neither says."""
    first = next(iter(at_base.values()))
    found: dict[str, float | str] = {}
    for each in spreads:
        base = each.base if each.base is not None else _own(each, first.resolved)
        if base is not None:
            found[each.factor.name] = base
        elif plan.design.method in BASED:
            here: Path = ("factors", each.factor.name)
            many = len(each.factor.keys) > 1
            why = "its keys have no number in common" if many else f"`{each.factor.keys[0]}` has no value of its own"
            message = f"{why} in the scenario; state `base`, where it stands while others vary"
            report.add(mark_of(tree, here), here, message)
    return found


def _own(spread: Spread, resolved: dict[str, Any]) -> float | str | None:
    """Value that all keys of a factor have in a scenario; None when they have none, or different ones."""
    values = [_at(resolved, key) for key in spread.factor.keys]
    if not values or any(value is None or isinstance(value, (dict, list)) or value != values[0] for value in values):
        return None
    if spread.factor.numeric:
        return float(values[0])
    return label_of(values[0])


def _at(data: Any, key: str) -> Any:
    for step in split_path(key) or ():
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
