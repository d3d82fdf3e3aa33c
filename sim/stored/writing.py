"""Answers of queries on their way out: CSV, JSON or Parquet, a batch at a time, and whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO

from sim.store import StoreError
from sim.stored.query import Answer
from sim.stored.whole_file import whole_file

FORMATS = ("table", "csv", "json", "parquet")


def format_of(wanted: str | None, to: Path | None) -> str:
    """Form to write: as asked for, by the file's ending, or a table on screen.

    Raises
    ------
    StoreError
        For a form there is none of, or Parquet without a file.
    """
    form = wanted or (to.suffix[1:].lower() if to is not None else "table")
    if form not in FORMATS or (form == "table" and to is not None):
        known = ", ".join(FORMATS[1:] if to is not None else FORMATS)
        raise StoreError(f"{f'--format {wanted[:40]}' if wanted else f'--to {to}'}: choose of {known}")
    if form == "parquet" and to is None:
        raise StoreError("--format parquet needs a file: add --to FILE.parquet")
    return form


def write(answer: Answer, form: str, to: Path | None) -> int:
    """Write an answer to a file, or to the standard output; return the number of lines.

    A file is there whole or not at all, and an earlier one is replaced only by a whole one.
    """
    if to is None:
        return WRITERS[form](answer, sys.stdout.buffer)
    with whole_file(to) as file:
        return WRITERS[form](answer, file)


def _csv(answer: Answer, file: IO[bytes]) -> int:
    import pyarrow.csv as arrow_csv

    count = 0
    for batch in answer.batches():
        options = arrow_csv.WriteOptions(include_header=not count, quoting_style="needed")
        arrow_csv.write_csv(batch, file, options)
        count += batch.num_rows
    return count


def _json(answer: Answer, file: IO[bytes]) -> int:
    """Write a list of objects, one a line; a value that does not exist is null."""
    count = 0
    for batch in answer.batches():
        lines = [json.dumps(line, ensure_ascii=False, allow_nan=False) for line in batch.to_pylist()]
        file.write(("[\n" if not count else ",\n").encode() + ",\n".join(lines).encode())
        count += batch.num_rows
    file.write(b"\n]\n")
    return count


def _parquet(answer: Answer, file: IO[bytes]) -> int:
    import pyarrow.parquet as pq

    writer, count = None, 0
    try:
        for batch in answer.batches():
            writer = writer or pq.ParquetWriter(file, batch.schema, compression="zstd")
            writer.write_batch(batch)
            count += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


WRITERS = {"csv": _csv, "json": _json, "parquet": _parquet}
