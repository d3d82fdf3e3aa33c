"""Sums, means and quotients over every axis but the draw.

A draw alone must give the same bits as the same draw inside any ensemble. ``numpy.sum`` and ``numpy.mean`` add in an
order that depends on the shape of the whole array (pairwise along contiguous axes), so they are not used on the way to
a measure: everything here adds one element after the other.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import sparse


def total(values: np.ndarray) -> np.ndarray:
    """Add up the first axis, one element after the other.

    Parameters
    ----------
    values : ndarray, shape (n, ..., draw)

    Returns
    -------
    ndarray, shape (..., draw)
        Zeros when ``n`` is 0.
    """
    values = np.asarray(values, dtype=float)
    if len(values) == 0:
        return np.zeros(values.shape[1:])
    if values[0].size < 8:  # few draws: numpy's running sum is the faster of two equal orders of addition
        total: np.ndarray = np.add.accumulate(values, axis=0)[-1]
        return total
    result = values[0].copy()
    for element in values[1:]:
        result += element
    total = result
    return total


def divide(numerator: np.ndarray, denominator: np.ndarray | float, empty: float = np.nan) -> np.ndarray:
    """Quotient, with ``empty`` where the denominator is zero; NaN operands stay NaN."""
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    result = np.full(numerator.shape, empty)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def mean(values: np.ndarray) -> np.ndarray:
    """Mean of the first axis, NaN left out; NaN where nothing is left."""
    present = ~np.isnan(values)
    return divide(total(np.where(present, values, 0.0)), total(present))


def deviation(values: np.ndarray) -> np.ndarray:
    """Sample standard deviation (n - 1) of the first axis, NaN left out; NaN with fewer than two values."""
    present = ~np.isnan(values)
    count = total(present)
    centre = np.where(np.isnan(centre := mean(values)), 0.0, centre)
    squares = total(np.square(np.where(present, values - centre, 0.0)))
    return np.sqrt(np.where(count > 1, divide(squares, count - 1), np.nan))


@lru_cache(maxsize=32)
def _adder(codes: bytes, groups: int) -> sparse.csr_array:
    """Matrix of ones that adds up the elements of each group (int64 codes), one after the other."""
    group = np.frombuffer(codes, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
    return sparse.csr_array((np.ones(len(group)), np.argsort(group, kind="stable"), starts), (groups, len(group)))


def group_total(values: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Add up the elements of the first axis that share a code.

    Parameters
    ----------
    values : ndarray, shape (n, ..., draw)
    codes : ndarray of int, shape (n,)
        Group of each element, 0 to ``groups - 1``.
    groups : int
        Number of groups.

    Returns
    -------
    ndarray, shape (groups, ..., draw)
    """
    matrix = _adder(np.asarray(codes, dtype=np.int64).tobytes(), groups)
    flat = np.ascontiguousarray(values, dtype=float).reshape(len(values), int(np.prod(values.shape[1:])))
    group_total: np.ndarray = (matrix @ flat).reshape(groups, *values.shape[1:])
    return group_total


def group_mean(values: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Mean of the elements of the first axis that share a code, NaN left out; NaN for a group without values."""
    present = ~np.isnan(values)
    return divide(
        group_total(np.where(present, values, 0.0), codes, groups), group_total(present.astype(float), codes, groups)
    )
