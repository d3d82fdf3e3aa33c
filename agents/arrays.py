"""Small array helpers shared by the agents. The last axis of every array is the draw."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def total(values: Array) -> Array:
    """Sum over the first axis, one row after the other.

    NumPy's own sum changes its order of addition with the shape, so one draw alone would differ in the last bit from
    the same draw in an ensemble; a running sum does not.
    """
    if len(values) == 0:
        return np.zeros(values.shape[1:])
    return np.add.accumulate(values, axis=0)[-1]


def ratio(numerator: Array, denominator: Array, empty: float | Array = 0.0) -> Array:
    """``numerator / denominator``, and ``empty`` where the denominator is not positive."""
    filled = denominator > 0
    return np.where(filled, numerator / np.where(filled, denominator, 1.0), empty)
