"""The same market as an ordinary Mesa model on plain floats: one object per agent, one draw per model."""

from __future__ import annotations

import time

from benchmarks.scalar.market import ScalarMarket
from benchmarks.scalar.split import Split, by_kinks
from sim.scenario import Loaded, load
from sim.shipped import scenario_path

__all__ = ["ScalarMarket", "run", "seconds_per_draw"]


def run(loaded: Loaded, draw: int = 0, seed: int | None = None, split: Split = by_kinks) -> ScalarMarket:
    """Run one draw of a loaded scenario to its end; sales and states are in its ``books``."""
    market = ScalarMarket(loaded, draw, seed, split)
    while market.running:
        market.step()
    return market


def seconds_per_draw(loaded: Loaded | None = None, draws: int = 3) -> float:
    """Processor seconds that a draw of a scenario takes, by default of the history, set-up included.

    The best of the first ``draws`` draws, because others may use the machine too.
    """
    loaded = load(scenario_path("history")) if loaded is None else loaded
    times = []
    for draw in range(draws):
        start = time.process_time()
        run(loaded, draw)
        times.append(time.process_time() - start)
    return min(times)
