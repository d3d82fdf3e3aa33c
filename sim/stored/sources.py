"""Stored results as tables a query can read: one line per value, with its crop year, measure and unit.

Text of a user's never becomes SQL: names come from the files, are quoted, and values are parameters.
"""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.measures.bands import QUANTILES, quantile_name
from sim.store import StoredRun, StoreError
from sim.stored.conditions import quoted

if TYPE_CHECKING:
    import duckdb

STATISTICS = ("mean", *(quantile_name(quantile) for quantile in QUANTILES))
KEYS = ("crop_year", "table", "column", "unit")
PLACES = ("run", "point", *KEYS, "draw", "value", "missing", *STATISTICS)
"""Columns of a result that a factor may not be called; such a factor is called ``factor_<name>``."""
PART = re.compile(r"measures/part-\d+\.parquet")
MEAN = "mean"
"""Crop year of lines that hold the mean over the crop years."""


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
    if kind == "run":
        source = Source(stored, "run", _bands(_file(stored, "summary.parquet"), '"row"'), {}, "")
    elif kind == "comparison":
        effects = _bands(_file(stored, "comparison.parquet"), '"row"')
        markets = _bands(_file(stored, "markets.parquet"), f"'{MEAN}'", """("row" || ' ' || "column")""")
        lines = f"select * from ({effects}) union all select * replace (line + 1000000000 as line) from ({markets})"
        source = Source(stored, "comparison", lines, {}, "")
    else:
        tables = ", ".join(sorted(name for name in stored.manifest["files"] if name.endswith(".parquet")))
        raise StoreError(
            f"{stored.path}: results of kind '{kind}' hold no measures by crop year to query; "
            f"read its tables ({tables}) as docs/results.md shows"
        )
    _try(con, source.bands, stored.path)
    return source


def _sweep(con: duckdb.DuckDBPyConnection, stored: StoredRun) -> Source:
    path = _file(stored, "design.parquet")
    columns = {name: kind for name, kind in _try(con, f"select * from {path}", stored.path) if name != "point"}
    names = {name: f"factor_{name}" if name in PLACES else name for name in columns}
    chosen = ", ".join(f"{quoted(name)} as {quoted(shown)}" for name, shown in names.items())
    design = f"select point, {chosen} from {path}" if chosen else f"select point from {path}"
    lines = _bands(_file(stored, "bands.parquet"), "crop_year", more="point, ")
    bands = f"select d.*, b.* exclude (point) from ({lines}) b join ({design}) d on d.point = b.point"
    _try(con, bands, stored.path)
    return Source(stored, "sweep", bands, {names[name]: kind != "VARCHAR" for name, kind in columns.items()}, design)


def _bands(path: str, crop_year: str, column: str = '"column"', more: str = "") -> str:
    """Lines of a file of bands; a value that does not exist is null, whether the file says null or NaN."""
    statistics = ", ".join(f"case when isnan({name}) then null else {name} end as {name}" for name in STATISTICS)
    keys = f'{crop_year} as crop_year, "table", {column} as "column", unit'
    return f"select {more}{keys}, {statistics}, missing, file_row_number as line from {path}"


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
    return StoreError(f"{folder}: its tables cannot be read ({' '.join(str(error).split())[:200]}); run it again")


def measures(con: duckdb.DuckDBPyConnection, source: Source) -> list[tuple[str, str, str]]:
    """(table, column, unit) of every measure of a source, in the order of its file."""
    sql = f'select "table", "column", unit from ({source.bands}) group by all order by min(line)'
    return [tuple(map(str, row)) for row in con.sql(sql).fetchall()]


def crop_years(con: duckdb.DuckDBPyConnection, source: Source) -> list[Any]:
    """Crop years (and other names of lines) of a source, in the order of its file."""
    sql = f"select crop_year from ({source.bands}) group by crop_year order by min(line)"
    return [row[0] for row in con.sql(sql).fetchall()]
