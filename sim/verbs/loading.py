"""Loading scenarios for a verb, and what a run's manifest says about where it came from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sim.program import versions
from sim.scenario import load
from sim.shipped import market_pairs, scenario_path


def load_scenario(name: str, sets: Sequence[str], console: Console) -> Any:
    """Load a scenario by path or shipped name; its warnings go to ``console``. Raises ``ScenarioError``."""
    loaded = load(scenario_path(name), list(sets))
    for warning in loaded.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    return loaded


def provenance(loaded: Any, draws: int, seed: int) -> dict[str, Any]:
    """Make the part of ``run.json`` that says what was run, and with what."""
    return {
        "scenario_hash": loaded.hash,
        "scenario_file": str(loaded.path),
        "seed": seed,
        "draws": draws,
        "command": ["singledesk", *sys.argv[1:]],
        "versions": versions(),
        "warnings": [str(warning) for warning in loaded.warnings],
        "pairs": market_pairs(loaded.resolved),
        "scenario": loaded.resolved,
    }


def progress_bar(console: Console) -> Progress:
    """Make a progress bar on stderr; silent when stderr is not a terminal."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("periods"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def period_count(loaded: Any) -> int:
    """Periods in one pass through the scenario's calendar."""
    calendar = loaded.scenario.calendar
    return calendar.crop_years * calendar.periods_per_year
