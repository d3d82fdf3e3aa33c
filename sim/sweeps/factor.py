"""A factor of a sweep: what varies, through which values, and whether it may travel on the draw axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.scenario.writer import scalar_text
from sim.sweeps import distributions
from sim.sweeps.schema import FactorPlan
from sim.sweeps.spread import DISTRIBUTIONS, ends, limits, tidy

SCENARIO = "scenario"
FORMS = ("values", "levels", "range", *DISTRIBUTIONS)


@dataclass(frozen=True)
class Factor:
    """What varies.

    Attributes
    ----------
    name, title, unit : str
        Name of its column in the design, label for people, and unit (empty where there is none).
    numeric : bool
        Whether it is a number that need not be whole: worlds with different values can be simulated side by side on the
        draw axis. Anything else makes groups of points.
    keys : tuple of str
        Scenario keys that get the value; none for named levels of several settings.
    levels : dict of str to tuple of str
        Settings of every level by its label, as after ``--set``; empty for numeric factors.
    """

    name: str
    title: str
    unit: str
    numeric: bool
    keys: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    def settings(self, value: float | str) -> tuple[str, ...]:
        """Settings that give the factor a value; no digit is lost."""
        if not self.numeric:
            return self.levels[str(value)]
        return tuple(f"{key}={float(value)!r}" for key in self.keys)


@dataclass(frozen=True)
class Spread:
    """A factor with the values it takes.

    Attributes
    ----------
    factor : Factor
    plan : FactorPlan
        What the file says.
    form : str
        Which of ``FORMS`` it is stated in; empty when the values come from a table.
    listed : tuple
        Values of a listed design, in order: numbers, or labels of levels.
    base : float, str or None
        Where it stands while others vary, as far as the file says so.
    """

    factor: Factor
    plan: FactorPlan
    form: str
    listed: tuple[float | str, ...] = ()
    base: float | str | None = None

    def drawn(self, share: np.ndarray) -> np.ndarray:
        """Values at shares 0..1 of the factor's distribution, shape (point,): numbers, or labels of levels."""
        plan = self.plan
        if self.form in DISTRIBUTIONS:
            stated = getattr(plan, self.form)
            return tidy(getattr(distributions, self.form)(share, **stated.model_dump()), *ends(plan, self.form))
        if self.form == "range" and self.factor.numeric:
            spread = distributions.loguniform if plan.scale == "log" else distributions.uniform
            return tidy(spread(share, *limits(plan)), *limits(plan))
        weights = np.ones(len(self.listed)) if plan.weights is None else np.array(plan.weights)
        kind = float if self.factor.numeric else object
        drawn: np.ndarray = np.array(self.listed, dtype=kind)[distributions.pick(share, weights)]
        return drawn


def with_levels(spread: Spread, values: Sequence[float | str]) -> Spread:
    """Spread whose factor knows the settings of every value it takes; a numeric one needs none."""
    factor = spread.factor
    if factor.numeric or not factor.keys:
        return spread
    levels = {str(value): tuple(f"{key}={value}" for key in factor.keys) for value in values}
    return replace(spread, factor=replace(factor, levels={**factor.levels, **levels}))


def label_of(value: Any) -> str:
    """Label of a value that is no number on the draw axis, as it is written after ``--set``."""
    return scalar_text(value)
