"""(l) A period of two markets side by side, as the page in the browser plays them: median and slowest step."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from benchmarks.figures import Figure, at_most
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale

DRAWS = 200
LONGEST_MS = 100.0  # half of what a click may take: the browser needs the rest
OFF = {"eep_on": False}


def measure(scale: Scale) -> Iterator[Figure]:
    """Step history beside itself without bonuses, and read the answer after every step, as the page does."""
    draws = min(DRAWS, scale.draws)
    rounds = [steps_ms(draws, scale.crop_years) for _ in range(scale.repeats)]
    yield Figure(f"a step of two markets of {draws} draws: median", tuple(np.median(s) for s, _ in rounds), "ms")
    name, slowest = f"a step of two markets of {draws} draws: slowest", tuple(s.max() for s, _ in rounds)
    yield Figure(name, slowest, "ms", at_most(LONGEST_MS) if draws == DRAWS else None)
    yield Figure("what the subsidy cost, after a step: median", tuple(np.median(a) for _, a in rounds), "ms")


def steps_ms(draws: int, crop_years: int) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of every step, and of the answer after it."""
    from sim.dashboard.answers import subsidy_answer
    from sim.dashboard.plans import Plan
    from sim.dashboard.side_by_side import SideBySide

    loaded = market("history", *last_years(crop_years))
    side = SideBySide(plans=[Plan("a", "A", loaded), Plan("b", "B", loaded, OFF)], draws=draws)
    steps, answers = [], []
    while side.running:
        begin = perf_counter()
        side.step()
        middle = perf_counter()
        if side.running:
            subsidy_answer(side)
            answers.append(1000 * (perf_counter() - middle))
        steps.append(1000 * (middle - begin))
    return np.array(steps), np.array(answers)
