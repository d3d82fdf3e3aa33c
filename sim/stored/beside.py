"""Runs side by side: one column each, joined on crop year, measure and shared factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.store import StoreError
from sim.stored.conditions import compiled, quoted
from sim.stored.layout import KEYS
from sim.stored.pieces import Lines
from sim.stored.question import Question
from sim.stored.sources import Source, all_factors

if TYPE_CHECKING:
    import duckdb


def side_by_side(
    con: duckdb.DuckDBPyConnection, sources: list[Source], lines: list[Lines], labels: list[str], question: Question
) -> duckdb.DuckDBPyRelation:
    """One column a run; the lines of a run without factors are repeated at every point of a sweep."""
    if len(sources) < 2:
        raise StoreError("--beside and --difference take several runs")
    statistic = next(iter(question.statistics), "mean")
    held = list(sources[0].factors)
    sql, values = _column(lines[0], held, statistic, 0)
    for position in range(1, len(sources)):
        own = list(sources[position].factors)
        shared = [name for name in own if name in held]
        if len(shared) < min(len(own), len(held)):
            names = f"{labels[0]} ({', '.join(held)}) and {labels[position]} ({', '.join(own)})"
            raise StoreError(f"the factors of {names} differ; sweeps side by side share theirs")
        more, more_values = _column(lines[position], own, statistic, position)
        using = ", ".join(quoted(name) for name in (*shared, *KEYS))
        sql, values = f"select * from ({sql}) full join ({more}) using ({using})", values + more_values
        held += [name for name in own if name not in held]
    known = dict.fromkeys(KEYS, False) | all_factors(sources)
    condition, more_values = compiled(question.where, known)
    columns = [quoted(name) for name in (*held, *KEYS)]
    columns += [f"v{position} as {quoted(label)}" for position, label in enumerate(labels)]
    if question.difference:
        pairs = list(enumerate(labels))[1:]
        columns += [f"v{position} - v0 as {quoted(f'{label} less {labels[0]}')}" for position, label in pairs]
    order = ", ".join(f"n{position} nulls last" for position in range(len(sources)))
    sql = f"select {', '.join(columns)} from ({sql}) where {condition} order by {order}"
    return con.sql(sql, params=values + more_values)


def _column(lines: Lines, factors: list[str], statistic: str, position: int) -> Lines:
    keys = ", ".join(quoted(name) for name in (*factors, *KEYS))
    return f"select {keys}, {statistic} as v{position}, line as n{position} from ({lines[0]})", lines[1]
