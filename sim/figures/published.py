"""All 100 published figures against the simulated ones, a panel per table and unit."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures.style import GREY, STYLE, colour, sheet

PANELS = (
    (1, "_cad_t", "Table 1: price gaps", "C$/t"),
    (2, "_cad_t", "Table 2: change in prices", "C$/t"),
    (2, "_million_cad", "Table 2: change in revenue", "million C$"),
    (3, "movement_", "Table 3: movement across the border", "C$/t"),
    (3, "loss_", "Table 3: loss by that movement", "million C$"),
    (4, "_cad_t", "Table 4: price volatility", "C$/t"),
)
"""Table, start or end of the column names, title and unit of each panel."""

LOOKS = {"prediction": (0, "o"), "replication": (1, "D"), "fitted": (2, "s")}
"""Place in the palette and marker of each label."""


def published(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure:
    """Draw published (x) against simulated (y) with the 45-degree line and 5-95 % bars."""
    frame = frames["published"]
    note = (
        "Points: mean of draws; bars: 5-95 % of draws (replication: of inputs and assumptions); "
        "line: published = simulated."
    )
    with mpl.rc_context(STYLE):
        figure, axes = sheet(meta, "Published and simulated figures of the study", [3.2, 3.2], columns=3, note=note)
        for panel, (table, mark, title, unit) in zip(axes.flat, PANELS, strict=True):
            chosen = frame["column"].str.startswith(mark) | frame["column"].str.endswith(mark)
            _panel(panel, frame[(frame["table"] == table) & chosen], title, unit)
        handles = [
            Line2D([], [], linestyle="none", marker=marker, color=colour(place), markersize=5, label=label)
            for label, (place, marker) in LOOKS.items()
        ]
        figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.99, 0.995), ncols=3, frameon=False)
    return figure


def _panel(axes: Axes, part: pd.DataFrame, title: str, unit: str) -> None:
    ends = part[["published", "simulated", "low", "high"]].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    low, high = (ends.min(), ends.max()) if len(ends) else (0.0, 1.0)
    room = 0.06 * (high - low or 1.0)
    limits = (low - room, high + room)
    axes.plot(limits, limits, color=GREY, linewidth=0.8, zorder=1)
    for label in ("replication", "prediction", "fitted"):
        own = part[(part["label"] == label) & part["simulated"].notna()]
        place, marker = LOOKS[label]
        axes.vlines(own["published"], own["low"], own["high"], color=colour(place), linewidth=1.0, alpha=0.7, zorder=2)
        axes.plot(
            own["published"], own["simulated"], linestyle="none", marker=marker, color=colour(place), markersize=4.2,
            markeredgecolor="white", markeredgewidth=0.5, zorder=3 if label == "replication" else 4,
        )  # fmt: skip
    axes.set(xlim=limits, ylim=limits, title=title, xlabel=f"Published ({unit})", ylabel=f"Simulated ({unit})")
    axes.set_box_aspect(1)
    axes.locator_params(nbins=6)
