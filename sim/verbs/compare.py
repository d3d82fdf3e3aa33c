"""``singledesk compare``: what other scenarios change, on common random numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.compare import COMPARED, EXTRA, REVENUE, Comparison, check_comparable, compare, with_published
from sim.experiments.engine import Engine, chunk_for, chunks
from sim.experiments.ensemble import run_ensemble
from sim.figures import drawn
from sim.guard import plain, warn
from sim.headings import programme_title
from sim.incidence_names import PARTS as WORLD_PARTS
from sim.incidence_names import effect_title
from sim.measures import AVERAGE, Measures, Table
from sim.screen import comparison_tables, grid, in_words_of, mean_and_range, number
from sim.shipped import home_origin, published_effects, table_inputs
from sim.store import check_folder, new_run, safe_stem
from sim.verbs.loading import load_scenario, period_count, progress_bar, provenance
from sim.wording import pool_word

Loadings = list[Any]


def compare_scenarios(
    base: str, others: Sequence[str], draws: int | None, seed: int | None, sets: Sequence[str], out: Path,
    engine: Engine, chunk: int, as_json: bool, console: Console, errors: Console,
) -> list[Path]:  # fmt: skip
    """Run all scenarios with the base's seed and draws, show and save each comparison; return their folders."""
    loaded = [load_scenario(name, sets, errors) for name in (base, *others)]
    check_folder(out)
    names = unique_names([Path(each.path).stem for each in loaded])
    return compare_loaded(loaded, names, draws, seed, out, engine, chunk, as_json, console, errors)


def compare_loaded(
    loaded: Loadings, names: list[str], draws: int | None, seed: int | None, out: Path, engine: Engine, chunk: int,
    as_json: bool, console: Console, errors: Console,
) -> list[Path]:  # fmt: skip
    """Compare scenarios that have been loaded, under these names; return the folders."""
    for position in range(1, len(loaded)):
        check_comparable(loaded[0].scenario, loaded[position].scenario, (names[0], names[position]))
    _warn(loaded, names, errors)
    draws = loaded[0].scenario.draws if draws is None else draws
    seed = loaded[0].scenario.seed if seed is None else seed
    measures = _simulate(loaded, names, draws, seed, engine, chunk_for(draws, chunk, engine.workers), errors)
    origin = home_origin(vars(loaded[0].scenario))
    results, folders = [], []
    for position in range(1, len(loaded)):
        result = compare(measures[0], measures[position], origin, (names[0], names[position]))
        published = published_effects() if is_the_study(loaded[0], loaded[position]) else {}
        effects = with_published(result.effects, published)
        folders.append(save(out, result, effects, loaded[0], loaded[position], seed))
        results.append(result)
        if not as_json:
            with in_words_of(loaded[0].resolved, console):
                show(console, result, effects, bool(published), loaded[0].resolved)
            plain(console, f"Saved in {folders[-1]}")
    if as_json:
        content = [result.as_json() for result in results]
        print(json.dumps(content[0] if len(content) == 1 else content, ensure_ascii=False, allow_nan=False))
    return folders


def is_the_study(base: Any, other: Any) -> bool:
    """Whether a comparison is the one the study published: multiple sellers against a single desk, all grades."""
    if base.scenario.published is None:
        return False
    origin = home_origin(vars(base.scenario))
    systems = [each.scenario.marketing.get(origin) for each in (base, other)]
    if None in systems:
        return False
    return [(s.feed, s.malting) for s in systems] == [("single_desk",) * 2, ("multiple_sellers",) * 2]


def unique_names(stems: list[str]) -> list[str]:
    """Names for scenarios, numbered where two files share a stem."""
    return [stem if stems.count(stem) == 1 else f"{stem}-{stems[: i + 1].count(stem)}" for i, stem in enumerate(stems)]


def _warn(loaded: Loadings, names: list[str], errors: Console) -> None:
    for position, each in enumerate(loaded):
        for earlier in range(position):
            if loaded[earlier].hash == each.hash:
                pair = f"{names[earlier]} and {names[position]}"
                text = f"{pair} are identical scenarios, so their difference is zero"
                warn(errors, text)


def _simulate(
    loaded: Loadings, names: list[str], draws: int, seed: int, engine: Engine, chunk: int, errors: Console
) -> list[Measures]:
    measures: list[Measures] = []
    with progress_bar(errors) as bar:
        for name, each in zip(names, loaded, strict=True):
            task = bar.add_task(name, total=len(chunks(draws, chunk)) * period_count(each))
            ensemble = run_ensemble(
                each,
                draws,
                seed,
                chunk=chunk,
                engine=engine,
                tables=COMPARED,
                extra=EXTRA,
                records=False,
                progress=partial(bar.advance, task),
            )
            measures.append(ensemble.measures)
    return measures


def save(out: Path, result: Comparison, effects: pd.DataFrame, base: Any, other: Any, seed: int, **meta: Any) -> Path:
    """Save a comparison and return its folder; ``meta`` goes into the manifest in place of what would be there."""
    stem = safe_stem(f"compare-{result.base}-{result.other}")
    markets, welfare = result.market_bands(), result.welfare_bands()
    with new_run(out, stem, base.hash) as draft:
        draft.parquet("comparison", effects)
        draft.parquet("markets", markets)
        draft.parquet("welfare", welfare)
        draft.table("effects", effects.drop(columns="table"))
        draft.table("markets", markets.drop(columns="table"))
        draft.table("welfare", welfare.drop(columns="table", errors="ignore"))
        meta = {
            "stem": stem, "base": result.base, "other": result.other,
            **provenance(base, result.draws, seed), "other_hash": other.hash, "other_scenario": other.resolved,
            "other_file": str(other.path), "other_sets": list(other.sets), **meta,
        }  # fmt: skip
        frames = {"comparison": effects, "welfare": welfare}
        for name, figure in drawn("comparison", frames, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(base.inputs, other.inputs, table_inputs())
        draft.manifest({"kind": "comparison", **meta})
    return draft.final


def headings(effects: pd.DataFrame, scenario: dict[str, Any]) -> dict[str, str]:
    """Heading of each column of Table 2."""
    return {
        column: f"{effect_title(column, scenario)} ({'million C$' if column == REVENUE else 'C$/t'})"
        for column in dict.fromkeys(effects["column"])
    }


def show(
    console: Console, result: Comparison, effects: pd.DataFrame, published: bool, scenario: dict[str, Any]
) -> None:
    """Print Table 2's layout, then the markets."""
    band = "Mean over draws (5 to 95 %)" if result.draws > 1 else "One draw"
    caption = f"{band}; average: mean of the rows." + (
        " Published: the study's Table 2, whose printed averages are not exactly the mean of its rows."
        if published
        else ""
    )
    title = f"{result.other} minus {result.base}"
    for table in comparison_tables(title, effects, result.draws, headings(effects, scenario), console.width, caption):
        console.print(table)
    bands = {(line.row, line.column): line for line in result.markets.bands().itertuples()}
    lines = []
    for row, label in market_labels(result.markets.rows, result.market_units, scenario).items():
        base, other, change = (bands[row, side] for side in ("base", "other", "difference"))
        difference = mean_and_range(change.mean, change.p05, change.p95, result.draws)
        lines.append([label, number(base.mean), number(other.mean), difference])
    if lines:
        columns = ["", result.base, result.other, "difference"]
        console.print(grid("Markets and programmes, mean of crop years", columns, lines))
    if result.gains is not None:
        plain(console, welfare_line(result.gains, result.draws))


def welfare_line(gains: Table, draws: int) -> str:
    """World welfare in one line: every side's change, and all of them together."""
    frame = gains.only([AVERAGE]).bands().set_index("column")
    texts = []
    for part, title in WORLD_PARTS.items():
        line = frame.loc[f"world:{part}"]
        texts.append(f"{title.lower()} {mean_and_range(line['mean'], line['p05'], line['p95'], draws)}")
    return f"Welfare, all countries, million C$ a crop year: {', '.join(texts)}. By country: tables/welfare.csv"


def market_labels(rows: Iterable[str], units: Mapping[str, str], scenario: dict[str, Any]) -> dict[str, str]:
    """Rows of a comparison's markets worth a line on screen, with a heading: other boards' pools stay in the files."""
    own = {name for name, board in scenario["boards"].items() if board["origin"] == home_origin(scenario)}
    labels = {}
    for row in rows:
        table, _, column = row.partition(" ")
        first, _, second = column.partition(":")
        if table == "pool_deficit_million_cad":
            if first in own:
                labels[row] = f"Pool deficit, {_title(scenario, 'boards', first)}, {pool_word(scenario, second)}"
        elif table == "cash_price":
            labels[row] = f"Internal (cash) price, {_title(scenario, 'origins', column)}"
        elif table == "price_gap":
            labels[row] = "Price gap, " + " less ".join(_title(scenario, "markets", name) for name in second.split("-"))
        elif table in ("origin_price", "origin_tonnes"):
            what = "Price" if table == "origin_price" else "Sales"
            labels[row] = f"{what}, {_title(scenario, 'markets', first)}, {_title(scenario, 'grades', second)}"
        else:
            what = "rate" if table == "programme_rate" else "spending"
            labels[row] = f"{programme_title(scenario, column)}, {what}"
    return {row: f"{label} ({units[row]})" for row, label in labels.items()}


def _title(scenario: dict[str, Any], section: str, name: str) -> str:
    return (scenario[section].get(name) or {}).get("title") or name
