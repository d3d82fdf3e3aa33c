"""(b) The ensemble against ``mesa.batch_run``, which runs the same draws one at a time on one process or two.

The fair pair has as many processes on either side: two against two, wall time. The ensemble in one process against
``batch_run`` in two is printed as well: there the ensemble has half the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.clock import in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_least
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale
from benchmarks.workers import simulate


def batch(loaded: Any, runs: int, processes: int) -> None:
    """Run draws one at a time under ``mesa.batch_run``."""
    import mesa

    from sim.market import BarleyMarket

    mesa.batch_run(
        BarleyMarket,
        parameters={"loaded": [loaded], "draws": [1], "first_draw": list(range(runs))},
        number_processes=processes,
        max_steps=10**6,
        display_progress=False,
    )


def measure(scale: Scale) -> Iterator[Figure]:
    """Run the same history on both sides, in turn."""
    history, draws, runs = market("history", *last_years(scale.crop_years)), scale.draws, scale.batch_runs
    works = {
        "batch 1": lambda: batch(history, runs, 1),
        "ensemble 1": lambda: simulate(history, draws, draws, 1),
        "batch 2": lambda: batch(history, 2 * runs, 2),
        "ensemble 2": lambda: simulate(history, draws, -(-draws // 2), 2),
    }
    count = {"batch 1": runs, "ensemble 1": draws, "batch 2": 2 * runs, "ensemble 2": draws}
    times = {name: [t / count[name] for t in found] for name, found in in_turn(works, scale.repeats).items()}
    for name, found in times.items():
        kind, processes = name.split()
        title = f"mesa.batch_run, {count[name]} runs" if kind == "batch" else f"ensemble, {draws} draws"
        yield Figure(f"{title}, {processes} process(es)", milliseconds(found, "wall"), "ms/draw")
    for batches, ensembles, what, target in (
        (1, 1, "one process each", at_least(150)),
        (2, 2, "two processes each", at_least(150)),
        (2, 1, "batch_run on two, ensemble on one", at_least(150)),
    ):
        pair = times[f"batch {batches}"], times[f"ensemble {ensembles}"]
        yield Figure(f"ensemble against mesa.batch_run, {what}", ratios(*pair, "wall"), "x", target)
    yield Figure(
        "the same, two processes each, CPU time", ratios(times["batch 2"], times["ensemble 2"], "cpu"), "x"
    )  # fmt: skip
