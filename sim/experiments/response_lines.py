"""Best responses between the levels that were played: a parabola in the own level, a line in the rival's.

With linear demand and constant cost a country's pay-off is quadratic in its own subsidy, and the top of the parabola is
linear in the rival's: both fits are then exact (Brander and Spencer 1985). Elsewhere they are approximations, and
``misfit`` says how good.
"""

from __future__ import annotations

import numpy as np


def tops(levels: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Own level at the top of the parabola through the pay-offs, for each rival level.

    Parameters
    ----------
    levels : ndarray, shape (own,)
        At least three different levels, in any unit.
    payoffs : ndarray, shape (own, rival, draw)

    Returns
    -------
    ndarray, shape (rival, draw)
        In the unit of ``levels``; NaN where the pay-off does not bend down. It may lie outside the levels.
    """
    flat = payoffs.reshape(len(levels), -1)
    middle, half = (levels.max() + levels.min()) / 2, (levels.max() - levels.min()) / 2
    square, slope, _ = np.linalg.lstsq(np.vander((levels - middle) / half, 3), flat)[0]
    bends = square < -1e-9 * np.abs(flat).max(axis=0)
    top = np.full(flat.shape[1], np.nan)
    np.divide(-slope, 2 * square, out=top, where=bends)
    tops: np.ndarray = (middle + half * top).reshape(payoffs.shape[1:])
    return tops


def line(levels: np.ndarray, responses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope of the line through the best responses, each of shape (draw,).

    Parameters
    ----------
    levels : ndarray, shape (rival,)
        The rival's levels.
    responses : ndarray, shape (rival, draw)
        NaN in any of them makes the draw's line NaN.
    """
    whole = ~np.isnan(responses).any(axis=0)
    result = np.full((2, responses.shape[1]), np.nan)
    if whole.any():
        result[:, whole] = np.linalg.lstsq(np.vander(levels, 2), responses[:, whole])[0]
    return result[1], result[0]


Line = tuple[np.ndarray, np.ndarray]


def crossing(first: Line, second: Line) -> tuple[np.ndarray, np.ndarray]:
    """Levels of both players where their lines cross, each of shape (draw,); NaN where the lines are parallel.

    With x = a + b y and y = c + d x, x = (a + b c) / (1 - b d).
    """
    (a, b), (c, d) = first, second
    steep = 1 - b * d
    x = np.full(len(steep), np.nan)
    np.divide(a + b * c, steep, out=x, where=np.abs(steep) > 1e-12)
    return x, c + d * x


def misfit(levels: np.ndarray, responses: np.ndarray) -> float:
    """Largest distance of a best response from the line, on the mean of the draws, in the unit of the own level."""
    centre = responses.mean(axis=1, keepdims=True)
    intercept, slope = line(levels, centre)
    return float(np.abs(centre[:, 0] - intercept[0] - slope[0] * levels).max())
