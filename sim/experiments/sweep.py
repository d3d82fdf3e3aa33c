"""Running a sweep: what is left of it, chunk by chunk on any engine, and its dataset at the end."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.experiments.engine import CHUNK
from sim.experiments.sweep_dataset import Layout, layout_of, write_bands, write_design, write_parts
from sim.experiments.sweep_files import ChunkFolder, ChunkReader
from sim.experiments.unfinished import (
    changes,
    claimed,
    new_folder,
    read_basis,
    remove_folder,
    unfinished_folders,
    write_basis,
)
from sim.experiments.worlds import Group, Spans, WorldTask, find_numbers, missing_ranges
from sim.program import source_hash, versions
from sim.scenario import load
from sim.scenario.numbers import Numbers
from sim.store import MANIFEST, RUN_ID, StoredRun, StoreError, draft_folder, new_run, open_run, safe_stem

BASIS = "sweep.json"
CHUNKS = "chunks"
FINAL = "final"  # names the run that an unfinished folder becomes


@dataclass
class Sweep:
    """A sweep ready to run: its points in groups, each with the places of its numbers.

    Attributes
    ----------
    loaded : LoadedSweep
    groups : list of (Group, Numbers)
    """

    loaded: Any
    groups: list[tuple[Group, Numbers]]

    @classmethod
    def of(cls, loaded: Any, progress: Callable[[int, int], None] = lambda done, structures: None) -> Sweep:
        """Find groups and numbers; ``progress`` gets the number of structures that are loaded, and that of all."""
        numeric = {
            key: loaded.design[each.name].to_numpy() for each in loaded.factors if each.numeric for key in each.keys
        }
        groups, structures = [], loaded.groups()
        for done, (structure, points) in enumerate(structures.items(), start=1):
            group = Group(structure, points, {key: values[points] for key, values in numeric.items()})
            groups += find_numbers(group, lambda file, settings: load(file, settings))
            progress(done, len(structures))
        return cls(loaded, groups)

    @property
    def replications(self) -> int:
        """Draws of every point."""
        return self.loaded.plan.draws

    @property
    def sizes(self) -> list[int]:
        """Worlds of each group."""
        return [group.size(self.replications) for group, _ in self.groups]

    @property
    def worlds(self) -> int:
        """Worlds of the sweep."""
        return sum(self.sizes)

    @property
    def periods(self) -> int:
        """Periods of the longest calendar."""
        return max(len(numbers.loaded.timeline) for _, numbers in self.groups)


def basis(loaded: Any) -> dict[str, Any]:
    """Everything that the chunks of a sweep rest on: the file, the scenarios, the program."""
    return {**loaded.fingerprint, "program": source_hash(), "versions": versions()}


def fingerprint(basis: dict[str, Any]) -> str:
    """SHA-256 of what a sweep rests on."""
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()


def open_folder(out: Path, stem: str, wanted: dict[str, Any], fresh: bool) -> Path:
    """Folder to work in: that of the same sweep where it was stopped, or a new one.

    Raises
    ------
    StoreError
        When an unfinished sweep of this name rests on something else, unless ``fresh``; says on what.
    """
    other = ""
    for folder in [] if fresh else reversed(unfinished_folders(out, stem)):
        try:
            changed = changes(read_basis(folder, BASIS, "sweep"), wanted)
        except StoreError as error:
            problem = f"an unfinished sweep of this name is damaged: {error}"
        else:
            if not changed:
                return folder
            # the hash of the points says nothing to a reader, and the factors mostly say it already
            changed = [line for line in changed if not line.startswith("points was")] or ["the points have changed"]
            problem = f"{folder}: an unfinished sweep of this name rests on something else: {'; '.join(changed)}"
        other = other or problem
    if other:
        raise StoreError(
            f"{other}; its chunks cannot be mixed with new ones: put back what has changed to finish it, or start anew "
            "beside it with --fresh"
        )
    folder = new_folder(out, stem)
    write_basis(folder, BASIS, wanted)
    return folder


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
    loaded: Any,
    out: Path,
    engine: Any,
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
        final = _published(folder, out / safe_stem(stem))
        if final is None:
            sweep = Sweep.of(loaded, watch.load)
            _simulate(sweep, folder, engine, chunk, watch)
            watch.dataset()
            final = _publish(sweep, folder, out, stem, wanted, command, started)
        remove_folder(folder)
    return open_run(final)


def _simulate(sweep: Sweep, folder: Path, engine: Any, chunk: int, watch: Watch) -> None:
    """Simulate what is not in the folder yet."""
    plan, chunks = sweep.loaded.plan, ChunkFolder(folder / CHUNKS)
    ranges = list(missing_ranges(sweep.sizes, chunks.done(), chunk))
    watch.start(sweep, folder, sweep.worlds - sum(end - first for _, first, end in ranges), len(ranges))
    task = WorldTask(plan.seed, sweep.loaded.measures)
    for number, outcome in engine.completed(task, Spans(sweep.groups, sweep.replications, ranges), watch.tick):
        group, first, end = ranges[number]
        chunks.write(group, first, outcome, sweep.groups[group][0].worlds(sweep.replications, first, end))
        watch.chunk(end - first)


def _published(folder: Path, parent: Path) -> Path | None:
    """Results of a process that was stopped after it saved them; what one that was stopped before left is removed."""
    try:
        run_id = (folder / FINAL).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    if not RUN_ID.fullmatch(run_id):
        return None
    shutil.rmtree(draft_folder(parent / run_id), ignore_errors=True)
    return parent / run_id if (parent / run_id / MANIFEST).is_file() else None


def _publish(
    sweep: Sweep, folder: Path, out: Path, stem: str, wanted: dict[str, Any], command: Sequence[str], started: datetime
) -> Path:
    """Put the dataset together in its final place."""
    plan = sweep.loaded.plan
    with new_run(out, stem, fingerprint(wanted), started) as draft:
        (folder / FINAL).write_text(draft.run_id, encoding="utf-8")
        layout = _write_dataset(sweep, ChunkFolder(folder / CHUNKS), draft.path)
        draft.manifest(
            {
                "kind": "sweep",
                "stem": stem,
                "scenario_hash": fingerprint(wanted),
                "scenario_file": str(sweep.loaded.path),
                "seed": plan.seed,
                "draws": plan.draws,
                "points": layout.points,
                "worlds": layout.worlds,
                "command": list(command),
                "versions": wanted["versions"],
                "warnings": sweep.loaded.warnings,
                "factors": factors_of(sweep.loaded),
                "sweep": plan.model_dump(mode="json"),
                "groups": [_group_entry(*group) for group in sweep.groups],
                "scenario": {"title": plan.title},
            }
        )
    return draft.final


def factors_of(loaded: Any) -> list[dict[str, Any]]:
    """Name, title, unit and keys of each factor, for the manifest."""
    return [
        {
            "name": factor.name,
            "title": factor.title or factor.name,
            "unit": factor.unit,
            "numeric": factor.numeric,
            "keys": list(factor.keys),
        }
        for factor in loaded.factors
    ]


def _group_entry(group: Group, numbers: Numbers) -> dict[str, Any]:
    file, settings = group.structure
    return {
        "scenario_file": file,
        "settings": list(settings),
        "points": len(group.points),
        "keys": list(group.columns),
        "scenario": {key: numbers.loaded.resolved.get(key) for key in ("title", "calendar")},
    }


def _write_dataset(sweep: Sweep, chunks: ChunkFolder, path: Path) -> Layout:
    spans = chunks.done()
    readers = [ChunkReader(chunks, number, spans[number]) for number in range(len(sweep.groups))]
    groups = [group for group, _ in sweep.groups]
    layout = layout_of(len(sweep.loaded.design), sweep.replications, readers)
    write_design(path, sweep.loaded.design)
    write_parts(path, layout, groups, readers)
    write_bands(path, layout, groups, readers)
    return layout
