"""What a calibration found, as tables: fit, parameters, what pins them, profiles, searches and held-out figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.experiments.calibration import Criterion, Search, Space, search, stencil
from sim.experiments.evaluations import EFFECTS, Evaluator, Key
from sim.experiments.identification import Identification, identify
from sim.measures.bands import bands
from sim.scenario.calibration import LoadedCalibration
from sim.scenario.calibration_schema import Calibration
from sim.scenario.moments import held_out
from sim.shipped import published_figures

AT_BOUND = 0.01
"""Part of the bounds' distance within which a parameter counts as at its bound: searches come near and stay inside."""
MOST_PINS = 3  # moments named beside a parameter

Figure = tuple[int, str, str, float]


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found; ``tables`` by name."""

    values: dict[str, float]
    at_start: float
    at_optimum: float
    searches: list[Search]
    identification: Identification
    tables: dict[str, pd.DataFrame]


def kept_cells(loaded: LoadedCalibration) -> dict[str, tuple[Key, ...]]:
    """Figures to keep of each run: those to be met, and those held out."""
    kept: dict[str, list[Key]] = {}
    for cell in loaded.cells:
        kept.setdefault(cell.run, []).append((cell.table, cell.row, cell.column))
    for run, figures in held_out_figures(loaded).items():
        kept.setdefault(run, []).extend((f"table{table}", row, column) for table, row, column, _ in figures)
    return {run: tuple(keys) for run, keys in kept.items()}


def held_out_figures(loaded: LoadedCalibration) -> dict[str, list[Figure]]:
    """Held-out figures by the run they come from: a table that is fitted in part, and Table 2 where it is asked for."""
    found: dict[str, list[Figure]] = {}
    for run, number in dict.fromkeys((cell.run, cell.number) for cell in loaded.cells if cell.number):
        figures = [figure for figure in published_figures() if figure[0] == number and held_out(*figure[:2])]
        if figures:
            found[run] = figures
    if loaded.plan.held_out is not None:
        found[EFFECTS] = [figure for figure in published_figures() if figure[0] == 2]
    return found


def task_count(loaded: LoadedCalibration) -> int:
    """Most simulations a calibration can take."""
    plan, count = loaded.plan, len(loaded.plan.parameters)
    points = plan.evaluations + 2 * count + plan.profile_points * count
    return points * len({cell.run for cell in loaded.cells}) + (2 if plan.held_out is not None else 0)


def calibrate(loaded: LoadedCalibration, evaluator: Evaluator, criterion: Criterion) -> Calibrated:
    """Search, then look at the optimum: slopes, profiles and held-out figures."""
    plan, space = loaded.plan, criterion.space
    start = space.values(space.start)
    at_start = criterion.draws(start)
    loaded.refuse_missing([cell for cell, values in zip(loaded.cells, at_start, strict=True) if np.isnan(values).all()])
    searches = search(criterion, plan)
    best = criterion.best
    point = space.point(np.array(best))
    below, above, width = stencil(point, plan.step)
    grid = _profile_grid(point, plan.profile_points)
    held = held_out_figures(loaded)
    runs = [EFFECTS] if EFFECTS in held else []
    ahead = [space.values(each) for each in (*below, *above, *(one for line in grid for one in line))]
    evaluator(
        [*(task for each in ahead for task in criterion.tasks(each)), *((r, v) for r in runs for v in (start, best))]
    )

    at_best = criterion.draws(best)
    moments = criterion.simulate([*below, *above])
    rise = np.array([space.values(each) for each in above]) - np.array([space.values(each) for each in below])
    slopes = np.nan_to_num((moments[len(point) :] - moments[: len(point)]).T / np.diag(rise))
    on_bound = np.minimum(point, 1 - point) < AT_BOUND
    found = identify(
        slopes, criterion.weights, covariance(at_best), space.high - space.low, on_bound, plan.draws, plan.observations
    )
    misses = criterion.misses(np.array([bands(at_start, ())["mean"], bands(at_best, ())["mean"]]))
    profile = [criterion.misses(criterion.simulate(line)) if line else np.empty((0, 0)) for line in grid]
    tables = {
        "fit": _fit(criterion, at_start, at_best, misses),
        "parameters": _parameters(plan, space, criterion, start, best, found),
        "sensitivity": _sensitivity(plan, criterion, found),
        "profiles": _profiles(plan, space, grid, profile),
        "searches": _searches(plan, searches),
        "held_out": _held_out(evaluator, held, start, best),
    }
    totals = np.sum(np.square(misses), axis=1)
    values = dict(zip(plan.parameters, best, strict=True))
    return Calibrated(values, float(totals[0]), float(totals[1]), searches, found, tables)


def covariance(draws: np.ndarray) -> np.ndarray:
    """Covariance of single draws, shape (cell, cell); a draw without a value counts as average."""
    mean = bands(draws, ())["mean"][:, None]
    deviations = np.nan_to_num(np.where(np.isnan(draws), mean, draws) - mean)
    covariance: np.ndarray = deviations @ deviations.T / (draws.shape[1] - 1)
    return covariance


def _profile_grid(point: np.ndarray, count: int) -> list[list[np.ndarray]]:
    """Points along each axis through the optimum, bound to bound, with the optimum itself; none for 0."""
    if count == 0:
        return [[] for _ in point]
    axes = np.eye(len(point), dtype=bool)
    steps = np.linspace(0.0, 1.0, count)
    return [[np.where(axis, step, point) for step in np.union1d(steps, point[axis])] for axis in axes]


def _keys(criterion: Criterion) -> dict[str, list[str]]:
    return {name: [getattr(cell, name) for cell in criterion.cells] for name in ("run", "table", "row", "column")}


def _fit(criterion: Criterion, at_start: np.ndarray, at_best: np.ndarray, misses: np.ndarray) -> pd.DataFrame:
    found = bands(at_best)
    return pd.DataFrame(
        {
            **_keys(criterion), "published": criterion.targets, "start": bands(at_start, ())["mean"],
            "simulated": found["mean"], "low": found["p05"], "high": found["p95"], "weight": criterion.weights,
            "contribution_at_start": np.square(misses[0]), "contribution": np.square(misses[1]),
            "target": np.where([cell.published for cell in criterion.cells], "published", "given"),
        }
    )  # fmt: skip


def _parameters(
    plan: Calibration, space: Space, criterion: Criterion, start: tuple[float, ...], best: tuple[float, ...],
    found: Identification,
) -> pd.DataFrame:  # fmt: skip
    return pd.DataFrame(
        {
            "parameter": list(plan.parameters), "start": start, "optimum": best, "low": space.low, "high": space.high,
            "scale": [each.scale for each in plan.parameters.values()], "status": found.status,
            "standard_error": found.standard_error, "simulation_error": found.simulation_error,
            "weakest_direction": found.weakest,
            "pinned_by": [_pins(criterion, line) for line in found.share],
        }
    )  # fmt: skip


def _pins(criterion: Criterion, share: np.ndarray) -> str:
    """Name the moments that a parameter's error comes from, the largest first."""
    order = [place for place in np.argsort(-np.nan_to_num(share), kind="stable")[:MOST_PINS] if share[place] > 0]
    cells = [criterion.cells[place] for place in order]
    return "; ".join(f"{cell.table} {cell.row} {cell.column}" for cell in cells)


def _sensitivity(plan: Calibration, criterion: Criterion, found: Identification) -> pd.DataFrame:
    lines = [
        pd.DataFrame(
            {
                "parameter": name, **_keys(criterion), "slope": found.slopes[:, place],
                "sensitivity": found.sensitivity[place], "share_of_error": found.share[place],
            }
        )
        for place, name in enumerate(plan.parameters)
    ]  # fmt: skip
    return pd.concat(lines, ignore_index=True)


def _profiles(plan: Calibration, space: Space, grid: list[list[np.ndarray]], misses: list[np.ndarray]) -> pd.DataFrame:
    lines = [
        (name, space.values(point)[place], float(line @ line))
        for place, name in enumerate(plan.parameters)
        for point, line in zip(grid[place], misses[place], strict=True)
    ]
    return pd.DataFrame(lines, columns=["parameter", "value", "criterion"])


def _searches(plan: Calibration, searches: list[Search]) -> pd.DataFrame:
    lines = [
        {
            "search": number, "points": each.points, "criterion_at_start": each.at_start,
            "criterion_at_end": each.at_end, "ended": each.why,
            **{f"start_{name}": value for name, value in zip(plan.parameters, each.start, strict=True)},
            **{f"end_{name}": value for name, value in zip(plan.parameters, each.end, strict=True)},
        }
        for number, each in enumerate(searches, start=1)
    ]  # fmt: skip
    return pd.DataFrame(lines)


def _held_out(
    evaluator: Evaluator, held: Mapping[str, list[Figure]], start: tuple[float, ...], best: tuple[float, ...]
) -> pd.DataFrame:
    columns = ["table", "row", "column", "published", "start", "simulated", "low", "high"]
    lines = []
    for run, figures in held.items():
        keys = evaluator.simulator.cells[run]
        places = [keys.index((f"table{table}", row, column)) for table, row, column, _ in figures]
        before, after = (bands(values[places]) for values in evaluator([(run, start), (run, best)]))
        shown = (before["mean"], after["mean"], after["p05"], after["p95"])
        lines += [(*figure, *(float(each[i]) for each in shown)) for i, figure in enumerate(figures)]
    return pd.DataFrame(lines, columns=columns)
