"""Supply and use of each origin, per crop year."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import STYLE, bar_look, crop_year_axis, crop_years_of, legend, plain, title_of
from sim.headings import sentence
from sim.wording import commodity, word

STOCK = {"color": "#BDBDBD", "hatch": ""}  # what is carried over, on both sides
SUPPLY = {  # flow: what it is called, and its look
    "harvest_kt": ("Supply: harvest", bar_look(4)),
    "imports_kt": ("Supply: imports", bar_look(3)),
    "opening_kt": ("Supply: opening stock", bar_look(0) | STOCK),
}
USE = {
    "own_use_kt": ("Use: {own}", bar_look(5)),
    "home_use_kt": ("Use: home sales, also of imports", bar_look(0)),
    "exports_kt": ("Use: exports", bar_look(2)),
    "closing_kt": ("Use: closing stock", bar_look(7) | {"color": STOCK["color"]}),
}
WIDTH = 0.4  # of a bar, crop years
LEAST_KT = 0.5  # what is less in all years is not drawn
MANY_ORIGINS = 4


def supply(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Two stacked bars by crop year and origin: what there was, and what became of it, mean of draws."""
    series, years = frames["series"], crop_years_of(frames["series"])
    flows = {origin: supply_and_use(series, origin, years) for origin in meta["scenario"]["origins"]}
    flows = {origin: flow for origin, flow in flows.items() if flow.to_numpy().sum() > LEAST_KT}
    if not flows:
        return None
    own = plain(word(meta["scenario"], "own_use"))
    with mpl.rc_context(STYLE):
        heights = [2.3 if len(flows) <= MANY_ORIGINS else 1.9] * len(flows)
        note = "Left bar: supply. Right bar: use and closing stock, of the same height. Mean of draws."
        figure, panels = dated_sheet(meta, "Supply and use by origin", years, heights, note=note)
        for panel, (origin, flow) in zip(panels, flows.items(), strict=True):
            _bars(panel, flow, SUPPLY, -WIDTH / 2, own)
            _bars(panel, flow, USE, WIDTH / 2, own)
            panel.set_title(title_of(meta, "origins", origin, 60))
            panel.set_ylabel(plain(sentence(f"{commodity(meta['scenario'])} (Mt per crop year)")))
            crop_year_axis(panel, years, labelled=panel is panels[-1])
            legend(panel)
    return figure


def supply_and_use(series: pd.DataFrame, origin: str, years: list[str]) -> pd.DataFrame:
    """Tonnes by crop year (rows) and flow (columns of ``SUPPLY`` and ``USE``), kt, mean of draws.

    Flows are summed over the year; of stocks the first (opening) and the last (closing) of the year count.
    """
    columns = {}
    for name in (*SUPPLY, *USE):
        part = series[(series["series"] == name) & (series["label"] == origin)].sort_values("period")
        grouped = part.groupby("crop_year", sort=False)["mean"]
        yearly = {"opening_kt": grouped.first, "closing_kt": grouped.last}.get(name, grouped.sum)()
        columns[name] = yearly.reindex(years).fillna(0.0)
    return pd.DataFrame(columns, index=years)


def _bars(axes: Axes, flow: pd.DataFrame, looks: dict[str, tuple[str, dict[str, Any]]], shift: float, own: str) -> None:
    x, base = np.arange(len(flow)) + 0.5 + shift, np.zeros(len(flow))
    for name, (label, look) in looks.items():
        height = flow[name].to_numpy() / 1000
        if 1000 * height.max() > LEAST_KT:
            axes.bar(x, height, WIDTH, base, label=label.format(own=own), **look)
            base = base + height
