"""The single draws of a sweep: only the parts and columns that a question needs are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.kept_measures import MEAN
from sim.store import StoreError
from sim.stored.conditions import quoted
from sim.stored.sources import Source, literal, unreadable

if TYPE_CHECKING:
    import duckdb


def draw_lines(
    con: duckdb.DuckDBPyConnection, source: Source, chosen: list[str], years: list[str] | None
) -> tuple[str, list[Any]]:
    """SQL of the lines (point, factors, draw, crop_year, table, column, unit, value, line), and its parameters.

    Raises
    ------
    StoreError
        When the run keeps no draws, or a part is missing or damaged.
    """
    parts = source.parts()
    if not parts:
        raise StoreError(f"{source.stored.path}: keeps no single draws; only sweeps do (docs/results.md)")
    files = ", ".join(literal(source.stored.file(name)) for name in parts)
    table = f"read_parquet([{files}])"
    import duckdb

    try:
        held = con.sql(f"select * from {table}").columns
    except duckdb.Error as error:
        raise unreadable(source.stored.path, error) from error
    wanted = [name for name in held if name in set(chosen)]
    if not wanted:
        raise StoreError(f"{source.stored.path}: none of the measures asked for is kept by draw")
    columns = ", ".join(quoted(name) for name in wanted)
    conditions, values = "true", []
    if years is not None:
        conditions = "crop_year in (select unnest(?))"
        values = [[year for year in years if year != MEAN]]
    wide = f"select point, draw, crop_year, {columns} from {table} where {conditions}"
    long = f"select * from ({wide}) unpivot include nulls (value for measure in ({columns}))"
    units = f'select "table", "column", unit, min(line) as line from ({source.bands}) group by all'
    sql = (
        "select d.*, l.draw, l.crop_year, u.*, case when isnan(l.value) then null else l.value end as value "
        f"from ({long}) l join ({source.design}) d on d.point = l.point "
        f"""join ({units}) u on (u."table" || ':' || u."column") = l.measure"""
    )
    return sql, values
