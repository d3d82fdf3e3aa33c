"""Linear demand through a base point, and what follows from it. Pure; the last axis of every array is the draw."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array


def linear_demand(price_cad_t: Array, quantity_kt: Array, elasticity: float | Array) -> tuple[Array, Array]:
    """Inverse demand ``P = choke - slope * Q`` through a base point with a given elasticity there.

    From ``e = (dQ/dP) (P/Q)``: ``slope = P / (e Q)`` and ``choke = P (1 + 1/e)``.

    Parameters
    ----------
    price_cad_t : array
        Price of the base point, C$/t, positive.
    quantity_kt : array
        Quantity of the base point, kt; where it is zero there is no demand.
    elasticity : float or array
        Elasticity at the base point as a positive number.

    Returns
    -------
    choke_cad_t, slope_cad_t_kt : array
        Price at which demand ends (zero where there is no demand), and fall of the price per kt.
    """
    quantity = np.asarray(quantity_kt, dtype=float)
    wanted = quantity > 0
    price = np.broadcast_to(
        np.asarray(price_cad_t, dtype=float), np.broadcast_shapes(np.shape(price_cad_t), quantity.shape)
    )
    slope = np.where(wanted, price / (elasticity * np.where(wanted, quantity, 1.0)), 1.0)
    choke = np.where(wanted, price * (1.0 + 1.0 / elasticity), 0.0)
    return choke, slope


def consumer_surplus(choke_cad_t: Array, slope_cad_t_kt: Array, quantity_kt: Array, paid_cad_k: Array) -> Array:
    """Area under the inverse demand up to the quantity bought, less what was paid, in thousand C$."""
    return choke_cad_t * quantity_kt - 0.5 * slope_cad_t_kt * quantity_kt**2 - paid_cad_k
