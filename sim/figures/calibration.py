"""Figures of a calibration: simulated figures against published ones, and the criterion along each parameter."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.published import kind
from sim.figures.style import GREY, STYLE, colour, plain, sheet

COLUMNS = 3  # panels beside each other
UNITS = {
    "C$/t": ("Prices and gaps", "C\\$/t"),
    "million C$ revenue": ("Revenue", "million C\\$"),
    "million C$ loss": ("Loss", "million C\\$"),
    "scales": ("Other measures, each by its scale", "in scales"),
}


def fit(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw simulated over published figures, a panel for each unit: at the start, at the optimum, and held out."""
    fitted = frames["fit"].assign(held=False)
    fitted["unit"] = [_unit(line.table, line.column) for line in fitted.itertuples()]
    other = fitted["unit"] == "scales"
    shown = ["published", "start", "simulated", "low", "high"]
    fitted.loc[other, shown] = fitted.loc[other, shown].mul(np.sqrt(fitted.loc[other, "weight"]), axis=0)
    held = frames["held_out"].assign(held=True)
    held["unit"] = [kind(line.table, line.column) for line in held.itertuples()]
    columns = ["unit", "held", "published", "start", "simulated", "low", "high"]
    both = pd.concat([part[columns] for part in (fitted, held) if len(part)], ignore_index=True)
    units = list(dict.fromkeys(both["unit"]))
    with mpl.rc_context({**STYLE, "axes.grid.axis": "both"}):
        note = (
            "Dashed: simulated = published. Hollow: at the start. Filled: at the optimum, with 5-95 % of draws."
            " Crosses: held out of the fit, at the optimum."
        )
        rows, columns_used = -(-len(units) // COLUMNS), min(COLUMNS, len(units))
        figure, axes = sheet(meta, "Simulated against published figures", [3.9] * rows, columns=columns_used, note=note)
        for panel, unit in zip(axes.flat, units, strict=False):
            _scatter(panel, both[both["unit"] == unit])
            title, of = UNITS[unit]
            panel.set(title=title, xlabel=f"Published ({of})", ylabel=f"Simulated ({of})")
        _clear(axes, len(units))
    return figure


def _unit(table: str, column: str) -> str:
    return kind(int(table[-1]), column) if table in ("table1", "table2", "table3", "table4") else "scales"


def _scatter(panel: Axes, part: pd.DataFrame) -> None:
    shown = part[["published", "start", "low", "high"]].to_numpy()
    low, high = np.nanmin(shown), np.nanmax(shown)
    edge = 0.05 * max(high - low, 1e-9)
    panel.axline((low, low), slope=1, color=GREY, linestyle="--", linewidth=0.9)
    own, held = part[~part["held"]], part[part["held"]]
    panel.plot(own["published"], own["start"], "o", color=GREY, markerfacecolor="none", markersize=4, label="start")
    for lines, position, mark, name in ((own, 0, "o", "optimum"), (held, 1, "x", "held out")):
        if len(lines):
            panel.vlines(lines["published"], lines["low"], lines["high"], color=colour(position), linewidth=1.2)
            panel.plot(lines["published"], lines["simulated"], mark, color=colour(position), markersize=5, label=name)
    panel.set(xlim=(low - edge, high + edge), ylim=(low - edge, high + edge))
    panel.legend(loc="best")


def profiles(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the criterion along each parameter, the others held at the optimum."""
    table, parameters = frames["profiles"], frames["parameters"]
    if table.empty:
        return None
    with mpl.rc_context({**STYLE, "axes.grid.axis": "both"}):
        note = (
            "Line: optimum, where the other parameters are held. Dashed: start. Flat: a parameter that alone moves no"
            " figure. Misses are weighted."
        )
        rows = -(-len(parameters) // COLUMNS)
        columns = min(COLUMNS, max(len(parameters), 2))
        figure, axes = sheet(meta, "The criterion along each parameter", [2.6] * rows, columns=columns, note=note)
        for panel, line in zip(axes.flat, parameters.itertuples(), strict=False):
            part = table[table["parameter"] == line.parameter]
            panel.plot(part["value"], part["criterion"], "o-", color=colour(0), markersize=3.5)
            panel.axvline(line.optimum, color=colour(1), linewidth=1.2)
            panel.axvline(line.start, color=GREY, linestyle="--", linewidth=0.9)
            panel.set(title=f"{line.parameter.replace('_', ' ')} ({line.status})")
            if line.scale == "log":
                panel.set_xscale("log")
                panel.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
                panel.xaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
                panel.xaxis.set_minor_locator(mpl.ticker.NullLocator())
            unit = (meta.get("units") or {}).get(line.parameter) or "own unit"
            panel.set_xlabel(plain(f"Value ({unit})"))
            panel.set_ylabel("Criterion (squared misses)")
        _clear(axes, len(parameters))
    return figure


def _clear(axes: np.ndarray, used: int) -> None:
    for panel in axes.flat[used:]:
        panel.set_visible(False)
