"""The least stretched inputs that reproduce given figures: equality-constrained least squares, many cases at once.

Sequential quadratic programming. With z the inputs in prior standard deviations, z0 the point to stay near, f the model
with Jacobian J, and H the diagonal of the Lagrangian's second derivatives, a step d solves

    min  d'Hd / 2 + (z - z0)'d   subject to  f(z) + J d = target,  z + d not below the bounds,

and is shortened until the merit function |z - z0|^2 / 2 + prices of the misses x |f - target| falls. Where it stands
still, z - z0 = J' lambda: the first-order condition of the constrained problem (Nocedal and Wright, 2006, chapter 18).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.measures.arrays import total

Model = Callable[[np.ndarray], np.ndarray]
STEP = 1e-4  # of the central differences, in standard deviations
LONGEST = 1.0  # standard deviations an input may move in one iteration
STILL = 1e-7  # standard deviations; an iteration that would move less is the last
TRUSTED = 1e-4  # a step shorter than this is taken as it is, for its gain drowns in rounding
CURVATURE = (0.3, 300.0)  # bounds on H: always a descent direction, never a standstill
RIDGE = 1e-12  # keeps a case solvable in which every input that moves some figure is at its bound
ITERATIONS = 150
HALVINGS = 12


@dataclass(frozen=True)
class Solution:
    """Where the search ended.

    Attributes
    ----------
    stretch : ndarray, shape (input, ..., draw)
        Inputs in prior standard deviations from the prior.
    miss : ndarray, shape (figure, ..., draw)
        Reproduced less target.
    converged : ndarray of bool, shape (..., draw)
    """

    stretch: np.ndarray
    miss: np.ndarray
    converged: np.ndarray


def least_stretch(
    model: Model, target: np.ndarray, near: np.ndarray, lowest: Callable[[np.ndarray], np.ndarray]
) -> Solution:
    """Find the inputs nearest to ``near`` with ``model(inputs) == target``.

    Parameters
    ----------
    model : callable
        From inputs in standard deviations, shape (input, ..., draw), to figures, shape (figure, ..., draw).
    target : ndarray, shape (figure, ..., draw)
    near : ndarray, shape (input, ..., draw)
    lowest : callable
        Lower bounds at given inputs, same shape; -inf where there is none.

    Returns
    -------
    Solution
        Each case stops when it stands still, whatever the others do, so a draw is the same alone and among others.
    """
    z = _inside(near, lowest)
    moving = np.ones(z.shape[1:], dtype=bool)
    price = np.zeros(target.shape)
    multiplier = np.zeros(target.shape)

    def merit(at: np.ndarray) -> np.ndarray:
        return total((at - near) ** 2) / 2 + total(price * np.abs(model(at) - target))

    for _ in range(ITERATIONS):
        value, jacobian, curvature = _derivatives(model, z, multiplier)
        move, multiplier = _step(z, near, target - value, jacobian, curvature, lowest(z))
        longest = np.abs(move).max(axis=0)
        moving = moving & (longest > STILL)
        if not moving.any():
            break
        move = move * np.minimum(1.0, LONGEST / np.maximum(longest, STILL))
        price = np.maximum(price, 2 * np.abs(multiplier))
        size, settled, now = np.ones(z.shape[1:]), ~moving | (longest < TRUSTED), merit(z)
        for _ in range(HALVINGS):
            settled = settled | (merit(_inside(z + size * move, lowest)) < now)
            if settled.all():
                break
            size = np.where(settled, size, size / 2)
        z = np.where(moving, _inside(z + size * move, lowest), z)
    return Solution(z, model(z) - target, ~moving)


def _inside(z: np.ndarray, lowest: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Lift inputs to their bounds; twice, because a bound may follow from inputs that were lifted themselves."""
    for _ in range(2):
        z = np.maximum(z, lowest(z))
    return z


def _derivatives(model: Model, z: np.ndarray, multiplier: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value (figure, ...), Jacobian (input, figure, ...) and curvature of the Lagrangian (input, ...)."""
    here, slopes, curvature = model(z), [], []
    for position in range(len(z)):
        shift = np.zeros((len(z), *(1,) * (z.ndim - 1)))
        shift[position] = STEP
        up, down = model(z + shift), model(z - shift)
        slopes.append((up - down) / (2 * STEP))
        curvature.append(1 - total(multiplier * (up - 2 * here + down)) / STEP**2)
    return here, np.stack(slopes), np.clip(np.stack(curvature), *CURVATURE)


def _step(
    z: np.ndarray, near: np.ndarray, missing: np.ndarray, jacobian: np.ndarray, curvature: np.ndarray, bound: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Step (input, ..., draw) and multipliers (figure, ..., draw); inputs that would cross their bound stop at it."""
    held = np.zeros(z.shape, dtype=bool)
    figures = range(jacobian.shape[1])
    for _ in range(len(z)):
        give = np.where(held, 0.0, 1 / curvature)
        stop = np.where(held, bound - z, 0.0)
        matrix = [np.stack([total(jacobian[:, i] * give * jacobian[:, j]) for j in figures], -1) for i in figures]
        gap = missing + total(jacobian * (give * (z - near) - stop)[:, None])
        square = np.stack(matrix, -2)
        square = square + RIDGE * (1 + np.abs(square).max(axis=(-2, -1), keepdims=True)) * np.eye(len(figures))
        solved = np.linalg.solve(square, np.moveaxis(gap, 0, -1)[..., None])[..., 0]
        multiplier = np.moveaxis(solved, -1, 0)
        pull = total(np.moveaxis(jacobian, 1, 0) * multiplier[:, None])
        move = give * (pull - (z - near)) + stop
        crossing = ~held & (z + move < bound)
        if not crossing.any():
            break
        held = held | crossing
    return move, multiplier
