"""A sensitivity analysis on the terminal: a table of indices for each measure, and what luck did."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.sensitivity import NO_EFFECT
from sim.experiments.sensitivity_report import ANALYSED, KEYS, Sensitivity
from sim.guard import plain
from sim.headings import WHEN
from sim.screen import grid, number

TABLES = 6  # on screen; the others are in the files
HEADINGS = {"S1": "S1 alone", "ST": "ST with interactions", "mu_star": "mu* mean size", "mu": "mu mean",
            "sigma": "sigma spread", "pawn": "PAWN"}  # fmt: skip
PAIRS = 3  # interactions named under a table


def show(console: Console, found: Sensitivity, factors: pd.DataFrame, head: dict[str, Any]) -> None:
    """Print the first measures, then every note."""
    analysed = found.outcomes[found.outcomes["status"] == ANALYSED]
    of = "mean" if head["statistic"] == "mean" else "standard deviation"
    plain(console, f"{head['title']}: {head['points']:,} points, {of} of {head['draws']:,} draws at each")
    titles = dict(zip(factors["factor"], factors["title"], strict=True))
    for outcome in list(analysed.itertuples())[:TABLES]:
        keys = [getattr(outcome, key) for key in KEYS]
        own = found.indices[(found.indices[KEYS] == keys).all(axis=1)]
        when = WHEN.get(outcome.crop_year, outcome.crop_year)
        unit = f"{outcome.unit}, " if outcome.unit else ""
        console.print(grid(f"{outcome.measure} ({unit}{when})", *_lines(own, titles)))
        for line in _remarks(outcome, own, titles, head["level"]):
            plain(console, line)
        console.print()
    if len(analysed) > TABLES:
        plain(console, f"{len(analysed) - TABLES} more results are in tables/indices.csv; --measure chooses")
    for note in found.notes:
        plain(console, note)


def _lines(own: pd.DataFrame, titles: dict[str, str]) -> tuple[list[str], list[list[str]]]:
    names = [name for name in HEADINGS if (own["index"] == name).any()]
    cells: dict[tuple[str, str], Any] = {
        (line.index_, line.factor): line for line in own.rename(columns={"index": "index_"}).itertuples()
        if line.other == ""
    }  # fmt: skip
    first = own[own["index"] == ("ST" if "ST" in names else names[0])].sort_values(
        "value", ascending=False, kind="stable"
    )
    rows = [*first["factor"], *([NO_EFFECT] if ("pawn", NO_EFFECT) in cells else [])]
    digits = _digits(first["value"].abs().max()) if "mu_star" in names else 2
    lines = [[titles.get(row, row), *(_cell(cells.get((name, row)), digits) for name in names)] for row in rows]
    return ["Factor", *(HEADINGS[name] for name in names)], lines


def _remarks(outcome: Any, own: pd.DataFrame, titles: dict[str, str], level: float) -> list[str]:
    text = []
    if own["low"].notna().any():
        text.append(f"In brackets: {100 * level:g} % confidence.")
    pairs = own[own["index"] == "S2"]
    pairs = (
        pairs[(pairs["low"] > 0) & (pairs["value"] >= 0.005)]
        .sort_values("value", ascending=False, kind="stable")
        .head(PAIRS)
    )
    named = [f"{titles[line.factor]} and {titles[line.other]} {_cell(line, 2)}" for line in pairs.itertuples()]
    if named:
        text.append(f"Interactions (S2): {', '.join(named)}.")
    if math.isfinite(outcome.share_luck):
        text.append(
            f"Variance over worlds: {_percent(outcome.share_factors)} factors, {_percent(outcome.share_luck)} luck that"
            f" is the same at every point, {_percent(outcome.share_luck_and_factors)} luck that is not;"
            f" {_percent(outcome.luck_in_means)} of the variance of the means is such luck."
        )
    return text


def _cell(line: Any, digits: int) -> str:
    if line is None:
        return "-"
    text = number(line.value, digits)
    if not math.isfinite(line.low):
        return text
    return f"{text} ({number(line.low, digits)} to {number(line.high, digits)})"


def _digits(largest: float) -> int:
    """Digits after the point that leave three figures of the largest number."""
    return int(min(max(2 - math.floor(math.log10(largest)), 0), 6)) if largest > 0 else 2


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if 1e-4 <= share < 0.995 else f"{share:.0%}".replace("%", " %")
