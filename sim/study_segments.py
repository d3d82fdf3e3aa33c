"""The study's market segments: which there are, what the single desk sold in them, and how regions are regrouped.

Segments are the first axis of an array, the draw its last, with any axes (crop years) between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.measures.arrays import total

FEED, SIX_ROW, TWO_ROW = "feed", "six_row", "two_row"


@dataclass(frozen=True)
class Layout:
    """Which segments there are.

    Attributes
    ----------
    names : tuple of str
    grades : tuple of str
        Grade of each segment: ``feed``, ``six_row`` or ``two_row``.
    abroad : tuple of bool
        Whether each segment is outside Canada.
    reference : str
        The feed segment whose elasticity is given.
    """

    names: tuple[str, ...]
    grades: tuple[str, ...]
    abroad: tuple[bool, ...]
    reference: str

    def where(self, *grades: str) -> np.ndarray:
        """Positions of the segments of some grades."""
        return np.flatnonzero(np.isin(self.grades, grades))


MARKETS = ("canada", "united_states", "offshore")
STUDY = Layout(
    ("japan_feed", "united_states_feed", "offshore_feed")
    + tuple(f"{market}_{grade}" for grade in (SIX_ROW, TWO_ROW) for market in MARKETS),
    (FEED,) * 3 + (SIX_ROW,) * 3 + (TWO_ROW,) * 3,
    (True,) * 3 + (False, True, True) * 2,
    "offshore_feed",
)
"""The nine segments the board sells to."""


@dataclass(frozen=True)
class Segments:
    """What the single desk sold, and at what prices.

    Attributes
    ----------
    price_cad_t, quantity_kt : ndarray, shape (segment, ..., draw)
    domestic_kt : ndarray, shape (..., draw)
        Feed sold off-board in Canada, at the pooled price.
    layout : Layout
    """

    price_cad_t: np.ndarray
    quantity_kt: np.ndarray
    domestic_kt: np.ndarray
    layout: Layout = STUDY

    def kt(self, *grades: str) -> np.ndarray:
        """Tonnage of some grades, all of the board's when none is named, shape (..., draw)."""
        return total(self.quantity_kt[self.layout.where(*grades)] if grades else self.quantity_kt)

    def average_price_cad_t(self, grade: str) -> np.ndarray:
        """Pooled price of a grade: receipts over tonnes, shape (..., draw)."""
        own = self.layout.where(grade)
        average_price_cad_t: np.ndarray = total(self.price_cad_t[own] * self.quantity_kt[own]) / total(
            self.quantity_kt[own]
        )
        return average_price_cad_t

    @property
    def pool_price_cad_t(self) -> np.ndarray:
        """Pooled price of feed exports, which off-board feed follows, shape (..., draw)."""
        return self.average_price_cad_t(FEED)

    @property
    def total_kt(self) -> np.ndarray:
        """All barley, off-board feed with it, shape (..., draw)."""
        total_kt: np.ndarray = total(self.quantity_kt) + self.domestic_kt
        return total_kt


def regroup(
    segments: Segments, joining: str = "japan_feed", region_kt: float = 500.0, over_cad_t: float = 15.0
) -> Segments:
    """Regroup feed regions for a year in which a market paid no premium: it joins the rest, and the best buyers part.

    ``region_kt`` of the reference segment, at ``over_cad_t`` above the joining market, become a region of their own.
    The average price of the former reference segment is kept, so the price of what is left of it follows; that
    remainder and the joining market form the new reference region, to which the given elasticity now belongs.

    Parameters
    ----------
    segments : Segments
    joining : str
        The market that joins the rest.
    region_kt, over_cad_t : float
        Size and premium of the new region, over the joining market.

    Returns
    -------
    Segments
        With ``premium_feed`` in the place of ``joining`` and ``rest_feed`` in that of the reference.

    Raises
    ------
    ValueError
        The reference segment does not hold ``region_kt``.
    """
    layout = segments.layout
    first, rest = layout.names.index(joining), layout.names.index(layout.reference)
    price, quantity = segments.price_cad_t.copy(), segments.quantity_kt.copy()
    left_kt = quantity[rest] - region_kt
    if (left_kt <= 0).any():
        raise ValueError(f"{layout.reference} has only {quantity[rest].min():.0f} kt, no room for {region_kt:g} kt")
    region_price = price[first] + over_cad_t
    receipts = price[rest] * quantity[rest] - region_price * region_kt + price[first] * quantity[first]
    quantity[rest] = left_kt + quantity[first]
    price[rest] = receipts / quantity[rest]
    price[first], quantity[first] = region_price, region_kt
    names = tuple({first: "premium_feed", rest: "rest_feed"}.get(i, name) for i, name in enumerate(layout.names))
    return Segments(price, quantity, segments.domestic_kt, replace(layout, names=names, reference="rest_feed"))
