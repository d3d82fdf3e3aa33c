"""Simulated method of moments: the criterion of a calibration, and the search for its minimum.

The criterion is ``sum w (m(theta) - p)^2``, ``p`` the published figure and ``m`` the mean over draws of the simulated
one. Every point is simulated with the same draws, so it is a function of ``theta`` and nothing else. The search moves
in the unit cube: 0 is a parameter's lower bound, 1 its upper one, in equal steps of the number or of its logarithm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares, minimize
from scipy.stats.qmc import Sobol

from sim.experiments.evaluations import Evaluator, Task
from sim.experiments.published import NEAR, kind
from sim.measures.bands import bands
from sim.scenario.calibration_schema import Calibration
from sim.scenario.moments import Cell

MISSING = 10.0
"""How many scales off a figure counts that a run does not have, so that the search turns away from there."""
DIGITS = 12  # of a parameter's value, so that a bound or a start reads as it was written
SIMPLEX = 0.15  # edge of the first simplex, in the unit cube


class Space:
    """Parameters as points of the unit cube."""

    def __init__(self, plan: Calibration) -> None:
        parameters = plan.parameters.values()
        self.low, self.high, start = (
            np.array([getattr(each, name) for each in parameters], dtype=float) for name in ("low", "high", "start")
        )
        self.log = np.array([each.scale == "log" for each in parameters])
        self.start = self.point(start)

    def values(self, point: np.ndarray) -> tuple[float, ...]:
        """Values of the parameters at a point."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        found = low + np.clip(point, 0.0, 1.0) * (high - low)
        found = np.where(self.log, np.exp(np.where(self.log, found, 0.0)), found)
        return tuple(float(f"{value:.{DIGITS}g}") for value in np.clip(found, self.low, self.high))

    def point(self, values: np.ndarray) -> np.ndarray:
        """Point of the cube at which the parameters have these values."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        point: np.ndarray = (self._scaled(np.asarray(values, dtype=float)) - low) / (high - low)
        return point

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        return np.where(self.log, np.log(np.where(self.log, values, 1.0)), values)


def weight_of(cell: Cell) -> float:
    """Weight of a figure: as stated, or 1/scale², with the distance that counts as near when no scale is stated."""
    if cell.weight is not None:
        return cell.weight
    scale = cell.scale if cell.scale is not None else NEAR[kind(cell.number or 0, cell.column)]
    return 1 / scale**2


class Spent(Exception):
    """All evaluations that a search may have are used."""


class Criterion:
    """Weighted sum of squared misses at points of the cube; counts the points and keeps the best."""

    def __init__(self, evaluator: Evaluator, cells: Sequence[Cell], space: Space) -> None:
        self.evaluator, self.cells, self.space = evaluator, tuple(cells), space
        self.runs = tuple(dict.fromkeys(cell.run for cell in cells))
        kept = evaluator.simulator.cells
        self._at = [(cell.run, kept[cell.run].index((cell.table, cell.row, cell.column))) for cell in cells]
        self.targets = np.array([cell.target for cell in cells])
        self.weights = np.array([weight_of(cell) for cell in cells])
        self.seen: dict[tuple[float, ...], float] = {}
        self.limit = 0
        self.watch: Callable[[float], None] = lambda best: None

    @property
    def best(self) -> tuple[float, ...]:
        """Values of the parameters at the best point so far; the first of those that are as good."""
        return min(self.seen, key=self.seen.__getitem__)

    def tasks(self, values: tuple[float, ...]) -> list[Task]:
        """What has to be simulated at a point."""
        return [(run, values) for run in self.runs]

    def draws(self, values: tuple[float, ...]) -> np.ndarray:
        """Simulated figures at a point that has been simulated or will be now, shape (cell, draw)."""
        found = dict(zip(self.runs, self.evaluator(self.tasks(values)), strict=True))
        return np.array([found[run][place] for run, place in self._at])

    def simulate(self, points: Sequence[np.ndarray]) -> np.ndarray:
        """Means over draws of the figures at points of the cube, shape (point, cell); side by side where possible."""
        values = [self.space.values(point) for point in points]
        self.evaluator([task for each in values for task in self.tasks(each)])
        return np.array([bands(self.draws(each), ())["mean"] for each in values])

    def misses(self, moments: np.ndarray) -> np.ndarray:
        """Weighted misses, whose squares add up to the criterion."""
        root = np.sqrt(self.weights)
        misses: np.ndarray = np.where(np.isnan(moments), MISSING * (root > 0), root * (moments - self.targets))
        return misses

    def residuals(self, points: Sequence[np.ndarray]) -> np.ndarray:
        """Weighted misses at points, shape (point, cell); raises ``Spent`` when they are more than may be used."""
        fresh = {self.space.values(point) for point in points} - self.seen.keys()
        if len(self.seen) + len(fresh) > self.limit:
            raise Spent
        misses = self.misses(self.simulate(points))
        for point, line in zip(points, misses, strict=True):
            self.seen[self.space.values(point)] = float(line @ line)
        self.watch(min(self.seen.values()))
        return misses


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes
    ----------
    start, end : tuple of float
        Values of the parameters.
    at_start, at_end : float
        The criterion there.
    points : int
        New points it has used.
    why : str
        Why it ended.
    """

    start: tuple[float, ...]
    end: tuple[float, ...]
    at_start: float
    at_end: float
    points: int
    why: str


def starts_of(space: Space, count: int) -> list[np.ndarray]:
    """Stated start, then Sobol points of the cube (the first, its corner, left out)."""
    if count == 1:
        return [space.start]
    spread = Sobol(len(space.start), scramble=False).random_base2(int(np.ceil(np.log2(count))))
    return [space.start, *spread[1:count]]


def search(criterion: Criterion, plan: Calibration) -> list[Search]:
    """Search from every start, the stated one first, then by what the criterion is there.

    What is left of the evaluations is shared equally by the searches that are still to come.
    """
    starts = starts_of(criterion.space, plan.starts)[: plan.evaluations]
    criterion.limit = plan.evaluations
    misses = criterion.residuals(starts)
    order = np.argsort(np.sum(np.square(misses), axis=1)[1:], kind="stable") + 1
    searches = []
    for turn, place in enumerate([0, *order.tolist()]):
        used = len(criterion.seen)
        criterion.limit = used + (plan.evaluations - used) // (len(starts) - turn)
        searches.append(_search(criterion, plan, starts[place], used))
    return searches


def _search(criterion: Criterion, plan: Calibration, start: np.ndarray, used: int) -> Search:
    """Search from one start; its end is the best point it has met."""
    path: dict[tuple[float, ...], float] = {}

    def residuals(points: Sequence[np.ndarray]) -> np.ndarray:
        misses = criterion.residuals(points)
        for point, line in zip(points, misses, strict=True):
            path[criterion.space.values(point)] = float(line @ line)
        return misses

    try:
        go = _gauss_newton if plan.method == "least_squares" else _simplex
        why = go(residuals, start, plan)
    except Spent:
        why = "evaluations used up"
    first = criterion.space.values(start)
    end = min(path or [first], key=lambda values: path.get(values, np.inf))
    at_start = criterion.seen[first]
    return Search(first, end, at_start, path.get(end, at_start), len(criterion.seen) - used, why)


Residuals = Callable[[Sequence[np.ndarray]], np.ndarray]


def _gauss_newton(residuals: Residuals, start: np.ndarray, plan: Calibration) -> str:
    def slopes(point: np.ndarray) -> np.ndarray:
        below, above, width = stencil(point, plan.step)
        found = residuals([*below, *above])
        slopes: np.ndarray = ((found[len(point) :] - found[: len(point)]) / width[:, None]).T
        return slopes

    found = least_squares(
        lambda point: residuals([point])[0], start, jac=slopes, bounds=(0.0, 1.0), ftol=plan.tolerance,
        xtol=plan.tolerance, gtol=None,
    )  # fmt: skip
    return {2: "the criterion falls no more", 3: "the point moves no more"}.get(found.status, "converged")


def _simplex(residuals: Residuals, start: np.ndarray, plan: Calibration) -> str:
    def total(point: np.ndarray) -> float:
        line = residuals([point])[0]
        return float(line @ line)

    edges = np.where(start > 0.5, -SIMPLEX, SIMPLEX)
    found = minimize(
        total, start, method="Nelder-Mead", bounds=[(0.0, 1.0)] * len(start),
        options={
            "initial_simplex": np.vstack([start, start + np.diag(edges)]), "xatol": plan.tolerance,
            "fatol": plan.tolerance * max(total(start), plan.tolerance), "maxfev": plan.evaluations,
        },
    )  # fmt: skip
    return "the simplex has closed" if found.success else "evaluations used up"


def stencil(point: np.ndarray, step: float) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Points below and above along each axis, one-sided at a bound, and their distance."""
    point = np.clip(point, 0.0, 1.0)
    moves = np.diag(np.full(len(point), step))
    below, above = np.maximum(point - moves, 0.0), np.minimum(point + moves, 1.0)
    return list(below), list(above), np.diag(above - below)
