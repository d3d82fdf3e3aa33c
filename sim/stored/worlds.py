"""The worlds of a finished sweep, read from its folder a measure at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.store import StoredRun, StoreError
from sim.stored.layout import DESIGN, PART, WORLD_KEYS, unit_of
from sim.stored.sources import unreadable

READ_BYTES = 64_000_000  # of measures read together


class SweepWorlds:
    """Design and worlds of a finished sweep.

    Attributes
    ----------
    plan : dict
        The sweep as it was written.
    design : DataFrame
        One row per point, one column per factor.
    draws : int
        Replications of every point.
    crop_years : list of str
        And ``all`` where there are measures of the whole run.
    units : dict of str to str
        Unit of each kept measure, by its name ``table:column``.

    Raises
    ------
    StoreError
        The folder is no finished sweep, or its files are not those the sweep wrote.
    """

    def __init__(self, stored: StoredRun) -> None:
        if stored.manifest.get("kind") != "sweep":
            kind = str(stored.manifest.get("kind", "run"))[:40]
            raise StoreError(f"{stored.path}: results of kind '{kind}'; this needs those of a sweep")
        self.path = stored.path
        self.manifest = stored.manifest
        self.plan: dict[str, Any] = _plan(stored)
        try:
            self._read(stored)
        except (KeyError, ValueError) as error:  # columns that are missing or of another kind
            raise unreadable(stored.path, error) from error

    def _read(self, stored: StoredRun) -> None:
        self.design = stored.frame(DESIGN).drop(columns="point")
        names = sorted(name for name in stored.manifest["files"] if PART.fullmatch(name))
        self._parts = [stored.file(name) for name in names]
        if not self._parts:
            raise StoreError(f"{stored.path}: no measures in this sweep; run it again")
        schema = pq.read_schema(self._parts[0])
        self.units = {field.name: unit_of(field) for field in schema if field.name not in WORLD_KEYS}
        if not all(":" in name for name in self.units):
            raise ValueError("a measure is not called `table:column`")
        self._find_rows()

    def _find_rows(self) -> None:
        """Find the crop years and draws that the parts hold, and the place of every line in an array of worlds."""
        rows: dict[str, int] = {}
        points, draws, places = [], [], []
        for part in self._parts:
            table = pq.read_table(part, columns=list(WORLD_KEYS))
            years = pc.dictionary_encode(table["crop_year"].cast(pa.string()).combine_chunks())
            code = np.array([rows.setdefault(name, len(rows)) for name in years.dictionary.to_pylist()], dtype=int)
            points.append(table["point"].to_numpy().astype(np.int64))
            draws.append(table["draw"].to_numpy().astype(np.int64))
            places.append(code[years.indices.to_numpy()])
        self.crop_years = list(rows)
        point, draw, place = (np.concatenate(each) for each in (points, draws, places))
        self.draws = int(draw.max(initial=-1)) + 1
        self._shape = (len(self.design), len(rows), self.draws)
        whole = len(point) > 0 and point.min() >= 0 and draw.min() >= 0 and point.max() < len(self.design)
        if whole:
            self._at = np.ravel_multi_index((point, place, draw), self._shape)
            worlds = np.zeros((len(self.design), self.draws), dtype=bool)
            worlds[point, draw] = True
            whole = bool(worlds.all()) and len(np.unique(self._at)) == len(self._at)
        if not whole:
            raise StoreError(f"{self.path}: its worlds are not complete; run the sweep again")

    def worlds(self, measures: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        """Yield each measure with its values, shape (points, crop years, draws); NaN where a world has none."""
        together = max(1, READ_BYTES // (8 * int(np.prod(self._shape))))
        for start in range(0, len(measures), together):
            names = list(measures[start : start + together])
            tables = [pq.read_table(part, columns=names) for part in self._parts]
            for name in names:
                values = np.full(self._shape, np.nan)
                values.reshape(-1)[self._at] = np.concatenate([table[name].to_numpy() for table in tables])
                yield name, values


def _plan(stored: StoredRun) -> dict[str, Any]:
    plan, factors = stored.manifest.get("sweep"), stored.manifest.get("factors") or []
    sound = (
        isinstance(plan, dict)
        and isinstance(plan.get("title"), str)
        and isinstance(plan.get("design"), dict)
        and isinstance(plan["design"].get("method", ""), str)
        and isinstance(plan.get("factors"), dict)
        and all(isinstance(each, dict) for each in plan["factors"].values())
        and all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in factors)
        and (stored.manifest.get("seed") or 0) >= 0
    )
    if not sound or not isinstance(plan, dict):
        raise StoreError(f"{stored.path / 'run.json'}: damaged (it holds no sweep); run the sweep again")
    return plan
