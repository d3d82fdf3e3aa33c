"""The design of a sweep as sensitivity analysis sees it: factors as numbers, and what its points allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.crossed import Statistic, crossed, crossed_indices
from sim.experiments.sensitivity import MIN_GIVEN, Confidence, given_data_indices, morris_indices, sobol_indices
from sim.scenario.writer import scalar_text
from sim.sweeps.layout import is_morris, is_saltelli

LEAST = {"saltelli": 4, "morris": 2, "given": MIN_GIVEN, "grid": 1}
"""Sample sizes under which an interval says nothing."""
STEPS = 4  # of a Morris design that states none
LIMITED = ("uniform", "loguniform", "triangular", "beta", "normal", "lognormal")
REFUSED = {
    "together": "its factors move together, so their effects cannot be told apart",
    "pairs": "it leaves out most combinations, so variances do not add up",
    "one_at_a_time": "no two of its factors ever move together, so it sees no interaction and no share of the variance",
}
NOTES = {
    "given": "S1 from random points (RBD-FAST) says what a factor does alone, never its interactions: there is no ST."
    " PAWN compares whole distributions: it ranks factors, and is no share of the variance; only values above that of"
    " '(no effect)' say that a factor matters.",
    "table": "The points of a table are taken for a random sample of the factors; of others, indices mean nothing.",
    "grid": "Shares of the variance over the levels of the grid, each as likely; intervals are due to luck alone.",
}


class UnsuitableSweep(ValueError):
    """A sweep from whose points no sensitivity index can be had; the message says which designs give them."""


@dataclass(frozen=True)
class SensitivityDesign:
    """Points of a design as numbers, and how indices come from them.

    Attributes
    ----------
    kind : str
        ``saltelli``, ``morris``, ``given`` (random points) or ``grid``.
    factors : tuple of k str
    x : ndarray, shape (points, k)
        Factor values; named levels as their place in the sweep file.
    second_order : bool
    steps : int
        Values that Morris takes from each factor.
    notes : tuple of str
        What such indices can and cannot say.
    """

    kind: str
    factors: tuple[str, ...]
    x: np.ndarray
    second_order: bool = False
    steps: int = STEPS
    notes: tuple[str, ...] = ()

    def indices(self, worlds: np.ndarray, statistic: Statistic, confidence: Confidence) -> pd.DataFrame:
        """Compute the indices of an outcome, ``worlds`` of shape (points, draws); raises ``Undetermined``."""
        if self.kind == "grid":
            codes = _codes(self.x)
            shape = crossed(codes)
            assert shape is not None, "a grid is laid out as one, or it was refused"
            order = np.argsort(np.ravel_multi_index(tuple(codes.T), shape))
            return crossed_indices(worlds[order].reshape(*shape, -1), self.factors, confidence, statistic)
        y = statistic(worlds)
        if self.kind == "saltelli":
            return sobol_indices(y, self.factors, self.second_order, confidence)
        if self.kind == "morris":
            return morris_indices(self.x, y, self.factors, self.steps, confidence)
        return given_data_indices(self.x, y, self.factors, confidence)

    def sample(self, draws: int) -> tuple[int, int, str]:
        """Sample size that intervals narrow with, points each of it makes (0: none), and what it is called."""
        points, count = self.x.shape
        each = {"saltelli": (2 if self.second_order else 1) * count + 2, "morris": count + 1, "given": 1}
        if self.kind == "grid":
            return draws, 0, "draws"
        names = {"saltelli": "base points", "morris": "trajectories", "given": "points"}
        return points // each[self.kind], each[self.kind], names[self.kind]

    def advised(self, needed: int) -> int:
        """Round a sample size up to what the design should have: a power of two for Sobol points."""
        return 2 ** math.ceil(math.log2(needed)) if self.kind == "saltelli" else needed


def sensitivity_design(plan: Mapping[str, Any], design: pd.DataFrame) -> SensitivityDesign:
    """Read a design.

    Parameters
    ----------
    plan : mapping
        The sweep file's content.
    design : DataFrame
        One row per point, one column per factor.

    Raises
    ------
    UnsuitableSweep
        The design gives no indices, or its points are not laid out as its method says.
    """
    method = plan["design"].get("method", "grid")
    if method in REFUSED:
        others = "use saltelli or morris, a grid, or random points (latin_hypercube, sobol)"
        raise UnsuitableSweep(f"no sensitivity indices from a design `{method}`: {REFUSED[method]}; {others}")
    factors = tuple(str(name) for name in design.columns)
    x = np.column_stack([_numbers(design[name], _plan_of(name, plan)) for name in design.columns])
    second = plan["design"].get("second_order") is not False
    found = {
        "saltelli": SensitivityDesign("saltelli", factors, x, second_order=second),
        "morris": SensitivityDesign("morris", factors, x, steps=plan["design"].get("steps") or STEPS),
        "grid": SensitivityDesign("grid", factors, x, notes=(NOTES["grid"],)),
        "table": SensitivityDesign("given", factors, x, notes=(NOTES["table"], NOTES["given"])),
    }.get(method, SensitivityDesign("given", factors, x, notes=(NOTES["given"],)))
    checks: dict[str, Callable[[], bool]] = {
        "saltelli": lambda: is_saltelli(x, second), "morris": lambda: is_morris(x),
        "grid": lambda: crossed(_codes(x)) is not None,
    }  # fmt: skip
    if method in checks and not checks[method]():
        raise UnsuitableSweep(f"the points of this sweep are not laid out as design `{method}` lays them; run it again")
    if len(x) < 2:
        raise UnsuitableSweep("this sweep has one point, so nothing varies")
    sample, _points, name = found.sample(draws=1)
    if sample < LEAST[found.kind]:
        raise UnsuitableSweep(f"{sample} {name} are too few for sensitivity indices; {LEAST[found.kind]} are the least")
    return found


def factor_table(
    design: SensitivityDesign, frame: pd.DataFrame, plan: Mapping[str, Any], told: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Make a row per factor: its name, title, unit, least and largest value, and named levels in order.

    ``told`` holds the names, titles and units that the sweep found for its factors.
    """
    known = {each["name"]: each for each in told}
    lines = []
    for name in design.factors:
        own, column = _plan_of(name, plan), frame[name]
        head = {"title": name, "unit": "", **own, **known.get(name, {})}
        numbers = _as_numbers(column)
        levels = ", ".join(_levels(column, own)) if numbers is None else ""
        low, high = (math.nan, math.nan) if numbers is None else _ends(numbers, own)
        title = (head["title"] or name).replace("_", " ")
        lines.append([name, title, head["unit"] or "", low, high, levels])
    return pd.DataFrame(lines, columns=["factor", "title", "unit", "low", "high", "levels"])


def _plan_of(name: str, plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the sweep file says of a factor; scenarios are one of their own."""
    return plan["factors"].get(name) or {"levels": plan.get("scenarios") or {}}


def _as_numbers(column: pd.Series) -> np.ndarray | None:
    """Values of a factor whose levels all are numbers, as counts are; None of any other."""
    try:
        numbers = column.to_numpy(dtype=float)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _ends(numbers: np.ndarray, own: Mapping[str, Any]) -> tuple[float, float]:
    """Limits as stated in the sweep file; the least and largest value of the points where it states none."""
    stated = next((own[name] for name in LIMITED if own.get(name)), own)
    low, high = stated.get("low"), stated.get("high")
    return float(numbers.min() if low is None else low), float(numbers.max() if high is None else high)


def _numbers(column: pd.Series, own: Mapping[str, Any]) -> np.ndarray:
    numbers = _as_numbers(column)
    if numbers is not None:
        return numbers
    levels = _levels(column, own)
    found: np.ndarray = column.map(levels.index).to_numpy(dtype=float)
    return found


def _levels(column: pd.Series, own: Mapping[str, Any]) -> list[str]:
    """Levels in the order of the sweep file; of one that does not say, in the order of the points."""
    stated = own.get("levels") or [scalar_text(each) for each in own.get("values") or ()]
    there = set(column)
    return list(dict.fromkeys([*(name for name in stated if name in there), *column]))


def _codes(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in x.T])
