"""Means and quantiles over the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.checks import computing

AT_ONCE = 2**17  # numbers sorted at once: so many stay in a processor's cache
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def quantile_name(quantile: float) -> str:
    """Column name of a quantile: ``p05``, ``p50``, ``p97.5``."""
    percent = round(100 * quantile, 6)
    return f"p{percent:02.0f}" if percent == int(percent) else f"p{percent:04.1f}"


@computing("a mean or quantile over the draws")
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
    flat = values.reshape(int(np.prod(values.shape[:-1])), values.shape[-1])
    missing = np.zeros(len(flat), dtype=int)
    result = np.full((1 + len(quantiles), len(flat)), np.nan)
    step = max(1, AT_ONCE // max(flat.shape[1], 1))
    for start in range(0, len(flat) if flat.shape[1] else 0, step):
        block = flat[start : start + step]
        absent = np.isnan(block)
        missing[start : start + step] = absent.sum(axis=1)
        lines = start + np.flatnonzero(missing[start : start + step] == 0)
        whole = block if len(lines) == len(block) else flat[lines]
        result[0, lines] = whole.mean(axis=1)
        result[1:, lines] = _quantiles(whole, quantiles)
    for line in np.flatnonzero((missing > 0) & (missing < flat.shape[1])):
        present = flat[line][~np.isnan(flat[line])]
        result[0, line] = present.mean()
        result[1:, line] = _quantiles(present[None], quantiles)[:, 0]
    names = ["mean", *(quantile_name(q) for q in quantiles)]
    shaped = {name: line.reshape(values.shape[:-1]) for name, line in zip(names, result, strict=True)}
    return shaped | {"missing": missing.reshape(values.shape[:-1])}


def _quantiles(values: np.ndarray, quantiles: Sequence[float]) -> np.ndarray:
    """Quantiles (quantile, line) of values (line, draw) without NaN: ``numpy.quantile`` to the bit, but sorting.

    NumPy looks for the few order statistics it needs, which takes longer than its sort of whole lines.
    """
    ordered = np.sort(values, axis=1)
    last = values.shape[1] - 1
    position = last * np.asarray(quantiles, dtype=float)
    before = np.floor(position).astype(int)
    low, high = ordered[:, before], ordered[:, np.minimum(before + 1, last)]
    part, gap = position - before, high - low
    found: np.ndarray = np.where(part >= 0.5, high - gap * (1 - part), low + gap * part).T
    return found
