"""Sales of the base origin's grain by market and by seller, per crop year."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import STYLE, colour, crop_year_axis, crop_years_of, legend, sheet, shorten, title_of
from sim.shipped import home_origin

MOST_SELLERS = 7
OFF_BOARD = "Growers, off-board"
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
SELLER_SECTIONS = ("boards", "exporters", "sellers")


def sales(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Mean sales per crop year, stacked by market (hatched by grade) and by seller."""
    years, scenario = crop_years_of(frames["series"]), meta["scenario"]
    ledger = frames["ledger"]
    own = ledger[ledger["origin"] == home_origin(scenario)]
    if own.empty:
        return None
    by_market = _tonnes(own, ["pool", "market", "grade"], years)
    pools = [pool for pool in ("feed", "malting") if pool in by_market.columns.get_level_values("pool")]
    off_board = own["seller"].where(own["role"] != "growers", OFF_BOARD)  # grower groups sell as one
    by_seller = _largest(_tonnes(own.assign(seller=off_board), ["seller"], years))
    origin = title_of(meta, "origins", home_origin(scenario), 40)
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta,
            f"Sales of barley from {origin}, by market and by seller",
            [2.3] * (len(pools) + 1),
            note="Bars: mean of draws.",
        )
        panels = axes[:, 0]
        for panel, pool in zip(panels, pools, strict=False):
            _market_panel(panel, by_market[pool], meta)
            panel.set_title(f"{pool.capitalize()} sales by market")
        _stack(
            panels[-1],
            by_seller,
            [colour(i) for i in range(len(by_seller.columns))],
            [_seller(meta, s) for s in by_seller],
        )
        panels[-1].set_title("All sales by seller")
        for panel in panels:
            panel.set_ylabel("Sales (kt per crop year)")
            crop_year_axis(panel, years, labelled=panel is panels[-1])
            legend(panel)
    return figure


def _market_panel(axes: Axes, tonnes: pd.DataFrame, meta: dict[str, Any]) -> None:
    markets, grades = (
        list(meta["scenario"]["markets"]),
        [g for g in meta["scenario"]["grades"] if g in tonnes.columns.get_level_values(1)],
    )
    columns = sorted(tonnes.columns, key=lambda pair: (grades.index(pair[1]), markets.index(pair[0])))
    labels = [
        title_of(meta, "markets", market) + (f", {title_of(meta, 'grades', grade, 16)}" if len(grades) > 1 else "")
        for market, grade in columns
    ]
    hatches = [HATCHES[grades.index(grade) % len(HATCHES)] for _market, grade in columns]
    _stack(axes, tonnes[columns], [colour(markets.index(market)) for market, _grade in columns], labels, hatches)


def _stack(
    axes: Axes, tonnes: pd.DataFrame, colours: list[str], labels: list[str], hatches: list[str] | None = None
) -> None:
    base = np.zeros(len(tonnes))
    for position, (own, label) in enumerate(zip(colours, labels, strict=True)):
        height = tonnes.iloc[:, position].to_numpy()
        hatch = hatches[position] if hatches else ""
        axes.bar(
            np.arange(len(tonnes)) + 0.5,
            height,
            0.78,
            base,
            color=own,
            label=label,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.4,
        )
        base = base + height


def _tonnes(ledger: pd.DataFrame, columns: list[str], years: list[str]) -> pd.DataFrame:
    """Tonnes per crop year (rows), by the given columns."""
    table = ledger.groupby(["crop_year", *columns], sort=False)["kt"].sum().unstack(columns, fill_value=0.0)
    return table.reindex(years, fill_value=0.0)


def _largest(tonnes: pd.DataFrame) -> pd.DataFrame:
    """Put the largest sellers first, the rest added up as "other"."""
    tonnes = tonnes[tonnes.sum().sort_values(ascending=False, kind="stable").index]
    if len(tonnes.columns) <= MOST_SELLERS + 1:
        return tonnes
    rest = tonnes.iloc[:, MOST_SELLERS:]
    return tonnes.iloc[:, :MOST_SELLERS].assign(**{f"{len(rest.columns)} others": rest.sum(axis=1)})


def _seller(meta: dict[str, Any], name: str) -> str:
    scenario = meta["scenario"]
    companies = (scenario.get("traders") or {}).get("companies") or {}
    company, _, copy = name.rpartition("_") if name not in companies and name[-1:].isdigit() else (name, "", "")
    if company in companies:
        return shorten(f"{companies[company]['title']} {copy}".strip(), 26)
    for section in SELLER_SECTIONS:
        if name in (scenario.get(section) or {}):
            return title_of(meta, section, name)
    return shorten(name.replace("_", " "), 26)
