"""The measures a sweep keeps: every pattern must ask for something that one of its scenarios has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.measures.names import named, unmatched
from sim.scenario.problems import Path
from sim.scenario.tree import mark_of
from sim.sweeps.factor import Spread
from sim.sweeps.loads import Loads

DEFAULT = (
    "market_price", "market_tonnes", "price_gap", "producers", "consumers_surplus", "taxpayers", "programmes",
    "total_surplus",
)  # fmt: skip
"""Tables that are kept when nobody says which."""
MOST_PROBES = 4
PROBED_YEARS = 15  # what shows only in later crop years is looked for in a longer run


def check_measures(patterns: Sequence[str], loads: Loads, design: pd.DataFrame, spreads: list[Spread]) -> None:
    """Report patterns that match nothing in any structure of the design, as far as it is probed."""
    known: dict[str, dict[str, str]] = {}
    structural = [each.factor.name for each in spreads if not each.factor.numeric]
    rows = (design.drop_duplicates(structural) if structural else design).iloc[: MOST_PROBES if structural else 1]
    todo = dict.fromkeys(patterns, "")  # with what is wrong with each
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
                for table, columns in _reported(short).items():
                    known.setdefault(table, {}).update(columns)
                todo = unmatched(list(todo), known)
    for pattern, message in todo.items():
        here: Path = ("measures", list(patterns).index(pattern))
        loads.report.add(mark_of(loads.tree, here), here, message)


def _reported(loaded: Any) -> dict[str, dict[str, str]]:
    """Tables of a run, with the unit of every column, found by simulating one draw."""
    from sim.market import BarleyMarket
    from sim.measures import summary
    from sim.measures.study_tables import study_tables
    from sim.study_points import study_points

    market = BarleyMarket(loaded, draws=1)
    while market.running:
        market.step()
    ledger = market.release()
    keys = summary(ledger, extra=study_tables(ledger, study_points(loaded))).keys
    found: dict[str, dict[str, str]] = {}
    for (table, column), measure in named(keys, ledger.crop_years).items():
        found.setdefault(table, {})[column] = measure.unit
    return found
