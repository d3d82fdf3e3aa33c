"""How a seller with a given quantity splits it over markets."""

from __future__ import annotations

import numpy as np

from agents.arrays import total

Array = np.ndarray
BISECTIONS = 40  # halves the price bracket to 1e-12 of its width; the exact solve below then removes what is left


def equalise_marginal_revenue(
    intercept_cad_t: Array, slope_cad_t_kt: Array, limit_kt: Array, quantity_kt: Array
) -> tuple[Array, Array]:
    """Quantities at which perceived marginal revenue is the same in every market that is served.

    Net inverse demand in market i is ``A_i - b_i q_i``, so ``MR_i = A_i - 2 b_i q_i``. The seller solves
    ``q_i = clip((A_i - m) / (2 b_i), 0, limit_i)`` with ``sum q_i = Q``: the discriminating seller of a fixed quantity.
    Marginal revenue never goes below zero; what would push it there stays unsold.

    Parameters
    ----------
    intercept_cad_t, slope_cad_t_kt, limit_kt : array (market, draw)
        Net choke price, slope (positive) and upper limit of each market.
    quantity_kt : array (draw,)
        Quantity to place.

    Returns
    -------
    allocation_kt : array (market, draw)
        Tonnes per market.
    marginal_cad_t : array (draw,)
        The common marginal revenue m.
    """

    def wanted(marginal: Array) -> Array:
        return np.clip((intercept_cad_t - marginal) / (2.0 * slope_cad_t_kt), 0.0, limit_kt)

    low = np.zeros_like(quantity_kt)
    high = np.maximum(intercept_cad_t.max(axis=0), 0.0)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        too_much = total(wanted(middle)) > quantity_kt
        low = np.where(too_much, middle, low)
        high = np.where(too_much, high, middle)
    marginal = high
    # On the final bracket the set of interior markets is known, and the condition is linear in m.
    desired = (intercept_cad_t - marginal) / (2.0 * slope_cad_t_kt)
    interior = (desired > 0) & (desired < limit_kt)
    weight = total(np.where(interior, 0.5 / slope_cad_t_kt, 0.0))
    at_limit = total(np.where(desired >= limit_kt, limit_kt, 0.0))
    reach = total(np.where(interior, 0.5 * intercept_cad_t / slope_cad_t_kt, 0.0))
    exact = (reach + at_limit - quantity_kt) / np.where(weight > 0, weight, 1.0)
    marginal = np.where((weight > 0) & (low > 0), np.clip(exact, low, high), marginal)
    return wanted(marginal), marginal


def spread_by_netback(netback_cad_t: Array, size_kt: Array, quantity_kt: Array, keenness: float = 5.0) -> Array:
    """Split of a price taker: by size of the market, leaning to where the netback is above the average.

    ``w_i = size_i * max(1 + keenness * (n_i / mean n - 1), 0)``; a price taker's arbitrage spread over several tenders
    rather than thrown at the best one. Shape (market, draw).
    """
    base = total(size_kt)
    mean = total(netback_cad_t * size_kt) / np.where(base > 0, base, 1.0)
    lean = 1.0 + keenness * (netback_cad_t / np.where(mean > 1.0, mean, 1.0) - 1.0)
    weight = size_kt * np.clip(lean, 0.0, 3.0)
    whole = total(weight)
    return quantity_kt * weight / np.where(whole > 0, whole, 1.0)
