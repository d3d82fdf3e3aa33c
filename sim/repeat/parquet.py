"""Two Parquet files, value by value: columns, types, units, and every bit of every number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Difference:
    """Where two files differ first.

    Attributes
    ----------
    what : str
        ``value``, or what about the file differs: ``columns``, ``type``, ``rows``, ``unit`` ...
    column : str
    row : int or None
        Number of the line, 0 first.
    old, new : str
        What stands there; numbers with as many digits as it takes to tell them apart.
    count : int
        Values that differ, in the whole file.
    largest : float or None
        Largest relative difference of numbers.
    """

    what: str
    column: str = ""
    row: int | None = None
    old: str = ""
    new: str = ""
    count: int = 0
    largest: float | None = None


def compare_parquet(old: Path, new: Path) -> Difference | None:
    """First difference of two files, or None; the values are read column by column.

    Raises
    ------
    OSError, ValueError
        When one of them cannot be read.
    """
    before, after = pq.ParquetFile(old), pq.ParquetFile(new)
    one, other = before.schema_arrow, after.schema_arrow
    if one.names != other.names:
        return Difference("columns", "", None, ", ".join(one.names), ", ".join(other.names))
    for field, twin in zip(one, other, strict=True):
        if field.type != twin.type:
            return Difference("type", field.name, None, str(field.type), str(twin.type))
        if field.metadata != twin.metadata:
            return Difference("unit", field.name, None, str(field.metadata), str(twin.metadata))
    rows = before.metadata.num_rows, after.metadata.num_rows
    if rows[0] != rows[1]:
        return Difference("rows", "", None, str(rows[0]), str(rows[1]))
    first, count, largest = None, 0, None
    for name in one.names:
        found = _column(name, *(_whole(each.read(columns=[name])[name]) for each in (before, after)))
        if found is not None:
            first = first or found
            count += found.count
            largest = max((each for each in (largest, found.largest) if each is not None), default=None)
    return None if first is None else Difference("value", first.column, first.row, first.old, first.new, count, largest)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _column(name: str, old: pa.Array, new: pa.Array) -> Difference | None:
    empty = [each.is_null().to_numpy(zero_copy_only=False) for each in (old, new)]
    numbers = pa.types.is_floating(old.type)
    if numbers:
        values = [
            np.where(no, 0.0, each.to_numpy(zero_copy_only=False)) for no, each in zip(empty, (old, new), strict=True)
        ]
        values = [each.astype(old.type.to_pandas_dtype(), copy=False) for each in values]
        apart = _bits(values[0]) != _bits(values[1])
    else:
        apart = pc.fill_null(pc.not_equal(old, new), False).to_numpy(zero_copy_only=False)
    apart = apart | (empty[0] != empty[1])
    if not apart.any():
        return None
    row = int(np.argmax(apart))
    largest = _largest(*(each[apart] for each in values)) if numbers else None
    return Difference("value", name, row, _text(old[row]), _text(new[row]), int(apart.sum()), largest)


def _bits(values: np.ndarray) -> np.ndarray:
    """The bits of floating-point numbers, so that -0 is not 0 and one NaN is not another."""
    return np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")


def _largest(old: np.ndarray, new: np.ndarray) -> float | None:
    """Largest difference relative to the larger of the two; None where none is a number."""
    with np.errstate(all="ignore"):
        relative = np.abs(new - old) / np.maximum(np.abs(old), np.abs(new))
    relative = relative[np.isfinite(relative)]
    return float(relative.max()) if relative.size else None


def _text(value: Any) -> str:
    plain = value.as_py()
    return "no value" if plain is None else repr(plain) if isinstance(plain, float) else str(plain)
