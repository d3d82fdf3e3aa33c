"""Pool accounts of a marketing board: initial payment, outlook and closing. Pure; the last axis is the draw.

Money is in thousand C$ (``cad_k`` = kt x C$/t).
"""

from __future__ import annotations

import numpy as np

from agents.arrays import Array

POOLS = ("feed", "malting")
EMPTY_POOL_KT = 1e-3  # a pool that sold less than a tonne has no return per tonne


def initial_payment(current_cad_t: Array, expected_cad_t: Array, share: float, new_pool: bool) -> Array:
    """Initial payment: a share of the expected pool return, set anew for a new pool and never lowered within one."""
    wanted = share * expected_cad_t
    return wanted if new_pool else np.maximum(current_cad_t, wanted)


def counted_kt(kt: Array) -> Array:
    """Tonnes by which a pool's accounts are divided, kt: none where it sold less than ``EMPTY_POOL_KT``."""
    return np.where(kt > EMPTY_POOL_KT, kt, 0.0)


def realised_return(receipts_cad_k: Array, costs_cad_k: Array, kt: Array, current_cad_t: Array) -> Array:
    """Average return of a pool's sales so far, net of costs, C$/t (draw,); never below zero.

    ``max(receipts - costs, 0) / kt``: what costs exceed receipts is the guarantor's, and no farmer pays for having
    delivered. Limits: costs below receipts, the plain average; a pool that sold less than ``EMPTY_POOL_KT`` has no
    average yet, and the current price stands for it.

    Parameters
    ----------
    receipts_cad_k, costs_cad_k : array (draw,)
        Of the pool's sales so far, thousand C$.
    kt : array (draw,)
        Tonnes sold.
    current_cad_t : array (draw,)
        Price of the latest sales less cost, C$/t.
    """
    sold = counted_kt(kt)
    average = np.maximum(receipts_cad_k - costs_cad_k, 0.0) / np.where(sold > 0, sold, 1.0)
    return np.where(sold > 0, average, current_cad_t)


def pool_return_outlook(
    previous_cad_t: Array, realised_cad_t: Array, current_cad_t: Array, elapsed: float, lag: float
) -> Array:
    """Pool return outlook: sales already made averaged with today's price for the rest, and late by ``lag``.

    Parameters
    ----------
    previous_cad_t, realised_cad_t, current_cad_t : array (draw,)
        Last outlook, average return of the pool's sales so far, and price of the latest sales, C$/t.
    elapsed : float
        Share of the pool year that has passed.
    lag : float
        Weight of the last outlook.
    """
    forecast = elapsed * realised_cad_t + (1.0 - elapsed) * current_cad_t
    return lag * previous_cad_t + (1.0 - lag) * forecast


def close_pool(receipts_cad_k: Array, costs_cad_k: Array, initial_paid_cad_k: Array) -> tuple[Array, Array]:
    """Final payment to farmers and deficit for the treasury, both at least zero.

    Receipts - costs = initial payments + final payment - deficit, all in thousand C$, arrays (draw,).
    """
    surplus = receipts_cad_k - costs_cad_k - initial_paid_cad_k
    return np.maximum(surplus, 0.0), np.maximum(-surplus, 0.0)
