"""Crop-year tables made from a run's saved summary: the same tables go to the screen and to CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.headings import (
    BONUS,
    KEPT,
    bonus_buyers,
    eligible_groups,
    items,
    lanes_of,
    market_label,
    own_title,
    programme_title,
    sellers_by_title,
    sentence,
    title_of,
)
from sim.programme_names import PROGRAMMES, SUBSIDY
from sim.shipped import home_origin
from sim.wording import SEASON, commodity, pool_word, season, words

REVERSED = {"mean": "mean", "p05": "p95", "p25": "p75", "p50": "p50", "p75": "p25", "p95": "p05"}


@dataclass(frozen=True)
class YearTable:
    """A table by crop year for people: means over draws, with 5 and 95 % where the run has several draws.

    Attributes
    ----------
    name, title : str
        Name of the file and heading on screen.
    columns : dict of str to str
        Heading of each column -> key in ``frame``.
    units : dict of str to str
        Unit of each key.
    frame : pandas.DataFrame
        Lines of the summary: row (crop year), column (key), mean, p05 ... p95.
    season : str
        Months of a crop year.
    """

    name: str
    title: str
    columns: dict[str, str]
    units: dict[str, str]
    frame: pd.DataFrame
    season: str = SEASON

    def wide(self) -> tuple[pd.DataFrame, list[str]]:
        """One line per crop year; per column its mean, p05 and p95; and the row of units."""
        years = list(dict.fromkeys(self.frame["row"]))
        wide: dict[str, Any] = {"crop_year": years}
        units = [self.season]
        for key in self.columns.values():
            part = self.frame[self.frame["column"] == key].set_index("row").reindex(years)
            for statistic in ("mean", "p05", "p95"):
                wide[f"{key} {statistic}"] = part[statistic].to_numpy()
                units.append(self.units[key])
        return pd.DataFrame(wide), units


def run_tables(summary: pd.DataFrame, meta: dict[str, Any]) -> list[YearTable]:
    """Make the crop-year tables of a run: prices, tonnes, price gaps, subsidies and pools, for the base origin.

    Parameters
    ----------
    summary : pandas.DataFrame
        ``summary.parquet`` of a run.
    meta : dict
        ``run.json`` of the run: ``scenario`` (resolved) and ``pairs`` (of markets).
    """
    scenario = meta["scenario"]
    origin, boards = home_origin(scenario), list(scenario.get("boards") or {})
    own = [board for board in boards if scenario["boards"][board]["origin"] == origin]
    title = scenario["origins"][origin].get("title") or origin
    pairs = [f"{market}:{grade}" for grade in scenario["grades"] for market in scenario["markets"]]
    labels = {pair: market_label(scenario, pair) for pair in pairs}
    by_pair = {f"{origin}:{pair}": label for pair, label in labels.items()}
    pools = {
        f"{board}:{pool}": f"{title_of(scenario, 'boards', board)}, {pool_word(scenario, pool)}"
        for board in own
        for pool in ("feed", "malting")
    }
    paying = [f"{SUBSIDY}_{payer}" for payer in scenario.get("export_subsidies") or {}]
    whose = {board: f"{title_of(scenario, 'boards', board)}, " if len(own) > 1 else "" for board in own}
    kept = {f"{board}:{item}": sentence(f"{whose[board]}{text}") for board in own for item, text in KEPT}
    programmes = {name: programme_title(scenario, name) for name in (*PROGRAMMES, *paying)}
    agencies = [name for name, section in scenario["origins"].items() if section.get("intervention")]
    prefixes = {name: f"{title_of(scenario, 'origins', name)}, " if len(agencies) > 1 else "" for name in agencies}
    sellers = sellers_by_title(scenario)
    # Where demands are stated as landed prices, those are what a reader compares with them.
    stated_landed = not scenario.get("base_price_origin") and _freight_is_paid(summary)
    landed = labels if sellers or stated_landed else {}
    sold, lanes = f"Sales of {commodity(scenario)} from {title} by market (kt)", by_pair
    if sellers and len(scenario["origins"]) > 1:  # no origin is at home here: all of them are of interest
        sold, lanes = "Sales by origin and market (kt)", lanes_of(scenario, labels)
    bonus, feed = own_title(scenario, "eep"), pool_word(scenario, "feed")
    gaps = pair_gaps(summary, meta).assign(column=lambda frame: frame["pair"])
    gap_labels = {
        pair: " less ".join(title_of(scenario, "markets", market) for market in pair.split("-"))
        for pair in meta.get("pairs") or []
    }
    producers = items(summary, "producers", {origin: ""}, feed)
    tables = [
        _table(
            "prices",
            f"Prices of {commodity(scenario)} from {title} by market (C$/t f.o.b.)",
            summary,
            "origin_price",
            by_pair,
        ),
        _table("landed_prices", "Landed prices by market (C$/t)", summary, "landed_price", landed),
        _table("seller_tonnes", "Sales by seller (kt)", summary, "seller_tonnes", sellers),
        _table("tonnes", sold, summary, "origin_tonnes", lanes),
        _table(
            "price_gaps",
            f"Price gap, {feed}, months with sales in both markets (C$/t)",
            gaps,
            "price_gap",
            gap_labels,
        ),
        _table("subsidy_rates", "Export subsidies: mean rate (C$/t)", summary, "programme_rate", programmes),
        _table("subsidy_spending", "Export subsidies: spending (million C$)", summary, "programme_spend", programmes),
        _table("bonus_tonnes", f"{bonus}: tonnes by buyer (kt)", summary, "bonus_tonnes", bonus_buyers(scenario)),
        _table("bonus", f"{bonus}: bonuses, spending, bids", summary, "bonus", BONUS),
        _table(
            "eligible_price",
            f"{bonus}: price of {feed} at buyers with an initiative at some time and at others there (C$/t f.o.b.)",
            summary,
            "eligible_price",
            eligible_groups(summary, scenario),
        ),
        _table(
            "refund_programme",
            f"{programme_title(scenario, 'restitution')}: tenders",
            summary,
            "refund_programme",
            items(summary, "refund_programme", {"restitution": ""}),
        ),
        _table(
            "intervention",
            f"Intervention: {', '.join(title_of(scenario, 'origins', name) for name in agencies)}",
            summary,
            "intervention",
            items(summary, "intervention", prefixes),
        ),
        _table("pool_returns", "Pool return: initial and final payment (C$/t)", summary, "pool_return_cad_t", pools),
        _table(
            "pool_deficits", "Pool deficits paid by a treasury (million C$)", summary, "pool_deficit_million_cad", pools
        ),
        _table("deliveries", "Deliveries under contract and agreed sales", summary, "deliveries", kept),
        _table("producers", f"Producers in {title}", summary, "producers", producers),
    ]
    say = words(scenario)
    return [_said(table, say, season(scenario)) for table in tables if table is not None]


def _said(table: YearTable, say: Callable[[str], str], season: str) -> YearTable:
    """A table in the words of its scenario."""
    columns = {say(heading): key for heading, key in table.columns.items()}
    units = {key: say(unit) for key, unit in table.units.items()}
    return replace(table, title=say(table.title), columns=columns, units=units, season=season)


def paired_gaps(summary: pd.DataFrame, published: dict[str, tuple[float, bool]]) -> pd.DataFrame:
    """Lay out Table 1: per period and pair the simulated mean and range, share of draws starred, and the published."""
    table = summary[summary["table"] == "table1"]
    if table.empty:
        return pd.DataFrame()
    gaps = table[table["column"] == "mean_difference_cad_t"].set_index("row")
    stars = table[table["column"] == "significant_95"].set_index("row")["mean"]
    wide = pd.DataFrame({"mean_cad_t": gaps["mean"], "p05_cad_t": gaps["p05"], "p95_cad_t": gaps["p95"]})
    wide["share_of_draws_significant"] = stars
    wide["published_cad_t"] = [published.get(row, (float("nan"), False))[0] for row in wide.index]
    wide["published_significant"] = [published[row][1] if row in published else None for row in wide.index]
    return wide.rename_axis("period and pair").reset_index()


def pair_gaps(summary: pd.DataFrame, meta: dict[str, Any]) -> pd.DataFrame:
    """Select the price gaps of ``meta["pairs"]``, named in a column ``pair``; one stored reversed is turned."""
    scenario = meta["scenario"]
    grades = [name for name, grade in scenario["grades"].items() if grade["pool"] == "feed"]
    gaps = summary[summary["table"] == "price_gap"]
    parts = []
    for pair in meta.get("pairs") or []:
        first, _, second = pair.partition("-")
        for grade in grades[:1]:
            stem = f"{home_origin(scenario)}:{grade}:"
            part = gaps[gaps["column"] == f"{stem}{pair}"]
            if part.empty:
                part = gaps[gaps["column"] == f"{stem}{second}-{first}"]
                part = part.assign(**{name: -part[REVERSED[name]] for name in REVERSED})
            parts.append(part.assign(pair=pair))
    return pd.concat(parts, ignore_index=True) if parts else gaps.head(0).assign(pair=pd.Series(dtype=str))


def _table(name: str, title: str, summary: pd.DataFrame, source: str, labels: dict[str, str]) -> YearTable | None:
    """Columns of one summary table that hold anything but zeros, or None when there is none."""
    frame = summary[(summary["table"] == source) & summary["column"].isin(list(labels))]
    alive = frame.groupby("column")["p95"].max().gt(0) | frame.groupby("column")["p05"].min().lt(0)
    columns = {label: key for key, label in labels.items() if alive.get(key, False)}
    if not columns:
        return None
    frame = frame[frame["column"].isin(list(columns.values()))]
    units = dict(zip(frame["column"], frame["unit"], strict=True))
    return YearTable(name, title, columns, units, frame)


def _freight_is_paid(summary: pd.DataFrame) -> bool:
    """Whether landed prices differ from those at port anywhere."""
    landed, at_port = (summary.loc[summary["table"] == name, "mean"] for name in ("landed_price", "market_price"))
    return not np.array_equal(landed, at_port, equal_nan=True)
