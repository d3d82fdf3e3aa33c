"""``singledesk ablation``: which results depend on how sellers think, and which do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.ablation import BELIEFS, LAST_YEARS, SYSTEMS, TRADERS, ablate
from sim.experiments.engine import chunks
from sim.figures import drawn
from sim.guard import plain
from sim.headings import sentence
from sim.scenario import load
from sim.screen import grid, in_words_of, mean_and_range
from sim.store import check_folder, new_run, safe_stem
from sim.verbs.loading import load_scenario, period_count, progress_bar, provenance
from sim.wording import pool_word

TABLES = {
    "premiums and revenue": {
        "premium_cad_t": "Premium (C$/t)",
        "premium_many_sellers_cad_t": "many sellers",
        "malting_premium_cad_t": "{second} over {first} (C$/t)",
        "malting_premium_many_sellers_cad_t": "many sellers",
        "revenue_effect_million_cad": "Revenue without the desk (million C$)",
    },
    "months until the single desk's market settles": {
        "price_settles_months": "Price in the open market",
        "premium_settles_months": "Premium",
    },
}
CAPTIONS = (
    "Premium: state importer's market over the open market. Means of the second half of the run (5 to 95 % of draws).",
    f"Until the mean of a year stays within 5 % of the last {LAST_YEARS} years; a dash when it never does.",
)


def ablation(
    scenario: str, draws: int | None, seed: int | None, sets: Sequence[str], out: Path, chunk: int, as_json: bool,
    console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Run a scenario under every belief and margin rule, show and save the table; return the folder."""
    loaded = load_scenario(scenario, sets, errors)
    check_folder(out)
    draws = loaded.scenario.draws if draws is None else draws
    seed = loaded.scenario.seed if seed is None else seed
    runs = len(BELIEFS) * len(TRADERS) * len(SYSTEMS)
    with progress_bar(errors) as bar:
        task = bar.add_task("ablation", total=runs * len(chunks(draws, chunk)) * period_count(loaded))
        frame = ablate(
            lambda more: load(loaded.path, [*sets, *more]), draws, seed,
            chunk=chunk, progress=lambda periods: bar.advance(task, periods),
        )  # fmt: skip
    stem = Path(loaded.path).stem
    with new_run(out, safe_stem(f"ablation-{stem}"), loaded.hash) as draft:
        draft.parquet("ablation", frame)
        draft.table("ablation", frame)
        meta = {"stem": stem, **provenance(loaded, draws, seed)}
        for name, figure in drawn("ablation", {"ablation": frame}, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(loaded.inputs)
        draft.manifest({"kind": "ablation", **meta})
    if as_json:
        print(json.dumps(report(frame, stem, draws, seed), ensure_ascii=False, allow_nan=False))
    else:
        with in_words_of(loaded.resolved, console):
            show(console, frame, stem, draws, loaded.resolved)
        plain(console, f"Saved in {draft.final}")
    return draft.final


def report(frame: pd.DataFrame, stem: str, draws: int, seed: int) -> dict[str, Any]:
    """Make what ``ablation --json`` prints; a value that does not exist is null."""
    columns = {"p05": "low", "p95": "high"}
    lines = frame[["beliefs", "traders", "measure", "unit", "mean", "p05", "p95", "missing"]].rename(columns=columns)
    rows = json.loads(lines.to_json(orient="records", double_precision=15))
    return {"scenario": stem, "draws": draws, "seed": seed, "rows": rows}


def show(console: Console, frame: pd.DataFrame, stem: str, draws: int, scenario: dict[str, Any]) -> None:
    """Print one line per combination of rules: what comes out, and how long it takes."""
    second, first = (pool_word(scenario, pool) for pool in ("malting", "feed"))
    for (title, headings), caption in zip(TABLES.items(), CAPTIONS, strict=True):
        lines = [
            [*rules, *(_cell(part, measure, draws) for measure in headings)]
            for rules, part in frame.groupby(["beliefs", "traders"], sort=False)
        ]
        texts = [text.format(second=sentence(second), first=first) for text in headings.values()]
        columns = ["Beliefs", "Margins", *texts]
        console.print(grid(f"Ablation of {stem}: {title}", columns, lines, caption))


def _cell(part: pd.DataFrame, measure: str, draws: int) -> str:
    line = next(part[part["measure"] == measure].itertuples())
    text = mean_and_range(line.mean, line.p05, line.p95, draws, 0 if line.unit == "months" else 1)
    return f"{text}, {line.missing} never" if line.unit == "months" and 0 < line.missing < draws else text
