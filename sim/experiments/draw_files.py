"""Files that hold every sale of every draw, when a run is asked to save them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.ledger import Ledger


def write_draws(ledger: Ledger, path: Path) -> None:
    """Sales of every draw, one row group a draw, so that the file is the same however the draws were chunked."""
    writer = None
    try:
        for draw in range(ledger.draws):
            table = pa.Table.from_pandas(ledger.to_pandas(draw), preserve_index=False)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema), row_group_size=max(1, len(table)))
    finally:
        if writer is not None:
            writer.close()


def join_draw_files(parts: list[Path], path: Path) -> None:
    """Put the chunks' sales into one file, row group by row group."""
    with pq.ParquetWriter(path, pq.read_schema(parts[0]), compression="zstd") as writer:
        for part in parts:
            source = pq.ParquetFile(part)
            for group in range(source.num_row_groups):
                writer.write_table(source.read_row_group(group))
