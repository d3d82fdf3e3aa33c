"""A game as figures: the table of pay-offs, and the best responses between levels with their crossing."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures.cells import coloured, ink
from sim.figures.style import GREY, STYLE, colour, plain, sheet, shorten

BESIDE, BESIDE_WITH_RANGES = 8, 4  # columns of a table that leaves room for the other beside it
NARROW_INCHES = 0.85  # a cell narrower than this has no room for its range


def game_payoffs(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw each player's pay-offs as a heat map: mean and range in every cell, best responses and equilibria marked."""
    cells = frames["cells"]
    if cells.empty:
        return None
    one, other = (player["strategies"] for player in meta["players"])
    several = bool((cells["high"] > cells["low"]).any())  # luck may move nothing, as in a textbook
    with mpl.rc_context(STYLE):
        side_by_side = len(other) <= (BESIDE_WITH_RANGES if several else BESIDE)
        inches = (4.0 if side_by_side else 8.4) / len(other)
        ranges = several and inches >= NARROW_INCHES
        note = "Million C$ a crop year: mean" + (", 5-95 % of draws below. " if ranges else ". ")
        note += "Bold with a dot: best response of this player. Frame: equilibrium of both (of means over draws)."
        height = 1.0 + (0.36 if ranges else 0.26) * len(one)
        shape = ([height], 2) if side_by_side else ([height] * 2, 1)
        figure, axes = sheet(meta, "Pay-offs: " + shorten(meta["title"], 90), *shape, note=note)
        for panel, player in zip(axes.flat, meta["players"], strict=True):
            part = cells[cells["player"] == player["name"]].set_index(["first", "second"])
            _table(panel, part, one, other, ranges)
            panel.set_title(plain(f"{shorten(player['title'], 30)}: what it gets (million C$)"))
            panel.set_xlabel(_axis(meta["players"][1]))
            panel.set_ylabel(_axis(meta["players"][0]))
    return figure


def _axis(player: dict[str, Any]) -> str:
    if not player.get("unit"):
        axis: str = player["title"]
        return axis
    return f"{player['title']} ({player['unit']})"


def _table(panel: Axes, part: pd.DataFrame, one: list[str], other: list[str], ranges: bool) -> None:
    means = np.array([[part.at[(i, j), "mean"] for j in other] for i in one])
    image = coloured(panel, means, [_label(name) for name in one], [_label(name) for name in other])
    digits = 0 if np.abs(means).max() >= 1000 else 1
    for i, first in enumerate(one):
        for j, second in enumerate(other):
            line = part.loc[(first, second)]
            look: dict[str, Any] = {"color": ink(image, line["mean"]), "ha": "center", "va": "center"}
            bold = "bold" if line["best_response"] else "normal"
            text = f"{line['mean']:,.{digits}f}"
            panel.text(j, i - (0.15 if ranges else 0), text, **look, fontsize=8.5, fontweight=bold)
            if ranges:
                panel.text(j, i + 0.24, f"{line['low']:,.{digits}f} to {line['high']:,.{digits}f}", **look, fontsize=7)
            if line["best_response"]:
                panel.plot(j + 0.4, i - 0.3, marker="o", markersize=3.6, color=look["color"])
            if line["equilibrium"]:
                box: dict[str, Any] = {"fill": False, "edgecolor": colour(1), "linewidth": 2.4, "zorder": 3}
                panel.add_patch(Rectangle((j - 0.48, i - 0.47), 0.96, 0.94, **box))


def _label(name: str) -> str:
    return shorten(name.replace("_", " "), 18)


def best_responses(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw each player's best level against every level of the other, the lines through them, and where they cross."""
    lines = frames["lines"]
    if lines.empty:
        return None
    first, second = meta["players"]
    with mpl.rc_context(STYLE):
        note = "Points: top of the parabola through the pay-offs. Axes: levels that the players choose."
        note += " Bars and bands: 5-95 % of draws." if meta["draws"] > 1 else ""
        figure, axes = sheet(meta, "Best responses: " + shorten(meta["title"], 80), [4.6], note=note)
        panel = axes[0, 0]
        for number, player in enumerate((first, second)):
            _responses(panel, lines[lines["player"] == player["name"]], number, player["title"])
        _crossing(panel, lines, first, second)
        cells = frames["cells"]
        stable = cells[(cells["player"] == first["name"]) & cells["equilibrium"]]
        panel.plot(
            stable["first"].astype(float), stable["second"].astype(float), "x", color="black", markersize=8,
            label="equilibrium of the table", zorder=4,
        )  # fmt: skip
        panel.set_xlabel(_axis(first))
        panel.set_ylabel(_axis(second))
        panel.grid(visible=True, axis="both")
        panel.legend(loc="upper left", bbox_to_anchor=(1.005, 1.02), borderaxespad=0.2)
    return figure


def _responses(panel: Axes, part: pd.DataFrame, number: int, title: str) -> None:
    """Points, bars and line of one player; the first one's level is the x axis, so its line runs over y."""
    points = part[part["what"] == "best response"]
    terms = part.set_index("what")["mean"]
    rival = np.array([points["rival_level"].min(), points["rival_level"].max()])
    bars = np.abs(points[["low", "high"]].to_numpy().T - points["mean"].to_numpy())
    line = rival, terms["intercept"] + terms["slope"] * rival
    spread = rival_levels, low, high = points["rival_level"], points["low"], points["high"]
    style: dict[str, Any] = {"color": colour(number), "label": f"best response, {title}"}
    marks: dict[str, Any] = {"fmt": "os"[number], "color": colour(number), "markersize": 4.5, "elinewidth": 1.0}
    if number == 0:
        panel.plot(*line[::-1], **style)
        panel.fill_betweenx(*spread, color=colour(number), alpha=0.13, linewidth=0)
        panel.errorbar(points["mean"], rival_levels, xerr=bars, **marks)
    else:
        panel.plot(*line, **style)
        panel.fill_between(rival_levels, low, high, color=colour(number), alpha=0.13, linewidth=0)
        panel.errorbar(rival_levels, points["mean"], yerr=bars, **marks)


def _crossing(panel: Axes, lines: pd.DataFrame, first: dict[str, Any], second: dict[str, Any]) -> None:
    at = lines[lines["what"] == "crossing"].set_index("player")
    x, y = at.loc[first["name"]], at.loc[second["name"]]
    if not np.isfinite(x["mean"]) or not np.isfinite(y["mean"]):
        return
    label = f"crossing: {x['mean']:.1f} and {y['mean']:.1f}"
    panel.plot(x["mean"], y["mean"], "D", color=colour(2), markersize=7, label=label, zorder=3)
    panel.hlines(y["mean"], x["low"], x["high"], color=colour(2), linewidth=1.2)
    panel.vlines(x["mean"], y["low"], y["high"], color=colour(2), linewidth=1.2)
    panel.plot([0, x["mean"], x["mean"]], [y["mean"], y["mean"], 0], color=GREY, linewidth=0.6, linestyle=":")
