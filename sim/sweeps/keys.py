"""What the schema says of a key that a sweep varies: whether it can be, its unit, and which values fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, get_args, get_origin

import numpy as np

from sim.scenario.fields import Slot, slot_at
from sim.scenario.problems import Path, show
from sim.scenario.tree import split_path
from sim.sweeps.schema import FactorPlan
from sim.sweeps.spread import limits

OWN = (("draws",), ("seed",))
TEXTS = ("title", "description", "name")


def key_problem(key: str, path: Path | None, slot: Slot | None) -> str:
    """Say why a key cannot vary; empty when it can, or when only the scenario can tell."""
    if path is None:
        return "not a dotted path such as `shocks.yield_sd`"
    if path in OWN:
        return f"`{path[0]}` is a key of the sweep itself"
    if path[-1] in TEXTS:
        return f"`{key}` is a text for people; it changes no result"
    if slot is None:
        return ""
    if slot.is_list:
        return f"`{key}` is a list; vary an element of it, or use `levels` with settings"
    if not slot.is_level and (slot.is_dict or slot.model is not None):
        return f"`{key}` is a mapping; vary one of its keys, or use `levels` with settings"
    return ""


def unit_of(keys: Sequence[str], slots: Sequence[Slot | None]) -> str | None:
    """Unit of the keys; None when they have different ones. What is added to a series is in the unit of its key."""
    units = []
    for key, slot in zip(keys, slots, strict=True):
        path = split_path(key) or ()
        above = slot_at(path[:-1]) if path[-1:] == ("plus",) else None
        units.append(above.unit if above is not None and above.is_level else slot.unit if slot is not None else "")
    return units[0] if len(set(units)) == 1 else None


def kind_of_value(value: Any, slot: Slot | None) -> str:
    """Say why a value does not fit a key that takes no number of the draw axis; empty when its kind fits."""
    if isinstance(value, (list, dict)) or value is None:
        return f"{show(value)} is not a single value; use `levels` with settings"
    if slot is None:
        return ""
    choices = get_args(slot.annotation) if get_origin(slot.annotation) is not None else ()
    numbers = slot.annotation is int or any(isinstance(choice, int) for choice in choices)
    right = isinstance(value, bool) if slot.annotation is bool else isinstance(value, int if numbers else str)
    if not right or (numbers and isinstance(value, bool)):
        return f"{show(value)} is not allowed here; allowed: {slot.wanted}"
    return ""


def whole_range(plan: FactorPlan, most: int) -> tuple[str, ...] | None:
    """Whole numbers of a range: all of them, or as many as ``count`` says; None when those are not whole."""
    low, high = limits(plan)
    if plan.count is None and plan.scale != "log":
        if not (low.is_integer() and high.is_integer()) or high - low >= most:
            return None
        return tuple(str(number) for number in range(int(low), int(high) + 1))
    spaced = np.geomspace if plan.scale == "log" else np.linspace
    numbers = [float(f"{number:.9g}") for number in spaced(low, high, plan.count or 2)]
    if any(not math.isfinite(number) or not number.is_integer() for number in numbers):
        return None
    return tuple(str(int(number)) for number in numbers)
