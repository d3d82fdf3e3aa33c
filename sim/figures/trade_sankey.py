"""Who ships whose grain to whom: origins, sellers and buyers as bars, tonnes between them as ribbons to scale."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from sim.figures.labels import spread
from sim.figures.notes import make_room, note_inches, wrapped
from sim.figures.ribbons import Bar, Ribbon, Stream, outline, stack
from sim.figures.sales import _seller
from sim.figures.style import GREY, STYLE, colour, crop_years_of, sheet, shorten, title_of
from sim.figures.trade import buyer_title, destinations, tonnes_text, traded

LEAST_SELLER = 0.12  # share of all tonnes that a seller needs for a bar of its own
LEAST_BUYER = 0.02
MOST_BUYERS = 18
LEAST_WRITTEN = 0.035  # share of all tonnes from which a ribbon's tonnes are written on it
ROLES = {
    "board": "boards", "trader": "trading companies", "exporter": "exporters", "growers": "groups of growers",
    "agency": "intervention agencies", "seller": "sellers",
}  # fmt: skip
LABEL_INCHES = 0.135  # between the names of two buyers
BAR = 0.028  # width of a bar, of the diagram's
HEADINGS = ("Origin", "Seller", "Buyer")


def streams(ledger: pd.DataFrame, meta: dict[str, Any], years: int) -> tuple[list[Stream], list[list[str]], list[str]]:
    """Flows of a run's mean crop year, the order of the bars, and what groups of buyers hold.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Rows to show. A flow is subsidised where an export programme paid something for it.
    """
    scenario = meta["scenario"]
    found = destinations(ledger, scenario, LEAST_BUYER, MOST_BUYERS)
    buyer = {name: each.title for each in found for name in each.buyers}
    seller = _sellers(ledger, meta)
    origins = [name for name in scenario["origins"] if (ledger["origin"] == name).any()]
    table = ledger.assign(paid=ledger["subsidy_cad_t"] > 0, sold_by=ledger["seller"].map(seller))
    table["bought_by"] = table["buyer"].map(buyer)
    table = table.groupby(["origin", "sold_by", "bought_by", "paid"], sort=False)["kt"].sum().reset_index()
    titles = {name: title_of(meta, "origins", name, 24) for name in origins}
    flows = [
        Stream(
            (titles[line.origin], line.sold_by, line.bought_by), line.kt / years, origins.index(line.origin), line.paid
        )
        for line in table.itertuples()
    ]
    place = table["origin"].map(origins.index) * table["kt"]
    middle = place.groupby(table["sold_by"]).sum() / table.groupby("sold_by")["kt"].sum()
    sellers = list(middle.sort_values(kind="stable").index)  # as their origins stand, so that few ribbons cross
    groups = [
        f"{each.title}: {', '.join(buyer_title(scenario, name) for name in each.buyers)}"
        for each in found
        if len(each.buyers) > 1
    ]
    return flows, [list(titles.values()), sellers, list(dict.fromkeys(each.title for each in found))], groups


def _sellers(ledger: pd.DataFrame, meta: dict[str, Any]) -> dict[str, str]:
    """Bar of every seller: its own when it is large, else that of the others of its role."""
    tonnes = ledger.groupby("seller")["kt"].sum()
    roles = ledger.drop_duplicates("seller").set_index("seller")["role"]
    small = [name for name in tonnes.index if tonnes[name] < LEAST_SELLER * tonnes.sum()]
    count = roles[small].value_counts()
    large_roles = set(roles.drop(small))
    bars = {}
    for name in tonnes.index:
        role, several = roles[name], name in small and count[roles[name]] > 1
        title = f"{'Other ' if role in large_roles else ''}{ROLES.get(role, role)} ({count.get(role, 0)})"
        bars[name] = title[0].upper() + title[1:] if several else _seller(meta, name)
    return bars


def trade_sankey(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw who ships what from where to whom, in the mean crop year; None where nothing is sold.

    Only what leaves its origin is shown; all sales, where nothing does.
    """
    years = crop_years_of(frames["series"])
    ledger, exported = traded(frames["ledger"])
    if ledger.empty:
        return None
    flows, orders, groups = streams(ledger, meta, len(years))
    total = sum(each.kt for each in flows)
    most = max(len(order) for order in orders)
    bars, ribbons = stack(flows, orders, gap=0.35 * total / most)
    when = f"mean of {years[0]}-{years[-1]}" if len(years) > 1 else years[0]
    what = "Exports" if exported else "Sales"
    rest = frames["ledger"]["kt"].sum() / len(years) - total
    lines = [f"Heights are tonnes per crop year, mean of draws; {tonnes_text(total)} in all, the same in every column."]
    if rest > 0:
        lines[0] += f" Sales within an origin ({tonnes_text(rest)}) are left out."
    if any(each.hatched for each in flows):
        lines[0] += " Hatched: with an export subsidy in some draws."
    if groups:
        lines.append(shorten("; ".join(groups) + ".", 400))
    note = wrapped(lines)
    with mpl.rc_context(STYLE):
        height = max(3.2, 0.34 * most + 0.8)
        figure, axes = sheet(
            meta, f"{what} by origin, seller and buyer, {when}", [height + note_inches(note)], note=note
        )
        make_room(figure, note)
        _draw(axes[0, 0], bars, ribbons, {name: place for place, name in enumerate(orders[0])}, total, height)
    return figure


def _draw(axes: Axes, bars: list[Bar], ribbons: list[Ribbon], own: dict[str, int], total: float, inches: float) -> None:
    columns = [0.13, 0.44, 0.80]  # left edges of the bars: room for names beside the first and last
    top = max(bar.bottom + bar.kt for bar in bars)
    axes.set(xlim=(0, 1), ylim=(-0.01 * top, 1.06 * top))
    axes.axis("off")
    least = LABEL_INCHES / inches * 1.07 * top
    for ribbon in sorted(ribbons, key=lambda each: -each.kt):
        left, right = columns[ribbon.column] + BAR, columns[ribbon.column + 1]
        axes.add_patch(
            PathPatch(
                outline(ribbon, left, right), facecolor=colour(ribbon.mark), alpha=0.55, linewidth=0.5,
                edgecolor="white", hatch="////" if ribbon.hatched else None,
            )
        )  # fmt: skip
        told = any(bar.column == ribbon.column + 1 and bar.name == ribbon.right and bar.kt == ribbon.kt for bar in bars)
        if ribbon.kt >= LEAST_WRITTEN * total and not told:
            axes.text(
                right - 0.006, ribbon.bottom_right + ribbon.kt / 2, tonnes_text(ribbon.kt), fontsize=7, ha="right",
                va="center", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.4},
            )  # fmt: skip
    last = sorted((bar.bottom + bar.kt / 2, bar.name) for bar in bars if bar.column == 2)
    heights = spread(np.array([middle for middle, _name in last]), least, 0.0, top)
    beside = dict(zip([name for _middle, name in last], heights, strict=True))
    for bar in bars:
        x = columns[bar.column]
        shade = colour(own[bar.name]) if bar.column == 0 else GREY
        axes.add_patch(Rectangle((x, bar.bottom), BAR, bar.kt, facecolor=shade, edgecolor="none"))
        words, middle = f"{bar.name}\n{tonnes_text(bar.kt)}", bar.bottom + bar.kt / 2
        if bar.column == 0:
            axes.text(x - 0.008, middle, words, ha="right", va="center", fontsize=8.5, fontweight="bold")
        elif bar.column == 2:
            words = f"{bar.name}, {tonnes_text(bar.kt)}"
            axes.text(x + BAR + 0.008, beside[bar.name], words, ha="left", va="center", fontsize=8)
        else:
            axes.text(x + BAR + 0.008, middle, words, ha="left", va="center", fontsize=8,
                      bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6})  # fmt: skip
    for x, heading in zip(columns, HEADINGS, strict=True):
        axes.text(x + BAR / 2, 1.03 * top, heading, ha="center", fontsize=9, fontweight="bold")
