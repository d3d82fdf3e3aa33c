"""How large the measurements are: full, quick (to see that it works, and the order of magnitude), tiny (for tests)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.experiments.engine import CHUNK


@dataclass(frozen=True)
class Scale:
    """Sizes of all measurements.

    Attributes
    ----------
    repeats : int
        Rounds of every comparison.
    draws, crop_years : int
        Of the history where an ensemble is compared with something.
    chunk : int
        Draws of a chunk where an ensemble runs in chunks.
    batch_runs : int
        Runs per process under ``mesa.batch_run``.
    parallel_draws : int
        Draws that one and two workers share.
    many_draws, many_years, many_chunk : int
        Draws, crop years and chunk of the small market whose peak memory is measured.
    growth_draws, growth_years : int
        Draws and crop years at which growth with something else is measured.
    draws_in_chunk, chunks, years, traders, sellers, copies : tuple of int
        Sizes over which growth is measured: draws in one model, chunks, crop years, trading companies,
        sellers by cost, and copies of every importer.
    study_base, study_years : int
        Base points of the Sobol study, a power of two (the design has ten times as many), and its crop years.
    """

    repeats: int
    draws: int
    crop_years: int
    chunk: int
    batch_runs: int
    parallel_draws: int
    many_draws: int
    many_years: int
    many_chunk: int
    growth_draws: int
    growth_years: int
    draws_in_chunk: tuple[int, ...]
    chunks: tuple[int, ...]
    years: tuple[int, ...]
    traders: tuple[int, ...]
    sellers: tuple[int, ...]
    copies: tuple[int, ...]
    study_base: int
    study_years: int


FULL = Scale(
    repeats=3, draws=1000, crop_years=15, chunk=CHUNK, batch_runs=4, parallel_draws=4000, many_draws=100_000,
    growth_draws=250, growth_years=3, draws_in_chunk=(125, 250, 500, 1000), chunks=(1, 2, 4, 8), many_years=1,
    many_chunk=1000,
    years=(1, 2, 4, 8, 15), traders=(1, 4, 8, 16, 32), sellers=(2, 16, 64, 192), copies=(1, 2, 4, 8),
    study_base=1024, study_years=15,
)  # fmt: skip
QUICK = Scale(
    repeats=1, draws=200, crop_years=2, chunk=100, batch_runs=1, parallel_draws=400, many_draws=5000,
    growth_draws=50, growth_years=1, draws_in_chunk=(50, 100, 200), chunks=(1, 2, 4), many_years=1,
    many_chunk=500,
    years=(1, 2, 4), traders=(1, 4, 16), sellers=(2, 8, 32), copies=(1, 2, 4),
    study_base=32, study_years=15,
)  # fmt: skip
TINY = Scale(
    repeats=1, draws=2, crop_years=1, chunk=1, batch_runs=1, parallel_draws=2, many_draws=4,
    growth_draws=1, growth_years=1, draws_in_chunk=(1, 2, 3), chunks=(1, 2, 3), many_years=1,
    many_chunk=2,
    years=(1, 2, 3), traders=(1, 2, 3), sellers=(1, 2, 3), copies=(1, 2, 3),
    study_base=2, study_years=1,
)  # fmt: skip
