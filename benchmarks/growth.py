"""(e) How time and memory grow with draws, crop years, sellers and markets.

A run has a cost it pays whatever its size. So an exponent is that of what a size costs more than the smallest one: the
slope of log(cost(n) - cost(smallest)) on log(n - smallest), which is one where every unit costs the same. Times are CPU
times of simulation and measures; memory is the peak above what was resident before the run. Each run is a process of
its own.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.child import ChildRun, run_child
from benchmarks.figures import Figure, Target, at_most
from benchmarks.markets import last_years, write_importers, write_sellers
from benchmarks.scale import Scale


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Exponent of the cost beyond the smallest size's; NaN where a larger size did not cost more."""
    size, cost = np.array(sizes, float), np.array(costs, float)
    size, cost = size[1:] - size[0], cost[1:] - cost[0]
    if len(size) < 2 or cost.min() <= 0:
        return math.nan
    return float(np.polyfit(np.log(size), np.log(cost), 1)[0])


def growth(
    what: str, sizes: Sequence[int], run: Callable[[int], ChildRun], repeats: int, target: Target
) -> Iterator[Figure]:
    """Run every size, round by round; yield both exponents and the costs of the smallest and largest size."""
    rounds = [[run(size) for size in sizes] for _ in range(repeats)]
    span = f"{what}, {sizes[0]} to {sizes[-1]}"
    seconds = np.array([[done.times.cpu for done in runs] for runs in rounds])
    memory = np.array([[done.peak_mib - done.before_mib for done in runs] for runs in rounds])
    for place in (0, -1):
        yield Figure(f"{what}: {sizes[place]}, CPU time", tuple(seconds[:, place]), "s")
        yield Figure(f"{what}: {sizes[place]}, memory", tuple(memory[:, place]), "MiB")
    yield Figure(f"exponent of time, {span}", tuple(exponent(sizes, row) for row in seconds), "1", target)
    yield Figure(f"exponent of memory, {span}", tuple(exponent(sizes, row) for row in memory), "1", target)


def held(crop_years: int) -> tuple[str, ...]:
    """Settings of so many crop years that are all alike: in the history, later ones have more programmes."""
    return "calendar.hold=1990/91", f"calendar.crop_years={crop_years}"


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure all growths of the scale."""
    short, draws, repeats = last_years(scale.growth_years), scale.growth_draws, scale.repeats
    yield from growth(
        "draws in one model", scale.draws_in_chunk,
        lambda n: run_child("history", short, n, n), repeats, at_most(1.05),
    )  # fmt: skip
    yield from growth(
        "crop years", scale.years, lambda n: run_child("history", held(n), draws, draws), repeats, at_most(1.1)
    )
    yield from growth(
        "trading companies", scale.traders,
        lambda n: run_child("multiple_sellers", (*short, f"traders.number={n}"), draws, draws), repeats, at_most(1.1),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="singledesk-") as folder:
        yield from growth(
            "sellers by cost", scale.sellers,
            lambda n: run_child(write_sellers(Path(folder), n), (), draws, draws), repeats, at_most(1.1),
        )  # fmt: skip
        yield from growth(
            "copies of every importer and its market", scale.copies,
            lambda n: run_child(write_importers(Path(folder), n), short, draws, draws), repeats, at_most(1.1),
        )  # fmt: skip
