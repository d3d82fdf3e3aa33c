"""Figures of the reconstruction: the inferred Japanese premium beside the export bonus; what the result hangs on."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.figures.notes import make_room, note_inches
from sim.figures.style import GREY, STYLE, colour, crop_year_axis, legend, sheet

PANELS = {
    "feed_price_cad_t": ("Change in the feed price without the single desk", "C\\$/t"),
    "producer_revenue_million_cad": ("Change in producer revenue", "million C\\$ a year"),
}
NAMES = {
    "reference_elasticity": "Elasticity offshore",
    "domestic_elasticity": "Elasticity at home, feed",
    "malting_premium_cad_t": "Malting premium without a desk (C\\$/t)",
    "demand": "Form of demand",
    "objective": "What the desk maximises",
    "supply_elasticity": "Elasticity of supply",
}


def japan_gap(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure:
    """Draw the inferred gap of every crop year with its 5-95 % band, and the bonus it is compared with."""
    gap = frames["gap"]
    x = np.arange(len(gap)) + 0.5
    correlation = np.corrcoef(gap["inferred_cad_t"], gap["bonus_cad_t"])[0, 1]
    note = (
        "Gap: least stretched inputs that give the year's row of Table 2; lines: 5-95 % of draws. The bonus is an"
        " estimate from public prices and no input\nof the inference."
        f" Correlation over {len(gap)} crop years: {correlation:.2f}."
    )
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta,
            "Japan over other offshore, inferred, beside the US export bonus",
            [3.6 + note_inches(note)],
            note=note,
        )
        make_room(figure, note)
        panel = axes[0, 0]
        panel.bar(x, gap["bonus_cad_t"], width=0.62, color=colour(4), alpha=0.55, label="Export bonus (EEP)")
        panel.vlines(x, gap["low_cad_t"], gap["high_cad_t"], color=colour(0), linewidth=1.6)
        panel.plot(x, gap["inferred_cad_t"], "o", color=colour(0), markeredgecolor="white", label="Inferred gap, feed")
        panel.axhline(0, color="#333333", linewidth=0.8)
        panel.set(ylabel="Gap and bonus (C\\$/t)")
        crop_year_axis(panel, list(gap["crop_year"]))
        legend(panel)
    return figure


def study_sensitivity(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure:
    """Draw the ten-year mean effects under every value of every assumption, the study's own marked."""
    table = frames["sensitivity"]
    keys = table[["assumption", "value", "default"]].drop_duplicates().reset_index(drop=True)
    firsts = ~keys["assumption"].duplicated()
    at = np.arange(len(keys)) + 1.4 * (np.cumsum(firsts))
    place = dict(zip(zip(keys["assumption"], keys["value"], strict=True), at, strict=True))
    note = (
        "Ten-year means, 1985/86-1994/95, segments as reconstructed, one assumption changed at a time; filled: the"
        " study's. Lines: 5-95 % of draws.\nCrop years in which a value leaves no single desk are left out of its mean"
        " (see tables/sensitivity.csv)."
    )
    with mpl.rc_context({**STYLE, "axes.grid.axis": "x"}):
        figure, axes = sheet(
            meta, "What the study's result hangs on", [6.6 + note_inches(note)], columns=len(PANELS), note=note
        )
        make_room(figure, note)
        for number, (panel, (column, (title, unit))) in enumerate(zip(axes[0], PANELS.items(), strict=True)):
            part = table[table["column"] == column]
            y = [place[key] for key in zip(part["assumption"], part["value"], strict=True)]
            panel.axvline(part.loc[part["default"], "point"].iloc[0], color=GREY, linewidth=0.9, linestyle="--")
            panel.axvline(0, color="#333333", linewidth=0.8)
            panel.hlines(y, part["low"], part["high"], color=colour(number), linewidth=1.4)
            fill = np.where(part["default"], colour(number), "white")
            panel.scatter(part["point"], y, s=26, c=fill, edgecolors=colour(number), zorder=3)
            panel.set(title=title, xlabel=f"Change ({unit})", ylim=(at.max() + 0.9, at.min() - 2.0))
            panel.set_yticks(at, keys["value"].str.replace("_", " ") if number == 0 else [""] * len(at))
            panel.tick_params(axis="y", length=0)
            for name, top in zip(keys["assumption"][firsts], at[firsts], strict=True):
                panel.axhline(top - 1.75, color="#DDDDDD", linewidth=0.6)
                if number == 0:
                    words = NAMES.get(name, name)
                    panel.text(
                        0.01, top - 1.0, words, transform=panel.get_yaxis_transform(), va="center", weight="bold",
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
                    )  # fmt: skip
    return figure
