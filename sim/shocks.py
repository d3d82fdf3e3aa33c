"""Random shocks around the historical series, as factors with the draw on the last axis.

Yields and importers' demand are drawn once a crop year. Corn, the exchange rate and ocean freight follow
``x_t = rho x_{t-1} + sd z_t`` from month to month, starting from the long-run spread; weekly runs keep the same monthly
persistence and spread.
A shock of size zero draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from agents.arrays import Array
from sim.scenario.schema import Shocks
from sim.streams import Streams

LOWEST_FACTOR = 0.2  # keeps prices and crops positive in the far tail


def yearly_factors(
    streams: Streams, purpose: str, names: Iterable[str], crop_years: list[str], sd: float
) -> dict[str, Array]:
    """One factor per name, crop year and draw: ``max(1 + sd z, 0.2)``, arrays (crop year, draw)."""
    if np.all(sd == 0):
        return {name: np.ones((len(crop_years), streams.draws)) for name in names}
    return {
        name: np.maximum(
            1.0 + sd * np.concatenate([streams.normal(purpose, name, y, 1) for y in crop_years]), LOWEST_FACTOR
        )
        for name in names
    }


def persistent_factor(streams: Streams, purpose: str, periods: pd.DataFrame, sd: float, persistence: float) -> Array:
    """Autoregressive factor for every period and draw, array (period, draw)."""
    counts = periods.groupby("crop_year", sort=False).size()
    if np.all(sd == 0):
        return np.ones((len(periods), streams.draws))
    step = persistence ** (12.0 / counts.iloc[0])
    scale = sd * np.sqrt((1.0 - step**2) / (1.0 - persistence**2))
    # The first period is drawn from the long-run spread, so a later start is no calmer than an early one.
    spread = scale / np.sqrt(1.0 - step**2)
    level, factors = spread * streams.normal(purpose, "opening", str(counts.index[0]), 1)[0], []
    for crop_year, count in counts.items():
        for luck in streams.normal(purpose, "market", str(crop_year), int(count)):
            level = step * level + scale * luck
            factors.append(np.maximum(1.0 + level, LOWEST_FACTOR))
    return np.array(factors)


class ShockPaths:
    """All shocks of a run."""

    def __init__(
        self, shocks: Shocks, streams: Streams, periods: pd.DataFrame, origins: Iterable[str], buyers: Iterable[str]
    ) -> None:
        years = list(dict.fromkeys(periods["crop_year"]))
        self.crop = yearly_factors(streams, "yield", origins, years, shocks.yield_sd)
        self.demand = yearly_factors(streams, "demand", buyers, years, shocks.demand_sd)
        self.corn = persistent_factor(streams, "corn", periods, shocks.corn_sd, shocks.persistence)
        self.exchange = persistent_factor(streams, "exchange", periods, shocks.exchange_sd, shocks.persistence)
        self.freight = persistent_factor(streams, "freight", periods, shocks.freight_sd, shocks.persistence)
