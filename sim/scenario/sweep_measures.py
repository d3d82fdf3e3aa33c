"""The measures a sweep keeps: every pattern must ask for something that one of its scenarios has."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.experiments.kept_measures import measures_by_probe, unmatched
from sim.scenario.problems import Path
from sim.scenario.sweep_factor import Spread
from sim.scenario.sweep_loads import Loads
from sim.scenario.tree import mark_of

MOST_PROBES = 4
PROBED_YEARS = 15  # what shows only in later crop years is looked for in a longer run


def check_measures(patterns: Sequence[str], loads: Loads, design: pd.DataFrame, spreads: list[Spread]) -> None:
    """Report patterns that match nothing in any structure of the design, as far as it is probed."""
    known: dict[str, dict[str, str]] = {}
    structural = [each.factor.name for each in spreads if not each.factor.numeric]
    rows = (design.drop_duplicates(structural) if structural else design).iloc[: MOST_PROBES if structural else 1]
    todo = dict.fromkeys(patterns)
    probed: set[int] = set()
    for most in (1, PROBED_YEARS):
        for _, row in rows.iterrows():
            if not todo:
                return
            loaded = loads.load(row.to_dict(), spreads)
            years = min(most, loaded.scenario.calendar.crop_years) if loaded is not None else 0
            short = loads.load(row.to_dict(), spreads, False, (f"calendar.crop_years={years}",)) if years else None
            if short is not None and id(short) not in probed:
                probed.add(id(short))
                for table, columns in measures_by_probe(short).items():
                    known.setdefault(table, {}).update(columns)
                todo = unmatched(list(todo), known)
    for pattern, message in todo.items():
        here: Path = ("measures", list(patterns).index(pattern))
        loads.report.add(mark_of(loads.tree, here), here, message)
