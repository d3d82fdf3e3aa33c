"""What simulates for the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.experiments.engine import chunk_for, open_engine
from sim.experiments.ensemble import Ensemble, run_ensemble


def ensembles(
    scenarios: Sequence[Any], draws: int, seed: int | None, jobs: int | None, dask: str | None, chunk: int
) -> list[Ensemble]:
    """Simulate scenarios one after the other on the same engine."""
    with open_engine(jobs, dask) as engine:
        size = chunk_for(draws, chunk, engine.workers)
        return [run_ensemble(each, draws, seed, chunk=size, engine=engine) for each in scenarios]
