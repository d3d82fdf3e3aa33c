"""Prices and returns in motion: lines that grow, each with its last value beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from sim.figures.labels import spread
from sim.figures.policy import policy_events, shade
from sim.figures.style import colour, crop_year_axis, crop_years_of, dash, lines_of, plain, title_of
from sim.motion.script import Moment
from sim.shipped import home_origin
from sim.wording import pool_word

MOST_LINES = 6
LARGE_KT = 1000.0
SIZE = 7.5  # of the words beside a line
KEY = 0.12  # where the sample of a line ends, of the panel's width beyond it
ROOM = 0.125  # inches from one word to the next


class LineBoard:
    """Lines over time that end at the moment shown.

    Attributes
    ----------
    lines : dict of str to Line2D
        By name as written beside it.
    """

    def __init__(
        self, axes: Axes, parts: dict[str, pd.DataFrame], title: str, label: str, years: list[str], shown: list[str],
        meta: dict[str, Any], digits: int = 0,
    ) -> None:  # fmt: skip
        self._axes, self._parts, self._digits = axes, parts, digits
        first = years.index(shown[0])
        axes.set_title(title, fontsize=9.5)
        axes.set_ylabel(label)
        crop_year_axis(axes, years, inches=axes.get_window_extent().width / axes.figure.dpi * len(years) / len(shown))
        axes.set_xlim(first, first + len(shown))
        shade(axes, policy_events(meta, years))
        low, high = _range(parts, first, first + len(shown))
        axes.set_ylim(low, high)
        self.lines, self._dots, self._words, self._keys = {}, [], [], []  # keys: samples of the lines
        for number, name in enumerate(parts):
            look = {"color": colour(number), "linestyle": dash(number)}
            (self.lines[name],) = axes.plot([], [], marker="o", markersize=1.8, **look)
            self._dots += axes.plot([], [], "o", markersize=4, color=colour(number))
            self._words.append(axes.text(first, low, "", fontsize=SIZE, va="center", color=colour(number)))
            self._keys += axes.plot([], [], clip_on=False, **look)

    def artists(self) -> list[Artist]:
        """Lines, dots and words."""
        return [*self.lines.values(), *self._dots, *self._keys, *self._words]

    def show(self, moment: Moment) -> None:
        """Draw lines up to the moment."""
        last = []
        for line, dot, part in zip(self.lines.values(), self._dots, self._parts.values(), strict=True):
            own = part[part.get("known", part["x"]) <= moment.end + 1e-9]
            line.set_data(own["x"], own["p50"])
            line.set_markevery(alone(own["p50"].to_numpy()))
            known = own.dropna(subset=["p50"])
            ends = (known["x"].iloc[-1], known["p50"].iloc[-1]) if len(known) else (np.nan, np.nan)
            dot.set_data([ends[0]], [ends[1]])
            last.append(ends)
        self._write(np.array(last))

    def _write(self, last: np.ndarray) -> None:
        """Names and values at the right of the panel, as high as their lines end but clear of each other."""
        axes = self._axes
        (_, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        inches = axes.get_window_extent().height / axes.figure.dpi
        step = ROOM * (high - low) / inches
        order = [number for number in np.argsort(last[:, 1]) if np.isfinite(last[number, 1])]
        heights = spread(np.clip(last[order, 1], low, high), step, low, high)
        wide = right - axes.get_xlim()[0]
        key = [right + 0.025 * wide, right + KEY * wide]
        for number in range(len(last)):
            self._words[number].set_text("")
            self._keys[number].set_data([], [])
        for number, height in zip(order, heights, strict=True):
            name = list(self.lines)[number]
            value = f"{last[number, 1]:,.{self._digits}f}"
            self._keys[number].set_data(key, [height, height])
            self._words[number].set(x=key[1] + 0.02 * wide, y=height, text=f"{name} {value}")


def alone(values: np.ndarray) -> list[int]:
    """Positions of values with none before or after them, which no line would show."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    return [int(each) for each in np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:])]


def _range(parts: dict[str, pd.DataFrame], start: float, end: float) -> tuple[float, float]:
    values = [part.loc[part["x"].between(start, end), "p50"].to_numpy() for part in parts.values()]
    known = np.concatenate([*values, np.zeros(0)])
    known = known[np.isfinite(known)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.06 * max(abs(high), 1.0)
    return low - room, high + room


def price_board(frames: dict[str, pd.DataFrame], meta: dict[str, Any], shown: list[str], axes: Axes) -> LineBoard:
    """Prices of the home origin's first grade by market."""
    series, scenario = frames["series"], meta["scenario"]
    lines = lines_of(series, "price_cad_t")
    grades = {grade: [m for m in scenario["markets"] if f"{m}:{grade}" in lines] for grade in scenario["grades"]}
    grade = next((grade for grade, markets in grades.items() if markets), None)
    parts = {title_of(meta, "markets", m, 22): lines[f"{m}:{grade}"] for m in grades.get(grade, [])[:MOST_LINES]}
    title = f"Prices, {title_of(meta, 'grades', grade, 20).lower()}, f.o.b." if grade else "Prices"
    return LineBoard(axes, parts, title, "Price (C\\$/t)", crop_years_of(series), shown, meta)


def return_board(frames: dict[str, pd.DataFrame], meta: dict[str, Any], shown: list[str], axes: Axes) -> LineBoard:
    """What the pool of the home origin's first board offers; where there is none, what each origin ships."""
    series, scenario = frames["series"], meta["scenario"]
    years, origin = crop_years_of(series), home_origin(scenario)
    board = next((name for name, each in (scenario.get("boards") or {}).items() if each["origin"] == origin), None)
    parts = _pool(series, board, origin, years) if board else {}
    if board and parts:
        title = f"{title_of(meta, 'boards', board, 30)}, {plain(pool_word(scenario, 'feed'))} pool"
        return LineBoard(axes, parts, title, "Price at port (C\\$/t)", years, shown, meta)
    shipped = _yearly_sum(lines_of(series, "exports_kt"))
    parts = {title_of(meta, "origins", name, 22): part for name, part in shipped.items() if (part["p50"] > 0).any()}
    parts = dict(list(parts.items())[:MOST_LINES])
    if max((part["p50"].max() for part in parts.values()), default=0.0) < LARGE_KT:
        return LineBoard(axes, parts, "Exports, last 12 months", "Exports (kt)", years, shown, meta)
    parts = {name: part.assign(p50=part["p50"] / 1000) for name, part in parts.items()}
    return LineBoard(axes, parts, "Exports, last 12 months", "Exports (Mt)", years, shown, meta, digits=1)


def _pool(series: pd.DataFrame, board: str, origin: str, years: list[str]) -> dict[str, pd.DataFrame]:
    """Initial payment, outlook, off-board price and, when its crop year is over, the pool's return."""
    found = {
        "Off-board price": lines_of(series, "cash_price_cad_t").get(origin),
        "Initial payment": lines_of(series, "initial_payment_cad_t").get(board),
        "Pool outlook": lines_of(series, "pool_return_outlook_cad_t").get(board),
        "Pool return": _steps(lines_of(series, "pool_return_cad_t").get(f"{board}:feed")),
    }
    parts = {
        name: part.assign(p50=part["p50"].where(part["p50"].isna() | (part["p95"] > 0)))
        for name, part in found.items()
        if part is not None and (part["p95"] > 0).any()
    }
    return parts if "Pool return" in parts else {}


def _steps(part: pd.DataFrame | None) -> pd.DataFrame | None:
    """A crop-year value as a level line over its year, known when the year is over."""
    if part is None:
        return None
    ends = [
        {"x": row.x + at, "known": row.x + 0.5, "p50": row.p50 if at < 0.5 + 1e-3 else np.nan, "p95": row.p95}
        for row in part.dropna(subset=["p50"]).itertuples()
        for at in (-0.5, 0.5, 0.5 + 2e-3)
    ]
    return pd.DataFrame(ends)


def _yearly_sum(lines: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Sums (kt) over the crop year that ends with each period."""
    found = {}
    for name, part in lines.items():
        per_year = max(int(round(1 / np.diff(part["x"]).min())), 1) if len(part) > 1 else 1
        found[name] = part.assign(p50=part["p50"].rolling(per_year, min_periods=1).sum())
    return found
