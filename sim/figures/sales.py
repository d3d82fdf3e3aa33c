"""Sales per crop year as stacked bars: by market, by seller and by grade."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import STYLE, bar_look, crop_years_of, plain, shorten, title_of
from sim.shipped import home_origin

MOST_SELLERS = 7
LEAST_SHARE = 0.005  # of all tonnes: a smaller bar cannot be seen
OFF_BOARD = "Growers, off-board"
SELLER_SECTIONS = ("boards", "exporters", "sellers")
MEGATONNES_FROM_KT = 10_000.0
NOTE = "Bars: mean of draws."


def sales(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the base origin's sales by market, a panel each for feed and malting."""
    years, own = crop_years_of(frames["series"]), _own(frames["ledger"], meta)
    if own.empty:
        return None
    tonnes = _tonnes(own, ["pool", "market"], years)
    pools = [pool for pool in ("feed", "malting") if pool in tonnes.columns.get_level_values("pool")]
    markets = [market for market in meta["scenario"]["markets"] if market in set(own["market"])]
    titles = [title_of(meta, "markets", market) for market in markets]
    with mpl.rc_context(STYLE):
        figure, panels = dated_sheet(meta, f"Sales by market, {_origin(meta)}", years, [2.6] * len(pools), NOTE)
        for panel, pool in zip(panels, pools, strict=True):
            stack(panel, tonnes[pool].reindex(columns=markets, fill_value=0.0), titles)
            panel.set_title(f"{pool.capitalize()} barley")
    return figure


def sellers(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw sales by seller: the base origin's barley, and what all origins export where there are several."""
    years, ledger = crop_years_of(frames["series"]), frames["ledger"]
    own, exports = _own(ledger, meta), ledger[ledger["country"] != ledger["origin"]]
    parts = {_origin(meta): own}
    if ledger["origin"].nunique() > 1:
        parts["Exports of all origins"] = exports
    parts = {title: part for title, part in parts.items() if len(part)}
    if not parts:
        return None
    with mpl.rc_context(STYLE):
        figure, panels = dated_sheet(meta, "Sales by seller", years, [2.6] * len(parts), NOTE)
        for panel, (title, part) in zip(panels, parts.items(), strict=True):
            named = part["seller"].where(part["role"] != "growers", OFF_BOARD)  # grower groups sell as one
            tonnes = _largest(_tonnes(part.assign(seller=named), ["seller"], years))
            stack(panel, tonnes, [_seller(meta, name) for name in tonnes])
            panel.set_title(title)
    return figure


def grades(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the base origin's sales by grade, at home and abroad where the market has a home."""
    years, own = crop_years_of(frames["series"]), _own(frames["ledger"], meta)
    if own.empty:
        return None
    names = [grade for grade in meta["scenario"]["grades"] if grade in set(own["grade"])]
    at_home = own["country"] == home_origin(meta["scenario"])
    parts = {"Sold abroad": own[~at_home], "Sold at home": own[at_home]}
    parts = {title: part for title, part in parts.items() if part["kt"].sum() > 0}
    with mpl.rc_context(STYLE):
        title = f"Sales by grade, {_origin(meta)}"
        figure, panels = dated_sheet(meta, title, years, [2.6] * len(parts), NOTE)
        for panel, (heading, part) in zip(panels, parts.items(), strict=True):
            tonnes = _tonnes(part, ["grade"], years).reindex(columns=names, fill_value=0.0)
            stack(panel, tonnes, [title_of(meta, "grades", name) for name in names])
            panel.set_title(heading)
    return figure


def stack(axes: Axes, tonnes: pd.DataFrame, labels: list[str]) -> None:
    """Stack bars by crop year, told apart by colour and hatch; the legend beside the panel in the order of the stack.

    Parameters
    ----------
    tonnes : pandas.DataFrame, shape (crop years, parts)
        Tonnage, kt; drawn in Mt where a crop year has ten or more.
    labels : list of str
        Names of the parts, from the bottom.
    """
    unit, scale = ("Mt", 1000.0) if tonnes.sum(axis=1).max() >= MEGATONNES_FROM_KT else ("kt", 1.0)
    base = np.zeros(len(tonnes))
    for position, label in enumerate(labels):
        height = tonnes.iloc[:, position].to_numpy() / scale
        if height.any():
            axes.bar(np.arange(len(tonnes)) + 0.5, height, 0.78, base, label=label, **bar_look(position))
        base = base + height
    axes.set_ylim(0, 1.06 * (base.max() or 1.0))
    axes.set_ylabel(f"Sales ({unit} per crop year)")
    handles, names = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.005, 1.02), alignment="left", borderaxespad=0.2
    )


def _own(ledger: pd.DataFrame, meta: dict[str, Any]) -> pd.DataFrame:
    return ledger[ledger["origin"] == home_origin(meta["scenario"])]


def _origin(meta: dict[str, Any]) -> str:
    return title_of(meta, "origins", home_origin(meta["scenario"]), 40)


def _tonnes(ledger: pd.DataFrame, columns: list[str], years: list[str]) -> pd.DataFrame:
    """Tonnes per crop year (rows), by the given columns."""
    table = ledger.groupby(["crop_year", *columns], sort=False)["kt"].sum().unstack(columns, fill_value=0.0)
    return table.reindex(years, fill_value=0.0)


def _largest(tonnes: pd.DataFrame) -> pd.DataFrame:
    """Put the largest sellers first, the rest added up as "other"."""
    total = tonnes.sum().sort_values(ascending=False, kind="stable")
    tonnes, total = tonnes[total.index[total > 0]], total[total > 0]
    large = min(int((total >= LEAST_SHARE * total.sum()).sum()), MOST_SELLERS)
    rest = tonnes.iloc[:, large:]
    if len(rest.columns) <= 1:
        return tonnes
    return tonnes.iloc[:, :large].assign(**{f"{len(rest.columns)} others": rest.sum(axis=1)})


def _seller(meta: dict[str, Any], name: str) -> str:
    scenario = meta["scenario"]
    companies = (scenario.get("traders") or {}).get("companies") or {}
    company, _, copy = name.rpartition("_") if name not in companies and name[-1:].isdigit() else (name, "", "")
    if company in companies:
        return plain(shorten(f"{companies[company]['title']} {copy}".strip(), 26))
    for section in SELLER_SECTIONS:
        if name in (scenario.get(section) or {}):
            return title_of(meta, section, name)
    return plain(shorten(name.replace("_", " "), 26))
