"""The trade of a run laid out on a map: who ships, who buys, on which lanes, and what has no place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.arrows import bend
from sim.figures.atlas import Lane, Window, lay, window_around
from sim.figures.places import Place, buyer_place, origin_place
from sim.figures.style import shorten, title_of
from sim.figures.trade import Destination, abroad, buyer_title, by_destination, destinations, tonnes_text

LEAST_BUYER = 0.04  # share of all trade that a buyer needs for an arrow of its own
LEAST_ARROW = 0.006  # share of all trade under which no arrow is drawn
MOST_PLACES = 16


@dataclass(frozen=True)
class Chart:
    """Everything of a map but the tonnes: who ships, who buys, which lanes there are, and what it leaves out.

    Attributes
    ----------
    origins : list of str
    found : list of Destination
        With a place.
    lanes, lines : list of Lane, list of ndarray, shape (n, 2)
        Lanes in use, and their centre lines in degrees east and stretched degrees north.
    window : Window
    placeless : dict of str to float
        Buyers and origins without a place, by title, and their tonnes in the ledger (kt).
    """

    origins: list[str]
    found: list[Destination]
    lanes: list[Lane]
    lines: list[np.ndarray]
    window: Window
    placeless: dict[str, float]


def chart(ledger: pd.DataFrame, scenario: dict[str, Any]) -> Chart | None:
    """Find places and lanes for the trade of a ledger; None where nothing that crosses a border has two places."""
    trade = abroad(ledger)
    by_origin = trade.groupby("origin", sort=False)["kt"].sum()
    origins = [name for name in scenario["origins"] if name in by_origin and origin_place(scenario, name)]
    at = {name: buyer_place(scenario, name) for name in trade["buyer"].unique()}
    if trade.empty:
        return None
    known = trade["origin"].isin(origins) & trade["buyer"].map(lambda name: at[name] is not None)
    placed = trade[known]
    if placed.empty:
        return None
    found = [each for each in destinations(placed, scenario, LEAST_BUYER, MOST_PLACES) if each.place is not None]
    tonnes = matrix(placed, origins, found)
    ends = [each.place for each in found if each.place is not None]
    least = LEAST_ARROW * tonnes.sum()
    lanes = lay([_at(scenario, name) for name in origins], ends, tonnes, least)
    lines = [bend(lane.start, lane.end, 0.09 + 0.035 * lane.origin) for lane in lanes]
    large = [line for lane, line in zip(lanes, lines, strict=True) if tonnes[lane.origin, lane.destination] >= least]
    points = np.concatenate(large)
    lost = trade[~known].groupby(["origin", "buyer"], sort=False)["kt"].sum()
    placeless: dict[str, float] = {}
    for (origin, buyer), kt in lost.items():
        who = buyer_title(scenario, buyer) if at[buyer] is None else title_of({"scenario": scenario}, "origins", origin)
        placeless[who] = placeless.get(who, 0.0) + kt
    return Chart(origins, found, lanes, lines, window_around(points), placeless)


def _at(scenario: dict[str, Any], origin: str) -> Place:
    place = origin_place(scenario, origin)
    assert place is not None  # chart() keeps those with a place only
    return place


def matrix(ledger: pd.DataFrame, origins: list[str], found: list[Destination]) -> np.ndarray:
    """Tonnes (kt) by origin and destination, shape (len(origins), len(found))."""
    tonnes = np.zeros((len(origins), len(found)))
    lines = by_destination(ledger[ledger["origin"].isin(origins)], found, ["origin"]).dropna()
    for line in lines.itertuples():
        tonnes[origins.index(line.origin), int(line.destination)] += line.kt
    return tonnes


def lane_tonnes(ledger: pd.DataFrame, drawn: Chart) -> np.ndarray:
    """Tonnes (kt) of each lane in rows of the ledger that leave their origin, shape (len(lanes),)."""
    tonnes = matrix(abroad(ledger), drawn.origins, drawn.found)
    return np.array([tonnes[lane.origin, lane.destination] for lane in drawn.lanes])


def shipped_tonnes(ledger: pd.DataFrame, drawn: Chart) -> np.ndarray:
    """Tonnes (kt) that leave each origin of a chart, also for buyers without a place, shape (len(origins),)."""
    shipped_tonnes: np.ndarray = (
        abroad(ledger).groupby("origin")["kt"].sum().reindex(drawn.origins, fill_value=0.0).to_numpy()
    )
    return shipped_tonnes


def missing_text(drawn: Chart, years: int, length: int) -> str:
    """Who is not on the map for want of coordinates, with tonnes per crop year; empty where everybody is."""
    return shorten(", ".join(f"{who} ({tonnes_text(kt / years)})" for who, kt in drawn.placeless.items()), length)
