"""Small array helpers shared by the agents. The last axis of every array is the draw."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
LOOP_FROM_DRAWS = 64  # from here adding row by row beats the running sum, with the same bits


def total(values: Array) -> Array:
    """Sum over the first axis, one row after the other.

    NumPy's own sum changes its order of addition with the shape, so one draw alone would differ in the last bit from
    the same draw in an ensemble; a running sum does not.
    """
    if len(values) == 0:
        return np.zeros(values.shape[1:])
    if values.shape[-1] < LOOP_FROM_DRAWS:
        return np.add.accumulate(values, axis=0)[-1]
    out = values[0] + 0.0  # a copy, as float
    for row in values[1:]:
        out += row
    return out


def ratio(numerator: Array, denominator: Array, empty: float | Array = 0.0) -> Array:
    """``numerator / denominator``, and ``empty`` where the denominator is not positive."""
    filled = denominator > 0
    return np.where(filled, numerator / np.where(filled, denominator, 1.0), empty)


def part_gone(share_a_month: float, months: float) -> float:
    """Part of a way that is gone in ``months`` months by who goes the share ``share_a_month`` of what is left in each.

    The weight of a period in a running average that forgets the same in weekly runs as in monthly ones.
    """
    return 1.0 - (1.0 - share_a_month) ** months
