"""The study's two models of the barley market: a single desk that discriminates, and multiple sellers.

Pure functions; segments are the first axis of an array, the draw its last, with any axes (crop years) between them.
Schmitz, Gray, Schmitz and Storey (1997); the derivations are in docs/study.md. Elasticities are positive numbers here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.measures.arrays import divide, total
from sim.study_prices import clearing_price, demand_kt
from sim.study_segments import FEED, SIX_ROW, TWO_ROW, Layout, Segments

OBJECTIVES = ("board_sales", "export_revenue", "producer_revenue")
DEMANDS = ("linear", "constant_elasticity")
COLUMNS = ("feed_price_cad_t", "six_row_price_cad_t", "two_row_price_cad_t", "producer_revenue_million_cad")


class InfeasibleSegments(ValueError):
    """A segment pays no more than the marginal revenue it is held against, so no finite elasticity explains it."""


@dataclass(frozen=True)
class Assumptions:
    """What the study assumed; the numbers may be arrays over draws.

    Attributes
    ----------
    reference_elasticity : float
        Elasticity of the reference segment, positive and above 1.
    domestic_elasticity : float
        Elasticity of off-board feed demand.
    malting_premium_cad_t : float
        What malting barley earns over feed under multiple sellers.
    supply_elasticity : float
        Reaction of all barley to the feed price; 0 keeps the year's barley as it is.
    demand : str
        Shape of demand away from the observed point: ``linear`` or ``constant_elasticity``.
    objective : str
        What the desk maximises: ``board_sales`` (all nine segments), ``export_revenue`` (those abroad), or
        ``producer_revenue`` (all nine and off-board feed, which follows the pooled price).
    """

    reference_elasticity: float | np.ndarray = 20.0
    domestic_elasticity: float | np.ndarray = 0.53
    malting_premium_cad_t: float | np.ndarray = 15.0
    supply_elasticity: float | np.ndarray = 0.0
    demand: str = "linear"
    objective: str = "board_sales"

    def __post_init__(self) -> None:
        """Refuse names that are not a model's and elasticities without a marginal revenue."""
        if self.demand not in DEMANDS or self.objective not in OBJECTIVES:
            raise ValueError(f"demand is one of {', '.join(DEMANDS)}; objective one of {', '.join(OBJECTIVES)}")
        if not np.all(np.asarray(self.reference_elasticity) > 1):
            raise ValueError("reference_elasticity must be above 1: below, marginal revenue is negative")
        if not (np.all(np.asarray(self.domestic_elasticity) > 0) and np.all(np.asarray(self.supply_elasticity) >= 0)):
            raise ValueError("domestic_elasticity must be above 0 and supply_elasticity not below 0")


DEFAULT = Assumptions()


@dataclass(frozen=True)
class SingleDesk:
    """What the observed allocation reveals when it was the desk's best.

    Attributes
    ----------
    elasticity : ndarray, shape (segment, ..., draw)
        NaN exactly where ``infeasible``.
    marginal_revenue_cad_t : ndarray, shape (segment, ..., draw)
        What each segment's marginal revenue must be; NaN for a segment outside the desk's objective.
    infeasible : ndarray of bool, shape (segment, ..., draw)
        Segments that pay no more than that.
    """

    elasticity: np.ndarray
    marginal_revenue_cad_t: np.ndarray
    infeasible: np.ndarray


def required_marginal_revenue(segments: Segments, assumptions: Assumptions = DEFAULT) -> np.ndarray:
    """Marginal revenue of each segment at the desk's optimum, C$/t, shape (segment, ..., draw); NaN outside it."""
    layout = segments.layout
    reference = segments.price_cad_t[layout.names.index(layout.reference)]
    feed = reference * (1 - 1 / np.asarray(assumptions.reference_elasticity, float))
    malting = feed
    if assumptions.objective == "producer_revenue":
        malting = _malting_marginal_revenue(segments, feed, assumptions.domestic_elasticity)
    feed, malting = np.broadcast_arrays(feed, malting)
    rows = [feed if grade == FEED else malting for grade in layout.grades]
    if assumptions.objective == "export_revenue":
        rows = [row if abroad else np.full_like(row, np.nan) for row, abroad in zip(rows, layout.abroad, strict=True)]
    return np.stack(rows)


def _malting_marginal_revenue(
    segments: Segments, feed: np.ndarray, domestic_elasticity: float | np.ndarray
) -> np.ndarray:
    """Malting's marginal revenue when the desk also counts off-board feed, C$/t (docs/study.md, closed form)."""
    pool, home_kt = segments.pool_price_cad_t, segments.domestic_kt
    weight = (pool - feed) / segments.kt(FEED)
    malting_marginal_revenue: np.ndarray = (feed - weight * home_kt * (1 - domestic_elasticity)) / (
        1 + weight * home_kt * domestic_elasticity / pool
    )
    return malting_marginal_revenue


def single_desk(segments: Segments, assumptions: Assumptions = DEFAULT, strict: bool = True) -> SingleDesk:
    """Infer every segment's elasticity from P (1 - 1/e) = marginal revenue, equal over the segments.

    Parameters
    ----------
    segments : Segments
    assumptions : Assumptions
    strict : bool
        Raise when a segment is infeasible; otherwise mark it.

    Raises
    ------
    InfeasibleSegments
        A segment's price is not above the marginal revenue required of it; the message names it.
    """
    required = required_marginal_revenue(segments, assumptions)
    price = segments.price_cad_t + np.zeros_like(required)
    outside = np.isnan(required)
    infeasible = ~outside & ~(price > np.where(outside, 0.0, required))
    if strict and infeasible.any():
        raise InfeasibleSegments("; ".join(describe(infeasible, price, required, segments.layout)))
    known = ~outside & ~infeasible
    elasticity = np.where(known, price / np.where(known, price - required, 1.0), np.nan)
    return SingleDesk(np.where(outside, assumptions.domestic_elasticity, elasticity), required, infeasible)


def describe(
    infeasible: np.ndarray, price: np.ndarray, required: np.ndarray, layout: Layout, years: Sequence[str] = ()
) -> list[str]:
    """Say in words which segments are infeasible: one line for each segment (and crop year, when they are named).

    Parameters
    ----------
    infeasible, price, required : ndarray, shape (segment, ..., draw)
        From ``single_desk`` and the prices it was given; with ``years``, shape (segment, crop year, draw).
    layout : Layout
    years : sequence of str
        Names of the middle axis.
    """
    lines = []
    for position, name in enumerate(layout.names):
        for number, label in enumerate(years) if years else [(..., "")]:
            at = (position, number)
            if (mask := infeasible[at]).any():
                count = f" in {mask.sum()} of {mask.size} cases" if mask.size > 1 else ""
                lines.append(
                    f"{f'{label} ' if label else ''}{name}: C${price[at][mask].min():.2f}/t is not above the marginal"
                    f" revenue C${required[at][mask].max():.2f}/t required of it{count}"
                )
    return lines


@dataclass(frozen=True)
class Effects:
    """Multiple sellers minus single desk; every array has the shape (..., draw).

    Attributes
    ----------
    feed_price_cad_t, six_row_price_cad_t, two_row_price_cad_t, producer_revenue_million_cad : ndarray
        The columns of Table 2. Revenue counts all barley, off-board feed with it.
    producer_surplus_million_cad : ndarray
        Revenue less the cost of the barley grown in addition; equals revenue when supply is fixed.
    feed_level_cad_t : ndarray
        The one feed price under multiple sellers.
    barley_change_kt : ndarray
    infeasible : ndarray of bool
        Some segment has no elasticity; the numbers there are NaN.
    """

    feed_price_cad_t: np.ndarray
    six_row_price_cad_t: np.ndarray
    two_row_price_cad_t: np.ndarray
    producer_revenue_million_cad: np.ndarray
    producer_surplus_million_cad: np.ndarray
    feed_level_cad_t: np.ndarray
    barley_change_kt: np.ndarray
    infeasible: np.ndarray

    def columns(self) -> np.ndarray:
        """Table 2's four columns, shape (4, ..., draw)."""
        return np.stack([getattr(self, column) for column in COLUMNS])


def effects(segments: Segments, assumptions: Assumptions = DEFAULT, strict: bool = True) -> Effects:
    """Take the single desk away: one feed price everywhere, malting at a premium over it.

    Parameters
    ----------
    segments : Segments
        The single desk's prices and tonnages.
    assumptions : Assumptions
    strict : bool
        Raise ``InfeasibleSegments`` where the single desk cannot be; otherwise those cases are marked and NaN.

    Returns
    -------
    Effects
        Revenue is the sum over all barley of price changes and of changes in tonnage at the new prices.
    """
    desk = single_desk(segments, assumptions, strict)
    bad = desk.infeasible.any(axis=0)
    elasticity = np.where(desk.infeasible, 1.0, desk.elasticity)  # any number: these cases are blanked below
    pool, malting = segments.pool_price_cad_t, np.array([grade != FEED for grade in segments.layout.grades])
    shape = np.broadcast_shapes(elasticity.shape[1:], np.shape(assumptions.malting_premium_cad_t))
    premium = np.broadcast_to(np.asarray(assumptions.malting_premium_cad_t, float), shape)
    over = np.stack([*(premium if own else np.zeros(shape) for own in malting), np.zeros(shape)])
    rows = [(segments.price_cad_t, pool), (segments.quantity_kt, segments.domestic_kt)]
    price, quantity = (np.concatenate([a + np.zeros(shape), (b + np.zeros(shape))[None]]) for a, b in rows)
    home = np.broadcast_to(np.asarray(assumptions.domestic_elasticity, float), shape)
    elasticity = np.concatenate([elasticity + np.zeros(shape), home[None]])
    supply = np.broadcast_to(np.asarray(assumptions.supply_elasticity, float), shape)
    feed = clearing_price(price, quantity, elasticity, over, pool + np.zeros(shape), supply, assumptions.demand)
    new_kt = demand_kt(feed, price, quantity, elasticity, over, assumptions.demand)
    malting_change = total((new_kt - quantity)[:-1][malting])
    grown = total(new_kt) - total(quantity)
    change = feed - pool
    by_class = [feed + premium - segments.average_price_cad_t(grade) for grade in (SIX_ROW, TWO_ROW)]
    revenue = change * (segments.kt(FEED) + segments.domestic_kt) + premium * malting_change + feed * grown
    for grade, of_class in zip((SIX_ROW, TWO_ROW), by_class, strict=True):
        revenue = revenue + of_class * segments.kt(grade)
    cost = _growing_cost(pool, feed, grown, total(quantity), supply, assumptions.demand)
    values = [change, *by_class, revenue / 1000, (revenue - cost) / 1000, feed, grown]
    bad = np.broadcast_to(bad, shape)
    price, six_row, two_row, earned, surplus, level, more = (np.where(bad, np.nan, value) for value in values)
    return Effects(price, six_row, two_row, earned, surplus, level, more, bad)


def _growing_cost(
    pool: np.ndarray, feed: np.ndarray, grown: np.ndarray, barley: np.ndarray, supply: np.ndarray, demand: str
) -> np.ndarray:
    """Area under the supply curve between the two quantities of barley, 1,000 C$ (..., draw)."""
    if demand == "linear":
        growing_cost: np.ndarray = (pool + feed) / 2 * grown
        return growing_cost
    # the integral of P dT along T = barley (P / pool)^s
    growing_cost = divide(supply, supply + 1) * (feed * (barley + grown) - pool * barley)
    return growing_cost
