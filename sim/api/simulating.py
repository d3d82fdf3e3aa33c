"""What simulates for the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.experiments.ensemble import Ensemble, run_ensemble


def ensembles(
    scenarios: Sequence[Any], draws: int | None, seed: int | None, jobs: int, dask: str | None, chunk: int
) -> list[Ensemble]:
    """Simulate scenarios one after the other on the same engine."""
    return [run_ensemble(each, draws, seed, chunk=chunk, jobs=jobs) for each in scenarios]
