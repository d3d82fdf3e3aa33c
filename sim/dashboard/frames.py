"""What stands still in a chart while months pass: axes over the whole calendar, shaded policy periods, tooltip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.calendar import MONTHS, Timeline

INK, PALE, RULE = "#333333", "#666666", "#E2E2E2"
SHADES = ("rgba(0,0,0,0.05)", "rgba(0,0,0,0.03)")
TEXT = {"fontFamily": "inherit", "fontSize": 11.5, "color": INK}
MOST_POLICIES = 12
ROOM, LETTER = 400, 6.3  # pixels: room for the legend in a chart of half the page; mean width of a letter


def month_name(month: str) -> str:
    """Calendar month for people: 1985-05 -> May 1985."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def period_names(timeline: Timeline) -> list[str]:
    """Name of every period: its month, with the week where a period is a week."""
    months = [month_name(month) for month in timeline.month_of_period]
    if timeline.periods_per_year == 12:
        return months
    return [f"{month}, week {week + 1}" for month, week in zip(months, timeline.period_in_year, strict=True)]


def policies(loaded: Any) -> list[tuple[str, int, int]]:
    """Named events that touch the run: (name, first period, last period); those of one name count as one."""
    spans: dict[str, tuple[int, int]] = {}
    for event in loaded.resolved.get("events") or []:
        name = event.get("name")
        periods = np.flatnonzero(loaded.timeline.within(event["from"], event["to"]))
        if name and periods.size:
            first, last = spans.get(name, (int(periods[0]), int(periods[-1])))
            spans[name] = (min(first, int(periods[0])), max(last, int(periods[-1])))
    longest = sorted(spans.items(), key=lambda item: item[1][0] - item[1][1])[:MOST_POLICIES]
    return sorted(((name, *span) for name, span in longest), key=lambda item: item[1:])


def over_time(
    timeline: Timeline, events: Sequence[tuple[str, int, int]], bounds: tuple[float, float], unit: str, names: list[str]
) -> dict[str, Any]:
    """Frame of a chart over the calendar.

    Parameters
    ----------
    timeline : Timeline
    events : sequence of (name, first period, last period)
        Shaded.
    bounds : (low, high)
        Of the value axis.
    unit : str
        What the values are in.
    names : list of str
        Names of the lines, for the legend.
    """
    per_year, years = timeline.periods_per_year, len(timeline.crop_years)
    every = max(1, round(years / 8))
    low, high = bounds
    return {
        "animation": False,
        "textStyle": TEXT,
        "unit": unit,
        "grid": {"left": 58, "right": 14, "top": 34 + 18 * (legend_rows(names) - 1), "bottom": 26},
        "legend": {"top": 0, "left": 54, "itemWidth": 30, "itemHeight": 8, "itemGap": 12, "itemStyle": {"opacity": 0},
                   "textStyle": TEXT, "data": names, "selectedMode": False},
        "tooltip": {"trigger": "axis", "confine": True, "transitionDuration": 0, "textStyle": {"fontSize": 12},
                    "axisPointer": {"type": "line"}},
        "xAxis": {
            "type": "category", "boundaryGap": False, "data": period_names(timeline),
            "axisLabel": TEXT,
            "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": PALE}},
            "crop": [timeline.crop_years[i] if i % every == 0 else "" for i in range(years)], "per": per_year,
        },
        "yAxis": {
            "type": "value", "min": low, "max": high, "name": unit, "nameLocation": "middle", "nameGap": 44,
            "nameTextStyle": TEXT, "axisLabel": TEXT, "splitLine": {"lineStyle": {"color": RULE}},
        },
        "series": [_shading(events)] if events else [],
    }  # fmt: skip


def legend_rows(names: list[str]) -> int:
    """Rows a legend takes in a chart of half the page."""
    rows, used = 1, 0.0
    for name in names:
        width = len(name) * LETTER + 42
        if used and used + width > ROOM:
            rows, used = rows + 1, 0.0
        used += width
    return rows


def shaded_text(timeline: Timeline, events: Sequence[tuple[str, int, int]]) -> str:
    """What the shaded periods of the charts are."""
    months = timeline.month_of_period
    spans = [f"{name} ({month_name(months[first])} to {month_name(months[last])})" for name, first, last in events]
    return f"Shaded in the charts: {'; '.join(spans)}." if spans else ""


def _shading(events: Sequence[tuple[str, int, int]]) -> dict[str, Any]:
    areas = [
        [{"name": name, "xAxis": first, "itemStyle": {"color": SHADES[at % 2]}}, {"xAxis": last}]
        for at, (name, first, last) in enumerate(events)
    ]
    label = {"show": False}
    shown = {"label": {"show": True, "position": "insideBottom", "color": INK, "fontSize": 11}}
    area = {"silent": False, "label": label, "emphasis": shown, "data": areas}
    return {"type": "line", "data": [], "name": "policy", "markArea": area, "tooltip": {"show": False}, "z": 1}
