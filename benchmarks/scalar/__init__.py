"""The same market as an ordinary Mesa model on plain floats: one object per agent, one draw per model."""

from __future__ import annotations

import time

from benchmarks.scalar.market import ScalarMarket
from sim.scenario import Loaded

__all__ = ["ScalarMarket", "run", "seconds_per_draw"]


def run(loaded: Loaded, draw: int = 0, seed: int | None = None) -> ScalarMarket:
    """Run one draw of a loaded scenario to its end; sales and states are in the model."""
    market = ScalarMarket(loaded, draw, seed)
    while market.running:
        market.step()
    return market


def seconds_per_draw(loaded: Loaded, draws: int = 3, first_draw: int = 0) -> float:
    """Processor seconds that a draw takes, set-up included; the best of some draws, for the machine is noisy."""
    times = []
    for draw in range(first_draw, first_draw + draws):
        start = time.process_time()
        run(loaded, draw)
        times.append(time.process_time() - start)
    return min(times)
