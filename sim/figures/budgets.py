"""What export subsidies cost: spending against the budget, tonnes subsidised, and the sum of it over the years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet, place_of
from sim.figures.style import STYLE, bar_look, crop_years_of, legend, line_look, plain, shorten
from sim.figures.subsidies import programme_places
from sim.headings import programme_title
from sim.wording import first_month

NO_BUDGET = 20.0  # times the largest spending: a budget so far away binds nobody and would flatten the bars
NOTE = "Bars and lines: mean of draws; thin lines: 5-95 % of draws. Cumulative: sum of the means from the run's start."


@dataclass(frozen=True)
class Account:
    """Spending of a programme by its own year, in its own money.

    Attributes
    ----------
    unit : str
        Million of which money.
    year : str
        What a bar stands for.
    start, end : ndarray
        Of every year, in crop years since the run's start.
    mean, low, high : ndarray
        Spending and its 5 and 95 % of draws.
    budget : ndarray
        What could be spent; NaN without a budget.
    """

    unit: str
    year: str
    start: np.ndarray
    end: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    budget: np.ndarray


def budgets(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw each programme's spending against its budget and its tonnes, and what all have cost since the start."""
    summary, years = frames["summary"], crop_years_of(frames["series"])
    spent, tonnes = (_by_year(summary, table, years) for table in ("programme_spend", "programme_tonnes"))
    names = [name for name, part in spent.items() if part[["p05", "p95"]].abs().to_numpy().max() > 0]
    if not names:
        return None
    places = programme_places(frames["series"])
    titles = {name: plain(shorten(programme_title(meta["scenario"], name), 60)) for name in names}
    accounts = {name: _account(name, summary, spent[name], years, meta["scenario"]) for name in names}
    shown = [(name, what) for name in names for what in ("money", "tonnes") if what == "money" or name in tonnes]
    with mpl.rc_context(STYLE):
        heights = [{"money": 1.75, "tonnes": 1.25}[what] for _name, what in shown] + [2.0]
        figure, panels = dated_sheet(meta, "Export subsidies: spending and tonnes", years, heights, NOTE)
        for panel, (name, what) in zip(panels, shown, strict=False):
            if what == "money":
                _money(panel, accounts[name], places[name])
                panel.set_title(f"{titles[name]}: spending by {accounts[name].year}")
            else:
                _tonnes(panel, tonnes[name], places[name])
                panel.set_title(f"{titles[name]}: tonnes subsidised")
        for name in names:
            total = np.append(0.0, spent[name]["mean"].fillna(0.0).cumsum())
            label = shorten(programme_title(meta["scenario"], name), 28)
            panels[-1].plot(np.arange(len(years) + 1), total, **line_look(places[name]), marker=".", label=plain(label))
        panels[-1].set(title="Cumulative spending since the run's start", ylabel=plain("Spending\n(million C$)"))
        panels[-1].set_ylim(bottom=min(0.0, panels[-1].get_ylim()[0]))
        legend(panels[-1])
        figure.align_ylabels(panels)
    return figure


def _by_year(summary: pd.DataFrame, table: str, years: list[str]) -> dict[str, pd.DataFrame]:
    """Bands by crop year of every column of a table."""
    part = summary[summary["table"] == table]
    return {str(name): own.set_index("row").reindex(years) for name, own in part.groupby("column", sort=False)}


def _account(
    name: str, summary: pd.DataFrame, spent: pd.DataFrame, years: list[str], scenario: dict[str, Any]
) -> Account:
    """The programme's own books where the run kept them, else its spending in C$ by crop year."""
    fiscal = summary[summary["table"] == "bonus_fiscal_year"]
    refunds = summary[(summary["table"] == "refund_programme") & (summary["column"] == f"{name}:spending_million_ecu")]
    if name == "eep" and len(fiscal):
        return _fiscal_years(fiscal, years, first_month(scenario))
    if len(refunds):
        budget = (scenario.get(name) or {}).get("budget_ecu_million")
        return _crop_years(refunds.set_index("row").reindex(years), "million ECU", budget)
    return _crop_years(spent, "million C$", None)


def _fiscal_years(table: pd.DataFrame, years: list[str], begins: int) -> Account:
    """Spending by fiscal year; its money is what was spent and what was left."""
    own = {column: table[table["column"] == column].set_index("row") for column in ("spending", "money_left")}
    spending = own["spending"]
    start = np.array([place_of(row, years, begins) for row in spending.index])
    end = np.append(start[1:], len(years))
    budget = spending["mean"].to_numpy() + own["money_left"]["mean"].reindex(spending.index).to_numpy()
    unit = str(spending["unit"].iloc[0])
    return _checked(Account(unit, "fiscal year", start, end, *_bands(spending), budget))


def _crop_years(table: pd.DataFrame, unit: str, budget: Any) -> Account:
    """Spending by crop year; a budget that moves with time is not drawn."""
    start = np.arange(len(table), dtype=float)
    level = float(budget) if isinstance(budget, int | float) else np.nan
    return _checked(Account(unit, "crop year", start, start + 1, *_bands(table), np.full(len(table), level)))


def _bands(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean, low, high = (table[name].fillna(0.0).to_numpy() for name in ("mean", "p05", "p95"))
    return mean, low, high


def _checked(account: Account) -> Account:
    """Take away a budget out of reach, and that of years before the first and after the last spending."""
    paid = np.flatnonzero(account.high > 0)
    budget = np.where(account.budget < NO_BUDGET * account.high.max(), account.budget, np.nan)
    inside = (np.arange(len(budget)) >= paid[0]) & (np.arange(len(budget)) <= paid[-1]) if len(paid) else False
    return Account(**{**vars(account), "budget": np.where(inside, budget, np.nan)})


def _money(axes: Axes, account: Account, position: int) -> None:
    width = account.end - account.start
    middle = account.start + width / 2
    axes.bar(middle, account.mean, 0.8 * width, label="Spending", **bar_look(position))
    axes.vlines(middle, account.low, account.high, color="#222222", linewidth=1.0)
    if np.isfinite(account.budget).any():
        axes.hlines(
            account.budget, account.start, account.end, color="#000000", linewidth=1.8, label="Budget of the year"
        )
        axes.set_ylim(top=1.1 * max(np.nanmax(account.budget), account.high.max()))
        legend(axes)
    axes.set_ylabel(plain(f"Spending\n({account.unit})"))


def _tonnes(axes: Axes, table: pd.DataFrame, position: int) -> None:
    x = np.arange(len(table)) + 0.5
    axes.bar(x, table["mean"].fillna(0.0), 0.78, **bar_look(position))
    axes.vlines(x, table["p05"], table["p95"], color="#222222", linewidth=1.0)
    axes.set_ylabel("Tonnes (kt)")
