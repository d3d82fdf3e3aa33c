"""Tonnes of farmers in the frames of a run: outlets by crop year, shares of groups, and the boards they deliver to."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.figures.style import crop_years_of

DUST_KT = 0.5  # less, mean of draws, is not drawn


def farm_account(frames: dict[str, pd.DataFrame], meta: dict[str, Any], origin: str) -> pd.DataFrame:
    """Tonnes of an origin's farmers by crop year (rows) and outlet (columns), kt, mean of draws.

    Their sum is what the year began with on farm and the harvest.
    """
    series, scenario = frames["series"], meta["scenario"]
    years = crop_years_of(series)
    groups = [name for name, section in scenario["growers"].items() if section["origin"] == origin]
    boards = [name for name, section in (scenario.get("boards") or {}).items() if section["origin"] == origin]

    def flow(name: str, labels: list[str]) -> pd.Series:
        chosen = series[(series["series"] == name) & series["label"].isin(labels)]
        return chosen.groupby("crop_year")["mean"].sum().reindex(years, fill_value=0.0)

    stock = series[(series["series"] == "farm_stock_kt") & series["label"].isin(groups)]
    at_end = stock[stock["period"].isin(stock.groupby("crop_year")["period"].max())]
    off_board = fed(frames["ledger"], groups).groupby("crop_year")["kt"].sum()
    return pd.DataFrame(
        {
            "pool": flow("farm_pooled_kt", groups),
            "cash": flow("cash_bought_kt", boards),
            "merchants": flow("farm_to_merchants_kt", groups),
            "feeders": off_board.reindex(years, fill_value=0.0),
            "own": flow("own_use_kt", [origin]),
            "kept": at_end.groupby("crop_year")["mean"].sum().reindex(years, fill_value=0.0),
        }
    )


def delivered_share(frames: dict[str, pd.DataFrame], group: str, years: list[str]) -> pd.Series:
    """Part of what a group of growers marketed in a crop year that it delivered to pool or merchants, 0 to 1."""
    series = frames["series"]
    chosen = series[series["series"].isin(("farm_pooled_kt", "farm_to_merchants_kt")) & (series["label"] == group)]
    brought = chosen.groupby("crop_year")["mean"].sum().reindex(years, fill_value=0.0)
    off_board = fed(frames["ledger"], [group]).groupby("crop_year")["kt"].sum().reindex(years, fill_value=0.0)
    marketed = brought + off_board
    return brought.where(marketed > DUST_KT) / marketed.where(marketed > DUST_KT)


def fed(ledger: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """What groups of growers sold to feeders at home: lines of the ledger."""
    return ledger[(ledger["role"] == "growers") & ledger["seller"].isin(groups)]


def boards_of(series: pd.DataFrame, scenario: dict[str, Any], origin: str) -> list[str]:
    """Boards of an origin that were brought anything, the largest first."""
    own = [name for name, section in (scenario.get("boards") or {}).items() if section["origin"] == origin]
    brought = series[series["series"] == "delivered_kt"].groupby("label")["mean"].sum()
    found = [board for board in own if brought.get(board, 0.0) > DUST_KT]
    return sorted(found, key=lambda board: -brought[board])
