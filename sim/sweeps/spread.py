"""Ranges and distributions of a factor: their limits, what is wrong with them, and the values a list takes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sim.sweeps import distributions
from sim.sweeps.schema import FactorPlan, Lognormal, Normal

DISTRIBUTIONS = ("uniform", "loguniform", "normal", "lognormal", "triangular", "beta")
DIGITS = 12
"""Digits kept of a computed value: what logarithms and roots give beyond them differs between machines."""
OUTER = (0.05, 0.95)
"""Shares of a distribution that stand for low and high where no count is given."""
LEAST_SHARE = 1e-6
"""A distribution cut off to less than this share of itself is a slip of its limits."""


def tidy(values: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """Values to ``DIGITS`` digits, within the limits."""
    rounded = np.array([float(f"{value:.{DIGITS}g}") for value in np.ravel(values)]).reshape(np.shape(values))
    return rounded if low is None and high is None else np.clip(rounded, low, high)


def ends(plan: FactorPlan, form: str) -> tuple[float | None, float | None]:
    """Lower and upper limit of a range or distribution; None where there is none."""
    stated = plan if form == "range" else getattr(plan, form)
    return stated.low, stated.high


def limits(plan: FactorPlan) -> tuple[float, float]:
    """Both limits of a range."""
    assert plan.low is not None and plan.high is not None, "a range has both, or it was refused"
    return plan.low, plan.high


def listed_numbers(plan: FactorPlan, form: str) -> tuple[float, ...]:
    """Numbers a list takes: even steps of a range, middles of equally likely parts of a distribution.

    Without a count they are the two ends of a range, and the 5 and 95 % points of a distribution.
    """
    if form == "range":
        spaced = np.geomspace if plan.scale == "log" else np.linspace
        return tuple(tidy(spaced(*limits(plan), plan.count or 2), *limits(plan)).tolist())
    low, high = ends(plan, form)
    count = plan.count
    shares = np.array(OUTER) if count is None else (np.arange(count) + 0.5) / count
    return tuple(tidy(getattr(distributions, form)(shares, **getattr(plan, form).model_dump()), low, high).tolist())


def check_distribution(plan: FactorPlan, form: str, to_the_ends: bool) -> Iterator[tuple[str, str]]:
    """Key and message of everything wrong with a distribution; ``to_the_ends``: the design takes both its ends."""
    stated = getattr(plan, form)
    low, high = ends(plan, form)
    if low is not None and high is not None and not low < high:
        yield "high", f"must be above `low`, {low:g}"
        return
    if form == "loguniform" and stated.low <= 0:
        yield "low", "must be above 0 on a log scale"
    if form == "triangular" and not stated.low <= stated.mode <= stated.high:
        yield "mode", f"{stated.mode:g} is not between `low` and `high`; allowed: from {low:g} to {high:g}"
    if form in ("normal", "lognormal"):
        missing = [name for name, limit in (("low", low), ("high", high)) if limit is None]
        missing = [name for name in missing if form == "normal" or name == "high"]
        if to_the_ends and missing:
            names = " and ".join(f"`{name}`" for name in missing)
            yield missing[0], f"`morris` steps to the ends of a distribution; state {names}"
        elif _share(stated, low, high) < LEAST_SHARE:
            yield "low" if low is not None else "high", "hardly anything of the distribution lies within these limits"


def _share(stated: Normal | Lognormal, low: float | None, high: float | None) -> float:
    if isinstance(stated, Normal):
        return distributions.share_within(stated.mean, stated.sd, low, high)
    logs = [None if limit is None or limit <= 0 else math.log(limit) for limit in (low, high)]
    return distributions.share_within(math.log(stated.median), stated.log_sd, *logs)
