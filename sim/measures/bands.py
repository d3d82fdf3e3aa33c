"""Means and quantiles over the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BLOCK = 256  # lines whose quantiles are taken at once
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def quantile_name(quantile: float) -> str:
    """Column name of a quantile: ``p05``, ``p50``, ``p97.5``."""
    percent = round(100 * quantile, 6)
    return f"p{percent:02.0f}" if percent == int(percent) else f"p{percent:04.1f}"


def bands(values: np.ndarray, quantiles: Sequence[float] = QUANTILES) -> dict[str, np.ndarray]:
    """Mean and quantiles over the last axis, NaN left out.

    Parameters
    ----------
    values : ndarray, shape (..., draw)
    quantiles : sequence of float
        Quantiles, 0 to 1; linear interpolation between order statistics.

    Returns
    -------
    dict of str to ndarray
        ``mean``, one entry per quantile (``p05`` ...), each of shape (...), NaN where no draw has a value; and
        ``missing``, the number of draws without a value.
    """
    values = np.asarray(values, dtype=float)
    flat = values.reshape(-1, values.shape[-1])
    missing = np.array([np.count_nonzero(np.isnan(line)) for line in flat], dtype=int)
    result = np.full((1 + len(quantiles), len(flat)), np.nan)
    whole = missing == 0
    lines = np.flatnonzero(whole) if flat.shape[1] else np.zeros(0, dtype=int)
    for start in range(0, len(lines), BLOCK):  # quantiles copy what they sort, so a block at a time
        block = lines[start : start + BLOCK]
        result[0, block] = flat[block].mean(axis=1)
        result[1:, block] = np.quantile(flat[block], quantiles, axis=1)
    for line in np.flatnonzero(~whole & (missing < flat.shape[1])):
        present = flat[line][~np.isnan(flat[line])]
        result[0, line] = present.mean()
        result[1:, line] = np.quantile(present, quantiles)
    names = ["mean", *(quantile_name(q) for q in quantiles)]
    shaped = {name: line.reshape(values.shape[:-1]) for name, line in zip(names, result, strict=True)}
    return shaped | {"missing": missing.reshape(values.shape[:-1])}
