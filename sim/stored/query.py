"""Queries over stored runs and sweeps: chosen lines one below the other, or several runs side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.store import StoredRun, StoreError
from sim.stored.choice import choose_measures, choose_years
from sim.stored.conditions import compile_condition, quoted
from sim.stored.pieces import Lines, band_lines, band_pieces, draw_pieces
from sim.stored.question import Question
from sim.stored.sources import Source, crop_years, measures, open_source, unreadable
from sim.stored.tidy import KEYS, STATISTICS

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

MEMORY = "512MB"  # beyond it DuckDB works on disk
THREADS = 2
BATCH = 50_000  # lines
KINDS = {"point": "integer", "draw": "integer", "missing": "integer"}


@dataclass(frozen=True)
class Answer:
    """A query that is ready to run.

    Attributes
    ----------
    columns : list of str
        Columns of its lines, in order.
    relations : callable
        Gives the lines, a piece after the other.
    runs : dict of str to str
        For people: short names of the runs by those in column ``run``.
    """

    columns: list[str]
    relations: Callable[[], Iterator[duckdb.DuckDBPyRelation]]
    runs: dict[str, str]

    def batches(self, size: int = BATCH) -> Iterator[pa.RecordBatch]:
        """Lines, a batch at a time.

        Raises
        ------
        StoreError
            When there is not a single line, or a file turns out to be unreadable.
        """
        import duckdb
        import pyarrow as pa

        found = False
        try:
            for relation in self.relations():
                for batch in relation.to_arrow_reader(size):
                    if batch.num_rows:
                        found = True
                        yield batch
        except (duckdb.Error, pa.ArrowException) as error:
            raise unreadable(", ".join(self.runs), error) from error
        if not found:
            raise StoreError("nothing fits: no line of these results meets all conditions")

    def frame(self) -> pd.DataFrame:
        """All lines; see :meth:`batches`."""
        import pyarrow as pa

        return pa.Table.from_batches(list(self.batches())).to_pandas()


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
    found = [measures(con, source) for source in sources]
    chosen = choose_measures(found, question.measures)
    years = choose_years([crop_years(con, source) for source in sources], question.crop_years)
    if question.beside or question.difference:
        lines = [band_lines(source, chosen, years) for source in sources]
        relation = _side_by_side(con, sources, lines, list(names.values()), question)
        return Answer(list(relation.columns), lambda: iter([relation]), names)
    columns, shape = _below(sources, question)

    def relations() -> Iterator[duckdb.DuckDBPyRelation]:
        for source, own in zip(sources, found, strict=True):
            if question.draws:
                pieces = draw_pieces(con, source, own, chosen, years, question.where)
            else:
                pieces = band_pieces(con, source, band_lines(source, chosen, years), question.where)
            for sql, values in pieces:
                text, more = shape(source, sql)
                yield con.sql(text, params=[source.name, *values, *more])

    return Answer(columns, relations, names)


def _below(sources: list[Source], question: Question) -> tuple[list[str], Callable[[Source, str], Lines]]:
    """Columns of lines of all runs, one run below the other, and what brings lines of a run into that form."""
    factors = _factors(sources)
    numbers = ("value",) if question.draws else (*STATISTICS, "missing")
    counts = [*(["point"] if any(source.design for source in sources) else []), *(["draw"] if question.draws else [])]
    keys = ["run", *counts, *factors, *KEYS]
    condition, values = _condition(
        question.where, dict.fromkeys(keys, False) | dict.fromkeys((*counts, *numbers), True) | factors
    )
    shown = [*keys, *(question.statistics or numbers)]
    order = "point, draw, crop_year, line" if question.draws else "line"

    def shape(source: Source, lines: str) -> Lines:
        absent = [name for name in (*counts, *factors) if not (source.design and name in (*counts, *source.factors))]
        kinds = {name: "integer" if name in counts else "double" if factors[name] else "varchar" for name in absent}
        more = "".join(f", cast(null as {kind}) as {quoted(name)}" for name, kind in kinds.items())
        columns = ", ".join(
            f"cast({quoted(n)} as {KINDS[n]}) as {quoted(n)}" if n in KINDS else quoted(n) for n in shown
        )
        inner = f"select ? as run, *{more} from ({lines})"
        return f"select {columns} from ({inner}) where {condition} order by {order}", values

    return shown, shape


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
