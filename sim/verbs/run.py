"""``singledesk run``: simulate a scenario, save everything, show the crop-year tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.draw_files import join_draw_files
from sim.experiments.engine import Engine, chunk_for, chunks
from sim.experiments.ensemble import run_ensemble
from sim.figures import drawn
from sim.frames import YearTable, paired_gaps, run_tables
from sim.guard import plain
from sim.scenario import Loaded
from sim.screen import print_paired_gaps, print_year_table
from sim.shipped import published_gaps, table_inputs
from sim.store import RunDraft, new_run
from sim.verbs.loading import load_scenario, period_count, progress_bar, provenance

EVERY_SALE = "ledger_draws.parquet"


def run(
    scenario: str, draws: int | None, seed: int | None, sets: Sequence[str], out: Path, engine: Engine,
    save_draws: bool, chunk: int, as_json: bool, console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a scenario and return the folder of its results."""
    loaded = load_scenario(scenario, sets, errors)
    return run_loaded(loaded, draws, seed, out, engine, save_draws, chunk, as_json, console, errors)


def run_loaded(
    loaded: Loaded, draws: int | None, seed: int | None, out: Path, engine: Engine, save_draws: bool, chunk: int,
    as_json: bool, console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a scenario that has been loaded and return the folder of its results."""
    draws = loaded.scenario.draws if draws is None else draws
    seed = loaded.scenario.seed if seed is None else seed
    chunk = chunk_for(draws, chunk, engine.workers)
    with new_run(out, Path(loaded.path).stem, loaded.hash) as draft:
        scratch = draft.path / "scratch"
        scratch.mkdir()
        with progress_bar(errors) as bar:
            task = bar.add_task(Path(loaded.path).stem, total=len(chunks(draws, chunk)) * period_count(loaded))
            ensemble = run_ensemble(
                loaded, draws, seed, chunk=chunk, engine=engine, save_draws=save_draws, scratch=scratch,
                progress=lambda periods: bar.advance(task, periods),
            )  # fmt: skip
        if save_draws:
            join_draw_files(ensemble.draw_parts, draft.path / EVERY_SALE)
        frames = {"series": ensemble.series, "summary": ensemble.measures.bands(), "ledger": ensemble.ledger}
        shutil.rmtree(scratch)
        meta = {"stem": Path(loaded.path).stem, **provenance(loaded, draws, seed)}
        tables = save(draft, frames, meta, loaded.inputs)
    if as_json:
        print(json.dumps(report(draft, meta, frames["summary"]), ensure_ascii=False, allow_nan=False))
    else:
        for table in tables:
            print_year_table(console, table, draws)
        print_paired_gaps(console, paired_gaps(frames["summary"], published_gaps()), draws)
        plain(console, f"Saved in {draft.final}")
        plain(console, f"All its figures: singledesk plot {draft.final}")
    return draft.final


def save(
    draft: RunDraft, frames: dict[str, pd.DataFrame], meta: dict[str, Any], inputs: Mapping[str, bytes]
) -> list[YearTable]:
    """Write frames, tables, figures, what the run was made from and, last, the manifest."""
    for name, frame in frames.items():
        draft.parquet(name, frame)
    tables = run_tables(frames["summary"], meta)
    for table in tables:
        draft.table(table.name, *table.wide())
    summary = frames["summary"]
    for name in ("table1", "table3", "table4"):
        lines = summary[summary["table"] == name].drop(columns="table")
        if not lines.empty:
            draft.table(name, lines)
    for name, figure in drawn("run", frames, {**meta, "run_id": draft.run_id}):
        draft.figure(name, figure)
    draft.inputs(inputs, table_inputs())
    draft.manifest({"kind": "run", **meta})
    return tables


def report(draft: RunDraft, meta: dict[str, Any], summary: pd.DataFrame) -> dict[str, Any]:
    """Make what ``run --json`` prints: the run's identity and its summary; a value that does not exist is null."""
    lines = json.loads(summary.to_json(orient="records", double_precision=15))
    keys = ("stem", "scenario_hash", "draws", "seed", "warnings")
    return {"run_id": draft.run_id, "folder": str(draft.final), **{key: meta[key] for key in keys}, "summary": lines}
