"""Sales per crop year as stacked bars: by market, by seller and by grade."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import STYLE, bar_look, crop_years_of, plain, shorten, title_of
from sim.headings import sentence
from sim.shipped import home_origin
from sim.wording import commodity, pool_word

MOST_SELLERS = 7
LEAST_SHARE = 0.005  # of all tonnes: a smaller bar cannot be seen
OFF_BOARD = "Growers, off-board"
SELLER_SECTIONS = ("boards", "exporters", "sellers")
OTHERS = " others"
REST = bar_look(0) | {"color": "#BDBDBD"}  # of sellers too small for a field of their own
MEGATONNES_FROM_KT = 3_000.0
NOTE = "Bars: mean of draws."


def sales(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the base origin's sales by market, a panel for each pool."""
    years, own = crop_years_of(frames["series"]), _own(frames["ledger"], meta)
    if own.empty:
        return None
    tonnes = _tonnes(own, ["pool", "market"], years)
    pools = [pool for pool in ("feed", "malting") if pool in tonnes.columns.get_level_values("pool")]
    markets = [market for market in meta["scenario"]["markets"] if market in set(own["market"])]
    titles = [title_of(meta, "markets", market) for market in markets]
    looks = dict(zip(titles, map(bar_look, range(len(titles))), strict=True))
    parts = {pool: tonnes[pool].reindex(columns=markets, fill_value=0.0).set_axis(titles, axis=1) for pool in pools}
    with mpl.rc_context(STYLE):
        title = f"Sales of {commodity(meta['scenario'])} from {_origin(meta)}, by market"
        figure, panels = dated_sheet(meta, title, years, [2.6] * len(pools), NOTE)
        for panel, (pool, part) in zip(panels, parts.items(), strict=True):
            stack(panel, part, looks, scale_of(parts))
            panel.set_title(plain(sentence(f"{pool_word(meta['scenario'], pool)} {commodity(meta['scenario'])}")))
    return figure


def sellers(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw sales by seller: the base origin's, and what all origins export where there are several."""
    years, ledger = crop_years_of(frames["series"]), frames["ledger"]
    own, exports = _own(ledger, meta), ledger[ledger["country"] != ledger["origin"]]
    parts = {_origin(meta): own}
    if ledger["origin"].nunique() > 1:
        parts["Exports of all origins"] = exports
    parts = {title: part for title, part in parts.items() if len(part)}
    if not parts:
        return None
    tables = {}
    for title, part in parts.items():
        named = part["seller"].where(part["role"] != "growers", OFF_BOARD)  # grower groups sell as one
        tables[title] = _largest(_tonnes(part.assign(seller=named), ["seller"], years), meta)
    looks = seller_looks(tables.values())
    with mpl.rc_context(STYLE):
        figure, panels = dated_sheet(meta, "Sales by seller", years, [2.6] * len(parts), NOTE)
        for panel, (title, tonnes) in zip(panels, tables.items(), strict=True):
            stack(panel, tonnes, looks, scale_of(tables))
            panel.set_title(title)
    return figure


def seller_looks(tables: Iterable[pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """One look for every seller of several panels, in the order in which they come; the rest is grey."""
    names = list(dict.fromkeys(name for table in tables for name in table))
    named = [name for name in names if not name.endswith(OTHERS)]
    rest = {name: REST for name in names if name not in named}
    return {name: bar_look(place) for place, name in enumerate(named)} | rest


def grades(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw the base origin's sales by grade, at home and abroad where the market has a home."""
    years, own = crop_years_of(frames["series"]), _own(frames["ledger"], meta)
    if own.empty:
        return None
    names = [grade for grade in meta["scenario"]["grades"] if grade in set(own["grade"])]
    at_home = own["country"] == home_origin(meta["scenario"])
    parts = {"Sold abroad": own[~at_home], "Sold at home": own[at_home]}
    parts = {title: part for title, part in parts.items() if part["kt"].sum() > 0}
    titles = [title_of(meta, "grades", name) for name in names]
    looks = dict(zip(titles, map(bar_look, range(len(titles))), strict=True))
    tables = {
        heading: _tonnes(part, ["grade"], years).reindex(columns=names, fill_value=0.0).set_axis(titles, axis=1)
        for heading, part in parts.items()
    }
    with mpl.rc_context(STYLE):
        title = f"Sales of {commodity(meta['scenario'])} from {_origin(meta)}, by grade"
        figure, panels = dated_sheet(meta, title, years, [2.6] * len(parts), NOTE)
        for panel, (heading, tonnes) in zip(panels, tables.items(), strict=True):
            stack(panel, tonnes, looks, scale_of(tables))
            panel.set_title(heading)
    return figure


def scale_of(tables: dict[str, pd.DataFrame]) -> tuple[str, float]:
    """Unit of all panels of a figure, and its kt: Mt where a crop year of any panel has three or more."""
    largest = max(float(table.sum(axis=1).max()) for table in tables.values())
    return ("Mt", 1000.0) if largest >= MEGATONNES_FROM_KT else ("kt", 1.0)


def stack(axes: Axes, tonnes: pd.DataFrame, looks: dict[str, dict[str, Any]], scale: tuple[str, float]) -> None:
    """Stack bars by crop year; the legend beside the panel in the order of the stack.

    Parameters
    ----------
    tonnes : pandas.DataFrame, shape (crop years, parts)
        Tonnage, kt; columns are what the parts are called, from the bottom.
    looks : dict of str to dict
        Keywords of ``bar`` by column.
    scale : (str, float)
        The unit of the axis and how many kt it is.
    """
    unit, kt = scale
    base = np.zeros(len(tonnes))
    for name in tonnes:
        height = tonnes[name].to_numpy() / kt
        if height.any():
            axes.bar(np.arange(len(tonnes)) + 0.5, height, 0.78, base, label=name, **looks[name])
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


def _largest(tonnes: pd.DataFrame, meta: dict[str, Any]) -> pd.DataFrame:
    """Put growers first, then the largest sellers under their titles, the rest added up as "others"."""
    total = tonnes.sum().sort_values(ascending=False, kind="stable")
    total = total[sorted(total.index[total > 0], key=lambda name: name != OFF_BOARD)]
    large = min(int((total >= LEAST_SHARE * total.sum()).sum()), MOST_SELLERS)
    if len(total) <= large + 1:
        large = len(total)
    kept, rest = tonnes[total.index[:large]], tonnes[total.index[large:]]
    kept = kept.set_axis([_seller(meta, name) for name in kept], axis=1)
    return kept.assign(**{f"{len(rest.columns)}{OTHERS}": rest.sum(axis=1)}) if len(rest.columns) else kept


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
