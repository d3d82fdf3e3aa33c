"""Scenario values as the model reads them: the regime of a period and the number a level has in it."""

from __future__ import annotations

import numpy as np

from sim.scenario.schema import Level, Scenario


class Parameters:
    """Resolves levels of a loaded scenario once and hands out numbers by period."""

    def __init__(self, loaded) -> None:
        self.base: Scenario = loaded.scenario
        self.regimes: tuple[Scenario, ...] = loaded.regimes
        self.regime_of_period = np.asarray(loaded.regime_of_period)
        self.timeline = loaded.timeline
        self._series = loaded.series
        self._resolved: dict[int, np.ndarray] = {}

    def regime(self, period: int) -> Scenario:
        """The scenario in force, events applied."""
        return self.regimes[self.regime_of_period[period]]

    def path(self, level: Level) -> np.ndarray:
        """Values of a level over all periods, shape (period,)."""
        if id(level) not in self._resolved:
            self._resolved[id(level)] = self._series.resolve(level, self.timeline)
        return self._resolved[id(level)]

    def value(self, level: Level | None, period: int) -> float:
        """Value of a level in a period; an absent level is zero."""
        if level is None:
            return 0.0
        return float(level) if isinstance(level, int | float) else float(self.path(level)[period])
