"""A calibration on the terminal: parameters and what pins them, the fit, what was held out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from rich.console import Console

from sim.experiments.calibration_report import Calibrated
from sim.experiments.identification import IDENTIFIED
from sim.guard import plain
from sim.scenario.calibration import LoadedCalibration
from sim.screen import grid, mean_and_range, number

FIT = "Simulated: mean and 5-95 % of draws at the optimum. Misses: weight x squared distance."
ERRORS = (
    "Standard error: sandwich; published figures are the means of {histories}, simulated ones of {draws} draws. Of"
    " which draws: what more draws would take away."
)


def show(console: Console, loaded: LoadedCalibration, found: Calibrated) -> None:
    """Print what a calibration found."""
    plan, tables = loaded.plan, found.tables
    console.print(
        f"{plan.title}: weighted squared misses {found.at_start:.4g} at the start, {found.at_optimum:.4g} now"
    )
    histories = "one history" if plan.observations == 1 else f"{plan.observations} draws"
    lines = [
        [
            line.parameter, f"{line.start:.4g}", f"{line.optimum:.4g}", f"{line.low:g} to {line.high:g}",
            _error(line.standard_error), _error(line.simulation_error), line.status,
        ]
        for line in tables["parameters"].itertuples()
    ]  # fmt: skip
    headings = ["Parameter", "Start", "Optimum", "Bounds", "Standard error", "of which draws", ""]
    console.print(grid("Parameters", headings, lines, ERRORS.format(histories=histories, draws=plan.draws)))
    for line in tables["parameters"].itertuples():
        if line.pinned_by:
            plain(console, f"{line.parameter} is pinned by {line.pinned_by}")
    _weakest(console, found)
    for run, part in tables["fit"].groupby("run", sort=False):
        console.print(grid(f"Fit, run {run}", *_fit(part, plan.draws), FIT))
    if len(tables["held_out"]):
        held = tables["held_out"].assign(table="table" + tables["held_out"]["table"].astype(str))
        caption = "Nobody looked at these in the search."
        console.print(grid("Held out of the fit", *_fit(held, plan.draws), caption))
    lines = [
        [
            str(line.search),
            number(line.criterion_at_start, 3),
            number(line.criterion_at_end, 3),
            str(line.points),
            line.ended,
        ]
        for line in tables["searches"].itertuples()
    ]
    console.print(grid("Searches", ["", "Misses at the start", "at the end", "Points", "Ended"], lines))


def _fit(part: pd.DataFrame, draws: int) -> tuple[list[str], list[list[str]]]:
    misses = "contribution" in part
    headings = ["", "Column", "Published", "At the start", "Simulated", *(["Misses"] if misses else [])]
    lines = []
    for line in part.itertuples():
        shown = [
            f"{line.table} {line.row}", line.column, number(line.published, 2), number(line.start, 2),
            mean_and_range(line.simulated, line.low, line.high, draws, 2),
        ]  # fmt: skip
        lines.append([*shown, *([number(line.contribution, 2)] if misses else [])])
    return headings, lines


def _weakest(console: Console, found: Calibrated) -> None:
    """Say how well the parameters are told apart, and what moves the figures least."""
    identified, parameters = found.identification, found.tables["parameters"]
    condition = identified.condition_number
    text = f"{condition:.3g}" if math.isfinite(condition) else "infinite: a direction moves no figure"
    plain(console, f"condition number {text}")
    order = np.argsort(-np.abs(identified.weakest), kind="stable")
    named = [
        f"{identified.weakest[i]:+.2f} {parameters['parameter'][i]}" for i in order if abs(identified.weakest[i]) > 0.1
    ]
    if len(named):
        plain(console, f"figures move least along {', '.join(named)} (in widths of the bounds)")
    unclear = [line.parameter for line in parameters.itertuples() if line.status != IDENTIFIED]
    if unclear:
        plain(console, f"not pinned down by these figures: {', '.join(unclear)}")


def _error(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "-"
