"""Shares of the variance on a complete grid of factor levels: no sample of points, so no error but that of luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim.experiments.sensitivity import COLUMNS, Confidence, half_width

Statistic = Callable[[np.ndarray], np.ndarray]


def mean(worlds: np.ndarray) -> np.ndarray:
    """Mean over draws, the last axis."""
    mean: np.ndarray = worlds.mean(axis=-1)
    return mean


def spread(worlds: np.ndarray) -> np.ndarray:
    """Standard deviation over draws, the last axis; at least two draws."""
    spread: np.ndarray = worlds.std(axis=-1, ddof=1)
    return spread


def crossed(codes: np.ndarray) -> tuple[int, ...] | None:
    """Levels of each factor when the points are every combination of them once; None otherwise.

    Parameters
    ----------
    codes : ndarray of int, shape (points, k)
        Number of the level, from 0, of each factor at each point.
    """
    shape = tuple(int(n) + 1 for n in codes.max(axis=0))
    whole = len(codes) == int(np.prod(shape, dtype=object)) and len(np.unique(codes, axis=0)) == len(codes)
    return shape if whole else None


def crossed_indices(
    worlds: np.ndarray, factors: Sequence[str], confidence: Confidence, statistic: Statistic = mean
) -> pd.DataFrame:
    """S1, S2 and ST of an outcome over a complete grid, every level of a factor with the same weight.

    The functional decomposition of variance of Sobol (1993), *Mathematical Modelling and Computational Experiment* 1,
    whose parts are sums over the grid: S1 is the variance of the means by level; 1 - ST that of the means over the
    factor's levels; S2 that of the means by two factors less their S1. Intervals: normal, from bootstrap samples of
    the draws, because luck is all that can change; NaN with one draw.

    Parameters
    ----------
    worlds : ndarray, shape (levels of factor 1, ..., levels of factor k, draws)
        Outcome of every draw.
    factors : sequence of k str
    confidence : Confidence
    statistic : callable
        What the indices are of: a number per point from its draws, the last axis.
    """
    draws = worlds.shape[-1]
    names, values = _shares(statistic(worlds), factors)
    half = np.full(len(values), np.nan)
    if draws > 1:
        rng = np.random.default_rng(confidence.seed)
        chosen = rng.integers(draws, size=(confidence.resamples, draws))
        samples = np.array([_shares(statistic(worlds[..., own]), factors)[1] for own in chosen])
        half = half_width(samples, confidence.level)
    lines = [
        [*name, value, value - width, value + width] for name, value, width in zip(names, values, half, strict=True)
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def _shares(y: np.ndarray, factors: Sequence[str]) -> tuple[list[tuple[str, str, str]], np.ndarray]:
    total = y.var()

    def share(kept: tuple[int, ...]) -> float:
        away = tuple(axis for axis in range(y.ndim) if axis not in kept)
        return float(y.mean(axis=away).var() / total) if total > 0 else 0.0

    everything = range(y.ndim)
    own = [share((i,)) for i in everything]
    names = [("S1", factor, "") for factor in factors] + [("ST", factor, "") for factor in factors]
    values = own + [1.0 - share(tuple(j for j in everything if j != i)) if total > 0 else 0.0 for i in everything]
    for i, j in combinations(everything, 2):
        names.append(("S2", factors[i], factors[j]))
        values.append(share((i, j)) - own[i] - own[j])
    return names, np.array(values)
