"""Policy dates: a strip of named bars above the panels, and the same dates shaded in the panels."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import GREY, WIDTH_INCHES, crop_year_axis, plain, sheet, shorten
from sim.wording import first_month

LANE_INCHES = 0.19
PANEL_INCHES = WIDTH_INCHES - 2.6  # beside a legend
MOST_LANES = 12
LONG_YEARS = 1.0  # shorter events are drawn as a line: a shade would not show


def policy_events(meta: dict[str, Any], years: list[str]) -> list[tuple[str, float, float]]:
    """Named events that touch the run: (name, start, end) in crop years since its start, in order of start.

    Events with the same name count as one from the first start to the last end; of too many, the longest are kept.
    """
    spans: dict[str, tuple[float, float]] = {}
    begins = first_month(meta["scenario"])
    for event in meta["scenario"].get("events") or []:
        name, start, end = (
            event.get("name"),
            place_of(event["from"], years, begins),
            place_of(event["to"], years, begins, True),
        )
        if not name or end <= 0 or start >= len(years):
            continue
        start, end = max(start, 0.0), min(end, float(len(years)))
        known = spans.get(name, (start, end))
        spans[name] = (min(start, known[0]), max(end, known[1]))
    events = [(name, *span) for name, span in spans.items()]
    kept = sorted(events, key=lambda event: event[1] - event[2])[:MOST_LANES]
    return sorted(kept, key=lambda event: (event[1], event[2], event[0]))


def dated_sheet(
    meta: dict[str, Any],
    title: str,
    years: list[str],
    heights: list[float],
    note: str = "",
    below: tuple[float, ...] = (),
    inches: float = PANEL_INCHES,
) -> tuple[Figure, np.ndarray]:
    """Make a sheet of panels over the crop years, under a strip of policy dates where the run has any.

    Parameters
    ----------
    heights : list of float
        Heights of the panels in inches, from the top.
    below : tuple of float
        Heights of further panels under them that are not over the crop years.
    inches : float
        Rough width of the panels, by which labels find their places.

    Returns
    -------
    figure : Figure
    panels : ndarray of Axes, shape (len(heights) + len(below),)
        The panels below the strip; those of ``heights`` with policy dates shaded and crop years on their axes.
    """
    events = policy_events(meta, years)
    strip = [LANE_INCHES * len(events) + 0.12] if events else []
    figure, axes = sheet(meta, title, [*strip, *heights, *below], note=note)
    panels = axes[len(strip) :, 0]
    if events:
        draw_strip(axes[0, 0], events, years, inches)
    dated = panels[: len(heights)]
    for panel in dated:
        shade(panel, events)
        crop_year_axis(panel, years, labelled=panel is dated[-1], inches=inches)
    return figure, panels


def draw_strip(
    axes: Axes, events: list[tuple[str, float, float]], years: list[str], inches: float = PANEL_INCHES
) -> None:
    """One lane per event: a bar over its dates and its name inside the bar or beside it, where there is room."""
    axes.set_gid("policy-dates")
    axes.set_title("Policy dates", fontsize=8.5, color=GREY)
    axes.set(xlim=(0, len(years)), ylim=(len(events) - 0.4, -0.6), yticks=[], xticks=[])
    axes.grid(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    for lane, (name, start, end) in enumerate(events):
        axes.barh(lane, end - start, left=start, height=0.78, color="#CFCFCF", linewidth=0)
        text = plain(shorten(name, 64))
        width = len(text) * 0.066 * len(years) / inches  # crop years taken by the text at 7.5 points
        if width <= end - start or (end + width > len(years) and start < width):
            x, side = min(max((start + end) / 2, width / 2), len(years) - width / 2), "center"
        elif end + width <= len(years):
            x, side = end + 0.006 * len(years), "left"
        else:
            x, side = start - 0.006 * len(years), "right"
        axes.text(x, lane, text, ha=side, va="center", fontsize=7.5, color="#222222")


def shade(axes: Axes, events: list[tuple[str, float, float]]) -> None:
    """Shade the long events and mark the short ones; many shades on each other stay light enough to read on."""
    long = sum(end - start >= LONG_YEARS for _name, start, end in events)
    for _name, start, end in events:
        if end - start >= LONG_YEARS:
            axes.axvspan(start, end, color="#000000", alpha=min(0.035, 0.1 / long), linewidth=0, zorder=0)
        else:
            axes.axvline(start, color="#999999", linewidth=0.7, linestyle=(0, (2, 2)), zorder=0)


def place_of(date: str, years: list[str], begins: int, end: bool = False) -> float:
    """Crop years from the start of the run to the start, or end, of a month or day.

    ``begins`` is the calendar month in which crop years begin: 1980-08 -> 0 from 1980/81 and 8.
    """
    months = int(date[5:7]) - begins + ((int(date[8:]) - 1 + end) / 31 if len(date) > 7 else end)
    return int(date[:4]) - int(years[0][:4]) + months / 12
