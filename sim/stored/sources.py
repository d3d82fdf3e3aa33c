"""Stored results as tables a query can read: one line per value, with its crop year, measure and unit.

Text of a user's never becomes SQL: names come from the files, are quoted, and values are parameters.
"""

from __future__ import annotations

import glob
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.measures.names import MEAN
from sim.store import StoredRun, StoreError
from sim.stored.conditions import quoted
from sim.stored.layout import BANDS, DESIGN, KEYS, PART, STATISTICS
from sim.stored.tidy import tidy

if TYPE_CHECKING:
    import duckdb

PLACES = ("run", "point", *KEYS, "draw", "value", "missing", "statistic", *STATISTICS)


@dataclass(frozen=True)
class Source:
    """One run, comparison or sweep, with the lines it can give.

    Attributes
    ----------
    stored : StoredRun
    kind : str
        ``run``, ``comparison`` or ``sweep``.
    bands : str
        SQL of its lines: ``point`` and factors (of a sweep), ``crop_year``, ``table``, ``column``, ``unit``, the
        statistics, ``missing``, and ``line``, the place in the file.
    factors : dict of str to bool
        Factors of a sweep, and whether each is a number.
    design : str
        SQL of a sweep's design, empty for others.
    """

    stored: StoredRun
    kind: str
    bands: str
    factors: dict[str, bool]
    design: str

    @property
    def name(self) -> str:
        """``<stem>/<run id>``: where it lies under the folder of results."""
        return f"{self.stored.path.resolve().parent.name}/{self.stored.path.resolve().name}"

    def parts(self) -> list[str]:
        """Files with the single draws of a sweep, in order; none for what keeps no draws."""
        return sorted(name for name in self.stored.manifest["files"] if PART.fullmatch(name))


def open_source(con: duckdb.DuckDBPyConnection, stored: StoredRun) -> Source:
    """Verify the files of a stored run and say what can be read from them.

    Raises
    ------
    StoreError
        When a file is missing or damaged, or the run is of a kind without measures by crop year.
    """
    kind = stored.manifest.get("kind", "run")
    if kind == "sweep":
        return _sweep(con, stored)
    if kind not in LINES:
        tables = ", ".join(sorted(name for name in stored.manifest["files"] if name.endswith(".parquet")))
        raise StoreError(
            f"{stored.path}: results of kind '{kind}' hold no measures by crop year to query; "
            f"read its tables ({tables}) as docs/results.md shows"
        )
    name = f"lines_{secrets.token_hex(8)}"
    try:
        lines = LINES[kind](stored)
        con.register(name, lines.assign(line=range(len(lines)))[[*KEYS, *STATISTICS, "missing", "line"]])
    except KeyError as error:
        raise unreadable(stored.path, error) from error
    return Source(stored, kind, _bands(name, "line"), {}, "")


def _comparison(stored: StoredRun) -> pd.DataFrame:
    """Table 2 by crop year, and the means of the markets: base, other and difference."""
    markets = tidy(stored.frame("markets")).assign(crop_year=MEAN)
    return pd.concat([tidy(stored.frame("comparison")), markets], ignore_index=True)


LINES: dict[str, Callable[[StoredRun], pd.DataFrame]] = {
    "run": lambda stored: tidy(stored.frame("summary")),
    "comparison": _comparison,
}


def _sweep(con: duckdb.DuckDBPyConnection, stored: StoredRun) -> Source:
    path = _file(stored, f"{DESIGN}.parquet")
    columns = {name: kind for name, kind in _try(con, f"select * from {path}", stored.path) if name != "point"}
    names = {name: factor_column(name) for name in columns}
    numeric = {name: kind not in ("VARCHAR", "BOOLEAN") for name, kind in columns.items()}
    chosen = ", ".join(
        f"cast({quoted(name)} as {'double' if numeric[name] else 'varchar'}) as {quoted(shown)}"
        for name, shown in names.items()
    )
    design = f"select point, {chosen} from {path}" if chosen else f"select point from {path}"
    lines = _bands(_file(stored, f"{BANDS}.parquet"), "point, file_row_number as line")
    bands = f"select d.*, b.* exclude (point) from ({lines}) b join ({design}) d on d.point = b.point"
    _try(con, bands, stored.path)
    return Source(stored, "sweep", bands, {names[name]: numeric[name] for name in columns}, design)


def factor_column(name: str) -> str:
    """Column of a factor in results; one that is called as a column of its own there gets a longer name."""
    return f"factor_{name}" if name.lower() in PLACES else name


def _bands(table: str, more: str) -> str:
    """Lines of a table of bands; a value that does not exist is null, whether the table says null or NaN."""
    statistics = ", ".join(f"case when isnan({name}) then null else {name} end as {name}" for name in STATISTICS)
    keys = ", ".join(quoted(name) for name in KEYS)
    return f"select {keys}, {statistics}, missing, {more} from {table}"


def _file(stored: StoredRun, name: str) -> str:
    return f"read_parquet({literal(stored.file(name))}, file_row_number = true)"


def literal(path: Path) -> str:
    """Path as an SQL text that stands for this very file, whatever characters are in it."""
    return "'" + glob.escape(str(path)).replace("'", "''") + "'"


def _try(con: duckdb.DuckDBPyConnection, sql: str, folder: Path) -> list[tuple[str, str]]:
    """Columns and types of a query that has yet to run; a file that is not what it should be is a clear error."""
    import duckdb

    try:
        relation = con.sql(sql)
        found = zip(relation.columns, (str(kind) for kind in relation.types), strict=True)
        return [(name, kind) for name, kind in found if name != "file_row_number"]
    except duckdb.Error as error:
        raise unreadable(folder, error) from error


def unreadable(folder: Path | str, error: Exception) -> StoreError:
    """Say that files of a run are not what they should be."""
    from sim.scenario.problems import printable

    why = printable(" ".join(str(error).split()), 200)
    return StoreError(f"{folder}: its tables cannot be read ({why}); run it again")


def measures(con: duckdb.DuckDBPyConnection, source: Source) -> list[tuple[str, str, str]]:
    """(table, column, unit) of every measure of a source, in the order of its file."""
    sql = f'select "table", "column", unit from ({source.bands}) group by all order by min(line)'
    return [(str(table), str(column), str(unit)) for table, column, unit in con.sql(sql).fetchall()]


def crop_years(con: duckdb.DuckDBPyConnection, source: Source) -> list[Any]:
    """Crop years (and other names of lines) of a source, in the order of its file."""
    sql = f"select crop_year from ({source.bands}) group by crop_year order by min(line)"
    return [row[0] for row in con.sql(sql).fetchall()]


def all_factors(sources: list[Source]) -> dict[str, bool]:
    """Factors of all sweeps, and whether each is a number."""
    found: dict[str, bool] = {}
    for source in sources:
        for name, numeric in source.factors.items():
            if found.setdefault(name, numeric) != numeric:
                raise StoreError(f"factor `{name}` is a number in one sweep and a name in another; query them apart")
    return found
