"""Who pays and who gains as bars, and the single desk's gain with and without the programmes beside the bonus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.compare import REVENUE
from sim.figures.style import GREY, STYLE, bar_look, colour, crop_year_axis, sheet, shorten
from sim.figures.ticks import group_thousands
from sim.incidence_names import PARTS, country_title, removed_title
from sim.shipped import AVERAGE

PUBLISHED, ESTIMATE = "published", "public estimate"
SMALL = 0.15  # countries whose accounts stay below this part of the largest have a panel with a scale of their own


def who_gains(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw bars of every side's gain by country, a row of panels per programme: where most money moves, then others."""
    table = frames["incidence"]
    table = table[(table["table"] == "gains") & (table["row"] == AVERAGE)]
    names = list(dict.fromkeys(table["programme"]))
    if not names:
        return None
    scenario = meta["scenario"]
    split = {name: _by_size(table[table["programme"] == name]) for name in names}
    columns = 2 if any(all(groups) for groups in split.values()) else 1
    heights = [max(0.9 + 0.52 * max(len(group) for group in split[name]), 2.0) for name in names]
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, "Who gains from the export subsidies, and who pays", heights, columns,
            note="Means of crop years and draws, with less without; lines: 5-95 % of draws; diamonds: the country "
            "together. Scales differ from panel to panel.",
        )  # fmt: skip
        for name, panels in zip(names, axes, strict=True):
            part = table[table["programme"] == name].set_index("column")
            groups = [group for group in split[name] if group]
            for panel, group in zip(panels, groups, strict=False):
                _bars(panel, part, group, scenario, rows=max(len(each) for each in groups))
                panel.set(xlabel="Gain (million C$ a crop year)")
            for panel in panels[len(groups) :]:
                panel.set_axis_off()
            panels[0].set_title(shorten(removed_title(scenario, name), 60))
            if len(groups) > 1:
                panels[1].set_title("The other countries, on their own scale")
        counts = [len([group for group in split[name] if group]) for name in names]
        with_bars = [axes[row, count - 1] for row, count in enumerate(counts) if count]
        if with_bars:  # a programme that spends nothing in a short run has none
            _legend(with_bars[0], PARTS.values())
    return figure


def _legend(panel: Axes, order: Iterable[str]) -> None:
    """Legend to the right of a panel, its lines in an order of its own."""
    handles = dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.005, 1.02), "borderaxespad": 0.2}
    panel.legend([handles[name] for name in order], list(order), alignment="left", **place)


def _by_size(part: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Countries whose accounts move much money, and the others; nobody for whom nothing changes."""
    own = part[~part["column"].str.startswith("world:")]
    size = own[["p05", "p95"]].abs().max(axis=1).groupby(own["column"].str.partition(":")[0], sort=False).max()
    size = size[size > 0].sort_values(ascending=False, kind="stable")
    large = [name for name in size.index if size[name] >= SMALL * size.max()]
    return large, [name for name in size.index if name not in large]


def _bars(panel: Axes, part: pd.DataFrame, countries: list[str], scenario: dict[str, Any], rows: int) -> None:
    sides = [side for side in PARTS if side != "total"]
    width = 0.8 / len(sides)
    for place, side in enumerate(sides):
        lines = part.loc[[f"{country}:{side}" for country in countries]]
        y = np.arange(len(countries)) + (place - (len(sides) - 1) / 2) * width
        panel.barh(y, lines["mean"], height=0.9 * width, **bar_look(place), label=PARTS[side])
        panel.hlines(y, lines["p05"], lines["p95"], color=GREY, linewidth=1.0)
    together = part.loc[[f"{country}:total" for country in countries], "mean"]
    panel.plot(
        together, np.arange(len(countries)), linestyle="none", marker="D", markersize=5, color="black",
        markeredgecolor="white", label=PARTS["total"],
    )  # fmt: skip
    panel.axvline(0, color="#333333", linewidth=0.8)
    group_thousands(panel, "x")
    panel.grid(axis="y", visible=False)
    panel.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    panel.set_yticks(range(len(countries)), [shorten(country_title(scenario, name), 18) for name in countries])
    spare = max(0.0, 0.5 * (min(rows, 3) - len(countries)))  # a country alone would have bars as thick as a fist
    panel.set_ylim(len(countries) - 0.5 + spare, -0.5 - spare)


def desk_and_war(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the desk's gain in revenue by crop year with and without the programmes, above the mean bonuses."""
    table = frames["incidence"]
    table = table[(table["table"] == "desk") & ~table["row"].str.startswith(AVERAGE)]
    if table.empty:
        return None
    years = list(dict.fromkeys(table["row"]))
    bonuses = [column for column in dict.fromkeys(table["column"]) if column.startswith("bonus:")]
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, "The single desk's gain, with and without the export programmes", [3.0, 2.4],
            note="Points: mean of draws; lines: 5-95 % of draws; crosses: the study's Table 2, and the public estimate "
            "of the bonus.",
        )  # fmt: skip
        gain, bonus = axes[:, 0]
        for place, (side, label) in enumerate((("with", "with the programmes"), ("without", "without them"))):
            _points(gain, table, f"{side}:{REVENUE}", years, place, 2, label, PUBLISHED, sign=-1.0)
        gain.axhline(0, color="#333333", linewidth=0.8)
        gain.set(title="Producer revenue, single desk less multiple sellers", ylabel="Gain (million C$)")
        for place, column in enumerate(bonuses):
            title = shorten(removed_title(meta["scenario"], column.partition(":")[2]), 28)
            _points(bonus, table, column, years, place, len(bonuses), title, ESTIMATE, first_colour=2)
        bonus.set(title="Mean bonus on subsidised tonnes", ylabel="Bonus (C$/t)")
        bonus.set_ylim(bottom=min(0.0, bonus.get_ylim()[0]))
        for panel in (gain, bonus):
            crop_year_axis(panel, years, labelled=panel is bonus)
            names = panel.get_legend_handles_labels()[1]
            _legend(panel, sorted(dict.fromkeys(names), key=lambda name: name in (PUBLISHED, ESTIMATE)))
    return figure


def _points(
    panel: Axes, table: pd.DataFrame, column: str, years: list[str], place: int, count: int, label: str, beside: str,
    sign: float = 1.0, first_colour: int = 0,
) -> None:  # fmt: skip
    part = table[table["column"] == column]
    own = colour(first_colour + place)
    x = part["row"].map(years.index).to_numpy() + 0.5 + 0.3 * (place - (count - 1) / 2)
    panel.vlines(x, sign * part["p05"], sign * part["p95"], color=own, linewidth=1.6)
    panel.plot(
        x, sign * part["mean"], linestyle="none", marker="os^D"[place % 4], markersize=5.5, color=own,
        markeredgecolor="white", label=label,
    )  # fmt: skip
    if part["published"].notna().any():
        panel.plot(
            x, sign * part["published"], linestyle="none", marker="x", markersize=6.5, color="black", label=beside
        )
