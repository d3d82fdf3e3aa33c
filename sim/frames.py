"""Crop-year tables made from a run's saved summary: the same tables go to the screen and to CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.programme_records import PROGRAMMES, SUBSIDY
from sim.shipped import home_origin

REVERSED = {"mean": "mean", "p05": "p95", "p25": "p75", "p50": "p50", "p75": "p25", "p95": "p05"}
FLIPPED = list(REVERSED)
KEPT = (  # item of the deliveries table, and what its column is called
    ("called_kt", "called (kt)"),
    ("delivered_kt", "delivered (kt)"),
    ("delivery_failure_kt", "called, not delivered (kt)"),
    ("agreed_kt", "agreed sales (kt)"),
    ("missed_kt", "missed (kt)"),
    ("cash_bought_kt", "bought for cash (kt)"),
    ("cash_less_pool_mean_cad_t", "cash price less pool (C$/t)"),
    ("misallocation_million_cad", "misallocation (million C$)"),
)
BONUS = {
    "tonnes": "Tonnes (kt)",
    "mean": "Mean bonus (US$/t)",
    "p05_of_tonnes": "5 % of tonnes below (US$/t)",
    "p95_of_tonnes": "95 % of tonnes below (US$/t)",
    "spending": "Spending (million US$)",
    "accepted_share": "Share of bid tonnes accepted",
}


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
    """

    name: str
    title: str
    columns: dict[str, str]
    units: dict[str, str]
    frame: pd.DataFrame

    def wide(self) -> tuple[pd.DataFrame, list[str]]:
        """One line per crop year; per column its mean, p05 and p95; and the row of units."""
        years = list(dict.fromkeys(self.frame["row"]))
        wide = pd.DataFrame({"crop_year": years})
        units = ["August-July"]
        for key in self.columns.values():
            part = self.frame[self.frame["column"] == key].set_index("row").reindex(years)
            for statistic in ("mean", "p05", "p95"):
                wide[f"{key} {statistic}"] = part[statistic].to_numpy()
                units.append(self.units[key])
        return wide, units


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
    labels = {pair: _market_label(scenario, pair) for pair in pairs}
    by_pair = {f"{origin}:{pair}": label for pair, label in labels.items()}
    pools = {
        f"{board}:{pool}": f"{_title(scenario, 'boards', board)}, {pool}"
        for board in own
        for pool in ("feed", "malting")
    }
    paying = [f"{SUBSIDY}_{payer}" for payer in scenario.get("export_subsidies") or {}]
    whose = {board: f"{_title(scenario, 'boards', board)}, " if len(own) > 1 else "" for board in own}
    kept = {f"{board}:{item}": _sentence(f"{whose[board]}{text}") for board in own for item, text in KEPT}
    programmes = {name: programme_title(scenario, name) for name in (*PROGRAMMES, *paying)}
    agencies = [name for name, section in scenario["origins"].items() if section.get("intervention")]
    prefixes = {name: f"{_title(scenario, 'origins', name)}, " if len(agencies) > 1 else "" for name in agencies}
    sellers = _sellers(scenario)
    # Where demands are stated as landed prices, those are what a reader compares with them.
    stated_landed = not scenario.get("base_price_origin") and _freight_is_paid(summary)
    landed = labels if sellers or stated_landed else {}
    sold, lanes = f"Sales of barley from {title} by market (kt)", by_pair
    if sellers and len(scenario["origins"]) > 1:  # no origin is at home here: all of them are of interest
        sold, lanes = "Sales by origin and market (kt)", _lanes(scenario, labels)
    bonus = _own_title(scenario, "eep")
    gaps = pair_gaps(summary, meta).assign(column=lambda frame: frame["pair"])
    gap_labels = {
        pair: " less ".join(_title(scenario, "markets", market) for market in pair.split("-"))
        for pair in meta.get("pairs") or []
    }
    tables = [
        _table("prices", f"Prices of barley from {title} by market (C$/t f.o.b.)", summary, "origin_price", by_pair),
        _table("landed_prices", "Landed prices by market (C$/t)", summary, "landed_price", landed),
        _table("seller_tonnes", "Sales by seller (kt)", summary, "seller_tonnes", sellers),
        _table("tonnes", sold, summary, "origin_tonnes", lanes),
        _table(
            "price_gaps", "Price gap, feed, months with sales in both markets (C$/t)", gaps, "price_gap", gap_labels
        ),
        _table("subsidy_rates", "Export subsidies: mean rate (C$/t)", summary, "programme_rate", programmes),
        _table("subsidy_spending", "Export subsidies: spending (million C$)", summary, "programme_spend", programmes),
        _table("bonus_tonnes", f"{bonus}: tonnes by buyer (kt)", summary, "bonus_tonnes", _bonus_buyers(scenario)),
        _table("bonus", f"{bonus}: bonuses, spending, bids", summary, "bonus", BONUS),
        _table(
            "eligible_price",
            f"{bonus}: price of feed at buyers with an initiative at some time and at others there (C$/t f.o.b.)",
            summary,
            "eligible_price",
            _eligible(summary, scenario),
        ),
        _table(
            "refund_programme",
            f"{programme_title(scenario, 'restitution')}: tenders",
            summary,
            "refund_programme",
            _items(summary, "refund_programme", {"restitution": ""}),
        ),
        _table(
            "intervention",
            f"Intervention: {', '.join(_title(scenario, 'origins', name) for name in agencies)}",
            summary,
            "intervention",
            _items(summary, "intervention", prefixes),
        ),
        _table("pool_returns", "Pool return: initial and final payment (C$/t)", summary, "pool_return_cad_t", pools),
        _table(
            "pool_deficits", "Pool deficits paid by a treasury (million C$)", summary, "pool_deficit_million_cad", pools
        ),
        _table("deliveries", "Deliveries under contract and agreed sales", summary, "deliveries", kept),
        _table("producers", f"Producers in {title}", summary, "producers", _producers(summary, origin)),
    ]
    return [table for table in tables if table is not None]


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
                part = part.assign(**{name: -part[REVERSED[name]] for name in FLIPPED})
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


def _sentence(text: str) -> str:
    """Text with a capital at its start; those within it stay."""
    return text[0].upper() + text[1:]


def _producers(summary: pd.DataFrame, origin: str) -> dict[str, str]:
    """Headings for the producers' columns of an origin: price columns, then revenue."""
    return _items(summary, "producers", {origin: ""})


SUFFIXES = {
    "_million_cad": " (million C$)",
    "_million_ecu": " (million ECU)",
    "_cad_t": " (C$/t)",
    "_ecu_t": " (ECU/t)",
    "_percent": " (%)",
    "_kt": " (kt)",
}


def _items(summary: pd.DataFrame, table: str, prefixes: dict[str, str]) -> dict[str, str]:
    """Headings for columns called ``<name>:<item>``: what stands for the name, the item in words, and its unit."""
    labels = {}
    for key in dict.fromkeys(summary.loc[summary["table"] == table, "column"]):
        name, _, item = key.partition(":")
        if name not in prefixes or not item:
            continue
        suffix = next((each for each in SUFFIXES if item.endswith(each)), "")
        heading = prefixes[name] + item.removesuffix(suffix).replace("_", " ")
        labels[key] = _sentence(heading) + SUFFIXES.get(suffix, "")
    return labels


def _sellers(scenario: dict[str, Any]) -> dict[str, str]:
    """Sellers by cost and their titles, copies numbered."""
    return {
        name if copy == 1 else f"{name}_{copy}": section["title"] if copy == 1 else f"{section['title']} {copy}"
        for name, section in (scenario.get("sellers") or {}).items()
        for copy in range(1, section["number"] + 1)
    }


def _eligible(summary: pd.DataFrame, scenario: dict[str, Any]) -> dict[str, str]:
    """Headings of the prices by eligibility: whose barley, and which buyers."""
    labels = {}
    for key in dict.fromkeys(summary.loc[summary["table"] == "eligible_price", "column"]):
        origin, _, what = key.partition(":")
        labels[key] = f"{_title(scenario, 'origins', origin)}, {what.replace('_', ' ')}"
    return labels


def _bonus_buyers(scenario: dict[str, Any]) -> dict[str, str]:
    """Buyers with an initiative of the bonus programme, by title."""
    initiatives = (scenario.get("eep") or {}).get("initiatives") or {}
    titles = {**scenario.get("importers", {}), **scenario.get("state_importers", {})}
    return {each["buyer"]: titles[each["buyer"]]["title"] for each in initiatives.values()}


def _freight_is_paid(summary: pd.DataFrame) -> bool:
    """Whether landed prices differ from those at port anywhere."""
    landed, at_port = (summary.loc[summary["table"] == name, "mean"] for name in ("landed_price", "market_price"))
    return not np.array_equal(landed, at_port, equal_nan=True)


def _lanes(scenario: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    """Headings for every pair of origin and market, all origins."""
    return {
        f"{origin}:{pair}": f"{_title(scenario, 'origins', origin)} to {label}"
        for origin in scenario["origins"]
        for pair, label in labels.items()
    }


def _market_label(scenario: dict[str, Any], pair: str) -> str:
    market, _, grade = pair.partition(":")
    return f"{_title(scenario, 'markets', market)}, {grade.replace('_', ' ')}"


def _title(scenario: dict[str, Any], section: str, name: str) -> str:
    return (scenario[section].get(name) or {}).get("title") or name


def programme_title(scenario: dict[str, Any], name: str) -> str:
    """Name of an export programme: its title, or the country whose treasury pays by lane."""
    kind, _, payer = name.partition(f"{SUBSIDY}_")
    return f"Export subsidy, {_title(scenario, 'origins', payer)}" if payer else _own_title(scenario, kind)


def _own_title(scenario: dict[str, Any], name: str) -> str:
    return (scenario.get(name) or {}).get("title") or name.upper()
