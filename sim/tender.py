"""Clearing of one tender: linear demand meets offers with reserve prices. Pure; the last axis is the draw."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array, ascending, running, total

TIE = 1e-11  # share of the price by which reserve prices may differ and still be one price: rounding decides nothing


def clearing_price(choke_cad_t: Array, slope_cad_t_kt: Array, quantity_kt: Array, reserve_cad_t: Array) -> Array:
    """Price at which demand ``P = choke - slope * Q`` meets the offers in order of reserve price.

    With offers sorted by reserve ``r_1 <= ... <= r_n`` and ``C_j`` the tonnes of the first ``j``, the supply staircase
    crosses demand at ``max_j min(r_j, P(C_{j-1}))``, or at ``P(C_n)`` when everything is wanted: the rising reserves
    and the falling marginal values of the tonnes before them cross exactly once.

    Parameters
    ----------
    choke_cad_t, slope_cad_t_kt : array (draw,)
        Inverse demand; a choke price of zero means no demand. The slope is positive.
    quantity_kt, reserve_cad_t : array (offer, draw)
        Tonnes offered and the lowest landed price accepted, both at least zero.

    Returns
    -------
    array (draw,)
        Landed clearing price, C$/t; the choke price where nothing is offered.
    """
    with np.errstate(under="ignore"):  # tonnes or prices under 1e-300 are nothing: a product of them may be zero
        if len(quantity_kt) == 0:
            return np.array(choke_cad_t, dtype=float)
        # An empty offer sets no price: the next one of the staircase meets the same value with a higher reserve.
        places = ascending(reserve_cad_t)
        reserve = reserve_cad_t.take(places)
        fall = running(np.add, quantity_kt.take(places))
        fall *= slope_cad_t_kt
        marginal_value = np.subtract(choke_cad_t, fall, out=fall)
        price = np.maximum(marginal_value[-1], np.minimum(reserve[0], choke_cad_t))
        steps = np.minimum(reserve[1:], marginal_value[:-1])
        clearing_price: Array = np.maximum(price, steps.max(axis=0, initial=-np.inf))
        return clearing_price


def clear(choke_cad_t: Array, slope_cad_t_kt: Array, quantity_kt: Array, reserve_cad_t: Array) -> tuple[Array, Array]:
    """Clearing price and awards of one tender.

    Offers below the clearing price win in full; offers at it, to within the share ``TIE``, share what is left of demand
    in proportion to their tonnes; offers above it win nothing. Hence tonnes are conserved, nobody sells below the
    reserve price, the order of offers does not matter, and more supply never raises the price.

    Parameters
    ----------
    choke_cad_t, slope_cad_t_kt : array (draw,)
        Inverse demand ``P = choke - slope * Q``.
    quantity_kt, reserve_cad_t : array (offer, draw)
        The offers.

    Returns
    -------
    price_cad_t : array (draw,)
        Landed clearing price.
    award_kt : array (offer, draw)
        Tonnes awarded.
    """
    with np.errstate(under="ignore"):
        price = clearing_price(choke_cad_t, slope_cad_t_kt, quantity_kt, reserve_cad_t)
        if len(quantity_kt) == 0:
            return price, np.zeros((0, *np.shape(price)))
        # At and above the choke price nothing is wanted, whatever a reserve of zero would allow.
        tie = TIE * np.abs(price)
        below = np.where((reserve_cad_t < price - tie) & (price < choke_cad_t), quantity_kt, 0.0)
        level = np.where(np.abs(reserve_cad_t - price) <= tie, quantity_kt, 0.0)
        left = np.maximum(choke_cad_t - price, 0.0) / slope_cad_t_kt - total(below)
        ties = total(level)
        share = np.minimum(np.maximum(left / np.where(ties > 0, ties, 1.0), 0.0), 1.0)
        level *= share
        level += below
        return price, level


def award_prices(price_cad_t: Array, reserve_cad_t: Array, pay_as_bid: bool) -> Array:
    """Landed price each offer is paid, C$/t, shape (offer, draw): the clearing price, or the bid when pay-as-bid."""
    return np.array(reserve_cad_t) if pay_as_bid else np.broadcast_to(price_cad_t, reserve_cad_t.shape)
