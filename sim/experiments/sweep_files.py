"""Chunks of a sweep on disk: each is a Parquet file that is there whole or not at all.

A chunk holds consecutive worlds of one group, and its name says which; what is left to simulate is read off the names.
So a sweep may be stopped at any moment, and taken up with chunks of another size.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.worlds import Outcome
from sim.store import cannot_write
from sim.stored.layout import measure_field

_NAME = re.compile(r"(\d{5})-(\d{10})-(\d{10})\.parquet")

Span = tuple[int, int]


class ChunkFolder:
    """The chunks of a sweep.

    Parameters
    ----------
    path : Path
        The folder; made when the first chunk is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, group: int, first: int, outcome: Outcome, worlds: np.ndarray) -> None:
        """Write the outcome of the worlds from ``first`` on of a group; ``worlds`` are their numbers in the sweep.

        Raises
        ------
        ResultsError
            When it cannot be written; nothing of it is left then.
        """
        path = self.file(group, (first, first + len(worlds)))
        draft = path.with_name(f".{path.name}.tmp")
        rows = len(outcome.rows)
        flat = outcome.values.reshape(-1, len(outcome.names))
        years = pa.DictionaryArray.from_arrays(
            pa.array(np.tile(np.arange(rows, dtype=np.int32), len(worlds))), pa.array(list(outcome.rows))
        )
        fields = [pa.field("world", pa.int64()), pa.field("crop_year", years.type)]
        fields += [measure_field(name, unit) for name, unit in zip(outcome.names, outcome.units, strict=True)]
        columns = [pa.array(np.repeat(worlds, rows)), years, *(pa.array(column) for column in flat.T)]
        try:
            self.path.mkdir(exist_ok=True)
            with draft.open("wb") as file:
                table = pa.table(columns, schema=pa.schema(fields))
                pq.write_table(table, file, compression="zstd", write_page_checksum=True)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError as error:
            with suppress(OSError):  # a disk that takes nothing may not let go of anything either
                draft.unlink(missing_ok=True)
            raise cannot_write(error, f"a chunk in {self.path}") from error

    def done(self) -> dict[int, list[Span]]:
        """Worlds that are there, by group, in order; what a killed process left half written is removed.

        A file that cannot be read, is not what was written (each page has a checksum) or has another number of worlds
        than its name says is removed too, and so is one that overlaps another: its worlds are simulated again.
        """
        found: dict[int, list[Span]] = {}
        for draft in self.path.glob(".*.tmp"):
            draft.unlink(missing_ok=True)
        for path in sorted(self.path.glob("*.parquet")):
            match = _NAME.fullmatch(path.name)
            if match is None:
                continue
            group, first, end = (int(part) for part in match.groups())
            spans = found.setdefault(group, [])
            if not (spans and first < spans[-1][1]) and _holds(path, end - first):
                spans.append((first, end))
            else:
                path.unlink()
        return found

    def file(self, group: int, span: Span) -> Path:
        """File of a chunk."""
        return self.path / f"{group:05d}-{span[0]:010d}-{span[1]:010d}.parquet"


def _holds(path: Path, worlds: int) -> bool:
    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, ValueError):
        return False
    return len(table) > 0 and len(np.unique(table["world"].to_numpy())) == worlds


class ChunkReader:
    """Reads worlds of a group in order; the file at hand stays open."""

    def __init__(self, folder: ChunkFolder, group: int, spans: list[Span]) -> None:
        self.folder, self.group, self.spans = folder, group, spans
        self._at: Span | None = None
        self._table: Any = None

    def schema(self) -> pa.Schema:
        """Columns of the group."""
        return pq.read_schema(self.folder.file(self.group, self.spans[0]))

    def rows(self) -> tuple[str, ...]:
        """Crop years, and what stands beside them, of each world of the group."""
        table = pq.read_table(self.folder.file(self.group, self.spans[0]), columns=["crop_year"])
        return tuple(dict.fromkeys(table["crop_year"].to_pylist()))

    def read(self, first: int, end: int) -> Iterator[pa.Table]:
        """Tables that together hold the worlds ``first`` to ``end`` (exclusive) of the group."""
        for span in self.spans:
            low, high = max(span[0], first), min(span[1], end)
            if low >= high:
                continue
            if span != self._at:
                self._table, self._at = pq.read_table(self.folder.file(self.group, span)), span
            rows = len(self._table) // (span[1] - span[0])
            yield self._table.slice((low - span[0]) * rows, (high - low) * rows)
