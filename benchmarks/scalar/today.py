"""What the scenario says about each period, as plain floats, and the luck of one draw."""

from __future__ import annotations

import math

import numpy as np

from sim.scenario import Loaded
from sim.streams import Streams

LOWEST_FACTOR = 0.2  # keeps prices and crops positive in the far tail


class Levels:
    """Numbers of a loaded scenario by period; a series is read once and kept as a list."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.paths: dict[int, list[float]] = {}

    def value(self, level, period: int) -> float:
        """Value of a level in a period; an absent level is zero."""
        if level is None:
            return 0.0
        if isinstance(level, int | float):
            return float(level)
        if id(level) not in self.paths:
            self.paths[id(level)] = self.loaded.series.resolve(level, self.loaded.timeline).tolist()
        return self.paths[id(level)][period]

    def relative_to_year(self, level) -> list[float]:
        """A level in every period against its mean over the crop year; one where it is absent."""
        periods, year = len(self.loaded.timeline), self.loaded.timeline.periods_per_year
        if level is None:
            return [1.0] * periods
        path = np.array([self.value(level, period) for period in range(periods)])
        # Twelve numbers added by NumPy, in its order: another one moves the last bit, and with it near ties of offers.
        means = np.add.reduceat(path, np.arange(0, periods, year)) / year
        return (path / np.repeat(means, year)).tolist()


class Luck:
    """All shocks of one draw, by crop year or by period: the numbers that draw has in any ensemble."""

    def __init__(self, loaded: Loaded, seed: int, draw: int, buyers: list[str]) -> None:
        self.streams = Streams(seed, 1, draw)
        shocks, years = loaded.scenario.shocks, loaded.timeline.crop_years
        self.crop = {name: self.yearly("yield", name, years, shocks.yield_sd) for name in loaded.scenario.origins}
        self.demand = {name: self.yearly("demand", name, years, shocks.demand_sd) for name in buyers}
        self.corn, self.exchange, self.freight = (
            self.persistent(purpose, years, loaded.timeline.periods_per_year, spread, shocks.persistence)
            for purpose, spread in (
                ("corn", shocks.corn_sd),
                ("exchange", shocks.exchange_sd),
                ("freight", shocks.freight_sd),
            )
        )

    def normal(self, purpose: str, name: str, time: str, count: int) -> list[float]:
        """Standard normal numbers of a stream."""
        return self.streams.normal(purpose, name, time, count)[:, 0].tolist()

    def uniform(self, purpose: str, name: str, time: str) -> float:
        """One uniform number of a stream."""
        return float(self.streams.uniform(purpose, name, time, 1)[0, 0])

    def yearly(self, purpose: str, name: str, years: tuple[str, ...], spread: float) -> list[float]:
        """Factor of each crop year."""
        if spread == 0:
            return [1.0] * len(years)
        return [max(1.0 + spread * self.normal(purpose, name, year, 1)[0], LOWEST_FACTOR) for year in years]

    def persistent(
        self, purpose: str, years: tuple[str, ...], count: int, spread: float, persistence: float
    ) -> list[float]:
        """Autoregressive factor of each of ``count`` periods a crop year."""
        if spread == 0:
            return [1.0] * (len(years) * count)
        step = persistence ** (12.0 / count)
        scale = spread * math.sqrt((1.0 - step**2) / (1.0 - persistence**2))
        level = scale / math.sqrt(1.0 - step**2) * self.normal(purpose, "opening", years[0], 1)[0]
        factors = []
        for year in years:
            for luck in self.normal(purpose, "market", year, count):
                level = step * level + scale * luck
                factors.append(max(1.0 + level, LOWEST_FACTOR))
        return factors
