"""Export subsidies and the price gap between markets."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import BAND_NOTE, STYLE, band_line, colour, crop_years_of, legend, lines_of, title_of
from sim.frames import pair_gaps
from sim.headings import programme_title


def subsidies(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Programme rates by month, and the paired price gaps of ``meta["pairs"]`` by crop year, with bands."""
    series, years = frames["series"], crop_years_of(frames["series"])
    rates = {
        name: _while_paid(part)
        for name, part in lines_of(series, "programme_rate_cad_t").items()
        if (part[["p05", "p95"]] != 0).to_numpy().any()  # below zero, a treasury that looks for its rate tries a tax
    }
    gaps = pair_gaps(frames["summary"], meta).dropna(subset=["mean"])
    parts = [part for part, wanted in (("rates", rates), ("gaps", not gaps.empty)) if wanted]
    if not parts:
        return None
    with mpl.rc_context(STYLE):
        heights = [2.8] * len(parts)
        title = {"rates": "export subsidies", "gaps": "price gaps between markets"}
        heading = " and ".join(title[part] for part in parts)
        figure, panels = dated_sheet(meta, heading[0].upper() + heading[1:], years, heights, note=BAND_NOTE)
        for panel, part in zip(panels, parts, strict=True):
            if part == "rates":
                for position, (name, line) in enumerate(rates.items()):
                    band_line(panel, line, position, programme_title(meta["scenario"], name)[:30])
                panel.set(title="Rate granted (mean bonus or subsidy, maximum refund)", ylabel="Rate (C$/t)")
                panel.set_ylim(bottom=min(0.0, panel.get_ylim()[0]))
            else:
                _gap_panel(panel, gaps, years, meta)
            legend(panel)
    return figure


def _while_paid(line: pd.DataFrame) -> pd.DataFrame:
    """Leave out the periods in which nothing was granted in any draw: no rate is not a rate of zero."""
    bands = ["p05", "p25", "p50", "p75", "p95"]
    paid = (line[bands] != 0).any(axis=1)
    return line.assign(**{name: line[name].where(paid) for name in bands})


def _gap_panel(axes: Axes, gaps: pd.DataFrame, years: list[str], meta: dict[str, Any]) -> None:
    """One group of points per crop year: median, 25-75 (thick) and 5-95 (thin)."""
    pairs = list(dict.fromkeys(gaps["pair"]))
    for position, pair in enumerate(pairs):
        part = gaps[gaps["pair"] == pair]
        x = part["row"].map(years.index).to_numpy() + 0.5 + (position - (len(pairs) - 1) / 2) * 0.8 / max(len(pairs), 2)
        own = colour(position)
        axes.vlines(x, part["p05"], part["p95"], color=own, linewidth=1.1)
        axes.vlines(x, part["p25"], part["p75"], color=own, linewidth=3.6)
        first, _, second = pair.partition("-")
        label = f"{title_of(meta, 'markets', first, 16)} less {title_of(meta, 'markets', second, 16)}"
        axes.plot(
            x,
            part["p50"],
            linestyle="none",
            marker="o",
            markersize=4.5,
            color=own,
            markeredgecolor="white",
            label=label,
        )
    axes.axhline(0, color="#333333", linewidth=0.8)
    axes.set(title="Price gap, feed, months with sales in both markets", ylabel="Price gap (C$/t f.o.b.)")
    axes.margins(y=0.1)
