"""A run in short: what ran, with what, and what can be asked of it."""

from __future__ import annotations

from typing import Any

from sim.store import StoredRun
from sim.stored.conditions import quoted
from sim.stored.query import connection
from sim.stored.sources import Source, factor_column, measures, open_source

QUERIED = ("run", "comparison", "sweep")


def describe(stored: StoredRun) -> dict[str, Any]:
    """Make what ``results show --json`` prints.

    Raises
    ------
    StoreError
        When a file that holds its measures is missing or damaged.
    """
    manifest = stored.manifest
    scenario = manifest.get("scenario") if isinstance(manifest.get("scenario"), dict) else {}
    kind = manifest.get("kind", "run")
    found: dict[str, Any] = {
        "run_id": stored.path.resolve().name,
        "folder": str(stored.path),
        "kind": kind,
        "title": (scenario or {}).get("title") or manifest.get("title"),
        **{key: manifest.get(key) for key in ("stem", "draws", "seed", "scenario_hash", "scenario_file")},
        **{key: manifest.get(key) for key in ("started", "wall_seconds", "command", "versions")},
        "warnings": len(manifest.get("warnings") or []),
    }
    tables: list[dict[str, Any]] = []
    if kind in QUERIED:
        with connection() as con:
            source = open_source(con, stored)
            if source.design:
                stated = [each for each in manifest.get("factors") or [] if isinstance(each, dict)]
                units = {factor_column(str(each.get("name"))): str(each.get("unit") or "") for each in stated}
                found["points"], found["factors"] = _factors(con, source, units)
            tables = _tables(measures(con, source))
    files = {name: {"bytes": entry.get("bytes", 0)} for name, entry in manifest["files"].items()}
    return {**found, "files": files, "measures": tables}


def _factors(con: Any, source: Source, units: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Number of points of a sweep, and each factor's range with its unit, or its names."""
    count = con.sql(f"select count(*) from ({source.design})").fetchall()[0][0]
    found = {}
    for name, numeric in source.factors.items():
        column = quoted(name)
        if numeric:
            sql = f"select min({column}), max({column}), count(distinct {column}) from ({source.design})"
            low, high, values = con.sql(sql).fetchall()[0]
            unit = units.get(name, "")
            found[name] = f"{low:g} to {high:g}{f' {unit}' if unit else ''} ({values} values)"
        else:
            names = con.sql(f"select distinct {column} from ({source.design}) order by 1").fetchall()
            found[name] = " | ".join(str(each[0]) for each in names)
    return count, found


def _tables(found: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for table, _, unit in found:
        entry = tables.setdefault(table, {"table": table, "columns": 0, "units": []})
        entry["columns"] += 1
        if unit not in entry["units"]:
            entry["units"].append(unit)
    return list(tables.values())
