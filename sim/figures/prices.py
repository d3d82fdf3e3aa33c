"""Prices by market over time: one panel per grade."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import BAND_NOTE, STYLE, band_line, crop_years_of, legend, lines_of, title_of
from sim.shipped import home_origin
from sim.wording import commodity


def prices(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Monthly f.o.b. prices from the base origin by market, with bands, one panel per grade."""
    series, scenario = frames["series"], meta["scenario"]
    lines, years = lines_of(series, "price_cad_t"), crop_years_of(series)
    markets = list(scenario["markets"])
    grades = [grade for grade in scenario["grades"] if any(f"{market}:{grade}" in lines for market in markets)]
    if not grades:
        return None
    origin = title_of(meta, "origins", home_origin(scenario), 40)
    with mpl.rc_context(STYLE):
        heights = [2.5] * len(grades)
        figure, panels = dated_sheet(
            meta, f"Prices of {commodity(scenario)} from {origin}, by market", years, heights, note=BAND_NOTE
        )
        for panel, grade in zip(panels, grades, strict=True):
            for position, market in enumerate(markets):
                part = lines.get(f"{market}:{grade}")
                if part is not None:
                    band_line(panel, part, position, title_of(meta, "markets", market))
            panel.set_title(title_of(meta, "grades", grade, 60))
            panel.set_ylabel("Price (C$/t f.o.b.)")
            legend(panel)
    return figure
