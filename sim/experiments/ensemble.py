"""Many draws of one scenario: chunk by chunk, on one process or several, with the same bits whatever the split."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.carried_files import in_order_with_files
from sim.experiments.draw_files import write_draws
from sim.experiments.engine import Engine, Progress, ThisProcess, chunks
from sim.experiments.ledger_mean import LedgerSums
from sim.experiments.monthly import MonthlySeries, band_columns
from sim.ledger import Ledger
from sim.measures import Measures, Table, summary
from sim.measures.study_tables import StudyPoints, study_tables
from sim.shipped import home_origin
from sim.study_points import study_points

LINES = 500  # series lines whose bands are computed at a time


@dataclass(frozen=True)
class Ensemble:
    """What is kept of all draws of one scenario.

    Attributes
    ----------
    measures : Measures
        Measures by crop year, every draw.
    series : pandas.DataFrame
        Monthly and crop-year series with bands (see ``sim.experiments.monthly``).
    ledger : pandas.DataFrame
        Sale rows with means over draws (see ``sim.experiments.ledger_mean``).
    draw_parts : list of Path
        Files with the sales of every draw, in order, when they were asked for.
    """

    draws: int
    seed: int
    measures: Measures
    series: pd.DataFrame
    ledger: pd.DataFrame
    draw_parts: list[Path]


@dataclass(frozen=True)
class Chunk:
    """One chunk's results; what is large stays in files."""

    measures: Measures
    sums: LedgerSums
    series_index: pd.DataFrame | None
    rows: pd.DataFrame | None
    series_file: Path
    draws_file: Path | None


def run_chunk(
    loaded: Any, draws: int, first_draw: int = 0, progress: Progress | None = None, seed: int | None = None
) -> Ledger:
    """Simulate ``draws`` draws from number ``first_draw`` and return their ledger.

    Parameters
    ----------
    loaded : Loaded
        A loaded scenario.
    draws, first_draw : int
        Number of draws, and the number of the first one in the ensemble.
    progress : callable, optional
        Called with 1 after every period.
    seed : int, optional
        Root of the random streams; the scenario's when absent.
    """
    from sim.market import BarleyMarket

    market = BarleyMarket(loaded, draws=draws, first_draw=first_draw, seed=seed)
    while market.running:
        market.step()
        if progress is not None:
            progress(1)
    return market.release()


def run_ensemble(
    loaded: Any,
    draws: int | None = None,
    seed: int | None = None,
    *,
    chunk: int = 250,
    engine: Engine | None = None,
    progress: Progress | None = None,
    save_draws: bool = False,
    scratch: Path | None = None,
    simulate: Callable[..., Ledger] = run_chunk,
    points: StudyPoints | None = None,
    extra: Callable[[Ledger], list[Table]] | None = None,
) -> Ensemble:
    """Simulate a scenario in chunks of at most ``chunk`` draws.

    Parameters
    ----------
    loaded : Loaded
        A loaded scenario.
    draws, seed : int, optional
        The scenario's own when absent.
    chunk : int
        Draws simulated together; bounds the memory.
    engine : Engine, optional
        What runs the chunks; this process when absent.
    progress : callable, optional
        Called with the number of periods done since the last call; ``chunks(draws, chunk)`` x periods in all.
    save_draws : bool
        Keep the sales of every draw in files under ``scratch`` (then required).
    scratch : Path, optional
        Folder for intermediate files, removed by the caller; a temporary one when absent.
    simulate : callable
        What makes the ledger of a chunk, with the arguments of :func:`run_chunk`; must be picklable for workers.
    points : StudyPoints, optional
        What the study's tables are taken from; found in the scenario when absent.
    extra : callable, optional
        Makes further tables of a chunk's ledger, which join the measures; must be picklable for workers.
    """
    draws = loaded.scenario.draws if draws is None else draws
    seed = loaded.scenario.seed if seed is None else seed
    if scratch is None:
        if save_draws:
            raise ValueError("save_draws needs a scratch folder")
        with tempfile.TemporaryDirectory(prefix="singledesk-") as folder:
            return run_ensemble(
                loaded, draws, seed, chunk=chunk, engine=engine, progress=progress, scratch=Path(folder),
                simulate=simulate, points=points, extra=extra,
            )  # fmt: skip
    task = Task(loaded, seed, scratch, save_draws, simulate, points or study_points(loaded), extra)
    spans = chunks(draws, chunk)
    progress = progress or (lambda periods: None)
    return _join(in_order_with_files(engine or ThisProcess(), task, spans, progress), draws, seed)


@dataclass(frozen=True)
class Task:
    """What a worker needs to know to run any chunk."""

    loaded: Any
    seed: int
    scratch: Path
    save_draws: bool
    simulate: Callable[..., Ledger]
    points: StudyPoints
    extra: Callable[[Ledger], list[Table]] | None

    def run(self, draws: int, first_draw: int, progress: Progress) -> Chunk:
        """Simulate one chunk and reduce its ledger."""
        ledger = self.simulate(self.loaded, draws, first_draw, progress, self.seed)
        series = MonthlySeries.of(ledger, home_origin(vars(self.loaded.scenario)))
        series_file = self.scratch / f"series-{first_draw}.npy"
        np.save(series_file, series.values)
        draws_file = self.scratch / f"sales-{first_draw}.parquet" if self.save_draws else None
        if draws_file is not None:
            write_draws(ledger, draws_file)
        more = self.extra(ledger) if self.extra is not None else []
        first = first_draw == 0  # the same for every chunk, so only one has to travel
        return Chunk(
            measures=summary(ledger, extra=[*study_tables(ledger, self.points), *more]),
            sums=LedgerSums.of(ledger),
            series_index=series.index if first else None,
            rows=ledger.rows if first else None,
            series_file=series_file,
            draws_file=draws_file,
        )


def _join(results: Iterator[Chunk], draws: int, seed: int) -> Ensemble:
    """Put chunks together as they come; of a chunk that has been added only its measures and files are kept."""
    first = next(results)
    sums, measures, files, parts = first.sums, [first.measures], [first.series_file], [first.draws_file]
    for chunk in results:
        sums = sums + chunk.sums
        measures.append(chunk.measures)
        files.append(chunk.series_file)
        parts.append(chunk.draws_file)
    return Ensemble(
        draws=draws,
        seed=seed,
        measures=Measures.concat(measures),
        series=_series_bands(first.series_index, files),
        ledger=sums.table(first.rows),
        draw_parts=[part for part in parts if part is not None],
    )


def _series_bands(index: pd.DataFrame, files: list[Path]) -> pd.DataFrame:
    """Bands over all draws, a block of lines at a time: the draws never sit in memory together."""
    blocks = []
    for start in range(0, len(index), LINES):
        # A file is mapped anew for each block: pages of a mapping that stays open would all end up in memory.
        parts = [np.array(np.load(file, mmap_mode="r")[start : start + LINES]) for file in files]
        block = np.concatenate(parts, axis=1)
        blocks.append(pd.DataFrame(band_columns(block)))
    return pd.concat([index, pd.concat(blocks, ignore_index=True)], axis=1)
