"""The ledger: every sale and every state of a run, in arrays allocated before the first period.

Sales are rows. The schedule of tenders and their sellers is known before the run, so each (period, tender, seat) owns
a row from the start and a sale is written by filling it: ``kt``, ``price_cad_t``, ``freight_cad_t`` and
``subsidy_cad_t`` are arrays of shape (row, draw). States are arrays of shape (period, label, draw), pool accounts of
shape (crop year, label, draw). The last axis is always the draw.

The accounting of one row: the buyer pays ``price + freight`` per tonne, the carrier gets ``freight``, a treasury pays
``subsidy`` and the seller receives ``price + subsidy``. ``price`` is f.o.b. at the seller's port; for sales to feeders
at home ``freight`` is the haul to the feeders less the haul to port that is saved, so it may be negative.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.row_index import RowIndex

if TYPE_CHECKING:
    import xarray as xr

SALE_COLUMNS = ("kt", "price_cad_t", "freight_cad_t", "subsidy_cad_t")


def untouched_zeros(shape: tuple[int, ...]) -> np.ndarray:
    """Zeros that take memory only where something is written: a ledger's rows are mostly of nobody's sales.

    NumPy's own large arrays ask the system for pages of 2 MiB, each of which one small sale would fill with zeros.
    """
    size = 8 * int(np.prod(shape))
    if size < mmap.PAGESIZE or not hasattr(mmap, "MAP_ANONYMOUS"):
        return np.zeros(shape)
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory).reshape(shape)


def _fill(zeros: np.ndarray, values: np.ndarray) -> None:
    """Copy ``values`` (line, draw) over zeros; long lines that are zero too stay untouched."""
    if 8 * zeros.shape[-1] < mmap.PAGESIZE // 4 or np.shape(values) != zeros.shape:
        zeros[...] = values
        return
    for line in np.flatnonzero(values.any(axis=1)):
        zeros[line] = values[line]


@dataclass
class StateSeries:
    """One recorded state: values (period or crop year, label, draw), with labels, unit and time axis."""

    values: np.ndarray
    labels: tuple[str, ...]
    unit: str
    time: str  # "period" or "crop_year"


@dataclass
class Ledger:
    """Sales and states of one run of ``draws`` draws.

    Attributes
    ----------
    rows : pandas.DataFrame
        One line per sale row: period (int), crop_year (str, 1980/81), year (int, 0 = first), month (str, 1980-08),
        tender (str), seller, role, buyer, market, grade, pool, origin, country (where the buyer is), agreement (bool).
        Sorted by period, then tender.
    sales : dict of str to ndarray
        Arrays (row, draw) under the names in ``SALE_COLUMNS``.
    states : dict of str to StateSeries
        Everything else that is recorded.
    periods : pandas.DataFrame
        One line per period: period, crop_year, year, month, weight (share of a crop year).
    first_draw : int
        Number of the ensemble's draw in column 0.
    index : RowIndex
        What ``rows`` say, as numbers; made from ``rows`` unless it comes from a ledger of the same rows.
    """

    rows: pd.DataFrame
    periods: pd.DataFrame
    draws: int
    first_draw: int = 0
    sales: dict[str, np.ndarray] = field(default_factory=dict)
    states: dict[str, StateSeries] = field(default_factory=dict)
    index: RowIndex = field(default_factory=lambda: RowIndex(pd.DataFrame()), repr=False, compare=False)

    def __post_init__(self) -> None:
        """Allocate what was not given."""
        for name in SALE_COLUMNS:
            if name not in self.sales:
                self.sales[name] = untouched_zeros((len(self.rows), self.draws))
        if self.index.rows is not self.rows:
            self.index = RowIndex(self.rows)

    @cached_property
    def times(self) -> dict[str, list[Any]]:
        """Periods, months and crop years, each in order."""
        return {name: list(dict.fromkeys(self.periods[name])) for name in ("period", "month", "crop_year")}

    @property
    def crop_years(self) -> list[str]:
        """Crop years in order."""
        return self.times["crop_year"]

    @cached_property
    def year_codes(self) -> np.ndarray:
        """Position in ``crop_years`` of each period."""
        year_codes: np.ndarray = pd.Index(self.crop_years).get_indexer(self.periods["crop_year"])
        return year_codes

    def add_state(self, name: str, labels: tuple[str, ...], unit: str, time: str = "period") -> None:
        """Allocate a state of shape (period or crop year, label, draw), filled with zeros."""
        length = len(self.periods) if time == "period" else len(self.crop_years)
        self.states[name] = StateSeries(untouched_zeros((length, len(labels), self.draws)), tuple(labels), unit, time)

    def record(self, name: str, time: int, values: Iterable[np.ndarray]) -> None:
        """Copy ``values``, an array (draw,) per label, into state ``name`` at ``time``, once."""
        lines = self.states[name].values[time]
        for line, row in zip(lines, values, strict=True):
            _fill(line[None], row[None])

    def state(self, name: str, label: str) -> np.ndarray:
        """Values (time, draw) of one label of a state."""
        series = self.states[name]
        return series.values[:, series.labels.index(label)]

    def write_sales(self, start: int, **columns: np.ndarray) -> None:
        """Copy blocks (seat, draw) into consecutive sale rows from ``start``, each of which is written once."""
        for name, block in columns.items():
            _fill(self.sales[name][start : start + len(block)], block)

    def to_pandas(self, draw: int = 0) -> pd.DataFrame:
        """Sales of one draw, rows without tonnes left out."""
        table = self.rows.assign(
            **{name: self.sales[name][:, draw] for name in SALE_COLUMNS}, draw=self.first_draw + draw
        )
        return table[table["kt"] > 0].reset_index(drop=True)

    def to_xarray(self) -> xr.Dataset:
        """States as labelled cubes with units."""
        import xarray as xr

        cubes = {}
        for name, series in self.states.items():
            axis = self.periods["month"] if series.time == "period" else self.crop_years
            cubes[name] = xr.DataArray(
                series.values,
                dims=(series.time, f"{name}_label", "draw"),
                coords={series.time: list(axis), f"{name}_label": list(series.labels)},
                attrs={"units": series.unit},
            )
        return xr.Dataset(cubes)
