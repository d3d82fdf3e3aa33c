"""Figure of a sweep: how results respond to a factor, a line for every combination of the others."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from sim.figures.style import BAND_NOTE, STYLE, band_line, plain, sheet, shorten
from sim.figures.ticks import group_thousands
from sim.headings import WHEN, sentence
from sim.measure_titles import measure_title
from sim.measures.names import in_order

PANELS = 6  # measures that fit one sheet; `--measure` chooses others
COLUMNS = 2
MOST_LINES = 12  # more cannot be told apart


def responses(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw results over the numeric factor with the most values: a panel for each measure, bands over the draws.

    None where the points make no lines: no numeric factor, or more than 12 combinations of the others, as in designs
    drawn at random.
    """
    design, bands = frames["design"].set_index("point"), frames["bands"]
    across, lines = _lines(design, meta["factors"])
    if not lines:
        return None
    bands = bands[bands["crop_year"].isin(list(WHEN)) & bands["mean"].notna()]
    keys = in_order(meta["sweep"].get("measures"), bands[["table", "column", "unit", "crop_year"]].drop_duplicates())
    if not keys:
        return None
    titles = {each["name"]: plain(each["title"]) for each in meta["factors"]}
    unit = next((plain(each["unit"]) for each in meta["factors"] if each["name"] == across), "")
    left = f" First {PANELS} of {len(keys)} measures; --measure chooses others." if len(keys) > PANELS else ""
    columns = min(COLUMNS, len(keys))
    rows = -(-min(len(keys), PANELS) // columns)
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, f"{titles[across]}: what it does", [2.5] * rows, columns=columns, note=BAND_NOTE + left
        )
        for place, (table, column, own_unit, year) in enumerate(keys[:PANELS]):
            panel = axes.flat[place]
            own = bands[(bands["table"] == table) & (bands["column"] == column)].set_index("point")
            for position, (label, points) in enumerate(lines.items()):
                part = own.reindex(points).assign(x=design.loc[points, across]).reset_index()
                band_line(panel, part, position, label)
            panel.set_title(plain(shorten(measure_title(table, column, meta.get("titles")), 58)))
            group_thousands(panel, "y")
            panel.set_ylabel(plain(f"{sentence(WHEN[year])}\n({own_unit or 'dimensionless'})"))
            panel.set_xlabel(f"{titles[across]} ({unit or 'dimensionless'})")
        for panel in axes.flat[min(len(keys), PANELS) :]:
            panel.set_visible(False)
        others = [titles[name] for name in design if name != across and design[name].nunique() > 1]
        if others:
            handles, labels = axes[0, 0].get_legend_handles_labels()
            few = len(labels) <= COLUMNS * 2
            corner: dict[str, Any] = {"loc": "outside right upper"}
            if few:
                corner = {"loc": "outside upper right", "ncols": len(labels)}
            figure.legend(handles, labels, title=" · ".join(others), alignment="left", borderaxespad=0.4, **corner)
    return figure


def _lines(design: pd.DataFrame, factors: list[dict[str, Any]]) -> tuple[str, dict[str, list[int]]]:
    """Numeric factor for the x axis, and the points of each line in its order; no lines where there are none to see."""
    numeric = [each["name"] for each in factors if each["numeric"] and design[each["name"]].nunique() > 1]
    if not numeric:
        return "", {}
    across = max(numeric, key=lambda name: design[name].nunique())
    others = [name for name in design if name != across and design[name].nunique() > 1]
    design = design.sort_values(across, kind="stable")
    groups = (
        design.groupby(others if len(others) > 1 else others[0], sort=False).groups.items()
        if others
        else [((), design.index)]
    )
    lines = {
        ", ".join(_label(value) for value in (key if isinstance(key, tuple) else (key,))): list(points)
        for key, points in groups
        if design.loc[points, across].nunique() > 1
    }
    return across, lines if len(lines) <= MOST_LINES else {}


def _label(value: Any) -> str:
    return shorten(f"{value:.4g}" if isinstance(value, float) else str(value).replace("_", " "), 26)
