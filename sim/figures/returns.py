"""What growers are offered over all months: initial payment, outlook, pool return and the off-board price."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.pool_years import Pool, PoolYear, left_out, panels_of, pools_of
from sim.figures.style import BAND_NOTE, STYLE, band_line, colour, crop_years_of, dash, legend

LOOKS = {  # what a line shows: its place in the palette
    "Off-board (cash) price": 0,
    "Initial payment": 1,
    "Pool return outlook (PRO), published": 2,
    "The board's own outlook, unpublished": 4,
    "Pool return (initial + final)": 3,
}
CASH, INITIAL, OUTLOOK, UNPUBLISHED, PAID = LOOKS
DEFICIT = "Deficit: paid above what sales brought"
MOST_PANELS = 8
DEFICIT_INCHES = 0.3  # room in a year for the number of its deficit
DEFICIT_NOTE = " Deficits: mean of draws, in million C$ at the foot."


def returns(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """One panel per pool: its return in steps over pool years against payments, outlook and the off-board price."""
    series = frames["series"]
    years = crop_years_of(series)
    drawn, missing = panels_of(pools_of(frames, meta), MOST_PANELS)
    if not drawn:
        return None
    with mpl.rc_context(STYLE):
        title = "Pool returns, initial payments and the off-board price"
        has_deficit = any(pool.deficit_cad_m(year) for pool in drawn for year in pool.years)
        note = BAND_NOTE + DEFICIT_NOTE * has_deficit + left_out(missing)
        figure, panels = dated_sheet(meta, title, years, [2.4] * len(drawn), note=note)
        for panel, pool in zip(panels, drawn, strict=True):
            _panel(panel, pool, len(years))
            panel.set_title(pool.title)
            panel.set_ylabel("Price, port basis (C$/t)")
            legend(panel)
    return figure


def _panel(axes: Axes, pool: Pool, crop_years: int) -> None:
    live = pd.Index([period for year in pool.years for period in range(year.first, year.last + 1)])
    line(axes, pool, pool.cash, CASH)
    line(axes, pool, _only(pool.initial, live), INITIAL)
    open_to_all = pd.Index([period for period in live if pool.is_published(period)])
    line(axes, pool, _only(pool.outlook, open_to_all), OUTLOOK)
    line(axes, pool, _only(pool.outlook, live.difference(open_to_all)), UNPUBLISHED)
    deficits = [year for year in pool.years if pool.deficit_cad_m(year)]
    _steps(axes, pool)
    for number, year in enumerate(deficits):
        deficit_bar(axes, pool, year, year.first / pool.per_year, (year.last + 1) / pool.per_year, number == 0)
    if not deficits:
        return
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.11 * (high - low), high)  # room for the numbers
    for year in deficits if 7.0 / crop_years >= DEFICIT_INCHES else ():
        middle = (year.first + year.last + 1) / 2 / pool.per_year
        axes.text(middle, low - 0.095 * (high - low), amount(pool.deficit_cad_m(year)), ha="center", fontsize=7.5)


def line(axes: Axes, pool: Pool, part: pd.DataFrame, label: str) -> None:
    """Draw bands of a price by period over crop years since the start; nothing where there is none."""
    if part["p50"].notna().any():
        x = (part.index.to_numpy(dtype=float) + 0.5) / pool.per_year
        band_line(axes, part.assign(x=x), LOOKS[label], label)


def deficit_bar(axes: Axes, pool: Pool, year: PoolYear, left: float, right: float, labelled: bool) -> None:
    """Hatch from what a pool paid down to what its sales brought, a tonne, mean of draws."""
    axes.bar(
        (left + right) / 2,
        float(pool.short.loc[year.crop_year, "mean"]),
        right - left,
        pool.earned_cad_t(year),
        facecolor="none",
        edgecolor="#000000",
        hatch="xxxx",
        linewidth=0.5,
        label=DEFICIT if labelled else None,
        zorder=1.5,
    )


def amount(million_cad: float) -> str:
    """A deficit in million C$, short."""
    return f"{million_cad:.0f}" if million_cad >= 9.95 else f"{million_cad:.1f}"


def _steps(axes: Axes, pool: Pool) -> None:
    """Realised returns as steps over their pool years with bands; missing ones are not drawn."""
    closed = [year for year in pool.years if year.crop_year in pool.paid.index]
    paid = pool.paid.loc[[year.crop_year for year in closed], ["p05", "p25", "p50", "p75", "p95"]]
    steps = paid.loc[paid.index.repeat(3)].reset_index(drop=True)  # both ends of a year, and a break
    steps.iloc[2::3] = np.nan
    x = np.array([[year.first, year.last + 1, year.last + 1] for year in closed]).ravel() / pool.per_year
    own = colour(LOOKS[PAID])
    axes.fill_between(x, steps["p05"], steps["p95"], color=own, alpha=0.15, linewidth=0)
    axes.fill_between(x, steps["p25"], steps["p75"], color=own, alpha=0.22, linewidth=0)
    axes.plot(x, steps["p50"], color=own, linestyle=dash(LOOKS[PAID]), linewidth=2.2, label=PAID)


def _only(frame: pd.DataFrame, periods: pd.Index) -> pd.DataFrame:
    """Lines from the first to the last of some periods; those between that are none of them stay, empty."""
    if periods.empty:
        return frame.head(0)
    kept = frame.loc[periods.min() : periods.max()].copy()
    kept.loc[~kept.index.isin(periods), kept.select_dtypes("number").columns] = np.nan
    return kept
