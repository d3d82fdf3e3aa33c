"""Interactive charts of runs: traces for Plotly, with the colours of the figures and other dashes for other runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

import pandas as pd

from sim.figures.style import PALETTE, colour, dash, lines_of, shorten
from sim.frames import YearTable, run_tables
from sim.headings import title_of
from sim.reports.gather import Shown
from sim.reports.yearly import crop_years
from sim.shipped import home_origin
from sim.wording import first_month, season, words

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
NAMED = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}
MARKERS = ("circle", "square", "diamond", "x", "triangle-up", "cross")
YEARLY = ("tonnes", "price_gaps", "subsidy_rates", "subsidy_spending", "producers", "pool_returns")
"""Crop-year tables that become charts."""
DAYS = 365.25
NAME_LENGTH = 60

Trace = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A chart: its id in the page, heading, what the y axis measures, and traces and layout for Plotly."""

    key: str
    title: str
    unit: str
    traces: list[Trace]
    layout: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a chart: whose, what, and its values with ranges."""

    run: int
    name: str
    place: int
    x: list[str]
    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]


def charts(runs: Sequence[Shown]) -> list[Chart]:
    """Prices by month, then crop-year tables of all runs together; none for results that are no runs."""
    if not runs:
        return []
    return [*_price_charts(runs), *_year_charts(runs)]


def _price_charts(runs: Sequence[Shown]) -> Iterator[Chart]:
    """Monthly prices by market, a chart for each grade."""
    grades = list(dict.fromkeys(grade for each in runs for grade in each.meta["scenario"]["grades"]))
    for grade in grades:
        lines, title = [], grade
        markets = list(dict.fromkeys(name for each in runs for name in each.meta["scenario"]["markets"]))
        for run, each in enumerate(runs):
            scenario = each.meta["scenario"]
            found = lines_of(each.frames["series"], "price_cad_t")
            for market in scenario["markets"]:
                part = found.get(f"{market}:{grade}")
                if part is not None:
                    dates = _dates(part["x"], crop_years(each)[0], first_month(scenario))
                    name = title_of(scenario, "markets", market)
                    values = [_values(part[key]) for key in ("p50", "p05", "p95")]
                    lines.append(Line(run, name, markets.index(market), dates, *values))
                    title = title_of(scenario, "grades", grade).replace("_", " ")
        if lines:
            origin = title_of(runs[0].meta["scenario"], "origins", home_origin(runs[0].meta["scenario"]))
            heading = f"Price of {title.lower()} by market, {origin}, f.o.b. port (median of draws)"
            yield _chart(f"prices-{grade}", heading, words(runs[0].meta["scenario"])("C$/t"), lines, runs, "date")


def _year_charts(runs: Sequence[Shown]) -> Iterator[Chart]:
    """One chart for each table and unit; sales by grade, since there are many markets."""
    tables = [{table.name: table for table in run_tables(each.frames["summary"], each.meta)} for each in runs]
    years = sorted({year for each in runs for year in crop_years(each)})
    for name in YEARLY:
        own = [found.get(name) for found in tables]
        groups: dict[tuple[str, str], list[str]] = {}
        headings: dict[str, str] = {}
        for table in filter(None, own):
            for heading, key in table.columns.items():
                grade = key.rpartition(":")[2] if name == "tonnes" else ""
                keys = groups.setdefault((table.units[key], grade), [])
                keys += [key] if key not in keys else []
                headings.setdefault(key, heading)
        title = next((table.title.partition(" (")[0] for table in own if table), "")
        for number, ((unit, grade), keys) in enumerate(groups.items()):
            lines = [
                _year_line(run, table, key, headings[key], place)
                for place, key in _placed(name, keys, runs) for run, table in enumerate(own)
                if table is not None and key in table.columns.values()
            ]  # fmt: skip
            heading = f"{title}{', ' + grade.replace('_', ' ') if grade else ''} (mean of draws)"
            yield _chart(f"{name}-{number}", heading, unit, lines, runs, "category", years)


def _placed(name: str, keys: list[str], runs: Sequence[Shown]) -> list[tuple[int, str]]:
    """Place in the palette of every column: that of its market, as in the figures, or else its own."""
    markets = list(dict.fromkeys(market for each in runs for market in each.meta["scenario"]["markets"]))
    origins = {key.partition(":")[0] for key in keys}
    if name != "tonnes" or len(origins) > 1:
        return list(enumerate(keys))
    return [(markets.index(key.split(":")[1]), key) for key in keys]


def _year_line(run: int, table: YearTable, key: str, heading: str, place: int) -> Line:
    part = table.frame[table.frame["column"] == key]
    values = [_values(part[name]) for name in ("mean", "p05", "p95")]
    return Line(run, heading, place, [str(row) for row in part["row"]], *values)


def _chart(
    key: str, title: str, unit: str, lines: list[Line], runs: Sequence[Shown], axis: str, years: Sequence[str] = ()
) -> Chart:  # fmt: skip
    traces: list[Trace] = []
    for name, place in dict.fromkeys((line.name, line.place) for line in lines):
        traces.append(_legend(name, place, len(runs) > 1))
    for line in lines:
        shown = runs[line.run]
        if axis == "date" and shown.draws > 1:
            traces.append(_band(line))
        traces.append(_trace(line, shown, axis, unit, len(runs) > 1))
    few, months = len(lines) <= 9, season(runs[0].meta["scenario"])
    layout: dict[str, Any] = {
        "xaxis": {"type": axis, "title": {"text": "Month" if axis == "date" else f"Crop year ({months})"}},
        "yaxis": {"title": {"text": _plain(unit)}},
        "hovermode": "x unified" if few else "closest",
    }
    if axis == "date":
        layout["xaxis"]["hoverformat"] = "%b %Y"
    else:
        layout["xaxis"] |= {"categoryorder": "array", "categoryarray": list(years)}
    return Chart(f"chart-{_safe(key)}", title, unit, traces, layout)


def _legend(name: str, place: int, several: bool) -> Trace:
    """Entry of the legend: what a colour stands for, in all runs."""
    return {
        "x": [None], "y": [None], "mode": "lines", "name": _name(name), "legendgroup": _name(name), "hoverinfo": "skip",
        "line": {"color": colour(place), "width": 3, "dash": _dash(place, 0, several)},
        "meta": {"run": -1, "line": name},
    }  # fmt: skip


def _trace(line: Line, shown: Shown, axis: str, unit: str, several: bool) -> Trace:
    name = f"{shown.letter} · {line.name}" if several else line.name
    ranged = shown.draws > 1
    hover = "%{y:,.1f} " + _plain(unit)
    trace: Trace = {
        "x": line.x, "y": line.mean, "name": _name(name), "showlegend": False, "connectgaps": False,
        "mode": "lines" if axis == "date" else "lines+markers",
        "line": {"color": colour(line.place), "width": 1.8, "dash": _dash(line.place, line.run, several)},
        "marker": {"symbol": MARKERS[line.run % len(MARKERS)], "size": 7},
        "meta": {"run": line.run, "line": line.name},
    }  # fmt: skip
    if ranged:
        trace["customdata"] = [[low, high] for low, high in zip(line.low, line.high, strict=True)]
        hover += " (5-95 %: %{customdata[0]:,.1f} to %{customdata[1]:,.1f})"
        if axis != "date":
            trace["error_y"] = _errors(line)
    trace["hovertemplate"] = hover
    return trace


def _errors(line: Line) -> dict[str, Any]:
    """Bars from 5 to 95 %."""

    def less(one: list[float | None], other: list[float | None]) -> list[float]:
        return [max(a - b, 0.0) if a is not None and b is not None else 0.0 for a, b in zip(one, other, strict=True)]

    up, down = less(line.high, line.mean), less(line.mean, line.low)
    rounded = [[round(value, 3) for value in side] for side in (up, down)]
    return {
        "type": "data",
        "symmetric": False,
        "array": rounded[0],
        "arrayminus": rounded[1],
        "thickness": 1,
        "width": 2,
    }


def _band(line: Line) -> Trace:
    """5-95 % as a filled outline, one for every stretch without a gap."""
    x: list[str | None] = []
    y: list[float | None] = []
    stretch: list[int] = []
    for i in range(len(line.x) + 1):
        if i < len(line.x) and line.low[i] is not None and line.high[i] is not None:
            stretch.append(i)
        elif stretch:
            x += [*(line.x[j] for j in stretch), *(line.x[j] for j in reversed(stretch)), None]
            y += [*(line.high[j] for j in stretch), *(line.low[j] for j in reversed(stretch)), None]
            stretch = []
    red, green, blue = (int(colour(line.place)[i : i + 2], 16) for i in (1, 3, 5))
    return {
        "x": x, "y": y, "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip",
        "fillcolor": f"rgba({red},{green},{blue},0.15)", "showlegend": False,
        "meta": {"run": line.run, "line": line.name},
    }  # fmt: skip


def _dash(place: int, run: int, several: bool) -> str:
    """Dash of a run where there are several; of a line as in the figures where there is one."""
    if several:
        return DASHES[(run + place // len(PALETTE)) % len(DASHES)]
    look = dash(place)
    return NAMED[look] if isinstance(look, str) else ",".join(f"{2 * each:g}px" for each in look[1])


def _dates(x: pd.Series, first: str, begins: int) -> list[str]:
    """Days of the positions on an axis of crop years, counted from month ``begins`` of the first one."""
    start = datetime(int(first[:4]), begins, 1)
    return [(start + timedelta(days=DAYS * float(each))).strftime("%Y-%m-%d") for each in x]


def _values(column: pd.Series) -> list[float | None]:
    return [round(float(each), 3) if math.isfinite(each) else None for each in column]


def _name(text: str) -> str:
    """Name that Plotly shows as it stands."""
    return _plain(shorten(text, NAME_LENGTH))


def _plain(text: str) -> str:
    """Text without what Plotly would read in it: tags, formulas between dollar signs, places for values."""
    return escape(text, quote=False).replace("$", "&#36;").replace("%{", "% {")


def _safe(key: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in key)
