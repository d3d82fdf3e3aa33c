"""``singledesk study``: the study's Tables 1-4, published beside simulated."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.engine import CHUNK, Engine, chunk_for, chunks
from sim.experiments.ensemble import run_ensemble
from sim.experiments.printed import oddities
from sim.experiments.published import agents_tables, as_json, beside, points
from sim.experiments.reconstruction import replication_table
from sim.experiments.study_priors import prior_inputs
from sim.figures import drawn
from sim.guard import plain
from sim.scenario import load
from sim.shipped import published_figures, shipped_folder
from sim.store import check_folder, new_run
from sim.verbs.loading import period_count, progress_bar, provenance
from sim.verbs.study_screen import show

BASE, OTHER, WEEKLY = "history", "multiple_sellers", "weekly"
STEM = "study"


def study(
    draws: int | None, seed: int | None, out: Path, engine: Engine, json_wanted: bool, console: Console,
    errors: Console,
) -> Path:  # fmt: skip
    """Run the shipped history, multiple sellers and weekly history, set them beside the study, save and show.

    Returns the folder of the run.
    """
    check_folder(out)
    runs = {name: shipped(name) for name in (BASE, OTHER, WEEKLY)}
    base = runs[BASE]
    draws = base.scenario.draws if draws is None else draws
    seed = base.scenario.seed if seed is None else seed
    published = published_figures()
    frame = beside(published, _simulate(runs, draws, seed, engine, errors), replication_table(seed=seed))
    folder = _save(out, frame, runs, draws, seed)
    if json_wanted:
        print(json.dumps(as_json(frame), ensure_ascii=False, allow_nan=False))
    else:
        show(console, frame, oddities(published), draws)
        plain(console, f"Saved in {folder}")
    return folder


def shipped(name: str) -> Any:
    """Load a shipped scenario, whatever lies in the working folder under its name."""
    return load(shipped_folder() / f"{name}.yaml", [])


def _simulate(runs: dict[str, Any], draws: int, seed: int, engine: Engine, errors: Console) -> Any:
    """Tables of the agents; a chunk for each worker, since the split never changes a result."""
    chunk = chunk_for(draws, CHUNK, engine.workers)
    measures = []
    with progress_bar(errors) as bar:
        for name, loaded in runs.items():
            task = bar.add_task(name, total=len(chunks(draws, chunk)) * period_count(loaded))
            ensemble = run_ensemble(
                loaded, draws, seed, chunk=chunk, engine=engine, points=points(loaded),
                tables=("producers",), records=False, progress=partial(bar.advance, task),
            )  # fmt: skip
            measures.append(ensemble.measures)
    base, other, weekly = measures
    return agents_tables(base, other, weekly, runs[BASE].scenario.base_price_origin)


def _save(out: Path, frame: pd.DataFrame, runs: dict[str, Any], draws: int, seed: int) -> Path:
    base, other, weekly = (runs[name] for name in (BASE, OTHER, WEEKLY))
    with new_run(out, STEM, base.hash) as draft:
        draft.parquet("published", frame)
        draft.table("published", frame)
        meta = {
            "stem": STEM, "base": BASE, "other": OTHER,
            **provenance(base, draws, seed), "other_hash": other.hash, "other_scenario": other.resolved,
            "weekly": WEEKLY, "weekly_hash": weekly.hash, "weekly_scenario": weekly.resolved,
        }  # fmt: skip
        for name, figure in drawn("study", {"published": frame}, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(base.inputs, other.inputs, weekly.inputs, prior_inputs())
        draft.manifest({"kind": "study", **meta})
    return draft.final
