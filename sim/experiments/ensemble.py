"""Many draws of one scenario: chunk by chunk, on one process or several, with the same bits whatever the split."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.checks import computing
from sim.experiments.carried_files import in_order_with_files
from sim.experiments.draw_files import write_draws
from sim.experiments.draw_lines import DrawFile, DrawLines, DrawWriter
from sim.experiments.engine import CHUNK, Engine, Progress, ThisProcess, chunks
from sim.experiments.filed_measures import FiledMeasures
from sim.experiments.ledger_mean import LedgerSums
from sim.experiments.monthly import MonthlySeries, band_columns
from sim.ledger import Ledger
from sim.measures import Measures, Table, summary
from sim.measures.reading import Reading
from sim.measures.study_tables import StudyPoints, study_tables
from sim.shipped import home_origin
from sim.study_points import study_points


@dataclass(frozen=True)
class Ensemble:
    """What is kept of all draws of one scenario.

    Attributes
    ----------
    measures : FiledMeasures
        Measures by crop year, every draw, in files.
    series : pandas.DataFrame
        Monthly and crop-year series with bands (see ``sim.experiments.monthly``); empty without ``records``.
    ledger : pandas.DataFrame
        Sale rows with means over draws (see ``sim.experiments.ledger_mean``); empty without ``records``.
    draw_parts : list of Path
        Files with the sales of every draw, in order, when they were asked for.
    """

    draws: int
    seed: int
    measures: FiledMeasures
    series: pd.DataFrame
    ledger: pd.DataFrame
    draw_parts: list[Path]


@dataclass(frozen=True)
class Chunk:
    """One chunk's results; what is of every draw stays in files."""

    keys: tuple[tuple[str, str, str, str], ...]
    measures_file: DrawFile
    sums: LedgerSums | None
    series_index: pd.DataFrame | None
    rows: pd.DataFrame | None
    series_file: DrawFile | None
    draws_file: Path | None


def run_chunk(
    loaded: Any,
    draws: int,
    first_draw: int = 0,
    progress: Progress | None = None,
    seed: int | None = None,
    draw_numbers: np.ndarray | None = None,
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
    draw_numbers : array of int (draw,), optional
        The number of each draw, in place of those from ``first_draw`` on.
    """
    from sim.market import BarleyMarket

    market = BarleyMarket(loaded, draws=draws, first_draw=first_draw, seed=seed, draw_numbers=draw_numbers)
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
    chunk: int = CHUNK,
    engine: Engine | None = None,
    progress: Progress | None = None,
    save_draws: bool = False,
    scratch: Path | None = None,
    simulate: Callable[..., Ledger] = run_chunk,
    points: StudyPoints | None = None,
    extra: Callable[[Ledger], list[Table]] | None = None,
    tables: Collection[str] | None = None,
    records: bool = True,
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
        Folder for intermediate files, removed by the caller, who reads the measures before that; when absent, a
        temporary one that lasts as long as the measures.
    simulate : callable
        What makes the ledger of a chunk, with the arguments of :func:`run_chunk`; must be picklable for workers.
    points : StudyPoints, optional
        What the study's tables are taken from; found in the scenario when absent.
    extra : callable, optional
        Makes further tables of a part of a chunk's ledger, which join the measures; must be picklable for workers.
    tables : collection of str, optional
        Tables of the summary that are wanted, all when absent; those of the study and of ``extra`` come in any case.
    records : bool
        Whether to keep monthly series and the mean ledger, which comparisons of measures do without.
    """
    draws = loaded.scenario.draws if draws is None else draws
    seed = loaded.scenario.seed if seed is None else seed
    if scratch is None and save_draws:
        raise ValueError("save_draws needs a scratch folder")
    folder = Path(tempfile.mkdtemp(prefix="singledesk-")) if scratch is None else scratch
    points = points or study_points(loaded)
    task = Task(loaded, seed, folder, save_draws, simulate, points, extra, tables, records)
    spans = chunks(draws, chunk)
    progress = progress or (lambda periods: None)
    try:
        ensemble = _join(in_order_with_files(engine or ThisProcess(), task, spans, progress), draws, seed)
    except BaseException:
        if scratch is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if scratch is None:
        weakref.finalize(ensemble.measures, shutil.rmtree, folder, ignore_errors=True)
    return ensemble


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
    tables: Collection[str] | None
    records: bool

    @computing("a measure of the run")
    def run(self, draws: int, first_draw: int, progress: Progress) -> Chunk:
        """Simulate one chunk and reduce its ledger, a part of the draws at a time."""
        ledger = Reading.of(self.simulate(self.loaded, draws, first_draw, progress, self.seed))
        first = first_draw == 0  # what is the same for every chunk travels once
        draws_file = self.scratch / f"sales-{first_draw}.parquet" if self.save_draws else None
        if draws_file is not None:
            write_draws(ledger, draws_file)
        series, index = DrawWriter(self.scratch / f"series-{first_draw}.f8"), None
        with DrawWriter(self.scratch / f"measures-{first_draw}.f8") as measures, series:
            for part in ledger.parts(self.read):
                found, monthly = self.read(part)
                measures.add([found.values])
                if monthly is not None:
                    series.add(monthly.lines())
                    index = monthly.index if first and index is None else index
                del part, monthly  # before the next one is worked out
        return Chunk(
            keys=found.keys,
            measures_file=measures.written,
            sums=LedgerSums.of(ledger) if self.records else None,
            series_index=index,
            rows=ledger.rows if first and self.records else None,
            series_file=series.written,
            draws_file=draws_file,
        )

    def read(self, part: Reading) -> tuple[Measures, MonthlySeries | None]:
        """Measures and, where wanted, monthly series of a part of a chunk."""
        more = self.extra(part) if self.extra is not None else []
        found = summary(part, extra=[*study_tables(part, self.points), *more], tables=self.tables)
        return found, MonthlySeries.of(part, home_origin(vars(self.loaded.scenario))) if self.records else None


def _join(results: Iterator[Chunk], draws: int, seed: int) -> Ensemble:
    """Put chunks together as they come; of a chunk that has been added only its files are kept."""
    first = next(results)
    recorded = first.rows is not None
    sums, measures, parts = first.sums, [first.measures_file], [first.draws_file]
    series = [] if first.series_file is None else [first.series_file]
    for chunk in results:
        if chunk.keys != first.keys:
            raise ValueError("chunks with different measures cannot be joined")
        sums = None if sums is None or chunk.sums is None else sums + chunk.sums
        measures.append(chunk.measures_file)
        series += [] if chunk.series_file is None else [chunk.series_file]
        parts.append(chunk.draws_file)
    return Ensemble(
        draws=draws,
        seed=seed,
        measures=FiledMeasures(first.keys, DrawLines(measures), tuple(range(draws))),
        series=_series_bands(first.series_index, DrawLines(series)) if recorded else pd.DataFrame(),
        ledger=sums.table(first.rows) if sums is not None else pd.DataFrame(),
        draw_parts=[part for part in parts if part is not None],
    )


def _series_bands(index: pd.DataFrame, lines: DrawLines) -> pd.DataFrame:
    """Bands over all draws, a block of lines at a time: the draws never sit in memory together."""
    blocks = [pd.DataFrame(band_columns(block)) for block in lines.blocks()]
    return pd.concat([index, pd.concat(blocks, ignore_index=True)], axis=1)
