"""``singledesk incidence``: who pays for the export programmes, who gains, and what the single desk owes to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from sim.experiments.counterfactual import programmes
from sim.experiments.engine import CHUNK, Engine, chunk_for, chunks
from sim.experiments.incidence import incidence, variants
from sim.experiments.incidence_report import RESULTS, frame, published_beside, report
from sim.figures import drawn
from sim.guard import plain
from sim.screen import in_words_of
from sim.shipped import table_inputs
from sim.store import check_folder, new_run, safe_stem
from sim.verbs.incidence_screen import show
from sim.verbs.loading import load_scenario, period_count, progress_bar, provenance


def incidence_of(
    scenario: str, draws: int | None, seed: int | None, sets: Sequence[str], out: Path, engine: Engine,
    as_json: bool, console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a scenario with and without its export programmes, show and save who pays and gains; return the folder."""
    loaded = load_scenario(scenario, sets, errors)
    programmes(loaded)  # a scenario without any is refused before anything is run
    check_folder(out)
    draws = loaded.scenario.draws if draws is None else draws
    seed = loaded.scenario.seed if seed is None else seed
    chunk = chunk_for(draws, CHUNK, engine.workers)
    with progress_bar(errors) as bar:
        periods = len(chunks(draws, chunk)) * period_count(loaded)
        task = bar.add_task("incidence", total=len(variants(loaded)) * periods)

        def tick(name: str, done: int) -> None:
            bar.update(task, advance=done, description=name)

        result = incidence(loaded, draws, seed, engine=engine, chunk=chunk, progress=tick)
    lines = frame(result, published_beside(loaded, result))
    stem = Path(loaded.path).stem
    with new_run(out, safe_stem(f"incidence-{stem}"), loaded.hash) as draft:
        draft.parquet("incidence", lines)
        for name in RESULTS:
            part = lines[lines["table"] == name].drop(columns="table")
            if len(part):
                draft.table(name, part.dropna(axis="columns", how="all"))
        meta = {"stem": stem, "programmes": result.origins, **provenance(loaded, draws, seed)}
        for name, figure in drawn("incidence", {"incidence": lines}, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(loaded.inputs, table_inputs())
        draft.manifest({"kind": "incidence", **meta})
    if as_json:
        content = report(lines, stem, result.origins, draws, seed)
        print(json.dumps(content, ensure_ascii=False, allow_nan=False))
    else:
        with in_words_of(loaded.resolved, console):
            show(console, lines, loaded.resolved, draws)
        plain(console, f"Saved in {draft.final}")
    return draft.final
