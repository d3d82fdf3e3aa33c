"""(d) One worker against two, start of the workers included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.clock import in_turn, ratios
from benchmarks.figures import Figure, at_least
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale


@dataclass(frozen=True)
class Simulation:
    """A chunk's simulation without its measures."""

    loaded: Any

    def run(self, draws: int, first_draw: int, progress: Any) -> int:
        """Simulate, and return the number of sale rows."""
        from sim.experiments.ensemble import run_chunk

        return len(run_chunk(self.loaded, draws, first_draw).rows)


def simulate(loaded: Any, draws: int, chunk: int, jobs: int) -> None:
    """Simulate an ensemble on ``jobs`` workers, in chunks, without measures."""
    from sim.experiments.engine import chunks, open_engine

    with open_engine(jobs) as engine:
        for _ in engine.completed(Simulation(loaded), chunks(draws, chunk), lambda periods: None):
            pass


def run(loaded: Any, draws: int, chunk: int, jobs: int) -> None:
    """Run an ensemble with its measures on ``jobs`` workers, which are started and ended here."""
    from sim.experiments.engine import open_engine
    from sim.experiments.ensemble import run_ensemble

    with open_engine(jobs) as engine:
        run_ensemble(loaded, draws, chunk=chunk, engine=engine)


def measure(scale: Scale) -> Iterator[Figure]:
    """Run the same ensemble, measures included, on one worker and on two, in turn."""
    history, draws, chunk = market("history", *last_years(scale.crop_years)), scale.parallel_draws, scale.chunk
    works = {jobs: lambda n=jobs: run(history, draws, chunk, n) for jobs in (1, 2)}
    times = in_turn(works, scale.repeats)
    for jobs, found in times.items():
        yield Figure(f"{draws} draws in chunks of {chunk}, {jobs} worker(s), wall", tuple(t.wall for t in found), "s")
    yield Figure("two workers against one", ratios(times[1], times[2], "wall"), "x", at_least(1.7))
