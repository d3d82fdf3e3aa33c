"""Scenario values as the model reads them: the regime of a period and the number a level has in it.

A number that differs between draws, as between the design points of a sweep, is an array (draw,) wherever a scenario
has a float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, Places
from sim.scenario.schema import Level, Scenario

if TYPE_CHECKING:
    from sim.scenario import Loaded


class Parameters:
    """Resolves levels of a loaded scenario once and hands out numbers by period."""

    def __init__(self, loaded: Loaded) -> None:
        self.base: Scenario = loaded.scenario
        self.regimes: tuple[Scenario, ...] = loaded.regimes
        self.regime_of_period: Places = np.asarray(loaded.regime_of_period)
        self.timeline = loaded.timeline
        self._series = loaded.series
        self._resolved: dict[int, Array] = {}

    def regime(self, period: int) -> Scenario:
        """The scenario in force, events applied."""
        regime: Scenario = self.regimes[self.regime_of_period[period]]
        return regime

    def path(self, level: Level) -> Array:
        """Values of a level over all periods, shape (period,), or (period, draw) where they differ between draws."""
        if id(level) not in self._resolved:
            self._resolved[id(level)] = self._series.resolve(level, self.timeline)
        return self._resolved[id(level)]

    def value(self, level: Level | Array | None, period: int) -> float | Array:
        """Value of a level in a period, or its values (draw,); an absent level is zero."""
        if level is None:
            return 0.0
        if isinstance(level, int | float):
            return float(level)
        if isinstance(level, np.ndarray):
            return level
        value: Array = self.path(level)[period]
        return value if value.ndim else float(value)
