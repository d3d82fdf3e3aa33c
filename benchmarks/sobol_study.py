"""(h) A Sobol study of eight factors in 10,240 points on all 15 crop years, on two workers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clock import timed
from benchmarks.figures import Figure
from benchmarks.scale import FULL, Scale

STUDY = "sensitivity_history"
WORKERS = 2


def measure(scale: Scale) -> Iterator[Figure]:
    """Run the design with one draw a point; with fewer points, say what a whole one would take."""
    from sim.experiments.engine import chunk_for, open_engine
    from sim.experiments.sweep import run_sweep
    from sim.shipped import sweep_path
    from sim.sweeps.loader import load_sweep

    settings = [f"calendar.crop_years={scale.study_years}"] if scale.study_years < FULL.study_years else []
    study = load_sweep(sweep_path(STUDY), {"points": scale.study_base, "draws": 1, "settings": settings})
    points = len(study.design)

    def whole() -> None:
        with tempfile.TemporaryDirectory(prefix="singledesk-") as folder, open_engine(WORKERS) as engine:
            run_sweep(study, Path(folder), engine, chunk=chunk_for(points, FULL.chunk, WORKERS))

    times = timed(whole)
    what = f"Sobol study, {len(study.factors)} factors, {points} points, {scale.study_years} crop years"
    yield Figure(f"{what}, {WORKERS} workers", (times.wall / 60,), "min")
    yield Figure(f"{what}, CPU time of a point", (1000 * times.cpu / points,), "ms")
    if scale.study_base < FULL.study_base:
        minutes = times.cpu / 60 / points * 10_240 / WORKERS
        yield Figure(f"10,240 such points would take, on {WORKERS} free cores, at most", (minutes,), "min")
