"""The design of a sweep as a table: one line per point, one column per factor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.scenario.problems import Path, Report
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of
from sim.sweeps import methods
from sim.sweeps.factor import Spread, with_levels
from sim.sweeps.schema import DesignPlan, SweepPlan
from sim.sweeps.table import read_points

MOST_WORLDS = 1_000_000
BASED = ("pairs", "one_at_a_time")
DRAWN = ("latin_hypercube", "sobol", "saltelli", "morris")
NEEDS = {**dict.fromkeys(DRAWN, "points"), "morris": "trajectories", "table": "file"}
MAY_TAKE = {"saltelli": ("second_order",), "morris": ("steps",)}
OPTIONS = ("points", "trajectories", "steps", "second_order", "file")


def check_design(plan: SweepPlan, spreads: list[Spread], tree: Node, report: Report) -> None:
    """Report what a design lacks, takes no notice of, or cannot do with these factors; and a design too large."""
    design, method = plan.design, plan.design.method
    for option in OPTIONS:
        stated = getattr(design, option) is not None
        if NEEDS.get(method) == option and not stated:
            report.add(mark_of(tree, ("design",)), ("design", option), f"missing; `{method}` needs it")
        elif stated and NEEDS.get(method) != option and option not in MAY_TAKE.get(method, ()):
            report.add(mark_of(tree, ("design", option)), ("design", option), f"means nothing to `{method}`")
    here: Path = ("design", "method")
    if method == "morris" and (design.steps or 4) % 2:
        report.add(mark_of(tree, ("design", "steps")), ("design", "steps"), f"{design.steps} is odd; it must be even")
    if len(spreads) < 2 and (method == "pairs" or (method == "saltelli" and design.second_order is not False)):
        report.add(mark_of(tree, here), here, f"`{method}` needs two factors or more")
    counts = {each.factor.name: len(each.listed) for each in spreads}
    if method == "together" and len(set(counts.values())) > 1:
        message = ", ".join(f"`{name}` has {count}" for name, count in counts.items())
        report.add(mark_of(tree, here), here, f"values side by side need lists of the same length: {message}")
    _warn_unused(plan, tree, report)
    _warn_balance(design, tree, report)
    check_size(plan, _points(design, list(counts.values())), tree, report)


def check_size(plan: SweepPlan, points: int, tree: Node, report: Report) -> None:
    """Report a design of too many worlds."""
    if points * plan.draws > MOST_WORLDS:
        message = (
            f"{points:,} points of {plan.draws:,} draws make {points * plan.draws:,} worlds; at most {MOST_WORLDS:,} "
            "are allowed"
        )
        report.add(mark_of(tree, ("design",)), "design", message)


def _points(design: DesignPlan, counts: list[int]) -> int:
    """Points of a design; 0 where it cannot be told yet."""
    factors, points = len(counts), design.points or 0
    if design.method == "saltelli":
        return points * (factors + 2 if design.second_order is False else 2 * factors + 2)
    if design.method == "morris":
        return (design.trajectories or 0) * (factors + 1)
    if design.method in DRAWN or design.method == "table":
        return points
    return methods.count_of(design.method, counts) if counts else 0


def _warn_unused(plan: SweepPlan, tree: Node, report: Report) -> None:
    """Warn of keys of a factor that the design takes no notice of."""
    method = plan.design.method
    for name, each in plan.factors.items():
        unused = {"count": method in DRAWN, "weights": method not in DRAWN, "base": method not in BASED}
        for key, idle in unused.items():
            if idle and getattr(each, key) is not None:
                here = ("factors", name, key)
                report.warn(mark_of(tree, here), here, f"`{method}` takes no notice of it")


def _warn_balance(design: DesignPlan, tree: Node, report: Report) -> None:
    points = design.points
    if design.method in ("sobol", "saltelli") and points and points & (points - 1):
        near = f"{2 ** (points.bit_length() - 1)} or {2 ** points.bit_length()}"
        message = f"{points} is no power of two; the sequence is even at {near}"
        report.warn(mark_of(tree, ("design", "points")), ("design", "points"), message)


def make_design(
    plan: SweepPlan, spreads: list[Spread], base: Mapping[str, float | str], path: str, tree: Node, report: Report
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, list[Spread]]:
    """Design of the factors.

    Parameters
    ----------
    base : mapping
        Where each factor stands while others vary, for the designs that need it.

    Returns
    -------
    (DataFrame or None, DataFrame or None, list of Spread)
        The design, index ``point``; the shares 0..1 behind a drawn one; and the factors, which then know the settings
        of every level. None and problems in the report when a table of points will not do.
    """
    design = plan.design
    names, shares = [each.factor.name for each in spreads], None
    if design.method == "table":
        frame = read_points(design.file or "", path, spreads, tree, report)
        if frame is None:
            return None, None, spreads
        check_size(plan, len(frame), tree, report)
    elif design.method in DRAWN:
        drawn = _drawn(design, len(spreads), plan.seed)
        shares = pd.DataFrame(drawn, columns=names).rename_axis("point")
        frame = pd.DataFrame({each.factor.name: each.drawn(drawn[:, i]) for i, each in enumerate(spreads)})
    else:
        listed = [_with_base(each, base) for each in spreads]
        numbers = _listed(design.method, spreads, listed, base)
        frame = pd.DataFrame({name: [listed[i][k] for k in numbers[:, i]] for i, name in enumerate(names)})
    spreads = [with_levels(each, list(dict.fromkeys(frame[each.factor.name]))) for each in spreads]
    kinds = {each.factor.name: np.float64 if each.factor.numeric else str for each in spreads}
    return frame.astype(kinds).rename_axis("point"), shares, spreads


def _drawn(design: DesignPlan, factors: int, seed: int) -> np.ndarray:
    size = design.trajectories if design.method == "morris" else design.points
    assert size is not None, "a design that is drawn says how many, or it was refused"
    if design.method == "latin_hypercube":
        return methods.latin_hypercube(size, factors, seed)
    if design.method == "sobol":
        return methods.sobol(size, factors, seed)
    if design.method == "saltelli":
        return methods.saltelli(size, factors, design.second_order is not False, seed)
    return methods.morris(size, factors, design.steps or 4, seed)


def _listed(
    method: str, spreads: list[Spread], listed: list[list[float | str]], base: Mapping[str, float | str]
) -> np.ndarray:
    counts = [len(each.listed) for each in spreads]
    if method in BASED:
        at_base = [values.index(base[each.factor.name]) for each, values in zip(spreads, listed, strict=True)]
        found: np.ndarray = getattr(methods, method)(counts, at_base)
        return found
    found = getattr(methods, method)(counts)
    return found


def _with_base(spread: Spread, base: Mapping[str, float | str]) -> list[float | str]:
    """Values of a factor, and its base after them when it is none of them."""
    own = base.get(spread.factor.name)
    return list(spread.listed) if own is None or own in spread.listed else [*spread.listed, own]
