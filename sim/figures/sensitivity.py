"""Figures of a sensitivity analysis: shares of the variance by factor, and Morris' plane of effects."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.sensitivity import NO_EFFECT
from sim.figures.notes import make_room, note_inches
from sim.figures.style import GREY, STYLE, bar_look, colour, marker, plain, sheet
from sim.headings import WHEN
from sim.measure_titles import key_title

if TYPE_CHECKING:
    from matplotlib.typing import LegendLocType

PANELS = 6  # measures that fit one sheet; tables/indices.csv has all
COLUMNS = 2
MOSTLY = 0.5
TITLE_LETTERS = 48
LABEL_LETTERS = 34  # of a line of a factor's name or range
LINE_INCHES = 0.145
NAMES = {"S1": "alone (S1)", "ST": "with all interactions (ST)", "pawn": "whole distribution (PAWN)"}


def sensitivity(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw bars of S1 and ST (or PAWN) with their intervals: a panel for each measure, the largest factor on top."""
    shown, names = _shown(frames, meta, tuple(NAMES))
    if not shown:
        return None
    labels = _labels(frames["factors"])
    indices = [name for name in NAMES if any((part["index"] == name).any() for _title, part in shown)]
    largest = pd.concat([part for _title, part in shown]).groupby("factor")["value"].max()
    order = [name for name in largest.sort_values(kind="stable").index if name in labels]
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    with mpl.rc_context({**STYLE, "axes.grid.axis": "x"}):
        lines = max(label.count("\n") + 1 for label in labels.values())
        height = 0.9 + max(0.3 + 0.16 * len(indices), LINE_INCHES * lines + 0.1) * len(order)
        figure, axes = sheet(
            meta, "Which factors move the results", [height] * rows, columns=columns, note=_note(meta, names)
        )
        ends = pd.concat([part[["value", "low", "high"]] for _title, part in shown])
        limits = min(0.0, float(ends.min().min()) - 0.02), max(1.0, float(ends.max().max()) + 0.02)
        for place, (title, part) in enumerate(shown):
            panel = axes.flat[place]
            panel.set_xlim(*limits)
            _bars(panel, part, indices, order)
            panel.set_title(title)
            panel.set_xlabel("Part of the variance (share)" if "pawn" not in indices else "Part or distance (0 to 1)")
            panel.set_yticks(np.arange(len(order)), [labels[name] for name in order] if place % columns == 0 else [])
        for panel in axes.flat[len(shown) :]:
            panel.set_visible(False)
        _legend(figure, axes[0, 0], "outside upper right", len(indices) + 1)
    return figure


def _legend(figure: Figure, panel: Axes, place: LegendLocType, columns: int) -> None:
    """One legend for all panels, outside them."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc=place, ncols=columns, borderaxespad=0.4)


def _bars(panel: Axes, part: pd.DataFrame, indices: list[str], order: list[str]) -> None:
    thick = 0.8 / len(indices)
    for position, index in enumerate(indices):
        own = part[part["index"] == index].set_index("factor")
        lines = own.reindex(order)
        at = np.arange(len(order)) + 0.4 - thick * (position + 0.5)
        panel.barh(at, lines["value"], thick * 0.92, label=NAMES[index], **bar_look(position))
        has = lines["low"].notna().to_numpy()
        panel.hlines(at[has], lines["low"][has], lines["high"][has], color="black", linewidth=1.1)
        if NO_EFFECT in own.index:
            panel.axvline(own.loc[NO_EFFECT, "value"], color=GREY, linestyle=":", label="PAWN of no effect")
    panel.axvline(0, color="#333333", linewidth=0.8)
    panel.tick_params(axis="y", length=0)
    panel.set_ylim(-0.6, len(order) - 0.4)
    panel.grid(False, axis="y")
    panel.grid(True, axis="x")


def effects(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw Morris' plane: mean size of the elementary effects against their standard deviation."""
    shown, names = _shown(frames, meta, ("mu_star", "sigma"))
    if not shown:
        return None
    labels = _labels(frames["factors"])
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    note = f"{_note(meta, names)}\nHigh sigma: the effect hangs on where the factors are."
    with mpl.rc_context({**STYLE, "axes.grid.axis": "both"}):
        height = max(3.6, (0.36 * len(labels) + 0.8) / rows)  # the legend needs as much
        title = "Elementary effects of each factor over its full range"
        heights = [height] * (rows - 1) + [height + note_inches(note)]
        figure, axes = sheet(meta, title, heights, columns=columns, note=note)
        make_room(figure, note)
        for place, (title, part) in enumerate(shown):
            panel = axes.flat[place]
            _plane(panel, part, labels)
            panel.set_title(title)
            unit = _unit(part)
            panel.set_xlabel(f"mean size, mu*{unit}")
            panel.set_ylabel(f"standard deviation, sigma{unit}")
        for panel in axes.flat[len(shown) :]:
            panel.set_visible(False)
        _legend(figure, axes[0, 0], "outside right upper", 1)
    return figure


def _plane(panel: Axes, part: pd.DataFrame, labels: dict[str, str]) -> None:
    size, spread = (part[part["index"] == name].set_index("factor") for name in ("mu_star", "sigma"))
    for position, name in enumerate(labels):
        x, y = size.loc[name], spread.loc[name]
        panel.errorbar(
            x["value"], y["value"], xerr=x["high"] - x["value"], yerr=y["high"] - y["value"], color=colour(position),
            fmt=marker(position), markersize=6, elinewidth=0.9,
            label=labels[name], markeredgecolor="black", markeredgewidth=0.4,
        )  # fmt: skip
    panel.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
    right = float(max(size["high"].max(), 1e-12)) * 1.06
    for slope, style, name in ((1.0, "-", "sigma = mu*"), (0.5, "--", "sigma = mu* / 2")):
        panel.axline((0, 0), slope=slope, color=GREY, linestyle=style, linewidth=0.8, zorder=0, label=name)
    top = max(float(spread["high"].max()) * 1.1, 0.25 * right)
    panel.set(xlim=(-0.02 * right, right), ylim=(-0.04 * top, top))


def _shown(
    frames: dict[str, pd.DataFrame], meta: dict[str, Any], indices: tuple[str, ...]
) -> tuple[list[tuple[str, pd.DataFrame]], str]:
    """Title and lines of the first outcomes that have such indices, and what was left for the tables."""
    own = frames["indices"]
    own = own[own["index"].isin(indices) & (own["other"] == "")]
    outcomes = _outcomes(frames["outcomes"])
    groups = list(own.groupby(["measure", "unit", "crop_year"], sort=False))
    groups.sort(key=lambda group: _is_luck(outcomes.get((group[0][0], group[0][2]))))
    shown = [
        (_title(key_title(measure, meta.get("titles")), unit, year, outcomes.get((measure, year))), part)
        for (measure, unit, year), part in groups[:PANELS]
    ]
    left = f" First {PANELS} of {len(groups)} results (all: tables/indices.csv)." if len(groups) > PANELS else ""
    return shown, left


def _outcomes(table: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """Mean, spread and part of luck of each result, by measure and crop year."""
    return {(line.measure, line.crop_year): line for line in table.itertuples()}


def _is_luck(outcome: Any) -> bool:
    """Whether luck moves a result more than the factors do: its indices say little, so it comes last."""
    return outcome is not None and outcome.luck_in_means > MOSTLY


def _title(words: str, unit: str, year: str, outcome: Any) -> str:
    when = WHEN.get(year, year)
    size = "" if outcome is None else f": {_number(outcome.mean)}, sd {_number(outcome.sd)}"
    name = plain("\n".join(textwrap.wrap(words, TITLE_LETTERS)))
    return f"{name}\n{', '.join(filter(None, (plain(unit), when)))}{size}"


def _unit(part: pd.DataFrame) -> str:
    unit = part["unit"].iloc[0]
    return f" ({plain(unit)})" if unit else ""


def _labels(factors: pd.DataFrame) -> dict[str, str]:
    """Name of each factor over its range and unit, or its levels."""
    labels = {}
    for line in factors.itertuples():
        unit = "" if line.unit == "dimensionless" else line.unit
        span = line.levels.replace("_", " ") or f"{_number(line.low)} to {_number(line.high)} {unit}".rstrip()
        labels[line.factor] = plain("\n".join(_lines(line.title, 3) + _lines(span, 4)))
    return labels


def _number(value: float) -> str:
    """Three digits, or all of those before the point."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else text


def _lines(text: str, most: int) -> list[str]:
    """Text in lines, whole words where they fit; what exceeds ``most`` lines is cut with an ellipsis."""
    return textwrap.wrap(" ".join(str(text).split()), LABEL_LETTERS, max_lines=most, placeholder=" …")


def _note(meta: dict[str, Any], more: str) -> str:
    of = "mean" if meta.get("statistic", "mean") == "mean" else "standard deviation"
    sure = f"Lines: {100 * meta['level']:g} % confidence."
    return f"{sure} Of the {of} over draws at each point; sd over points and draws.{more}"
