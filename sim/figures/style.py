"""One look for all figures: palette, sheet with title and footer, bands, and crop years on the x axis."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SHEET = Path(__file__).with_name("singledesk.mplstyle")
STYLE: mpl.RcParams = mpl.rc_params_from_file(SHEET, use_default_template=False)
"""Settings of the style sheet; figures are made and saved in ``mpl.rc_context(STYLE)``."""

PALETTE: tuple[str, ...] = tuple(each["color"] for each in STYLE["axes.prop_cycle"])
DASHES: tuple[Any, ...] = tuple(each["linestyle"] for each in STYLE["axes.prop_cycle"])
MARKERS = "osD^vPX*"
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oooo", "----", "||||")
GREY = "#555555"
WIDTH_INCHES = 10.0
FOOTER_POINTS = 7.5
FOOTER_LENGTH = 150  # characters of the footer that fit the width
MONTH = 1 / 12  # of a crop year
STROKE_SHARE = 0.003  # of a panel's width: the least half of a stroke that can be seen
BAND_NOTE = "Lines: median of draws. Bands: 25-75 % (dark) and 5-95 % (light) of draws."


def colour(position: int) -> str:
    """Colour of the series at a position; colours repeat after eight, with other dashes."""
    return PALETTE[position % len(PALETTE)]


def dash(position: int) -> Any:
    """Line style that goes with ``colour``: no two of the first eight are alike, nor two lines of one colour."""
    return DASHES[(position + position // len(PALETTE)) % len(DASHES)]


def marker(position: int) -> str:
    """Marker that goes with ``colour``, for points."""
    return MARKERS[(position + position // len(PALETTE)) % len(MARKERS)]


def hatch(position: int) -> str:
    """Hatch that goes with ``colour``, for bars and areas."""
    return HATCHES[position % len(HATCHES)]


def line_look(position: int) -> dict[str, Any]:
    """Keywords of ``plot`` for a line that is told apart by colour and, in greyscale, by dash."""
    return {"color": colour(position), "linestyle": dash(position)}


def point_look(position: int) -> dict[str, Any]:
    """Keywords of ``plot`` for points without a line, told apart by colour and, in greyscale, by marker."""
    return {"color": colour(position), "marker": marker(position), "linestyle": "none", "markeredgecolor": "white"}


def bar_look(position: int) -> dict[str, Any]:
    """Keywords of ``bar`` for bars told apart by colour and, in greyscale, by hatch."""
    return {"color": colour(position), "hatch": hatch(position), "edgecolor": "white", "linewidth": 0.4}


def plain(text: Any) -> str:
    """Text with its dollar signs escaped, which Matplotlib would take for the ends of a formula."""
    return re.sub(r"(?<!\\)\$", r"\\$", str(text))


def true_minus(text: Any) -> str:
    """Text with hyphens before numbers as minus signs, as Matplotlib writes them on axes."""
    return str(text).replace("-", "\N{MINUS SIGN}")


def sheet(
    meta: dict[str, Any], title: str, heights: list[float], columns: int = 1, note: str = ""
) -> tuple[Figure, np.ndarray]:
    """Make a figure with a title, a footer that names the run, and rows of axes of the given heights (inches).

    Returns
    -------
    figure : Figure
    axes : ndarray of Axes, shape (len(heights), columns)
    """
    with mpl.rc_context(STYLE):
        height = sum(heights) + 1.1
        figure = Figure(figsize=(WIDTH_INCHES, height))
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure)
        figure.set_layout_engine("constrained", rect=(0.005, 0.45 / height, 0.985, 1 - 0.5 / height), h_pad=0.06)
        axes = figure.subplots(len(heights), columns, squeeze=False, gridspec_kw={"height_ratios": heights})
        figure.suptitle(plain(title), x=0.012, ha="left", fontsize=12, fontweight="bold")
        lines = [note, source(meta)] if note else [source(meta)]
        figure.text(
            0.012, 0.08 / height, plain("\n".join(lines)), fontsize=FOOTER_POINTS, color=GREY, va="bottom", ha="left"
        )
    return figure, axes


def source(meta: dict[str, Any]) -> str:
    """Footer: which scenario and run a figure shows."""
    draws = meta.get("draws", 1)
    run = f"run {meta['run_id']} · {draws} draw{'s' if draws != 1 else ', so no bands'}"
    room = FOOTER_LENGTH - len(f"Scenario: {meta['stem']} () · {run}")  # a comparison's name may be long
    return f"Scenario: {meta['stem']} ({shorten(meta['scenario']['title'], max(room, 12))}) · {run}"


def shorten(text: str, length: int) -> str:
    """Text cut to a length, with an ellipsis."""
    text = " ".join(str(text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def title_of(meta: dict[str, Any], section: str, name: str, length: int = 26) -> str:
    """Title of a market, grade, seller ... in the scenario; its name when it has none."""
    entry = meta["scenario"].get(section) or {}
    return plain(shorten((entry.get(name) or {}).get("title") or name.replace("_", " "), length))


def crop_years_of(series: pd.DataFrame) -> list[str]:
    """Crop years of a run, in order."""
    return list(series.loc[series["time"] == "period", "crop_year"].unique())


def lines_of(series: pd.DataFrame, name: str) -> dict[str, pd.DataFrame]:
    """Frames by label of one series, with ``x`` in crop years since the start; labels without a value left out.

    A month or week sits at its middle, a crop-year value at the middle of its year.
    """
    years = crop_years_of(series)
    chosen = series[(series["series"] == name) & series["mean"].notna()]
    if chosen.empty:
        return {}
    periods = series.loc[series["time"] == "period", "period"].max() + 1
    per_year = periods / len(years)
    monthly = chosen["time"].iloc[0] == "period"
    at = (
        chosen["period"].astype(float) / per_year + 0.5 / per_year
        if monthly
        else chosen["crop_year"].map(years.index) + 0.5
    )
    step = 1 / per_year if monthly else 1.0
    apart = max(step, MONTH)  # who buys once a month has no gaps in weeks
    return {str(label): with_gaps(part, apart) for label, part in chosen.assign(x=at).groupby("label", sort=False)}


def with_gaps(part: pd.DataFrame, step: float) -> pd.DataFrame:
    """Put an empty line after values that are more than a step from the next: no line is drawn across, nor from one."""
    part = part.sort_values("x").reset_index(drop=True)
    jumps = np.flatnonzero(np.diff(part["x"]) > 1.5 * step) if len(part) > 1 else [0]
    holes = pd.DataFrame({"x": part["x"].to_numpy()[jumps] + step})
    return pd.concat([part, holes]).sort_values("x", ignore_index=True)


def band_line(axes: Axes, part: pd.DataFrame, position: int, label: str, bands: bool = True) -> None:
    """Median with its 25-75 and 5-95 bands. A value with gaps around it is a short level stroke over its own month."""
    part = _strokes(part, abs(np.subtract(*axes.get_xlim())))
    x, own = part["x"], colour(position)
    if bands:
        axes.fill_between(x, part["p05"], part["p95"], color=own, alpha=0.13, linewidth=0)
        axes.fill_between(x, part["p25"], part["p75"], color=own, alpha=0.22, linewidth=0)
    axes.plot(x, part["p50"], **line_look(position), label=label)


def _strokes(part: pd.DataFrame, width: float) -> pd.DataFrame:
    """Put two points in place of each value with gaps around it, which no line goes through.

    They stand 0.4 steps to either side, or 0.3 % of the ``width`` of the panel where that is more.
    """
    x, there = part["x"].to_numpy(float), np.concatenate([[False], part["p50"].notna(), [False]])
    lonely = there[1:-1] & ~there[:-2] & ~there[2:]
    if not lonely.any():
        return part
    step = np.diff(np.unique(x)).min() if len(np.unique(x)) > 1 else 1.0
    half = max(0.4 * step, STROKE_SHARE * width)
    twice = part.loc[part.index.repeat(1 + lonely)].reset_index(drop=True)
    ends = np.repeat(lonely, 1 + lonely)
    twice.loc[ends, "x"] = twice.loc[ends, "x"] + half * np.tile([-1.0, 1.0], int(lonely.sum()))
    return twice


def crop_year_axis(axes: Axes, years: list[str], labelled: bool = True, inches: float = 7.4) -> None:
    """Label crop years at the middle of each year, thinned so that they stay apart; ticks at the turn of the year."""
    step = max(1, int(np.ceil(len(years) * 0.62 / inches)))
    axes.set_xlim(0, len(years))
    axes.set_xticks([i + 0.5 for i in range(0, len(years), step)], years[::step] if labelled else [])
    axes.set_xticks(range(len(years) + 1), minor=True)
    axes.tick_params(axis="x", which="major", length=0, pad=7)  # clear of the lowest label of the y axis
    axes.tick_params(axis="x", which="minor", length=3)
    if labelled:
        axes.set_xlabel("Crop year (August-July)")


def legend(axes: Axes, title: str | None = None) -> None:
    """Legend to the right of the panel, where it covers nothing."""
    axes.legend(loc="upper left", bbox_to_anchor=(1.005, 1.02), title=title, alignment="left", borderaxespad=0.2)


def lines_across(axes: Axes) -> None:
    """Grid for bars and points that lie on their side: lines at the values, none at the names."""
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.tick_params(axis="y", length=0)
