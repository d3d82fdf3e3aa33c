"""How long a series takes to settle when nothing in the market changes any more."""

from __future__ import annotations

import numpy as np

from sim.measures.arrays import mean, total


def rolling_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Mean over ``window`` consecutive elements of the first axis, NaN left out.

    Parameters
    ----------
    values : ndarray, shape (period, draw)
    window : int
        At least 1; with more than the periods there are, nothing is left.

    Returns
    -------
    ndarray, shape (period - window + 1, draw)
        NaN where a window holds no value.
    """
    starts = max(len(values) - window + 1, 0)
    if starts == 0:
        return np.zeros((0, *values.shape[1:]))
    return np.stack([mean(values[start : start + window]) for start in range(starts)])


def settling_time(values: np.ndarray, window: int, last: int, tolerance: float = 0.05) -> np.ndarray:
    """First period after which a series stays near the level it ends at.

    Means over ``window`` periods are compared with the mean of the last ``last`` periods, so that a season, or buyers
    who come once a quarter, are not taken for unrest. A window is near when it is within ``tolerance`` of that level.

    Parameters
    ----------
    values : ndarray, shape (period, draw)
        Prices or premiums; NaN where there is none.
    window, last : int
        Periods of the moving mean, and periods at the end that define the level.
    tolerance : float
        Share of the level.

    Returns
    -------
    ndarray, shape (draw,)
        Number of periods before the first window from which on all are near: 0 when the series never leaves. NaN when
        even the last ``last`` periods are not all near, or hold no value.
    """
    level = mean(values[-last:])
    moving = rolling_mean(values, window)
    known = ~np.isnan(moving) & ~np.isnan(level)
    gap = np.abs(np.where(known, moving - level, np.inf))
    near = gap <= tolerance * np.abs(np.where(np.isnan(level), 0.0, level))
    away = np.where(near, 0, np.arange(1, len(moving) + 1)[:, None])
    settled = away.max(axis=0, initial=0)
    allowed = max(len(values) - last, 0)
    return np.where((settled <= allowed) & (total(known) > 0), settled.astype(float), np.nan)
