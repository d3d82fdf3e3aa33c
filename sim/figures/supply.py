"""Supply and use of each origin, per crop year."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import STYLE, colour, crop_year_axis, crop_years_of, legend, sheet, title_of

USES = (
    ("own_use_kt", "Seed, food, industry"),
    ("home_use_kt", "Home sales (with imports)"),
    ("exports_kt", "Exports"),
    ("closing_kt", "Closing stock"),
)
SUPPLY = ("opening_kt", "harvest_kt", "imports_kt")


def supply(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Stacked use and closing stock against supply (opening stock, harvest and imports), mean of draws."""
    series, years = frames["series"], crop_years_of(frames["series"])
    origins = [
        o for o in meta["scenario"]["origins"] if o in set(series.loc[series["series"] == "harvest_kt", "label"])
    ]
    if not origins:
        return None
    columns = 2 if len(origins) > 1 else 1
    rows = -(-len(origins) // columns)
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, "Supply and use by origin", [2.5] * rows, columns, note="Bars and diamonds: mean of draws."
        )
        for position, panel in enumerate(axes.flat):
            if position >= len(origins):
                panel.remove()
                continue
            _panel(panel, series, origins[position], years)
            panel.set_title(title_of(meta, "origins", origins[position], 40))
            panel.set_ylabel("Mt per crop year")
            crop_year_axis(panel, years, labelled=position + columns >= len(origins), inches=6.6 / columns)
        legend(axes[0, -1])
    return figure


def _panel(axes: Axes, series: pd.DataFrame, origin: str, years: list[str]) -> None:
    x, base = np.arange(len(years)) + 0.5, np.zeros(len(years))
    for position, (name, label) in enumerate(USES):
        height = _by_year(series, name, origin, years)
        axes.bar(
            x, height, 0.78, base, color=colour((4, 0, 2, 5)[position]), label=label, edgecolor="white", linewidth=0.4
        )
        base = base + height
    total = sum(_by_year(series, name, origin, years) for name in SUPPLY)
    axes.plot(x, total, linestyle="none", marker="D", markersize=3.5, color="#000000", label="Supply")
    top = max(base.max(), total.max())
    if top > 0:  # room for the diamonds
        axes.set_ylim(0, 1.06 * top)


def _by_year(series: pd.DataFrame, name: str, origin: str, years: list[str]) -> np.ndarray:
    """Million tonnes per crop year of a flow; of a stock, the first (opening) or last (closing) of the year."""
    part = series[(series["series"] == name) & (series["label"] == origin)].sort_values("period")
    grouped = part.groupby("crop_year", sort=False)["mean"]
    yearly = {"opening_kt": grouped.first, "closing_kt": grouped.last}.get(name, grouped.sum)()
    return yearly.reindex(years).fillna(0.0).to_numpy() / 1000
