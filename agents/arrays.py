"""Small array helpers shared by the agents. The last axis of every array is the draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Amount: TypeAlias = float | Array  # the same in all draws, or one for each draw
Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.int64]  # rows, orders, codes
BY_ROWS_FROM_DRAWS = 64  # from here going row by row beats NumPy's running sum, with the same bits


def stacked(rows: Iterable[Array]) -> Array:
    """Rows (draw,) one under the other, (row, draw)."""
    return np.array(list(rows))


def total(values: Array) -> Array:
    """Sum over the first axis, one row after the other.

    NumPy adds whole rows in order as long as the draw is the innermost axis; with a single draw it would add in pairs
    instead, and that draw would differ in the last bit from the same draw in an ensemble.
    """
    if len(values) == 0:
        return np.zeros(values.shape[1:])
    if values.shape[-1] == 1:
        single: Array = np.add.accumulate(values, axis=0)[-1]
        return single
    whole: Array = np.add.reduce(np.ascontiguousarray(values), axis=0)
    return whole


def running(combine: np.ufunc, values: Array) -> Array:
    """Combine the first 1, 2, ... rows (sums with ``np.add``), same shape and bits as ``combine.accumulate``."""
    if values.shape[-1] < BY_ROWS_FROM_DRAWS:
        reached: Array = combine.accumulate(values, axis=0)
        return reached
    out = np.array(values)
    for before, row in zip(out, out[1:], strict=False):
        combine(before, row, out=row)
    return out


def ascending(values: Array) -> Places:
    """Places of the values in ascending order, for every draw: ``values.take(ascending(values))`` is sorted by columns.

    Equal values keep the order of their rows, as in NumPy's stable sort, several times faster: often one order serves
    all draws, and else each value is sorted as one whole number with its row written into its last bits. Values that
    differ in those bits alone are sorted again the slow way.

    Parameters
    ----------
    values : array (row, draw)

    Returns
    -------
    array of int (row, draw)
        Places in the flattened array.
    """
    rows, draws = values.shape
    column = np.arange(draws)
    order: Places = np.argsort(values[:, 0], kind="stable")
    ordered = values[order]
    low, high = ordered[:-1], ordered[1:]
    if ((low < high) | ((low == high) & (order[:-1] < order[1:])[:, None])).all():
        shared: Places = order[:, None] * draws + column
        return shared
    tail = np.int64((1 << (rows - 1).bit_length()) - 1)
    bits = np.ascontiguousarray((values + 0.0).T).view(np.int64)  # a negative zero becomes zero
    if bits.min() < 0:
        bits ^= (bits >> 63) & np.int64(2**63 - 1)  # the whole numbers now rise with the values, below zero too
    bits &= ~tail
    bits |= np.arange(rows)
    bits.sort(axis=1)
    bits &= tail
    places: Places = np.ascontiguousarray(bits.T) * draws + column
    ordered = values.take(places)
    if (ordered[1:] < ordered[:-1]).any():
        places = np.argsort(values, axis=0, kind="stable") * draws + column
    return places


def ratio(numerator: Array, denominator: Array, empty: float | Array = 0.0) -> Array:
    """``numerator / denominator``, and ``empty`` where the denominator is not positive."""
    filled = denominator > 0
    if filled.all():
        return numerator / denominator
    return np.where(filled, numerator / np.where(filled, denominator, 1.0), empty)


def part_gone(share_a_month: float, months: float) -> float:
    """Part of a way that is gone in ``months`` months by who goes the share ``share_a_month`` of what is left in each.

    The weight of a period in a running average that forgets the same in weekly runs as in monthly ones.
    """
    left: float = (1.0 - share_a_month) ** months
    return 1.0 - left
