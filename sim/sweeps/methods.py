"""The methods of a design: which combinations of factor values are simulated.

A *listed* design is an array of whole numbers, shape (point, factor): which of its values each factor has. A *drawn*
one is an array of shares in 0..1, shape (point, factor): below which share of its distribution each factor stands. Both
come out the same for the same arguments, everywhere.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np


def grid(counts: Sequence[int]) -> np.ndarray:
    """Every combination; the first factor varies slowest."""
    return np.indices(counts).reshape(len(counts), -1).T


def together(counts: Sequence[int]) -> np.ndarray:
    """The values of all factors side by side: the first of each, then the second of each."""
    if len(set(counts)) > 1:
        raise ValueError(f"values side by side need lists of the same length, got {list(counts)}")
    return np.repeat(np.arange(counts[0])[:, None], len(counts), axis=1)


def one_at_a_time(counts: Sequence[int], base: Sequence[int]) -> np.ndarray:
    """The base, then each factor through its other values while the rest stay there."""
    rows = [tuple(base)]
    for factor, count in enumerate(counts):
        rows += [_moved(base, {factor: value}) for value in range(count)]
    return _each_once(rows)


def pairs(counts: Sequence[int], base: Sequence[int]) -> np.ndarray:
    """The base, then every two factors crossed while the rest stay there; no point twice."""
    rows = [tuple(base)]
    for first, second in itertools.combinations(range(len(counts)), 2):
        values = itertools.product(range(counts[first]), range(counts[second]))
        rows += [_moved(base, {first: one, second: other}) for one, other in values]
    return _each_once(rows)


def count_of(method: str, counts: Sequence[int]) -> int:
    """Points of a listed design, at most: pairs counts a point as often as it is met."""
    if method == "grid":
        return int(np.prod([float(count) for count in counts]))
    if method == "together":
        return counts[0]
    if method == "one_at_a_time":
        return 1 + sum(counts)
    return 1 + sum(one * other for one, other in itertools.combinations(counts, 2))


def _moved(base: Sequence[int], to: dict[int, int]) -> tuple[int, ...]:
    return tuple(to.get(factor, value) for factor, value in enumerate(base))


def _each_once(rows: list[tuple[int, ...]]) -> np.ndarray:
    return np.array(list(dict.fromkeys(rows)), dtype=int)


def latin_hypercube(points: int, factors: int, seed: int) -> np.ndarray:
    """Shares of which every factor has exactly one in each of ``points`` equal parts (McKay and others, 1979)."""
    from scipy.stats import qmc

    latin_hypercube: np.ndarray = qmc.LatinHypercube(factors, seed=np.random.default_rng(seed)).random(points)
    return latin_hypercube


def sobol(points: int, factors: int, seed: int) -> np.ndarray:
    """The first points of a scrambled Sobol sequence: more points begin with these (Owen, 1998)."""
    from scipy.stats import qmc

    with warnings.catch_warnings():  # that the number is no power of two is said where it is stated
        warnings.simplefilter("ignore", UserWarning)
        sobol: np.ndarray = qmc.Sobol(factors, scramble=True, seed=np.random.default_rng(seed)).random(points)
        return sobol


def saltelli(points: int, factors: int, second_order: bool, seed: int) -> np.ndarray:
    """Sobol points A and B, and for each factor A with its column of B, and B with its column of A (Saltelli, 2002).

    For each of ``points`` base points there are 2k + 2 rows, ``A, AB_1 .. AB_k, BA_1 .. BA_k, B``, or k + 2 without
    second order, which has no BA.
    """
    from SALib.sample import sobol as sampler

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        saltelli: np.ndarray = sampler.sample(
            _unit_cube(factors), points, calc_second_order=second_order, scramble=True, seed=seed
        )
        return saltelli


def morris(trajectories: int, factors: int, steps: int, seed: int) -> np.ndarray:
    """Trajectories of k + 1 points, each of which moves one factor across a grid of ``steps`` values (Morris, 1991)."""
    from SALib.sample import morris as sampler

    morris: np.ndarray = sampler.sample(_unit_cube(factors), trajectories, num_levels=steps, seed=seed)
    return morris


def _unit_cube(factors: int) -> dict[str, Any]:
    return {"num_vars": factors, "names": [f"x{each}" for each in range(factors)], "bounds": [[0.0, 1.0]] * factors}
