"""Which measures a run has, and which of them a list of patterns asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sim.scenario.problems import nearest

DEFAULT = (
    "market_price", "market_tonnes", "price_gap", "producers", "consumers_surplus", "taxpayers", "programmes",
    "total_surplus",
)  # fmt: skip
"""Tables that are kept when nobody says which."""

Known = Mapping[str, Mapping[str, str]]
"""Units by table and column."""


def wanted(patterns: Iterable[str], table: str, column: str) -> bool:
    """Whether one of the patterns, ``table`` or ``table:column`` with wildcards, asks for a column of a table."""
    for pattern in patterns:
        first, colon, second = pattern.partition(":")
        if fnmatchcase(table, first) and (not colon or fnmatchcase(column, second)):
            return True
    return False


def measures_by_probe(loaded: Any) -> dict[str, dict[str, str]]:
    """Tables by crop year of a run, with the unit of every column, found by simulating one draw."""
    from sim.experiments.ensemble import run_chunk
    from sim.measures import summary

    found: dict[str, dict[str, str]] = {}
    years = set(loaded.timeline.crop_years)
    for table, row, column, unit in summary(run_chunk(loaded, 1)).keys:
        if row in years:
            found.setdefault(table, {})[column] = unit
    return found


def unmatched(patterns: Sequence[str], known: Known) -> dict[str, str]:
    """Patterns that ask for nothing, each with what is wrong with it."""
    columns = {table: list(each) for table, each in known.items()}
    found = {}
    for pattern in patterns:
        if any(wanted([pattern], table, column) for table, each in columns.items() for column in each):
            continue
        first, colon, second = pattern.partition(":")
        tables = [table for table in columns if fnmatchcase(table, first)]
        if not tables:
            found[pattern] = f"no run has a table `{first}`{nearest(first, columns)}"
        else:
            near = nearest(second, [column for table in tables for column in columns[table]])
            found[pattern] = f"table `{tables[0]}` has no column `{second}`{near}"
    return found
