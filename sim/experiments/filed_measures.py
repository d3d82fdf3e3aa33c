"""Measures of many draws, which stay in files: memory holds the lines that are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.experiments.draw_lines import DrawLines
from sim.measures import QUANTILES, Measures, bands
from sim.measures.measures import KEY


class FiledMeasures(Measures):
    """Measures like any, whose ``values`` are read from files each time.

    Parameters
    ----------
    keys : tuple of (table, row, column, unit)
    filed : DrawLines
        A line per key.
    draw_numbers : tuple of int
    """

    _filed: DrawLines

    def __init__(
        self, keys: tuple[tuple[str, str, str, str], ...], filed: DrawLines, draw_numbers: tuple[int, ...]
    ) -> None:
        for name, value in (("keys", keys), ("_filed", filed), ("draw_numbers", draw_numbers)):
            object.__setattr__(self, name, value)

    @property
    def values(self) -> np.ndarray:
        """All values (key, draw)."""
        values: np.ndarray = self._filed.read(0, len(self.keys))
        return values

    def lines(self, positions: Sequence[int]) -> np.ndarray:
        """Values (line, draw) of the keys at some positions."""
        lines: np.ndarray = self._filed.pick(positions)
        return lines

    def bands(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """One line per key, as of ``Measures``, read a block of keys at a time."""
        blocks = [pd.DataFrame(bands(block, quantiles)) for block in self._filed.blocks()]
        return pd.concat([pd.DataFrame(list(self.keys), columns=KEY), pd.concat(blocks, ignore_index=True)], axis=1)
