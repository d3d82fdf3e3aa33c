"""What the points of a design are: whether they are laid out as an index needs them."""

from __future__ import annotations

import numpy as np


def is_saltelli(x: np.ndarray, second_order: bool) -> bool:
    """Whether points are blocks of A, A with one column of B each, (B with one of A each,) B.

    Saltelli (2002), *Computer Physics Communications* 145, in SALib's order.

    Parameters
    ----------
    x : ndarray, shape (points, k)
        Factor values.
    second_order : bool
        Whether the blocks have the points for second-order indices.
    """
    count = x.shape[1]
    size = (2 if second_order else 1) * count + 2
    if len(x) == 0 or len(x) % size:
        return False
    blocks = x.reshape(-1, size, count)
    first, last = blocks[:, :1], blocks[:, -1:]
    swapped = np.eye(count, dtype=bool)
    expected = [first, np.where(swapped, last, first)]
    if second_order:
        expected.append(np.where(swapped, first, last))
    return bool((blocks == np.concatenate([*expected, last], axis=1)).all())


def is_morris(x: np.ndarray) -> bool:
    """Whether points are trajectories in which every step moves another factor, and none twice.

    Morris (1991), *Technometrics* 33. A step may leave its factor where it is: a whole number, say, rounded back.

    Parameters
    ----------
    x : ndarray, shape (points, k)
    """
    count = x.shape[1]
    if len(x) == 0 or len(x) % (count + 1):
        return False
    moved = np.diff(x.reshape(-1, count + 1, count), axis=1) != 0
    return bool((moved.sum(axis=2) <= 1).all() and (moved.sum(axis=1) <= 1).all())
