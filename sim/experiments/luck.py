"""How much of an outcome's variance over the worlds of a sweep is luck, and how much of it is left in the means."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LIMIT = 0.05
"""Share of luck in the variance of the means above which more draws are asked for."""


@dataclass(frozen=True)
class Luck:
    """Shares of the variance over worlds (0 to 1); they add up to one. NaN where they cannot be told."""

    factors: float
    """Due to the factors."""
    luck: float
    """Due to the draw, the same at every point; cancels in every comparison of points."""
    luck_and_factors: float
    """Due to luck that comes out differently at different points."""
    in_means: float
    """Share of the variance of the means over draws that is such luck; not a part of the sum."""


def luck_shares(worlds: np.ndarray) -> Luck:
    """Split the variance over worlds into that of points, draws and both together.

    Draws are the same at every point, so points and draws are crossed, and their mean squares MS give the components
    of the model ``y = mu + point + draw + both`` with random effects (Searle, Casella and McCulloch, 1992, *Variance
    Components*): ``both = MS_both``, ``draw = (MS_draw - MS_both) / P``, ``point = (MS_point - MS_both) / R``; a
    component below zero counts as zero.

    Parameters
    ----------
    worlds : ndarray, shape (P, R)
        Outcome at every point, in every draw.
    """
    points, draws = worlds.shape
    grand = worlds.mean()
    by_point, by_draw = worlds.mean(axis=1), worlds.mean(axis=0)
    if points < 2 or draws < 2:
        return Luck(math.nan, math.nan, math.nan, math.nan)
    both = float(((worlds - by_point[:, None] - by_draw + grand) ** 2).sum() / ((points - 1) * (draws - 1)))
    point_square = float(draws * by_point.var(ddof=1))
    point = max(0.0, (point_square - both) / draws)
    draw = max(0.0, (float(points * by_draw.var(ddof=1)) - both) / points)
    total = point + draw + both
    if total == 0:
        return Luck(math.nan, math.nan, math.nan, math.nan)
    in_means = min(1.0, both / point_square) if point_square > 0 else math.nan
    return Luck(point / total, draw / total, both / total, in_means)


def draws_needed(in_means: float, draws: int) -> int:
    """Draws that would bring the share of luck in the means down to ``LIMIT``.

    The share is ``s = b / (b + R point)`` with ``b`` the component of both, so R grows by ``s / (1 - s)`` times
    ``(1 - LIMIT) / LIMIT``. 0 when there are enough, or when luck is all there is and no number would do.

    Parameters
    ----------
    in_means : float
        Share of luck with so many draws, 0 to 1; NaN where it cannot be told.
    draws : int
    """
    if not LIMIT < in_means < 1:
        return 0
    return math.ceil(draws * in_means / (1 - in_means) * (1 - LIMIT) / LIMIT)
