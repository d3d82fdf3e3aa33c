"""The least stretched inputs that reproduce given figures: equality-constrained least squares, many cases at once.

Sequential quadratic programming. With z the inputs in prior standard deviations, z0 the point to stay near, f the model
with Jacobian J, and H the diagonal of the Lagrangian's second derivatives, a step d solves

    min  d'Hd / 2 + (z - z0)'d   subject to  f(z) + J d = target,  z + d not below the bounds,

and is shortened until the merit function |z - z0|^2 / 2 + prices of the misses x |f - target| falls. Where it stands
still, z - z0 = J' lambda: the first-order condition of the constrained problem (Nocedal and Wright, 2006, chapter 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.measures.arrays import total

STEP = 1e-4  # of the central differences, in standard deviations
LONGEST = 1.0  # standard deviations an input may move in one iteration
STILL = 1e-7  # standard deviations; an iteration that would move less is the last
TRUSTED = 1e-4  # a step shorter than this is taken as it is, for its gain drowns in rounding
CURVATURE = (0.3, 300.0)  # bounds on H: always a descent direction, never a standstill
RIDGE = 1e-12  # keeps a case solvable in which every input that moves some figure is at its bound
ITERATIONS = 80
HALVINGS = 12


class Problem(Protocol):
    """What is to be reproduced, case by case: inputs are in standard deviations, shape (input, case)."""

    def figures(self, z: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """Figures (figure, case) of some cases, given by their positions."""

    def lowest(self, z: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """Lower bounds (input, case) of the inputs, which may depend on the inputs; -inf where there is none."""


@dataclass(frozen=True)
class Solution:
    """Where the search ended.

    Attributes
    ----------
    stretch : ndarray, shape (input, case)
        Inputs in prior standard deviations from the prior.
    miss : ndarray, shape (figure, case)
        Reproduced less target.
    converged : ndarray of bool, shape (case,)
    """

    stretch: np.ndarray
    miss: np.ndarray
    converged: np.ndarray


def least_stretch(problem: Problem, target: np.ndarray, near: np.ndarray) -> Solution:
    """Find the inputs nearest to ``near`` that give ``target``.

    Parameters
    ----------
    problem : Problem
    target : ndarray, shape (figure, case)
    near : ndarray, shape (input, case)

    Returns
    -------
    Solution
        Each case goes its own way and stops when it stands still, so it is the same alone and among others.
    """
    every = np.arange(near.shape[-1])
    z, multiplier = _inside(problem, near, every), np.zeros(target.shape)
    price, moving = np.zeros(target.shape), np.ones(len(every), dtype=bool)
    for _ in range(ITERATIONS):
        at = np.flatnonzero(moving)
        if len(at) == 0:
            break
        here = z[:, at]
        value, jacobian, curvature = _derivatives(problem, here, at, multiplier[:, at])
        bound = problem.lowest(here, at)
        move, multiplier[:, at] = _step(here, near[:, at], target[:, at] - value, jacobian, curvature, bound)
        longest = np.abs(move).max(axis=0)
        moving[at] = longest > STILL
        move = move * np.minimum(1.0, LONGEST / np.maximum(longest, STILL))
        price[:, at] = np.maximum(price[:, at], 2 * np.abs(multiplier[:, at]))
        z[:, at] = _shortened(problem, at, here, move, near[:, at], target[:, at], price[:, at], longest < TRUSTED)
    return Solution(z, problem.figures(z, every) - target, ~moving)


def _shortened(
    problem: Problem, at: np.ndarray, here: np.ndarray, move: np.ndarray, near: np.ndarray, target: np.ndarray,
    price: np.ndarray, settled: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Go along a step until the merit function falls, halving it as often as it takes; ``settled`` go all the way."""

    def merit(z: np.ndarray) -> np.ndarray:
        merit: np.ndarray = total((z - near) ** 2) / 2 + total(price * np.abs(problem.figures(z, at) - target))
        return merit

    now, size = merit(here), np.ones(len(at))
    for _ in range(HALVINGS):
        settled = settled | (merit(_inside(problem, here + size * move, at)) < now)
        if settled.all():
            break
        size = np.where(settled, size, size / 2)
    return _inside(problem, here + size * move, at)


def _inside(problem: Problem, z: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Lift inputs to their bounds; twice, because a bound may follow from inputs that were lifted themselves."""
    for _ in range(2):
        z = np.maximum(z, problem.lowest(z, cases))
    return z


def _derivatives(
    problem: Problem, z: np.ndarray, cases: np.ndarray, multiplier: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value (figure, case), Jacobian (input, figure, case) and curvature of the Lagrangian (input, case)."""
    here, slopes, curvature = problem.figures(z, cases), [], []
    for position in range(len(z)):
        shift = np.zeros((len(z), 1))
        shift[position] = STEP
        up, down = problem.figures(z + shift, cases), problem.figures(z - shift, cases)
        slopes.append((up - down) / (2 * STEP))
        curvature.append(1 - total(multiplier * (up - 2 * here + down)) / STEP**2)
    return here, np.stack(slopes), np.clip(np.stack(curvature), *CURVATURE)


def _step(
    z: np.ndarray, near: np.ndarray, missing: np.ndarray, jacobian: np.ndarray, curvature: np.ndarray, bound: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Step (input, case) and multipliers (figure, case); inputs that would cross their bound stop at it."""
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
