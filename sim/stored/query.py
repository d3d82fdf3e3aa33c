"""Queries over stored runs and sweeps: chosen lines one below the other, or several runs side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.store import StoredRun, StoreError
from sim.stored.beside import side_by_side
from sim.stored.choice import choose_measures, choose_years
from sim.stored.conditions import compiled, quoted
from sim.stored.layout import KEYS, STATISTICS
from sim.stored.pieces import Lines, band_lines, band_pieces, draw_pieces
from sim.stored.question import Question
from sim.stored.sources import Source, all_factors, crop_years, measures, open_source, unreadable

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
        except (
            duckdb.BinderException,
            duckdb.ConversionException,
        ) as error:  # names of the question are checked before
            raise unreadable("these results", error) from error
        finally:
            con.close()


def ask(con: duckdb.DuckDBPyConnection, runs: Sequence[StoredRun], question: Question) -> Answer:
    """Put a question to runs; nothing large is read before the answer's relation is.

    Raises
    ------
    StoreError
        For files that are damaged, and for measures, crop years or columns that no run has.
    """
    sources: list[Source] = []
    for stored in runs:
        if stored.path not in [each.stored.path for each in sources]:
            sources.append(open_source(con, stored))
    names = {source.name: _label(source, sources) for source in sources}
    found = [measures(con, source) for source in sources]
    chosen = choose_measures(found, question.measures)
    years = choose_years([crop_years(con, source) for source in sources], question.crop_years)
    if question.beside or question.difference:
        lines = [band_lines(source, chosen, years) for source in sources]
        relation = side_by_side(con, sources, lines, list(names.values()), question)
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
    factors = all_factors(sources)
    numbers = ("value",) if question.draws else (*STATISTICS, "missing")
    counts = [*(["point"] if any(source.design for source in sources) else []), *(["draw"] if question.draws else [])]
    keys = ["run", *counts, *factors, *KEYS]
    condition, values = compiled(
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


def _label(source: Source, sources: list[Source]) -> str:
    """Short name of a run: its scenario's, if it is the only one of it here."""
    stem, _, run_id = source.name.partition("/")
    alike = [each for each in sources if each.name.partition("/")[0] == stem]
    return stem if len(alike) == 1 else run_id
