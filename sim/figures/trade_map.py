"""Trade flows on a map: an arrow from every origin to every buyer, as wide as the tonnes it stands for."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from sim.figures.arrows import arrow, edge
from sim.figures.atlas import Window, draw_land
from sim.figures.chart import LEAST_ARROW, Chart, chart, lane_tonnes, missing_text, shipped_tonnes
from sim.figures.eras import halves
from sim.figures.map_labels import MapLabels
from sim.figures.notes import note_inches, wrapped
from sim.figures.style import STYLE, WIDTH_INCHES, colour, crop_years_of, plain, sheet, shorten
from sim.figures.trade import abroad, buyer_title, round_down, tonnes_text

MAP_INCHES, TITLE_INCHES, SCALE_INCHES = WIDTH_INCHES - 0.2, 0.33, 0.5
WIDEST_ARROW = 0.02  # of the width of the map, for the largest flow
SCALE = (0.25, 0.5, 1.0)  # of the largest flow, rounded down: the widths explained
STROKES = ("none", (0, (3, 1.5)), (0, (1, 1.2)), (0, (6, 1.2, 1, 1.2)))  # white in the middle of wide arrows


def _place(figure: Figure, axes: np.ndarray, height: float) -> None:
    """Put maps of a height (inches) and the scale below them, at fixed places: labels need to know them."""
    figure.set_layout_engine("none")
    wide, high = figure.get_size_inches()
    top = high - 0.5
    for panel in axes[:-1]:
        top -= height + TITLE_INCHES
        panel.set_position((0.1 / wide, top / high, MAP_INCHES / wide, height / high))
    axes[-1].set_position((0.1 / wide, (top - SCALE_INCHES) / high, MAP_INCHES / wide, SCALE_INCHES / high))


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
    own_rows = [ledger[ledger["crop_year"].isin(part)] for _name, part in parts]
    tonnes = [lane_tonnes(rows, drawn) / len(part) for rows, (_name, part) in zip(own_rows, parts, strict=True)]
    shipped = [shipped_tonnes(rows, drawn) / len(part) for rows, (_name, part) in zip(own_rows, parts, strict=True)]
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
            panel.set_title(plain(name[0].upper() + name[1:]))
        for panel, own, out in zip(axes[:-1, 0], tonnes, shipped, strict=True):
            draw_arrows(panel, drawn, own, width_per_kt, least)
            MapLabels(panel, drawn, meta, own, out, least)
    return figure


def draw_arrows(axes: Axes, drawn: Chart, tonnes: np.ndarray, width_per_kt: float, least: float) -> None:
    """Draw the arrows of one period, the wide ones below."""
    gap = 0.004 * (drawn.window.east - drawn.window.west)
    for number in np.argsort(-tonnes, kind="stable"):
        if tonnes[number] < least:
            continue
        lane, width = drawn.lanes[number], tonnes[number] * width_per_kt
        shape = Polygon(
            arrow(drawn.lines[number], width, gap), closed=True, facecolor=colour(lane.origin),
            edgecolor=edge(width, colour(lane.origin)), linewidth=0.4, alpha=0.88, zorder=3,
        )  # fmt: skip
        axes.add_patch(shape)
        stroke = STROKES[lane.origin % len(STROKES)]
        if stroke != "none" and width > 0.006 * (drawn.window.east - drawn.window.west):
            line = drawn.lines[number][:-4]
            axes.plot(*line.T, color="white", linewidth=0.9, linestyle=stroke, zorder=4, scalex=False, scaley=False)


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
    lines = ["Tonnes per crop year, mean of draws. Sales within an origin are left out. Colour and white line: origin."]
    if small:
        lines[0] += f" Flows under {tonnes_text(least)} ({small}) have no arrow but count in the figures."
    missing = missing_text(drawn, years, 120)
    if missing:
        what = f"{missing}, of {tonnes_text(trade)} traded"
        lines.append(f"Not on the map, for want of coordinates, per crop year: {what}.")
    groups = [
        f"{each.title}: {', '.join(buyer_title(scenario, name) for name in each.buyers)}"
        for each in drawn.found
        if len(each.buyers) > 1
    ]
    if groups:
        lines.append(shorten("; ".join(groups) + ".", 340))
    return wrapped(lines)
