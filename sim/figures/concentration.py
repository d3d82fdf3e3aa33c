"""Who sells how much of each market, and how concentrated its sellers are."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.keys import draw_key, entries_of, key_inches
from sim.figures.style import GREY, STYLE, band_line, bar_look, crop_year_axis, crop_years_of, plain, sheet, title_of
from sim.headings import sellers_by_title
from sim.pool import POOLS
from sim.shipped import home_origin
from sim.wording import pool_word

MOST_GROUPS = 9  # of sellers with a look of their own
OTHERS = "Others"
ROLES_ANYWHERE = ("growers", "trader", "exporter", "agency")  # whose groups span several sellers
EQUAL_SELLERS = (1, 2, 4, 8)  # whose index is marked
LEAST_SHARE = 0.01  # of a seller with a field of its own
KEY_COLUMNS = 4
INDEX_LOOKS = {"feed": 0, "malting": 1}
FEW_GROWERS = 0.01  # share of growers beyond which an index says how they are grouped, not how they compete
NO_INDEX = "No index: growers sell here,\nand each group would count as one seller."
NOTE = (
    "Left: mean of draws, a field for each seller of 1 % or more. "
    "Right: Herfindahl-Hirschman index (sum of squared shares), median, 25-75 and 5-95 % of draws."
)


def concentration(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """A row per market: shares of its sellers (feed where it buys any), and the index of each pool it buys from."""
    years, shares = crop_years_of(frames["series"]), market_shares(frames["ledger"])
    table = frames["summary"][frames["summary"]["table"] == "concentration"]
    markets = [market for market in meta["scenario"]["markets"] if market in set(shares["market"])]
    if not markets:
        return None
    looks = _looks(shares, meta)
    with mpl.rc_context(STYLE):
        heights = [key_inches(len(looks) + len(POOLS), KEY_COLUMNS), *[1.75] * len(markets)]
        figure, axes = sheet(meta, "Shares of sellers and concentration by market", heights, 2, note=NOTE)
        for (left, right), market in zip(axes[1:], markets, strict=True):
            own = shares[shares["market"] == market]
            pool = next(pool for pool in POOLS if pool in set(own["pool"]))
            _shares_panel(left, own[own["pool"] == pool], years, looks, meta)
            left.set_title(f"{title_of(meta, 'markets', market)}, {plain(pool_word(meta['scenario'], pool))}: shares")
            pools = [pool for pool in POOLS if _growers_share(own[own["pool"] == pool]) < FEW_GROWERS]
            _index_panel(
                right, table, market, {pool: plain(pool_word(meta["scenario"], pool)) for pool in pools}, years
            )
            right.set_title(f"{title_of(meta, 'markets', market)}: concentration")
            for panel in (left, right):
                crop_year_axis(panel, years, labelled=market == markets[-1], inches=3.4)
        draw_key(axes[0], entries_of(figure.axes, looks), KEY_COLUMNS)
    return figure


def market_shares(ledger: pd.DataFrame) -> pd.DataFrame:
    """Shares of sellers in what each market bought from a pool in a crop year, 0 to 1, of mean tonnes.

    Returns
    -------
    pandas.DataFrame
        Columns ``market``, ``pool``, ``crop_year``, ``role``, ``seller``, ``origin`` (of the seller's grain there; its
        first where it has several), ``kt`` and ``share``. Only sellers that sold there.
    """
    keys = ["market", "pool", "crop_year"]
    sold = ledger.groupby([*keys, "role", "seller"], sort=False).agg(kt=("kt", "sum"), origin=("origin", "first"))
    sold = sold[sold["kt"] > 0].reset_index()
    return sold.assign(share=sold["kt"] / sold.groupby(keys)["kt"].transform("sum"))


def group_of(seller: Any, meta: dict[str, Any]) -> str:
    """Name a seller's group: a board of the base origin and a seller by cost stand for themselves."""
    scenario, origin = meta["scenario"], title_of(meta, "origins", seller.origin, 20)
    if seller.role == "board":
        at_home = seller.origin == home_origin(scenario)
        return title_of(meta, "boards", seller.seller, 28) if at_home else f"Boards, {origin}"
    groups = {
        "trader": "Trading companies",
        "exporter": f"Exporters, {origin}",
        "growers": "Growers, at home",
        "agency": f"Intervention, {origin}",
    }
    return groups.get(seller.role) or plain(sellers_by_title(scenario).get(seller.seller, seller.seller))


def _looks(shares: pd.DataFrame, meta: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Looks of the groups of sellers, the largest first after those that come first in every figure of sellers.

    Growers, then boards and firms of the base origin, as in ``sellers``; the smallest of too many are one.
    """
    named = shares[["role", "seller", "origin", "kt"]].assign(
        group=[group_of(each, meta) for each in shares.itertuples()]
    )
    at_home = ~named["role"].isin(ROLES_ANYWHERE) & (named["origin"] == home_origin(meta["scenario"]))
    rank = (2 - at_home).where(named["role"] != "growers", 0)
    totals = named.assign(rank=rank).groupby("group").agg(rank=("rank", "min"), kt=("kt", "sum"))
    order = list(totals.sort_values(["rank", "kt"], ascending=[True, False], kind="stable").index)
    kept = order if len(order) <= MOST_GROUPS else order[: MOST_GROUPS - 1]
    looks = {group: bar_look(place) for place, group in enumerate(kept)}
    return looks if len(kept) == len(order) else looks | {OTHERS: bar_look(MOST_GROUPS - 1) | {"color": "#BDBDBD"}}


def _shares_panel(
    axes: Axes, shares: pd.DataFrame, years: list[str], looks: dict[str, dict[str, Any]], meta: dict[str, Any]
) -> None:
    groups = [group_of(each, meta) for each in shares.itertuples()]
    shares = shares.assign(group=[group if group in looks else OTHERS for group in groups])
    seen = shares["seller"].where(shares["share"] >= LEAST_SHARE, "")  # the smallest of a group are one field
    pieces = shares.assign(seller=seen).groupby(["group", "seller", "crop_year"], sort=False)["share"].sum()
    base = pd.Series(0.0, index=years)
    for group in [name for name in looks if name in set(shares["group"])]:
        x, heights, bottoms = [], [], []
        for (_seller, year), share in pieces[group].items():
            x.append(years.index(year) + 0.5)
            heights.append(100 * share)
            bottoms.append(base[year])
            base[year] += 100 * share
        axes.bar(x, heights, 0.84, bottoms, label=group, **looks[group])
    axes.set_ylim(0, 100)
    axes.set_ylabel("Share of tonnes (%)")


def _growers_share(shares: pd.DataFrame) -> float:
    """Part of all that was sold which growers sold themselves, 0 to 1; 1 where nothing was."""
    whole = shares["kt"].sum()
    return float(shares.loc[shares["role"] == "growers", "kt"].sum() / whole) if whole > 0 else 1.0


def _index_panel(axes: Axes, table: pd.DataFrame, market: str, pools: dict[str, str], years: list[str]) -> None:
    """Draw the index of some pools, and where it would lie with one, two, four and eight sellers of the same size."""
    for pool, name in pools.items():
        part = table[table["column"] == f"{market}:{pool}"].set_index("row").reindex(years)
        if part["p50"].notna().any():
            part = part.assign(x=np.arange(len(years)) + 0.5)
            band_line(axes, part, INDEX_LOOKS[pool], f"Index, {name}")
    if not pools:
        axes.text(0.5, 0.62, NO_INDEX, transform=axes.transAxes, fontsize=8, ha="center", va="center", color=GREY)
    axes.set_ylim(0, 1.05)
    axes.set_yticks(np.arange(0, 1.01, 0.25))
    axes.set_ylabel("Index (0 to 1)")
    for number in EQUAL_SELLERS:
        axes.axhline(1 / number, color="#777777", linewidth=0.6, linestyle=(0, (1, 3)), zorder=0.5)
        words = f"{number} equal" if number > 1 else "1 seller"
        axes.text(1.015, 1 / number, words, transform=axes.get_yaxis_transform(), fontsize=7.5, va="center")
