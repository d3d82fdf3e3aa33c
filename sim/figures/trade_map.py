"""Trade flows on a map: an arrow from every origin to every buyer, as wide as the tonnes it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from sim.figures.arrows import arrow, bend
from sim.figures.atlas import Lane, Window, draw_land, lay, window_around
from sim.figures.labels import Label, write_labels
from sim.figures.notes import note_inches, wrapped
from sim.figures.places import Place, buyer_place, origin_place
from sim.figures.eras import halves
from sim.figures.style import STYLE, WIDTH_INCHES, colour, crop_years_of, sheet, shorten, title_of
from sim.figures.trade import Destination, abroad, buyer_title, by_destination, destinations, round_down, tonnes_text

LEAST_BUYER = 0.04  # share of all trade that a buyer needs for an arrow of its own
LEAST_ARROW = 0.006  # share of all trade under which no arrow is drawn
MOST_PLACES = 16
MAP_INCHES, TITLE_INCHES, SCALE_INCHES = WIDTH_INCHES - 0.2, 0.33, 0.5
WIDEST_ARROW = 0.02  # of the width of the map, for the largest flow
SCALE = (0.25, 0.5, 1.0)  # of the largest flow, rounded down: the widths explained
STROKES = ("none", (0, (3, 1.5)), (0, (1, 1.2)), (0, (6, 1.2, 1, 1.2)))  # white in the middle of wide arrows


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
    known = trade["origin"].isin(origins) & trade["buyer"].map(lambda name: at[name] is not None)
    placed = trade[known]
    if placed.empty:
        return None
    found = [each for each in destinations(placed, scenario, LEAST_BUYER, MOST_PLACES) if each.place is not None]
    tonnes = _matrix(placed, origins, found)
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


def _place(figure: Figure, axes: np.ndarray, height: float) -> None:
    """Put maps of a height (inches) and the scale below them, at places of their own: labels must know where they are."""
    figure.set_layout_engine("none")
    wide, high = figure.get_size_inches()
    top = high - 0.5
    for panel in axes[:-1]:
        top -= height + TITLE_INCHES
        panel.set_position((0.1 / wide, top / high, MAP_INCHES / wide, height / high))
    axes[-1].set_position((0.1 / wide, (top - SCALE_INCHES) / high, MAP_INCHES / wide, SCALE_INCHES / high))


def _at(scenario: dict[str, Any], origin: str) -> Place:
    place = origin_place(scenario, origin)
    assert place is not None  # chart() keeps those with a place only
    return place


def _matrix(ledger: pd.DataFrame, origins: list[str], found: list[Destination]) -> np.ndarray:
    """Tonnes (kt) by origin and destination, shape (len(origins), len(found))."""
    tonnes = np.zeros((len(origins), len(found)))
    lines = by_destination(ledger[ledger["origin"].isin(origins)], found, ["origin"]).dropna()
    for line in lines.itertuples():
        tonnes[origins.index(line.origin), int(line.destination)] += line.kt
    return tonnes


def lane_tonnes(ledger: pd.DataFrame, drawn: Chart) -> np.ndarray:
    """Tonnes (kt) of each lane in rows of the ledger that leave their origin, shape (len(lanes),)."""
    tonnes = _matrix(abroad(ledger), drawn.origins, drawn.found)
    return np.array([tonnes[lane.origin, lane.destination] for lane in drawn.lanes])


def trade_map(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw mean yearly trade on a map: one panel, or two, without and with the policy that divides the run.

    None where nothing crosses a border, or nobody has a place in the table of coordinates.
    """
    ledger, scenario = frames["ledger"], meta["scenario"]
    drawn = chart(ledger, scenario)
    if drawn is None:
        return None
    years = crop_years_of(frames["series"])
    parts = halves(meta, years) or [(f"mean of {years[0]}-{years[-1]}" if len(years) > 1 else years[0], years)]
    tonnes = [lane_tonnes(ledger[ledger["crop_year"].isin(part)], drawn) / len(part) for _name, part in parts]
    trade = abroad(ledger)["kt"].sum() / len(years)
    least, most = LEAST_ARROW * trade, max(each.max() for each in tonnes)
    window = drawn.window
    height = float(np.clip(MAP_INCHES * window.shape, 2.6, 5.6))
    window = window.shaped(height / MAP_INCHES)
    width_per_kt = WIDEST_ARROW * (window.east - window.west) / most
    with mpl.rc_context(STYLE):
        note = _note(drawn, scenario, trade, len(years), least, tonnes)
        heights = [*[height + TITLE_INCHES] * len(parts), SCALE_INCHES + note_inches(note)]
        figure, axes = sheet(meta, "Trade by origin and destination", heights, note=note)
        _place(figure, axes[:, 0], height)
        for panel in axes[:-1, 0]:
            draw_land(panel, window)
        _scale(axes[-1, 0], most, width_per_kt, window)
        for panel, (name, _part) in zip(axes[:-1, 0], parts, strict=True):
            panel.set_title(name[0].upper() + name[1:])
        for panel, own in zip(axes[:-1, 0], tonnes, strict=True):
            draw_arrows(panel, drawn, own, width_per_kt, least)
            _label(panel, drawn, meta, own, least)
    return figure


def draw_arrows(axes: Axes, drawn: Chart, tonnes: np.ndarray, width_per_kt: float, least: float) -> None:
    """Draw the arrows of one period, the wide ones below."""
    gap = 0.004 * (drawn.window.east - drawn.window.west)
    for number in np.argsort(-tonnes, kind="stable"):
        if tonnes[number] < least:
            continue
        lane, width = drawn.lanes[number], tonnes[number] * width_per_kt
        shape = Polygon(
            arrow(drawn.lines[number], width, gap), closed=True, facecolor=colour(lane.origin), edgecolor="white",
            linewidth=0.35, alpha=0.88, zorder=3,
        )  # fmt: skip
        axes.add_patch(shape)
        stroke = STROKES[lane.origin % len(STROKES)]
        if stroke != "none" and width > 0.006 * (drawn.window.east - drawn.window.west):
            line = drawn.lines[number][:-4]
            axes.plot(*line.T, color="white", linewidth=0.9, linestyle=stroke, zorder=4, scalex=False, scaley=False)


def _label(axes: Axes, drawn: Chart, meta: dict[str, Any], tonnes: np.ndarray, least: float) -> None:
    """Name origins with what they ship and destinations with what they take; a second image has the name alone."""
    shown = tonnes >= least
    labels = []
    for number, name in enumerate(drawn.origins):
        own = np.array([lane.origin == number for lane in drawn.lanes])
        if not own.any() or not tonnes[own].sum():
            continue
        start = drawn.lanes[int(np.flatnonzero(own)[0])].start
        axes.plot(
            *start, marker="s", markersize=6, color=colour(number), markeredgecolor="white", zorder=6, scalex=False,
            scaley=False,
        )  # fmt: skip
        text = f"{title_of(meta, 'origins', name, 24)} ships {tonnes_text(tonnes[own].sum())}"
        style = {"fontsize": 8.5, "fontweight": "bold", "color": colour(number)}
        labels.append(Label(start, text, {**style, "bbox": _paper(0.85)}))
    for number, each in enumerate(drawn.found):
        own = np.array([lane.destination == number for lane in drawn.lanes])
        ends = sorted({tuple(lane.end) for lane, mine in zip(drawn.lanes, own & shown, strict=True) if mine},
                      key=lambda end: -tonnes[[tuple(lane.end) == end for lane in drawn.lanes]].sum())  # fmt: skip
        for place, end in enumerate(ends):
            axes.plot(
                *end, marker="o", markersize=3.4, color="#222222", markeredgecolor="white", zorder=6, scalex=False,
                scaley=False,
            )  # fmt: skip
            text = f"{each.title}\n(shown twice)" if place else f"{each.title}\n{tonnes_text(tonnes[own].sum())}"
            labels.append(Label(np.array(end), text, {"fontsize": 7.5, "linespacing": 1.05, "bbox": _paper(0.6)}))
    write_labels(axes, labels, [line[4:] for line, each in zip(drawn.lines, shown, strict=True) if each])


def _paper(alpha: float) -> dict[str, Any]:
    return {"facecolor": "white", "edgecolor": "none", "alpha": alpha, "pad": 0.8}


def _scale(axes: Axes, most: float, width_per_kt: float, window: Window) -> None:
    """Arrows of round tonnages at the widths they have on the map."""
    wide = window.east - window.west
    axes.set(xlim=(0, wide), ylim=(-0.02 * wide, 0.02 * wide))
    axes.set_aspect("equal", adjustable="box", anchor="W")
    axes.axis("off")
    axes.text(0, 0, "Width of arrows, per crop year:", fontsize=8, va="center")
    for place, share in enumerate(SCALE):
        kt = share * round_down(most)
        x = wide * (0.23 + 0.16 * place)
        line = np.array([[x, 0], [x + 0.05 * wide, 0]])
        axes.add_patch(Polygon(arrow(line, kt * width_per_kt), facecolor="#777777", edgecolor="none"))
        axes.text(x + 0.056 * wide, 0, tonnes_text(kt), fontsize=8, va="center")


def _note(
    drawn: Chart, scenario: dict[str, Any], trade: float, years: int, least: float, tonnes: list[np.ndarray]
) -> str:
    """What the map shows and what it does not: means, groups, small flows, those without a place."""
    small = sum(1 for lane in zip(*tonnes, strict=True) if max(lane) < least and max(lane) > 0)
    lines = ["Tonnes per crop year, mean of draws. Sales within an origin are left out. Colour, and white line in it: origin."]
    if small:
        lines[0] += f" Flows under {tonnes_text(least)} ({small}) have no arrow but count in the figures."
    if drawn.placeless:
        missing = ", ".join(f"{who} ({tonnes_text(kt / years)})" for who, kt in drawn.placeless.items())
        missing = f"{shorten(missing, 120)}, of {tonnes_text(trade)} traded"
        lines.append(f"Not on the map, for want of coordinates, per crop year: {missing}.")
    groups = [
        f"{each.title}: {', '.join(buyer_title(scenario, name) for name in each.buyers)}"
        for each in drawn.found
        if len(each.buyers) > 1
    ]
    if groups:
        lines.append(shorten("; ".join(groups) + ".", 340))
    return wrapped(lines)
