"""Price gaps between markets: by crop year, and over the study's periods with their stars."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import GREY, STYLE, colour, crop_years_of, legend, plain, point_look, title_of, true_minus
from sim.frames import pair_gaps, paired_gaps
from sim.shipped import published_gaps
from sim.wording import pool_word

NOTE = "By crop year: median (points), 25-75 % (thick) and 5-95 % of draws (thin)."
NOTE_PERIODS = (
    " By period, over months with sales in both markets:\nmean, 5-95 % of draws; * differs from zero at 95 %,"
    " with the share of draws in which it does; crosses: the study's Table 1 with its own stars."
)
PUBLISHED = "#000000"


def price_gaps(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the price gaps in the feed pool between markets by crop year, and by the study's periods with stars."""
    years = crop_years_of(frames["series"])
    gaps = pair_gaps(frames["summary"], meta).dropna(subset=["mean"])
    if gaps.empty:
        return None
    pairs = list(dict.fromkeys(gaps["pair"]))
    periods = _periods(frames["summary"], pairs)
    with mpl.rc_context(STYLE):
        below = (0.9 + 0.235 * len(periods),) if len(periods) else ()
        note = NOTE + (NOTE_PERIODS if below else "")
        figure, panels = dated_sheet(
            meta,
            f"Price gaps between markets, {pool_word(meta['scenario'], 'feed')}",
            years,
            [2.2 + 0.28 * len(pairs)],
            note,
            below,
            inches=5.2,
        )
        _by_year(panels[0], gaps, pairs, years, meta)
        if below:
            _by_period(panels[1], periods, pairs, meta)
    return figure


def _by_year(axes: Axes, gaps: pd.DataFrame, pairs: list[str], years: list[str], meta: dict[str, Any]) -> None:
    """One group of points per crop year."""
    for position, pair in enumerate(pairs):
        part = gaps[gaps["pair"] == pair]
        x = part["row"].map(years.index).to_numpy() + 0.5 + (position - (len(pairs) - 1) / 2) * 0.8 / max(len(pairs), 2)
        axes.vlines(x, part["p05"], part["p95"], color=colour(position), linewidth=1.1)
        axes.vlines(x, part["p25"], part["p75"], color=colour(position), linewidth=3.6)
        axes.plot(x, part["p50"], **point_look(position), markersize=5.5, label=_title(pair, meta))
    axes.axhline(0, color="#333333", linewidth=0.8)
    axes.set(title="By crop year", ylabel=plain("Price gap (C$/t f.o.b.)"))
    axes.margins(y=0.1)
    legend(axes)


def _periods(summary: pd.DataFrame, pairs: list[str]) -> pd.DataFrame:
    """Table 1 by period and pair, in the order of the pairs; only what was simulated."""
    table = paired_gaps(summary, published_gaps())
    if table.empty:
        return table
    table[["period", "pair"]] = table["period and pair"].str.split(" ", n=1, expand=True)
    return table[table["mean_cad_t"].notna() & table["pair"].isin(pairs)].reset_index(drop=True)


def _by_period(axes: Axes, table: pd.DataFrame, pairs: list[str], meta: dict[str, Any]) -> None:
    """One line per period and pair, the periods apart; words beside the points say how sure the gap is."""
    periods = list(dict.fromkeys(table["period"]))
    y = np.arange(len(table)) + 1.1 * table["period"].map(periods.index).to_numpy()
    label_at = dict(zip(table["period"], y, strict=True))  # of each period its last line
    for position, pair in enumerate(pairs):
        own = (table["pair"] == pair).to_numpy()
        axes.hlines(y[own], table["p05_cad_t"][own], table["p95_cad_t"][own], color=colour(position), linewidth=1.6)
        axes.plot(table["mean_cad_t"][own], y[own], **point_look(position), markersize=6)
    published = table["published_cad_t"].notna().to_numpy()
    if published.any():
        axes.plot(
            table["published_cad_t"][published], y[published], linestyle="none", marker="x", markersize=6.5,
            markeredgewidth=1.5, color=PUBLISHED, label="Published",
        )  # fmt: skip
        legend(axes)
    axes.axvline(0, color="#333333", linewidth=0.8)
    low = min(0.0, table["p05_cad_t"].min(), table["published_cad_t"].min())
    high = max(0.0, table["p95_cad_t"].max(), table["published_cad_t"].max())
    span = max(high - low, 1e-9)
    axes.set_xlim(low - 0.05 * span, high + 0.72 * span)  # room for the words
    for place, line in zip(y, table.itertuples(), strict=True):
        ends = [line.p95_cad_t, line.published_cad_t]
        beside: dict[str, Any] = {"xytext": (9, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
        axes.annotate(_words(line), (np.nanmax(ends), place), **beside)
    axes.set_yticks(y, [_title(pair, meta) for pair in table["pair"]])
    axes.set_ylim(y[-1] + 0.7, -1.5)
    for period in periods:
        first = label_at[period] - (table["period"] == period).sum() + 1
        axes.text(
            0.004, first - 0.95, period, transform=axes.get_yaxis_transform(), va="center", ha="left", fontsize=8.5,
            color=GREY, fontweight="bold", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set(title="By period of the study's Table 1", xlabel=plain("Price gap (C$/t f.o.b.)"))


def _words(line: Any) -> str:
    share = line.share_of_draws_significant
    words = f"{line.mean_cad_t:.1f}"
    if np.isfinite(share):
        words += f"{'*' if share >= 0.5 else ''} in {100 * share:.0f} % of draws"
    if np.isfinite(line.published_cad_t):
        words += f"; published {line.published_cad_t:.1f}{'*' if line.published_significant else ''}"
    return true_minus(words)


def _title(pair: str, meta: dict[str, Any]) -> str:
    first, _, second = pair.partition("-")
    return f"{title_of(meta, 'markets', first, 16)} less {title_of(meta, 'markets', second, 16)}"
