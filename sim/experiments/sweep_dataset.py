"""The Parquet dataset of a finished sweep, put together from its chunks: the same bytes whatever the chunks were.

- ``design.parquet``: one row per point.
- ``measures/part-00000.parquet`` and on: one row per world and crop year, in order; parts hold the same number of
  worlds whatever the chunks held.
- ``bands.parquet``: mean and quantiles over the replications of each point.

Nothing is ever in memory but a part, or the columns of one point's worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.experiments.sweep_files import ChunkReader
from sim.experiments.worlds import Group
from sim.measures.arrays import mean
from sim.measures.bands import bands
from sim.measures.names import MEAN, WHOLE_RUN
from sim.stored.layout import BANDS, DESIGN, KEYS, MEASURES, STATISTICS, WORLD_KEYS, measure_field, part_name, unit_of

PART_WORLDS = 2000  # worlds of a part
BLOCK_NUMBERS = 2_000_000  # numbers held at a time while bands are computed

TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Layout:
    """What all parts have in common: worlds, and the measures of all groups."""

    points: int
    replications: int
    names: tuple[str, ...]
    units: tuple[str, ...]

    @property
    def worlds(self) -> int:
        """Worlds of the sweep."""
        return self.points * self.replications

    @property
    def parts(self) -> int:
        """Files of the dataset."""
        return -(-self.worlds // PART_WORLDS)

    def schema(self) -> pa.Schema:
        """Columns of a part."""
        keys = [pa.field(name, kind) for name, kind in zip(WORLD_KEYS, (pa.int32(), pa.int32(), TEXT), strict=True)]
        return pa.schema([*keys, *(measure_field(*pair) for pair in zip(self.names, self.units, strict=True))])


def layout_of(points: int, replications: int, readers: Sequence[ChunkReader]) -> Layout:
    """Layout with the measures that any group has, in the order in which groups bring them."""
    units: dict[str, str] = {}
    for reader in readers:
        for field in reader.schema():
            if field.name not in ("world", "crop_year"):
                units.setdefault(field.name, unit_of(field))
    return Layout(points, replications, tuple(units), tuple(units.values()))


def write_parts(folder: Path, layout: Layout, groups: Sequence[Group], readers: Sequence[ChunkReader]) -> None:
    """Write the measures of all worlds in order into a run's folder."""
    (folder / MEASURES).mkdir()
    for part in range(layout.parts):
        first, end = part * PART_WORLDS, min((part + 1) * PART_WORLDS, layout.worlds)
        pieces = [
            _in_layout(table, layout)
            for group, reader in zip(groups, readers, strict=True)
            for table in reader.read(*_within(group, layout.replications, first, end))
        ]
        table = pa.concat_tables(pieces)
        if len(pieces) > 1:  # rows of a world stay in order: the sort is stable
            table = table.take(pc.array_sort_indices(table["world"].combine_chunks()))
        worlds = table["world"].to_numpy()
        keys = [
            pa.array((worlds // layout.replications).astype(np.int32)),
            pa.array((worlds % layout.replications).astype(np.int32)),
            pa.array(table["crop_year"].to_pylist()).dictionary_encode(),
        ]
        columns = [table[name].combine_chunks() for name in layout.names]
        whole = pa.table([*keys, *columns], schema=layout.schema())
        pq.write_table(whole, folder / part_name(part), compression="zstd")


def _within(group: Group, replications: int, first: int, end: int) -> tuple[int, int]:
    """Worlds within a group, first and end, of the worlds ``first`` to ``end`` of the sweep."""

    def position(world: int) -> int:
        at = int(np.searchsorted(group.points, world // replications))
        inside = at < len(group.points) and group.points[at] == world // replications
        return at * replications + (world % replications if inside else 0)

    return position(first), position(end)


def _in_layout(table: pa.Table, layout: Layout) -> pa.Table:
    """The table with every column of the layout, NaN where its group has no such measure."""
    nothing = pa.array(np.full(len(table), np.nan))
    columns = {"world": table["world"], "crop_year": table["crop_year"].cast(pa.string())}
    for name in layout.names:
        columns[name] = table[name] if name in table.column_names else nothing
    return pa.table(columns)


def write_bands(folder: Path, layout: Layout, groups: Sequence[Group], readers: Sequence[ChunkReader]) -> None:
    """Write mean and quantiles over the replications of every point, crop year and measure, from the parts there."""
    rows = [reader.rows() for reader in readers]
    labels = list(dict.fromkeys(rows))
    kind = np.zeros(layout.points, dtype=int)
    for group, own in zip(groups, rows, strict=True):
        kind[group.points] = labels.index(own)
    with pq.ParquetWriter(folder / f"{BANDS}.parquet", _band_schema(), compression="zstd") as writer:
        for first, end in _blocks(kind, max(map(len, labels)) * len(layout.names) * layout.replications):
            writer.write_table(_bands_of(folder, layout, first, end, labels[kind[first]]))


def _band_schema() -> pa.Schema:
    texts = [pa.field(name, TEXT) for name in KEYS]
    numbers = [pa.field(name, pa.float64()) for name in STATISTICS]
    return pa.schema([pa.field("point", pa.int32()), *texts, *numbers, pa.field("missing", pa.int32())])


def _blocks(kind: np.ndarray, numbers_of_point: int) -> Iterator[tuple[int, int]]:
    """First point and end of what is held at a time: points of one kind, with BLOCK_NUMBERS numbers or one point."""
    most = max(BLOCK_NUMBERS // max(numbers_of_point, 1), 1)
    edges = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
    for start, stop in pairwise(edges):
        for first in range(start, stop, most):
            yield first, min(first + most, stop)


def _bands_of(folder: Path, layout: Layout, first: int, end: int, rows: tuple[str, ...]) -> pa.Table:
    """Bands of the points from ``first`` to ``end``, whose worlds all have the same rows."""
    points, columns = end - first, max(1, BLOCK_NUMBERS // ((end - first) * layout.replications * len(rows)))
    found: list[dict[str, np.ndarray]] = []
    for start in range(0, len(layout.names), columns):
        names = layout.names[start : start + columns]
        shape = (points, layout.replications, len(rows), len(names))
        values = read_worlds(folder, layout, first * layout.replications, end * layout.replications, names).reshape(
            shape
        )
        years = values[:, :, [row != WHOLE_RUN for row in rows]]
        over_years = mean(np.moveaxis(years, 2, 0))[:, :, None] if years.shape[2] else values[:, :, :0]
        every = np.concatenate([values, over_years], axis=2)
        found.append(bands(np.ascontiguousarray(np.moveaxis(every, 1, -1))))  # (point, row, measure)
    stats = {name: np.concatenate([each[name] for each in found], axis=2) for name in found[0]}
    labels = [*rows, MEAN][: stats["mean"].shape[1]]
    tables, columns_ = zip(*(name.split(":", 1) for name in layout.names), strict=True)
    lines = points * len(labels)
    text = {
        "crop_year": _repeated(labels, np.tile(np.repeat(np.arange(len(labels)), len(layout.names)), points)),
        "table": _repeated(tables, np.tile(np.arange(len(layout.names)), lines)),
        "column": _repeated(columns_, np.tile(np.arange(len(layout.names)), lines)),
        "unit": _repeated(layout.units, np.tile(np.arange(len(layout.names)), lines)),
    }
    number = np.repeat(np.arange(first, end, dtype=np.int32), len(labels) * len(layout.names))
    frame = {"point": pa.array(number), **text}
    frame |= {name: pa.array(values.reshape(-1)) for name, values in stats.items() if name != "missing"}
    frame["missing"] = pa.array(stats["missing"].reshape(-1).astype(np.int32))
    table = pa.table(frame, schema=_band_schema())
    return table.filter(pc.less(table["missing"], layout.replications))  # a measure that a row never has


def _repeated(labels: Sequence[str], numbers: np.ndarray) -> pa.DictionaryArray:
    """Labels by number; equal ones share a place."""
    unique = list(dict.fromkeys(labels))
    place = np.array([unique.index(label) for label in labels], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place[numbers]), pa.array(unique))


def read_worlds(folder: Path, layout: Layout, first: int, end: int, names: Sequence[str]) -> np.ndarray:
    """Values of some measures in the worlds ``first`` to ``end``, shape (row, measure)."""
    blocks = []
    for part in range(first // PART_WORLDS, -(-end // PART_WORLDS)):
        table = pq.read_table(folder / part_name(part), columns=["point", "draw", *names])
        world = table["point"].to_numpy() * np.int64(layout.replications) + table["draw"].to_numpy()
        wanted = slice(*np.searchsorted(world, [first, end]))
        blocks.append(np.stack([table[name].to_numpy()[wanted] for name in names], axis=1))
    return np.concatenate(blocks)


def write_design(folder: Path, design: pd.DataFrame) -> None:
    """Write the design: the number of each point and its value of every factor."""
    columns = {"point": pa.array(np.arange(len(design), dtype=np.int32))}
    columns |= {name: pa.array(design[name].tolist()) for name in design}
    pq.write_table(pa.table(columns), folder / f"{DESIGN}.parquet", compression="zstd")
