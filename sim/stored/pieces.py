"""Lines of stored results, a piece at a time and in order: a piece fits in memory, however large the results are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.measures.names import MEAN
from sim.store import StoreError
from sim.stored.conditions import compiled, quoted
from sim.stored.sources import Source, literal, unreadable

if TYPE_CHECKING:
    import duckdb

PIECE = 250_000  # lines, about

Lines = tuple[str, list[Any]]
"""SQL of lines, and the values of its parameters."""
Measure = tuple[str, str, str]
"""Table, column and unit."""


def band_lines(source: Source, chosen: list[str], years: list[str] | None) -> Lines:
    """All lines of some measures and crop years."""
    conditions = ["""("table" || ':' || "column") in (select unnest(?))"""]
    values: list[Any] = [chosen]
    if years is not None:
        conditions.append("crop_year in (select unnest(?))")
        values.append(years)
    return f"select * from ({source.bands}) where {' and '.join(conditions)}", values


def band_pieces(con: duckdb.DuckDBPyConnection, source: Source, lines: Lines, where: str) -> Iterator[Lines]:
    """The same lines; those of a sweep so many points at a time, without points that do not meet the condition."""
    if not source.design:
        yield lines
        return
    (count,) = con.sql(f"select count(*) from ({source.bands})").fetchall()[0]
    for first, last in _ranges(con, source, where, count):
        yield f"select * from ({lines[0]}) where point between ? and ?", [*lines[1], first, last]


def draw_pieces(
    con: duckdb.DuckDBPyConnection, source: Source, found: Sequence[Measure], chosen: list[str],
    years: list[str] | None, where: str,
) -> Iterator[Lines]:  # fmt: skip
    """Lines with a value for each draw: point, factors, draw, crop_year, table, column, unit, value, line.

    A part is verified when it is come to; one without any of the points is not read.

    Raises
    ------
    StoreError
        When the run keeps no draws of these measures, or a part is missing or damaged.
    """
    parts = {name: _extent(source, name) for name in source.parts()}
    if not parts:
        raise StoreError(f"{source.stored.path}: keeps no single draws; only sweeps do (docs/results.md)")
    held = con.sql(f"select * from read_parquet({literal(source.stored.file(next(iter(parts))))})").columns
    wanted = {f"{table}:{column}": (table, column, unit) for table, column, unit in found}
    wanted = {name: wanted[name] for name in chosen if name in wanted and name in held}
    if not wanted:
        raise StoreError(f"{source.stored.path}: none of the measures asked for is kept by draw")
    rows = sum(count for _, _, count in parts.values())
    verified: dict[str, str] = {}
    for first, last in _ranges(con, source, where, rows * len(wanted)):
        near = [name for name, (low, high, _) in parts.items() if low <= last and first <= high]
        verified |= {name: literal(source.stored.file(name)) for name in near if name not in verified}
        yield _draws(source, [verified[name] for name in near], wanted, years, (first, last))


def _draws(
    source: Source, files: list[str], wanted: dict[str, Measure], years: list[str] | None, points: tuple[int, int]
) -> Lines:
    columns = ", ".join(quoted(name) for name in wanted)
    condition, values = "point between ? and ?", [list(wanted), *map(list, zip(*wanted.values(), strict=True))]
    limits: list[Any] = list(points)
    if years is not None:
        condition += " and crop_year in (select unnest(?))"
        limits.append([year for year in years if year != MEAN])
    wide = f"select point, draw, crop_year, {columns} from read_parquet([{', '.join(files)}]) where {condition}"
    long = f"select * from ({wide}) unpivot include nulls (value for measure in ({columns}))"
    names = 'unnest(?) as name, unnest(?) as "table", unnest(?) as "column", unnest(?) as unit'
    sql = (
        f"select d.*, l.draw, l.crop_year, u.* exclude (name), "
        "case when isnan(l.value) then null else l.value end as value "
        f"from (select {names}, unnest(range({len(wanted)})) as line) u "
        f"join ({long}) l on u.name = l.measure join ({source.design}) d on d.point = l.point"
    )
    return sql, [*values, *limits]


def _ranges(con: duckdb.DuckDBPyConnection, source: Source, where: str, lines: int) -> Iterator[tuple[int, int]]:
    """First and last point of each piece of a sweep; ``lines`` are those of all points."""
    points = [row[0] for row in con.sql(f"select point from ({source.design}) order by point").fetchall()]
    size = max(1, PIECE * len(points) // max(lines, 1))
    try:
        condition, values = compiled(where, {"point": True, **source.factors})
    except StoreError:  # a condition on more than the factors is for every point
        pass
    else:
        sql = f"select point from ({source.design}) where {condition} order by point"
        points = [row[0] for row in con.sql(sql, params=values).fetchall()]
    for start in range(0, len(points), size):
        piece = points[start : start + size]
        yield piece[0], piece[-1]


def _extent(source: Source, name: str) -> tuple[int, int, int]:
    """First and last point of a part, and its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(source.stored.path / name)
    except (OSError, pa.ArrowException) as error:
        source.stored.file(name)  # says what is wrong with a file that is not what the run wrote
        raise unreadable(source.stored.path, error) from error
    column = footer.schema.names.index("point")
    groups = [footer.row_group(number).column(column).statistics for number in range(footer.num_row_groups)]
    return min(each.min for each in groups), max(each.max for each in groups), footer.num_rows
