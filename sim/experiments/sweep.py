"""Running a sweep: what is left of it, chunk by chunk on any engine, and its dataset at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sim.experiments.engine import CHUNK, Engine
from sim.experiments.sweep_files import ChunkFolder
from sim.experiments.sweep_folder import BASIS, CHUNKS, basis, has_chunks, open_folder, published
from sim.experiments.sweep_points import Sweep
from sim.experiments.sweep_publish import publish
from sim.experiments.unfinished import claimed, remove_folder
from sim.experiments.worlds import Spans, WorldTask, missing_ranges
from sim.store import StoredRun, open_run, remove_empty, safe_stem
from sim.sweeps.loader import LoadedSweep


class Watch:
    """Hears how a sweep goes; this one does nothing with it."""

    def load(self, done: int, structures: int) -> None:
        """So many structures of the design have been loaded, of so many."""

    def start(self, sweep: Sweep, folder: Path, done: int, chunks: int) -> None:
        """Simulation starts: so many worlds are there from before, so many chunks are to come."""

    def tick(self, periods: int) -> None:
        """So many periods of some chunks have been simulated."""

    def chunk(self, worlds: int) -> None:
        """A chunk of so many worlds is kept."""

    def dataset(self) -> None:
        """Everything is simulated; the dataset is put together."""


def run_sweep(
    loaded: LoadedSweep,
    out: Path,
    engine: Engine,
    *,
    chunk: int = CHUNK,
    fresh: bool = False,
    command: Sequence[str] = (),
    watch: Watch | None = None,
) -> StoredRun:
    """Run a sweep, or what is left of one that was stopped, and save its dataset.

    Parameters
    ----------
    loaded : LoadedSweep
    out : Path
        Folder for results.
    engine : Engine
    chunk : int
        Worlds simulated together; bounds the memory, never the result.
    fresh : bool
        Start anew whatever unfinished sweep of this name there is.
    command : sequence of str
        For the manifest.
    watch : Watch, optional

    Raises
    ------
    StoreError
        When there is an unfinished sweep of this name that rests on something else, or another process is at work.
    ResultsError
        When results cannot be written; the chunks that were written are kept.
    """
    started, watch = datetime.now(UTC), watch or Watch()
    wanted = basis(loaded)
    stem = f"sweep-{Path(loaded.path).stem}"
    folder = open_folder(out, stem, wanted, fresh)
    with claimed(folder, BASIS, "sweep"):
        try:
            final = published(folder, out / safe_stem(stem))
            if final is None:
                sweep = Sweep.of(loaded, watch.load)
                _simulate(sweep, folder, engine, chunk, watch)
                watch.dataset()
                final = publish(sweep, folder, out, stem, wanted, command, started)
        except BaseException:
            if not has_chunks(folder):
                remove_folder(folder)
                remove_empty([folder.parent])
            raise
        remove_folder(folder)
    return open_run(final)


def _simulate(sweep: Sweep, folder: Path, engine: Engine, chunk: int, watch: Watch) -> None:
    """Simulate what is not in the folder yet."""
    plan, chunks = sweep.loaded.plan, ChunkFolder(folder / CHUNKS)
    ranges = list(missing_ranges(sweep.sizes, chunks.done(), chunk))
    watch.start(sweep, folder, sweep.worlds - sum(end - first for _, first, end in ranges), len(ranges))
    task = WorldTask(plan.seed, sweep.loaded.measures)
    for number, outcome in engine.completed(task, Spans(sweep.groups, sweep.replications, ranges), watch.tick):
        group, first, end = ranges[number]
        chunks.write(group, first, outcome, sweep.groups[group][0].worlds(sweep.replications, first, end))
        watch.chunk(end - first)
