"""Names of measures, ``table:column``, and which of them a list of patterns asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sim.measures.table import AVERAGE
from sim.scenario.problems import nearest

WHOLE_RUN = "all"  # stands for the crop year where a measure is of the whole run
MEAN = "mean"  # and where a value is the mean over the crop years

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


def in_order(patterns: Sequence[str] | None, keys: Any) -> list[tuple[str, ...]]:
    """Lines of a frame that begin with table and column, those that the first pattern asks for in front."""
    patterns = patterns or DEFAULT
    lines = [tuple(line) for line in keys.itertuples(index=False)]
    return sorted(
        lines, key=lambda line: next((i for i, each in enumerate(patterns) if wanted([each], *line[:2])), len(patterns))
    )


def tables_wanted(patterns: Iterable[str], tables: Iterable[str]) -> set[str]:
    """Tables of which some column may be asked for."""
    return {table for table in tables for pattern in patterns if fnmatchcase(table, pattern.partition(":")[0])}


@dataclass
class Named:
    """A measure as sweeps name it: its unit, and its place among a run's measures by crop year."""

    unit: str
    places: dict[str, int] = field(default_factory=dict)


def named(keys: Iterable[tuple[str, str, str, str]], crop_years: Collection[str]) -> dict[tuple[str, str], Named]:
    """Measures by table and column.

    Where a row is no crop year (a period of Table 1, a price series of Table 4) it becomes part of the column, and the
    measure is one of the whole run. Averages over crop years are left to the reader.
    """
    found: dict[tuple[str, str], Named] = {}
    for place, (table, row, column, unit) in enumerate(keys):
        if row != AVERAGE:
            name, year = ((table, column), row) if row in crop_years else ((table, f"{row}:{column}"), WHOLE_RUN)
            found.setdefault(name, Named(unit)).places[year] = place
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
