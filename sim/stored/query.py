"""Queries over stored runs and sweeps: chosen lines one below the other, or several runs side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.store import StoredRun, StoreError
from sim.stored.choice import choose_measures, choose_years
from sim.stored.conditions import compile_condition, quoted
from sim.stored.draws import draw_lines
from sim.stored.question import Question
from sim.stored.sources import Source, crop_years, measures, open_source
from sim.stored.tidy import KEYS, STATISTICS

if TYPE_CHECKING:
    import duckdb

MEMORY = "128MB"  # beyond it DuckDB works on disk
THREADS = 2


@dataclass(frozen=True)
class Answer:
    """A query that is ready to run: its columns in order and, for people, the runs by the names used in them."""

    relation: duckdb.DuckDBPyRelation
    runs: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.relation.columns)


@contextmanager
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that goes to a temporary folder when memory is short."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="singledesk-") as folder:
        con = duckdb.connect(":memory:")
        try:
            con.execute(f"set memory_limit = '{MEMORY}'")
            con.execute(f"set threads = {THREADS}")
            con.execute("set temp_directory = ?", [folder])
            yield con
        finally:
            con.close()


def ask(con: duckdb.DuckDBPyConnection, runs: Sequence[StoredRun], question: Question) -> Answer:
    """Put a question to runs; nothing large is read before the answer's relation is.

    Raises
    ------
    StoreError
        For files that are damaged, and for measures, crop years or columns that no run has.
    """
    sources = []
    for stored in runs:
        if stored.path not in [each.stored.path for each in sources]:
            sources.append(open_source(con, stored))
    names = {source.name: _label(source, sources) for source in sources}
    chosen = choose_measures([measures(con, source) for source in sources], question.measures)
    years = choose_years([crop_years(con, source) for source in sources], question.crop_years)
    lines = []
    for source in sources:
        if question.draws:
            lines.append(draw_lines(con, source, chosen, years))
        else:
            lines.append(_limited(source, chosen, years))
    if question.beside or question.difference:
        return Answer(_side_by_side(con, sources, lines, list(names.values()), question), names)
    return Answer(_below(con, sources, lines, question), names)


Lines = tuple[str, list[Any]]
"""SQL of lines and the values of its parameters."""


def _limited(source: Source, chosen: list[str], years: list[str] | None) -> Lines:
    conditions = ["""("table" || ':' || "column") in (select unnest(?))"""]
    values: list[Any] = [chosen]
    if years is not None:
        conditions.append("crop_year in (select unnest(?))")
        values.append(years)
    return f"select * from ({source.bands}) where {' and '.join(conditions)}", values


def _below(
    con: duckdb.DuckDBPyConnection, sources: list[Source], lines: list[Lines], question: Question
) -> duckdb.DuckDBPyRelation:
    """Lines of all runs, one run below the other, in the order of the files."""
    factors = _factors(sources)
    numbers = ("value",) if question.draws else (*STATISTICS, "missing")
    shown = question.statistics or numbers
    points = ["point"] if any(source.design for source in sources) else []
    keys = ["run", *points, *factors, *(["draw"] if question.draws else []), *KEYS]
    parts, values = [], []
    for position, (source, (sql, own)) in enumerate(zip(sources, lines, strict=True)):
        parts.append(f"select {position} as part, ? as run, * from ({sql})")
        values += [source.name, *own]
    union = " union all by name ".join(parts)
    counts = [*points, *(["draw"] if question.draws else [])]
    known = dict.fromkeys(keys, False) | dict.fromkeys((*counts, *numbers), True) | factors
    condition, more = _condition(question.where, known)
    columns = ", ".join(quoted(name) for name in (*keys, *shown))
    order = "part, point, draw, crop_year, line" if question.draws else "part, line"
    sql = f"select {columns} from ({union}) where {condition} order by {order}"
    return con.sql(sql, params=values + more)


def _side_by_side(
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
    known = dict.fromkeys(KEYS, False) | _factors(sources)
    condition, more_values = _condition(question.where, known)
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


def _condition(where: str, columns: dict[str, bool]) -> tuple[str, list[Any]]:
    return compile_condition(where, columns) if where.strip() else ("true", [])


def _factors(sources: list[Source]) -> dict[str, bool]:
    """Factors of all sweeps, and whether each is a number."""
    found: dict[str, bool] = {}
    for source in sources:
        for name, numeric in source.factors.items():
            if found.setdefault(name, numeric) != numeric:
                raise StoreError(f"factor `{name}` is a number in one sweep and a name in another; query them apart")
    return found


def _label(source: Source, sources: list[Source]) -> str:
    """Short name of a run: its scenario's, if it is the only one of it here."""
    stem, _, run_id = source.name.partition("/")
    alike = [each for each in sources if each.name.partition("/")[0] == stem]
    return stem if len(alike) == 1 else run_id
