"""Flow diagrams: columns of bars whose heights are tonnes, and ribbons between them with the same heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path

STEPS = 24


@dataclass(frozen=True)
class Stream:
    """One flow through all columns: its bar in each (by name), its size, and what it is told apart by."""

    bars: tuple[str, ...]
    kt: float
    mark: int
    hatched: bool


@dataclass(frozen=True)
class Ribbon:
    """Part of the diagram between two neighbouring columns: lower edges at both ends, and its height (kt)."""

    column: int
    left: str
    right: str
    bottom_left: float
    bottom_right: float
    kt: float
    mark: int
    hatched: bool


@dataclass(frozen=True)
class Bar:
    """A bar of a column: lower edge and height (kt)."""

    column: int
    name: str
    bottom: float
    kt: float


def stack(streams: Sequence[Stream], orders: Sequence[Sequence[str]], gap: float) -> tuple[list[Bar], list[Ribbon]]:
    """Lay out a diagram: bars from the top in the order given, ribbons at each bar in the order of their other ends.

    Parameters
    ----------
    orders : sequence of sequences of str
        Names of each column's bars, from the top.
    gap : float
        Free height (kt) between the bars of the column with the most; other columns spread over the same height.
    """
    total, most = sum(each.kt for each in streams), max(len(order) for order in orders)
    height = total + gap * (most - 1)
    bars: list[Bar] = []
    for column, order in enumerate(orders):
        top, free = height, (height - total) / max(len(order) - 1, 1)
        if len(order) == 1:
            top -= (height - total) / 2
        for name in order:
            kt = sum(each.kt for each in streams if each.bars[column] == name)
            bars.append(Bar(column, name, top - kt, kt))
            top -= kt + free
    at = {(bar.column, bar.name): bar.bottom + bar.kt for bar in bars}
    ribbons = []
    for column in range(len(orders) - 1):
        leaving, arriving = ({name: at[side, name] for name in orders[side]} for side in (column, column + 1))
        merged: dict[tuple[str, str, int, bool], float] = {}
        for each in streams:
            key = (each.bars[column], each.bars[column + 1], each.mark, each.hatched)
            merged[key] = merged.get(key, 0.0) + each.kt
        ranks = [{name: rank for rank, name in enumerate(orders[side])} for side in (column, column + 1)]
        tops: dict[tuple[str, str, int, bool], list[float]] = {}
        for side, places in ((0, leaving), (1, arriving)):
            ends = {key: key[:2] if side == 0 else (key[1], key[0]) for key in merged}
            for key in sorted(
                merged, key=lambda key: (ranks[side][ends[key][0]], ranks[1 - side][ends[key][1]], key[2:])
            ):
                here = ends[key][0]
                places[here] -= merged[key]
                tops.setdefault(key, []).append(places[here])
        for key, kt in merged.items():
            left, right = tops[key]
            ribbons.append(Ribbon(column, key[0], key[1], left, right, kt, key[2], key[3]))
    return bars, ribbons


def outline(ribbon: Ribbon, left: float, right: float) -> Path:
    """Outline of a ribbon from one x to another: level at both ends."""
    t = np.linspace(0, 1, STEPS)
    x, rise = left + (right - left) * t, t * t * (3 - 2 * t)
    low = ribbon.bottom_left + (ribbon.bottom_right - ribbon.bottom_left) * rise
    points = np.concatenate([np.stack([x, low], axis=1), np.stack([x, low + ribbon.kt], axis=1)[::-1]])
    return Path(points, closed=False)
