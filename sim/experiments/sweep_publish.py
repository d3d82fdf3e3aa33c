"""The results of a sweep: dataset and manifest in their final place, put there once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.experiments.sweep_dataset import Layout, layout_of, write_bands, write_design, write_parts
from sim.experiments.sweep_files import ChunkFolder, ChunkReader
from sim.experiments.sweep_folder import CHUNKS, FINAL, fingerprint
from sim.experiments.sweep_points import Sweep
from sim.experiments.worlds import Group, missing_ranges
from sim.measure_titles import titles_in
from sim.program import surroundings
from sim.scenario.numbers import Numbers
from sim.store import ResultsError, new_run
from sim.sweeps.loader import LoadedSweep


def publish(
    sweep: Sweep, folder: Path, out: Path, stem: str, wanted: dict[str, Any], command: Sequence[str], started: datetime
) -> Path:
    """Put the dataset together in its final place."""
    plan = sweep.loaded.plan
    with new_run(out, stem, fingerprint(wanted), started) as draft:
        (folder / FINAL).write_text(draft.run_id, encoding="utf-8")
        layout = _write_dataset(sweep, ChunkFolder(folder / CHUNKS), draft.path)
        draft.inputs(sweep.loaded.inputs, *(numbers.loaded.inputs for _, numbers in sweep.groups))
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
                "surroundings": surroundings(),
                "overrides": sweep.loaded.overrides,
                "warnings": sweep.loaded.warnings,
                "factors": factors_of(sweep.loaded),
                "sweep": plan.model_dump(mode="json"),
                "groups": [_group_entry(*group) for group in sweep.groups],
                "scenario": {"title": plan.title},
                "titles": titles_in(sweep.groups[0][1].loaded.resolved),
            }
        )
    return draft.final


def factors_of(loaded: LoadedSweep) -> list[dict[str, Any]]:
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
    if any(missing_ranges(sweep.sizes, spans, sweep.worlds)):
        raise ResultsError(None, f"chunks in {chunks.path} went away or were damaged while the sweep ran")
    readers = [ChunkReader(chunks, number, spans[number]) for number in range(len(sweep.groups))]
    groups = [group for group, _ in sweep.groups]
    layout = layout_of(len(sweep.loaded.design), sweep.replications, readers)
    write_design(path, sweep.loaded.design)
    write_parts(path, layout, groups, readers)
    write_bands(path, layout, groups, readers)
    return layout
