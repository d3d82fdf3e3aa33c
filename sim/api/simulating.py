"""What simulates for the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

from sim.experiments.engine import chunk_for, open_engine
from sim.experiments.ensemble import Ensemble, run_ensemble
from sim.ledger import Ledger
from sim.measures import Table
from sim.options import MAX_CHUNK, MAX_DRAWS, MAX_JOBS

RANGES = {"draws": (1, MAX_DRAWS), "seed": (0, 2**63 - 1), "jobs": (1, MAX_JOBS), "chunk": (1, MAX_CHUNK)}


def check_numbers(**numbers: Any) -> None:
    """Raise ``ValueError`` for what the option of the same name would refuse; None stands for its default."""
    for name, value in numbers.items():
        low, high = RANGES[name]
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if value is not None and not (whole and low <= value <= high):
            raise ValueError(f"{name}: {value!r} is not a whole number from {low} to {high}")


def ensembles(
    scenarios: Sequence[Any], draws: int, seed: int | None, jobs: int | None, dask: str | None, chunk: int,
    extra: Callable[[Ledger], list[Table]] | None = None,
) -> list[Ensemble]:  # fmt: skip
    """Simulate scenarios one after the other on the same engine; ``extra`` makes further tables, as in `run_ensemble`.

    Raises
    ------
    ValueError
        For numbers that the command would refuse.
    """
    check_numbers(draws=draws, seed=seed, jobs=jobs, chunk=chunk)
    with open_engine(jobs, dask) as engine:
        size = chunk_for(draws, chunk, engine.workers)
        return [run_ensemble(each, draws, seed, chunk=size, engine=engine, extra=extra) for each in scenarios]
