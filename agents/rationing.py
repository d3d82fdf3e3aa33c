"""Rationing of a limited amount over bids: the cheapest first, bids at the margin in proportion."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array, ascending, running, total


def cheapest_first(use: Array, rate_cad_t: Array, limit: Array) -> Array:
    """Share of each bid that is served when bids together may use no more than a limit.

    Bids below the marginal rate are served in full, bids at it share what is left in proportion, bids above it get
    nothing, so the order in which bids come in plays no part.

    Parameters
    ----------
    use : array (bid, draw)
        What each bid uses of the limited amount (tonnes, or money), at least zero.
    rate_cad_t : array (bid, draw)
        Bonus of each bid, C$/t.
    limit : array (draw,)
        The amount; infinite where nothing limits.

    Returns
    -------
    array (bid, draw)
        Shares from 0 to 1; 1 for a bid that uses nothing.
    """
    enough = total(use) <= limit
    if enough.all():
        return np.ones_like(use)
    places = ascending(rate_cad_t)
    used, rate = use.take(places), rate_cad_t.take(places)
    reached = running(np.add, used)
    edge = np.ones((1, *rate.shape[1:]), dtype=bool)
    first = np.concatenate([edge, rate[1:] > rate[:-1]])
    last = np.concatenate([first[1:], edge])
    before = np.concatenate([np.zeros_like(used[:1]), reached[:-1]])
    # Tonnes below a bid's rate, and tonnes up to and with it: the same for all bids at one rate.
    below = running(np.maximum, np.where(first, before, 0.0))
    with_it = running(np.minimum, np.where(last, reached, np.inf)[::-1])[::-1]
    level = with_it - below
    left = np.maximum(limit - below, 0.0)
    served = np.empty_like(used)
    short = (level > left) & ~enough
    served.put(places, np.where(short, left / np.where(short, level, 1.0), 1.0))
    return served
