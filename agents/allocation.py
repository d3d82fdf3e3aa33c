"""How a seller with a given quantity splits it over markets."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array, total


def equalise_marginal_revenue(
    intercept_cad_t: Array, slope_cad_t_kt: Array, limit_kt: Array, quantity_kt: Array
) -> tuple[Array, Array]:
    """Quantities at which perceived marginal revenue is the same in every market that is served.

    Net inverse demand in market i is ``A_i - b_i q_i``, so ``MR_i = A_i - 2 b_i q_i``. The seller solves
    ``q_i = clip((A_i - m) / (2 b_i), 0, limit_i)`` with ``sum q_i = Q``: the discriminating seller of a fixed quantity.
    Marginal revenue never goes below zero; what would push it there stays unsold.

    Solved exactly by fixing variables: with every market inside its limits m is known; the markets it sends below zero,
    or else above their limits, whichever are further out together, stay at that limit, and m is found anew for the
    rest. Source: Bitran and Hax (1981).

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
    served = (intercept_cad_t > 0) & (limit_kt > 0)
    marginal = np.where(served, intercept_cad_t, 0.0).max(axis=0)  # where there is nothing to place
    placing = quantity_kt > 0
    if not placing.any():
        return np.zeros_like(limit_kt), marginal
    steepness = 2.0 * slope_cad_t_kt
    room = total(np.where(served, limit_kt, 0.0))
    full_cad_t = intercept_cad_t - steepness * limit_kt  # marginal revenue with a market full
    weight, reach = np.where(served, 1.0 / steepness, 0.0), np.where(served, intercept_cad_t / steepness, 0.0)
    held = np.zeros_like(quantity_kt)  # by the markets that are full
    while True:
        slack = total(weight)
        level = (total(reach) + held - quantity_kt) / np.where(slack > 0, slack, 1.0)
        marginal = np.where(placing & (slack > 0), level, marginal)
        inside = weight > 0
        out, full = inside & (intercept_cad_t <= marginal), inside & (full_cad_t >= marginal)
        if full.any():
            over = total(np.where(full, full_cad_t - marginal, 0.0) * weight)
            under = total(np.where(out, marginal - intercept_cad_t, 0.0) * weight)
            out, full = out & (under >= over), full & (under < over)
            held = held + total(np.where(full, limit_kt, 0.0))
            out |= full
        if not out.any():
            break
        left = ~out
        weight *= left
        reach *= left
    marginal = np.where(room > quantity_kt, np.maximum(marginal, 0.0), 0.0)
    return np.minimum(np.maximum((intercept_cad_t - marginal) / steepness, 0.0), limit_kt), marginal


def netback_weights(netback_cad_t: Array, size_kt: Array, keenness: float = 5.0) -> tuple[Array, Array]:
    """Weights of the markets to a price taker, (market, draw), and their sum, (draw,).

    By size of the market, leaning to where the netback is above the average:
    ``w_i = size_i * max(1 + keenness * (n_i / mean n - 1), 0)``, at most three times the size; a price taker's
    arbitrage spread over several tenders rather than thrown at the best one.
    """
    base = total(size_kt)
    mean = total(netback_cad_t * size_kt) / np.where(base > 0, base, 1.0)
    lean = netback_cad_t / np.where(mean > 1.0, mean, 1.0)
    lean -= 1.0
    lean *= keenness
    lean += 1.0
    weight = size_kt * np.minimum(np.maximum(lean, 0.0), 3.0)
    return weight, total(weight)


def spread_by_netback(netback_cad_t: Array, size_kt: Array, quantity_kt: Array) -> Array:
    """Split of a price taker's quantity by ``netback_weights``, (market, draw)."""
    weight, whole = netback_weights(netback_cad_t, size_kt)
    return quantity_kt * weight / np.where(whole > 0, whole, 1.0)
