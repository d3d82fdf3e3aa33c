"""The feed price at which multiple sellers sell all barley, for linear and for constant-elasticity demand.

Segments are the first axis, the draw the last; off-board feed counts as one more segment. In a segment the price is the
feed price plus ``over_cad_t`` (the malting premium, or nothing).
"""

from __future__ import annotations

import numpy as np

from sim.measures.arrays import total

BISECTIONS = 90  # halve the widest bracket (a factor 2^40 in price) below the spacing of floating-point numbers
STEEPEST = 200.0  # bound on |log| of a quantity's ratio to its base: e^200 is as good as infinite, and no overflow


def demand_kt(
    feed_cad_t: np.ndarray, price_cad_t: np.ndarray, quantity_kt: np.ndarray, elasticity: np.ndarray,
    over_cad_t: np.ndarray, form: str = "linear",
) -> np.ndarray:  # fmt: skip
    """Tonnes each segment buys, kt.

    Parameters
    ----------
    feed_cad_t : ndarray, shape (..., draw)
        The feed price asked.
    price_cad_t, quantity_kt, elasticity : ndarray, shape (segment, ..., draw)
        Base point of each segment and the elasticity there, positive.
    over_cad_t : ndarray, shape (segment, ..., draw)
    form : str
        ``linear``, which ends at zero, or ``constant_elasticity``.

    Returns
    -------
    ndarray, shape (segment, ..., draw)
    """
    asked = feed_cad_t + over_cad_t
    if form == "linear":
        demand_kt: np.ndarray = np.maximum(
            quantity_kt + elasticity * quantity_kt / price_cad_t * (price_cad_t - asked), 0.0
        )
        return demand_kt
    demand_kt = quantity_kt * np.exp(np.clip(-elasticity * np.log(asked / price_cad_t), -STEEPEST, STEEPEST))
    return demand_kt


def clearing_price(
    price_cad_t: np.ndarray, quantity_kt: np.ndarray, elasticity: np.ndarray, over_cad_t: np.ndarray,
    pool_cad_t: np.ndarray, supply_elasticity: np.ndarray, form: str = "linear",
) -> np.ndarray:  # fmt: skip
    """Feed price at which demand takes all barley, C$/t, shape (..., draw).

    Supply is the sum of ``quantity_kt`` at the pooled price and reacts with ``supply_elasticity`` around it, in the
    same form as demand. Parameters as in ``demand_kt``; ``pool_cad_t`` and ``supply_elasticity`` have the shape
    (..., draw).
    """
    if form == "linear":
        return _linear(price_cad_t, quantity_kt, elasticity, over_cad_t, pool_cad_t, supply_elasticity)
    barley = total(quantity_kt)

    def excess(log_price: np.ndarray) -> np.ndarray:
        feed = np.exp(log_price)
        grown = barley * np.exp(np.clip(supply_elasticity * (log_price - np.log(pool_cad_t)), -STEEPEST, STEEPEST))
        excess: np.ndarray = total(demand_kt(feed, price_cad_t, quantity_kt, elasticity, over_cad_t, form)) - grown
        return excess

    low, high = np.log(pool_cad_t) - 20 * np.log(2), np.log(pool_cad_t) + 20 * np.log(2)
    for _ in range(BISECTIONS):  # excess demand falls in the price, and every case takes the same steps
        middle = (low + high) / 2
        above = excess(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    clearing_price: np.ndarray = np.exp((low + high) / 2)
    return clearing_price


def _linear(
    price: np.ndarray, quantity: np.ndarray, elasticity: np.ndarray, over: np.ndarray, pool: np.ndarray,
    supply: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Slope-weighted mean of the segments' prices; segments priced out are dropped one after the other.

    Excess demand is convex and falls in the price, and with every segment in, its root is too low. Newton's method
    from there rises to the root, and stands still once the right segments are in.
    """
    slope = elasticity * quantity / price
    choke = price + price / elasticity - over
    grows = supply * total(quantity) / pool
    active = np.ones(slope.shape, dtype=bool)
    for _ in range(len(slope)):
        held = np.where(active, slope, 0.0)
        # demand of active segments at choke-less intercepts: quantity + slope (price - over - feed)
        taken = np.where(active, slope * (price - over), -quantity)
        feed = (total(taken) + grows * pool) / (total(held) + grows)
        active &= feed < choke
    linear: np.ndarray = feed
    return linear
