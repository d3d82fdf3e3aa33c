"""Series of a market as lines of a chart: rounded, in the colours of the figures, on axes that two markets share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.figures.style import PALETTE

QUANTILES = ("p05", "p25", "p50", "p75", "p95")
TICKS = 5  # intervals of a value axis, about
DASHES = ("solid", [7, 3], [2, 2], [9, 3, 2, 3], [14, 4])  # lengths of line and gap, pixels


def colour(position: int) -> str:
    """Colour of the series at a position; after the palette's end it begins again, with other dashes."""
    return PALETTE[position % len(PALETTE)]


def dash(position: int) -> str | list[int]:
    """Line style that goes with ``colour``: neighbours differ in it too, for who sees or prints no colours."""
    return DASHES[(position + position // len(PALETTE)) % len(DASHES)]


def line(name: str, bands: Any, position: int, **style: Any) -> dict[str, Any]:
    """A line with its bands.

    Parameters
    ----------
    name : str
        In the legend.
    bands : Bands
        Arrays p05 ... p95, shape (periods so far,).
    position : int
        Chooses the colour and the dashes.
    """
    made = {"name": name, "colour": colour(position), "dash": dash(position), **style}
    values = {each: short(getattr(bands, each)) for each in QUANTILES}
    if values["p05"] == values["p95"]:  # one draw, or a figure that no draw changes: a band of no width
        return {**made, "p50": values["p50"]}
    return {**made, **values}


def short(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Values as they are sent: about four significant digits, None where there is none."""
    found = np.asarray(values, dtype=float)
    known = found[np.isfinite(found)]
    if not known.size:
        return [None] * len(found)
    largest = float(np.abs(known).max())
    digits = 3 - math.floor(math.log10(largest)) if largest > 0 else 0
    rounded = np.round(found, min(max(digits, 0), 6)).tolist()
    return rounded if known.size == found.size else [value if value == value else None for value in rounded]


def spread(values: Iterable[float], size: int, per_year: int) -> list[float | None]:
    """Values of crop years laid over their periods: each in every period of its year, None in what is to come."""
    laid = [value for value in short(list(values)) for _ in range(per_year)]
    return (laid + [None] * size)[:size]


def value_range(lines: Iterable[Mapping[str, Any]], before: tuple[float, float] | None = None) -> tuple[float, float]:
    """Round bounds of an axis that holds all lines, and all it held before: an axis that never shrinks.

    Starts at zero unless values are negative or all far from zero.
    """
    found = [
        value
        for each in lines
        for name in ("p05", "p95", "p50")
        for value in each.get(name, ())
        if value is not None
    ]  # fmt: skip
    if not found:
        return before or (0.0, 1.0)
    low, high = min(found), max(found)
    if before is not None:
        low, high = min(low, before[0]), max(high, before[1])
    if low > 0 and low < 0.6 * high:
        low = 0.0
    width = high - low or abs(high) or 1.0
    step = nice(width / TICKS)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def nice(step: float) -> float:
    """Next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(step))
    nice: float = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= step * (1 - 1e-9))
    return nice
