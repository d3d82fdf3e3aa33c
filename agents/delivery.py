"""When growers keep a delivery contract: pure rules on arrays (draw,), prices in C$/t at port."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array

SMALLEST_INERTIA_CAD_T = 0.1  # growers without inertia decide all at once, but not by dividing by zero


def willing_share(gap_cad_t: Array, inertia_cad_t: float) -> Array:
    """Share of a call that is delivered when a tonne brings ``gap_cad_t`` more elsewhere than in the pool.

    ``clip(1 - (gap - inertia) / (2 inertia), 0, 1)``: all of it up to a gap of the inertia, none beyond three times it,
    for growers differ in what leaving the pool costs them. Limit: without inertia, all or nothing at a gap of zero.
    """
    inertia = np.maximum(inertia_cad_t, SMALLEST_INERTIA_CAD_T)
    willing: Array = np.clip(1.0 - (gap_cad_t - inertia) / (2.0 * inertia), 0.0, 1.0)
    return willing


def signed_share(gap_cad_t: Array, inertia_cad_t: float, captive_share: float) -> Array:
    """Share of what growers expect to have left that they sign contracts for.

    Those who need the initial payment, ``captive_share``, sign at any price, the others as far as they would deliver
    today. To sign costs nothing: who finds a better price later does not deliver.
    """
    return captive_share + (1.0 - captive_share) * willing_share(gap_cad_t, inertia_cad_t)
