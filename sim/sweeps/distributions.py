"""Inverse distribution functions: the number below which a given share of a distribution lies."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

SMALLEST = 2.0**-31
"""Share that stands for none at all at an end without a limit: half of what a Sobol point is resolved to."""


def uniform(share: np.ndarray, low: float, high: float) -> np.ndarray:
    """Quantiles between two limits, any shape: ``low + share (high - low)``."""
    return low + share * (high - low)


def loguniform(share: np.ndarray, low: float, high: float) -> np.ndarray:
    """Quantiles of a number whose logarithm is uniform; both limits above 0."""
    loguniform: np.ndarray = np.exp(uniform(share, math.log(low), math.log(high)))
    return loguniform


def normal(
    share: np.ndarray, mean: float, sd: float, low: float | None = None, high: float | None = None
) -> np.ndarray:
    """Quantiles of a normal distribution cut off at the limits.

    Of a truncated distribution with P its own share below a limit, the quantile of u is that of
    ``P(low) + u (P(high) - P(low))`` without the limits (Johnson, Kotz and Balakrishnan, 1994, section 13.10).
    """
    least, most = (0.0 if low is None else float(ndtr((low - mean) / sd))), (
        1.0 if high is None else float(ndtr((high - mean) / sd))
    )  # fmt: skip
    within = np.clip(least + np.asarray(share) * (most - least), SMALLEST, 1 - SMALLEST)
    normal: np.ndarray = np.clip(mean + sd * ndtri(within), low, high)
    return normal


def share_within(mean: float, sd: float, low: float | None, high: float | None) -> float:
    """Share of a normal distribution that lies within the limits."""
    below = 0.0 if low is None else float(ndtr((low - mean) / sd))
    above = 0.0 if high is None else float(ndtr((mean - high) / sd))
    return 1.0 - below - above


def lognormal(
    share: np.ndarray, median: float, log_sd: float, low: float | None = None, high: float | None = None
) -> np.ndarray:
    """Quantiles of a lognormal distribution cut off at the limits."""
    logs = [None if limit is None or limit <= 0 else math.log(limit) for limit in (low, high)]
    lognormal: np.ndarray = np.clip(np.exp(normal(share, math.log(median), log_sd, *logs)), low, high)
    return lognormal


def triangular(share: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    """Quantiles of a triangular distribution."""
    share = np.asarray(share)
    rise, fall = (mode - low) * (high - low), (high - mode) * (high - low)
    up = low + np.sqrt(np.maximum(share, 0) * rise)
    down = high - np.sqrt(np.maximum(1 - share, 0) * fall)
    triangular: np.ndarray = np.where(share * (high - low) < mode - low, up, down)
    return triangular


def beta(share: np.ndarray, a: float, b: float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Quantiles of a beta distribution stretched from ``low`` to ``high``."""
    return uniform(betaincinv(a, b, np.asarray(share)), low, high)


def pick(share: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Numbers of the entries that shares stand for, any shape; entry i fills a part of 0..1 as large as its weight."""
    ends = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(ends, share, side="right"), len(ends) - 1)
