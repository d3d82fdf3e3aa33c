"""Welfare by country as a waterfall between two scenarios: every side's gain, up to what the world gains or loses."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import GREY, STYLE, bar_look, plain, sheet, shorten, true_minus
from sim.figures.ticks import group_thousands
from sim.incidence_names import PARTS, country_title
from sim.shipped import AVERAGE

SIDES = tuple(part for part in PARTS if part != "total")
OTHERS, WORLD = "others", "world"
NOTHING = 1e-4  # part of the largest change below which a side has no bar


def welfare(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw a bar for every side of every country, each from where the one before ended, and the world's at the foot.

    None where the comparison kept no accounts (it was made before they were kept), or nobody gains or loses.
    """
    table = frames.get("welfare")
    if table is None or table.empty:
        return None
    lines = table[table["row"] == AVERAGE].set_index("column")
    steps = _steps(lines)
    if not steps:
        return None
    scenarios = (meta["scenario"], meta.get("other_scenario") or {})
    grouped = _grouped(lines)
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, _said(f"Who gains and who loses: {shorten(meta['other'], 40)} less {shorten(meta['base'], 40)}"),
            [0.9 + 0.27 * (len(steps) + 1)], note=_note(meta, grouped, scenarios),
        )  # fmt: skip
        panel = axes[0, 0]
        _draw(panel, lines, steps)
        _names(panel, lines, steps, scenarios, grouped)
        panel.set_xlabel("Change of surplus, cumulated over the bars (million C$ per crop year)")
        panel.set_title(_outcome(lines.loc[f"{WORLD}:total"], meta["draws"]))
        _edges(panel, lines, steps)
    return figure


def _steps(lines: pd.DataFrame) -> list[str]:
    """Columns with a bar, country by country: the largest in front, those taken together last."""
    own = [column for column in lines.index if column.partition(":")[2] in SIDES]
    shown = [c for c in own if c.startswith(f"{OTHERS}:") or lines.at[c, "group"] == c.partition(":")[0] != WORLD]
    size = {
        column: float(np.nanmax(np.abs(lines.loc[column, ["mean", "p05", "p95"]].astype(float)))) for column in shown
    }
    largest = max(size.values(), default=0.0)
    if not largest:
        return []
    moves = [column for column in shown if size[column] > NOTHING * largest]
    by_country: dict[str, float] = {}
    for column in moves:
        country = column.partition(":")[0]
        by_country[country] = max(by_country.get(country, 0.0), size[column])
    order = sorted(by_country, key=lambda country: (country == OTHERS, -by_country[country]))
    return [column for country in order for column in moves if column.partition(":")[0] == country]


def _grouped(lines: pd.DataFrame) -> list[str]:
    """Countries that are taken together."""
    found = dict.fromkeys(column.partition(":")[0] for column in lines.index[lines["group"] == OTHERS])
    return [country for country in found if country != OTHERS]


def _draw(panel: Axes, lines: pd.DataFrame, steps: list[str]) -> None:
    """Bars, whiskers at their ends, threads between them, and the world's from zero."""
    at = 0.0
    for place, column in enumerate(steps):
        line, side = lines.loc[column], column.partition(":")[2]
        panel.barh(place, line["mean"], left=at, height=0.68, **bar_look(SIDES.index(side)))
        panel.hlines(place, at + line["p05"], at + line["p95"], color="#222222", linewidth=1.0, zorder=3)
        at += line["mean"]
        panel.vlines(at, place - 0.34, place + 1.34, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)))
    world = lines.loc[f"{WORLD}:total"]
    panel.barh(len(steps), world["mean"], height=0.68, color="#333333")
    panel.hlines(len(steps), world["p05"], world["p95"], color="#999999", linewidth=1.4, zorder=3)
    panel.axvline(0, color="#333333", linewidth=0.8)


def _edges(panel: Axes, lines: pd.DataFrame, steps: list[str]) -> None:
    """Room at both ends, and the numbers in a column to the right of the panel, where they cover nothing."""
    several = (lines["p95"] > lines["p05"]).any()
    panel.set_ylim(len(steps) + 0.6, -0.6)
    panel.use_sticky_edges = False  # a bar that ended at the frame would look cut off
    panel.margins(x=0.03)
    group_thousands(panel, "x")
    right = panel.get_yaxis_transform()
    for place, column in enumerate([*steps, f"{WORLD}:total"]):
        line = lines.loc[column]
        text = _signed(line["mean"])
        if several:
            text += f"  ({_signed(line['p05'])} to {_signed(line['p95'])})"
        weight = "bold" if column.startswith(WORLD) else "normal"
        panel.text(1.01, place, text, transform=right, va="center", fontsize=8, fontweight=weight)


def _names(
    panel: Axes, lines: pd.DataFrame, steps: list[str], scenarios: tuple[dict[str, Any], ...], grouped: list[str]
) -> None:
    countries = [column.partition(":")[0] for column in steps]
    labels = []
    for place, column in enumerate(steps):
        country, _, side = column.partition(":")
        first = place == 0 or countries[place - 1] != country
        if first and place:
            panel.axhline(place - 0.5, color="#DDDDDD", linewidth=0.6)
        title = _country(country, scenarios, grouped)
        if countries.count(country) > 1:
            title += f" ({_signed(lines.at[f'{country}:total', 'mean'])} in all)"
        labels.append(f"{title}:  {PARTS[side].lower()}" if first else PARTS[side].lower())
    panel.axhline(len(steps) - 0.5, color=GREY, linewidth=0.8)
    panel.set_yticks(range(len(steps) + 1), [*labels, "World, all together"])
    panel.get_yticklabels()[-1].set_fontweight("bold")
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="y", visible=False)
    panel.grid(axis="x", visible=True)


def _country(country: str, scenarios: tuple[dict[str, Any], ...], grouped: list[str]) -> str:
    if country == OTHERS:
        sellers = {name for each in scenarios for name in each.get("origins") or {}}
        return f"Other {'countries' if sellers & set(grouped) else 'buyers'} ({len(grouped)})"
    titles = (country_title(each, country) for each in scenarios if each)
    found = next((title for title in titles if title != country), country.replace("_", " "))
    return plain(shorten(found, 24))


def _signed(value: float) -> str:
    text = f"{value:+,.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else true_minus(text)


def _said(name: str) -> str:
    return name.replace("_", " ")


def _outcome(world: pd.Series, draws: int) -> str:
    """The world's loss in words: where crops or demand differ too, it is not only deadweight."""
    word, sign = ("The world's loss", -1)
    if world["mean"] >= 0:
        word, sign = ("The world's gain", 1)
    low, high = sorted((sign * world["p05"], sign * world["p95"]))
    band = f" ({low:,.1f} to {high:,.1f})" if draws > 1 and high > low else ""
    return f"{word}: C\\${sign * world['mean']:,.1f} million per crop year{band}"


def _note(meta: dict[str, Any], grouped: list[str], scenarios: tuple[dict[str, Any], ...]) -> str:
    note = "Bars begin where the one above ends: means"
    note += " and 5-95 % of draws. " if meta["draws"] > 1 else ". "
    if grouped:
        names = ", ".join(_country(name, scenarios, []) for name in grouped)
        note += shorten(f"{_country(OTHERS, scenarios, grouped)}: {names}", 84).rstrip(".") + ". "
    return note + "A loss by policy alone is deadweight."
