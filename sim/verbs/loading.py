"""Loading scenarios for a verb, and what a run's manifest says about where it came from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sim.guard import warn
from sim.program import surroundings, versions
from sim.scenario import load
from sim.shipped import market_pairs, scenario_path


def load_scenario(name: str, sets: Sequence[str], console: Console) -> Any:
    """Load a scenario by path or shipped name; its warnings go to ``console``. Raises ``ScenarioError``."""
    loaded = load(scenario_path(name), list(sets))
    for warning in loaded.warnings:
        warn(console, warning)
    return loaded


def command_line() -> list[str]:
    """The command as it was given, for ``run.json``."""
    return ["singledesk", *sys.argv[1:]]


def provenance(loaded: Any, draws: int, seed: int) -> dict[str, Any]:
    """Make the part of ``run.json`` that says what was run, and with what."""
    return {
        "scenario_hash": loaded.hash,
        "scenario_file": str(loaded.path),
        "seed": seed,
        "draws": draws,
        "command": command_line(),
        "versions": versions(),
        "surroundings": surroundings(),
        "sets": list(loaded.sets),
        "warnings": [str(warning) for warning in loaded.warnings],
        "pairs": market_pairs(loaded.resolved),
        "scenario": loaded.resolved,
    }


def progress_bar(console: Console, of: str = "periods") -> Progress:
    """Make a progress bar that counts something, on stderr; silent when stderr is not a terminal."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(of), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def period_count(loaded: Any) -> int:
    """Periods in one pass through the scenario's calendar."""
    calendar = loaded.scenario.calendar
    period_count: int = calendar.crop_years * calendar.periods_per_year
    return period_count
