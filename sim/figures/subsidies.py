"""Export subsidies: what the programmes grant by the tonne."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import (
    BAND_NOTE,
    MONTH,
    STYLE,
    band_line,
    crop_years_of,
    legend,
    lines_of,
    plain,
    shorten,
    with_gaps,
)
from sim.headings import programme_title

RATE = "programme_rate_cad_t"
BANDS = ["p05", "p25", "p50", "p75", "p95"]


def subsidies(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the rate of every export programme by period, with bands."""
    series, years = frames["series"], crop_years_of(frames["series"])
    rates = {
        name: _while_paid(part)
        for name, part in lines_of(series, RATE).items()
        if (part[["p05", "p95"]] != 0).to_numpy().any()  # below zero, a treasury that looks for its rate tries a tax
    }
    if not rates:
        return None
    with mpl.rc_context(STYLE):
        figure, (panel,) = dated_sheet(meta, "Export subsidies: rates granted", years, [3.4], note=BAND_NOTE)
        places = programme_places(series)
        for name, line in rates.items():
            band_line(panel, line, places[name], plain(shorten(programme_title(meta["scenario"], name), 30)))
        panel.set(title="Mean bonus or subsidy, maximum refund", ylabel=plain("Rate (C$/t)"))
        panel.set_ylim(bottom=min(0.0, panel.get_ylim()[0]))
        legend(panel)
    return figure


def programme_places(series: pd.DataFrame) -> dict[str, int]:
    """Place of every export programme in the palette: the same in every figure and run, whoever else pays."""
    names = series.loc[series["series"] == RATE, "label"].unique()
    return {str(name): place for place, name in enumerate(names)}


def _while_paid(line: pd.DataFrame) -> pd.DataFrame:
    """Leave out the periods in which nothing was granted in any draw: no rate is not a rate of zero.

    In weeks a line joins what was granted within a month.
    """
    paid = line[(line[BANDS] != 0).any(axis=1) & line["p50"].notna()]
    return with_gaps(paid, max(np.diff(line["x"]).min(initial=1.0), MONTH))
