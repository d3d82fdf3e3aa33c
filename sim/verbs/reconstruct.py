"""``singledesk reconstruct``: infer the study's segments, replicate Table 2, regroup regions, vary the assumptions."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from sim.experiments.reconstruction import Reconstruction, reconstruct, replication_table
from sim.experiments.study_priors import INPUTS, prior_inputs
from sim.experiments.study_reports import (
    break_even_table,
    inferred_table,
    misprint_table,
    regrouped_table,
    replication_frame,
    scenario_table,
)
from sim.experiments.study_sensitivity import SURPLUS, sensitivity_table, swings
from sim.figures import drawn
from sim.guard import plain
from sim.program import surroundings, versions
from sim.screen import grid, number
from sim.store import check_folder, new_run
from sim.study import COLUMNS
from sim.verbs.loading import command_line

STEM = "reconstruct"
HEADINGS = ("Feed (C$/t)", "Six-row (C$/t)", "Two-row (C$/t)", "Revenue (million C$)")


def as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Turn columns that are written with fixed digits, and so are text, back into numbers."""
    converted = table.copy()
    for column in table.columns:
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.notna().all():
            converted[column] = numbers
    return converted


def reconstruct_study(draws: int, seed: int, out: Path, as_json: bool, console: Console, errors: Console) -> Path:
    """Make everything, save it, show it; return the folder of the results."""
    check_folder(out)
    with errors.status("inferring the study's segments ..."):
        made = reconstruct(draws, seed)
        tables = {
            "reconstruction": inferred_table(made),
            "reconstructed": scenario_table(made),
            "replication": replication_frame(replication_table(draws, seed, made)),
            "regrouped": regrouped_table(made),
            "sensitivity": sensitivity_table(made),
            "break_even": break_even_table(made, draws, seed),
            "misprint": misprint_table(made),
        }
    with new_run(out, STEM, fingerprint(made)) as draft:
        meta = {
            "stem": STEM, "seed": seed, "draws": draws, "command": command_line(),
            "versions": versions(), "surroundings": surroundings(), "warnings": notes(made),
            "scenario": {"title": "The study's models on inferred segments"},
        }  # fmt: skip
        for name, table in tables.items():
            draft.table(name, table.round(6))
        frames = {"gap": gap_frame(made), "sensitivity": tables["sensitivity"]}
        for name, frame in frames.items():
            draft.parquet(name, frame)
        for name, figure in drawn("reconstruction", frames, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(prior_inputs())
        draft.manifest({"kind": "reconstruction", **meta})
    if as_json:
        content = {name: json.loads(as_numbers(table).to_json(orient="records")) for name, table in tables.items()}
        head = {"run_id": draft.run_id, "folder": str(draft.final), "draws": draws, "seed": seed, "notes": notes(made)}
        print(json.dumps({**head, **content}, ensure_ascii=False, allow_nan=False))
    else:
        show(console, tables, notes(made), draws)
        plain(console, f"Saved in {draft.final}")
    return draft.final


def fingerprint(made: Reconstruction) -> str:
    """Hash of everything the inference rests on."""
    priors = made.priors
    parts = (priors.mean, priors.sd, priors.published, priors.published_average)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def notes(made: Reconstruction) -> list[str]:
    """Say how far inputs were stretched, and how many draws had to start nearer to the prior."""
    size = np.abs(made.stretch)
    i, y = np.unravel_index(int(size.argmax()), size.shape)
    years = made.priors.crop_years
    text = [f"largest stretch: {size[i, y]:.2f} prior standard deviations, {INPUTS[i]} {years[y]}"]
    lost = [f"{year} {1 - share:.1%}" for year, share in zip(years, made.reached_share, strict=True) if share < 1]
    if lost:
        text.append(f"draws that gave their row only from nearer to the prior: {', '.join(lost)}")
    return text


def gap_frame(made: Reconstruction) -> pd.DataFrame:
    """Inferred Japanese gap with its 5-95 % band beside the export bonus, by crop year, C$/t."""
    position = INPUTS.index("japan_feed_gap")
    low, high = np.quantile(made.draws[position], [0.05, 0.95], axis=-1)
    return pd.DataFrame(
        {
            "crop_year": made.priors.crop_years, "inferred_cad_t": made.inputs[position, :, 0], "low_cad_t": low,
            "high_cad_t": high, "bonus_cad_t": made.priors.bonus_cad_t,
        }
    )  # fmt: skip


def show(console: Console, tables: dict[str, pd.DataFrame], remarks: list[str], draws: int) -> None:
    """Print the tables people ask for first."""
    caption = f"published | replicated (5-95 % of {draws} joint draws of inputs and assumptions)"
    console.print(grid("Table 2, replicated", ["", *HEADINGS], _cells(tables["replication"], "simulated"), caption))
    regrouped = tables["regrouped"]
    caption = "published | regrouped (5-95 % of draws): Japan joins the rest, 500 kt at C$15/t over Japan apart"
    console.print(grid("Regions regrouped", ["", *HEADINGS], _cells(regrouped, "regrouped"), caption))
    for words in filter(None, dict.fromkeys(regrouped["infeasible"])):
        plain(console, f"infeasible: {words}")
    cost = tables["break_even"]
    lines = [[r.row, _range(r.break_even_cad_t, r.low, r.high), number(r.critics_cad_t, 0)] for r in cost.itertuples()]
    console.print(grid("Break-even marketing cost (C$/t)", ["", "Break-even", "Critics"], lines))
    console.print(grid("Swing of the ten-year means, by assumption", *_swings(tables["sensitivity"])))
    lines = [
        [heading, number(r.printed_average, 2), number(r.mean_of_rows, 3), number(r.difference, 3)]
        for heading, r in zip(HEADINGS, tables["misprint"].itertuples(), strict=True)
    ]
    columns = ["", "Printed average", "Mean of printed rows", "Difference"]
    text = "The same difference in three columns: one year's feed price, revised by ten times as much."
    console.print(grid("Averages as printed", columns, lines, text))
    for remark in remarks:
        plain(console, remark)


def _cells(table: pd.DataFrame, column: str) -> list[list[str]]:
    cells: dict[tuple[str, str], Any] = {(line.row, line.column): line for line in table.itertuples()}
    lines = []
    for row in dict.fromkeys(table["row"]):
        line = [row]
        for name in COLUMNS:
            cell = cells[row, name]
            digits = 0 if name == COLUMNS[-1] else 2
            found = _range(getattr(cell, column), cell.low, cell.high, digits)
            line.append(f"{number(cell.published, digits)} | {found}")
        lines.append(line)
    return lines


def _range(value: float, low: float, high: float, digits: int = 1) -> str:
    return f"{number(value, digits)} ({number(low, digits)} to {number(high, digits)})"


def _swings(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    columns = (COLUMNS[0], COLUMNS[-1], SURPLUS)
    found = {column: swings(table, column) for column in columns}
    lines = [[name, *(number(found[c][name], 1) for c in columns)] for name in found[COLUMNS[-1]].index]
    return ["", HEADINGS[0], HEADINGS[-1], "Surplus (million C$)"], lines
