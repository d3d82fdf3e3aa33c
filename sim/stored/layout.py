"""Names in stored results that who writes them and who reads them share: files of a sweep, and columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sim.measures.bands import QUANTILES, quantile_name

if TYPE_CHECKING:
    import pyarrow as pa

DESIGN, BANDS, MEASURES = "design", "bands", "measures"
"""A sweep's tables: its points, mean and quantiles over draws, and single draws, the last in parts."""
PART = re.compile(rf"{MEASURES}/part-\d+\.parquet")
WORLD_KEYS = ("point", "draw", "crop_year")
"""Columns that say what a line of single draws is of."""
KEYS = ("crop_year", "table", "column", "unit")
"""Columns that say what a line of statistics is of; in a sweep ``point`` comes first."""
STATISTICS = ("mean", *(quantile_name(quantile) for quantile in QUANTILES))
CROP_YEAR = r"\d{4}/\d{2}"


def part_name(part: int) -> str:
    """Name of the file with a part of a sweep's single draws."""
    return f"{MEASURES}/part-{part:05d}.parquet"


def measure_field(name: str, unit: str) -> pa.Field:
    """Column of a measure ``table:column``, with its unit in the metadata."""
    import pyarrow as pa

    return pa.field(name, pa.float64(), metadata={"unit": unit})


def unit_of(field: pa.Field) -> str:
    """Unit of the column of a measure."""
    unit_of: str = (field.metadata or {}).get(b"unit", b"").decode()
    return unit_of
