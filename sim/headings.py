"""What the columns of a run's tables are called for people: titles from the scenario, items in words, units."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from sim.measures.names import MEAN, WHOLE_RUN
from sim.programme_names import SUBSIDY

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
WHEN = {MEAN: "mean of crop years", WHOLE_RUN: "whole run"}
"""What stands in place of a crop year, in words."""
SUFFIXES = {
    "_million_cad": " (million C$)",
    "_million_ecu": " (million ECU)",
    "_cad_t": " (C$/t)",
    "_ecu_t": " (ECU/t)",
    "_percent": " (%)",
    "_kt": " (kt)",
}

FEED = re.compile(r"\bfeed\b")


def sentence(text: str) -> str:
    """Text with a capital at its start; those within it stay."""
    return text[0].upper() + text[1:]


def items(summary: pd.DataFrame, table: str, prefixes: dict[str, str], feed: str = "feed") -> dict[str, str]:
    """Headings for columns called ``<name>:<item>``: what stands for the name, the item in words, and its unit.

    ``feed`` is what the pool of that name is called.
    """
    labels = {}
    for key in dict.fromkeys(summary.loc[summary["table"] == table, "column"]):
        name, _, item = key.partition(":")
        if name not in prefixes or not item:
            continue
        suffix = next((each for each in SUFFIXES if item.endswith(each)), "")
        heading = prefixes[name] + FEED.sub(lambda _: feed, item.removesuffix(suffix).replace("_", " "))
        labels[key] = sentence(heading) + SUFFIXES.get(suffix, "")
    return labels


def sellers_by_title(scenario: dict[str, Any]) -> dict[str, str]:
    """Sellers by cost and their titles, copies numbered."""
    return {
        name if copy == 1 else f"{name}_{copy}": section["title"] if copy == 1 else f"{section['title']} {copy}"
        for name, section in (scenario.get("sellers") or {}).items()
        for copy in range(1, section["number"] + 1)
    }


def eligible_groups(summary: pd.DataFrame, scenario: dict[str, Any]) -> dict[str, str]:
    """Headings of the prices by eligibility: whose barley, and which buyers."""
    labels = {}
    for key in dict.fromkeys(summary.loc[summary["table"] == "eligible_price", "column"]):
        origin, _, what = key.partition(":")
        labels[key] = f"{title_of(scenario, 'origins', origin)}, {what.replace('_', ' ')}"
    return labels


def bonus_buyers(scenario: dict[str, Any]) -> dict[str, str]:
    """Buyers with an initiative of the bonus programme, by title."""
    initiatives = (scenario.get("eep") or {}).get("initiatives") or {}
    titles = {**scenario.get("importers", {}), **scenario.get("state_importers", {})}
    return {each["buyer"]: titles[each["buyer"]]["title"] for each in initiatives.values()}


def lanes_of(scenario: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    """Headings for every pair of origin and market, all origins."""
    return {
        f"{origin}:{pair}": f"{title_of(scenario, 'origins', origin)} to {label}"
        for origin in scenario["origins"]
        for pair, label in labels.items()
    }


def market_label(scenario: dict[str, Any], pair: str) -> str:
    """Title of a ``<market>:<grade>``."""
    market, _, grade = pair.partition(":")
    return f"{title_of(scenario, 'markets', market)}, {grade.replace('_', ' ')}"


def title_of(scenario: dict[str, Any], section: str, name: str) -> str:
    """Title of an entry of a section of the resolved scenario; its name when it has none."""
    return (scenario[section].get(name) or {}).get("title") or name


def programme_title(scenario: dict[str, Any], name: str) -> str:
    """Name of an export programme: its title, or the country whose treasury pays by lane."""
    kind, _, payer = name.partition(f"{SUBSIDY}_")
    return f"Export subsidy, {title_of(scenario, 'origins', payer)}" if payer else own_title(scenario, kind)


def own_title(scenario: dict[str, Any], name: str) -> str:
    """Title of a section of its own; its key in capitals when it has none."""
    return (scenario.get(name) or {}).get("title") or name.upper()
