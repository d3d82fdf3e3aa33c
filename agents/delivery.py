"""When growers keep a delivery contract: pure rules on arrays (draw,), prices in C$/t at port."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
SMALLEST_INERTIA_CAD_T = 0.1  # growers without inertia decide all at once, but not by dividing by zero
CAPTIVE_SHARE = 0.5  # growers who need the initial payment: they sell at the pool's worth and sign whatever it is


def willing_share(gap_cad_t: Array, inertia_cad_t: float) -> Array:
    """Share of a call that is delivered when a tonne brings ``gap_cad_t`` more elsewhere than in the pool.

    ``clip(1 - (gap - inertia) / (2 inertia), 0, 1)``: all of it up to a gap of the inertia, none beyond three times it,
    for growers differ in what leaving the pool costs them. Limit: without inertia, all or nothing at a gap of zero.
    """
    inertia = max(inertia_cad_t, SMALLEST_INERTIA_CAD_T)
    return np.clip(1.0 - (gap_cad_t - inertia) / (2.0 * inertia), 0.0, 1.0)


def signed_share(gap_cad_t: Array, inertia_cad_t: float) -> Array:
    """Share of what growers expect to have left that they sign contracts for.

    A contract is kept by those who need the initial payment at any price, ``CAPTIVE_SHARE``, and signed by the others
    as far as they would deliver today.
    """
    return CAPTIVE_SHARE + (1.0 - CAPTIVE_SHARE) * willing_share(gap_cad_t, inertia_cad_t)
