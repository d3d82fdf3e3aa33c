"""Several runs beside the first: what the others change, in words and as a table of means over common crop years."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.frames import YearTable, run_tables
from sim.headings import programme_title, title_of
from sim.reports.gather import Shown
from sim.reports.tables import Cell, Grid
from sim.reports.words import amount, capital, digits_of, plural
from sim.reports.yearly import by_year, columns_of, common_years, crop_years, mean_over
from sim.screen import number
from sim.shipped import home_origin

SMALL = 0.01
Compared = tuple[str, str, str, str]  # what, table, column, unit


def beside_sentences(runs: Sequence[Shown]) -> list[tuple[str, list[str]]]:
    """What the other runs change against the first, a heading and sentences for each; nothing for a single run.

    Sums of money of less than 1 % of the largest one are left to the tables.
    """
    if len(runs) < 2:
        return []
    years = common_years(runs)
    if not years:
        return [("The runs have no crop year in common, so nothing is compared.", [])]
    first = runs[0]
    out: list[tuple[str, list[str]]] = [(basis(runs, years), [])]
    for other in runs[1:]:
        changes = [
            (each, found)
            for each in _compared(first, other)
            if (found := _change(first, other, years, each)) is not None
        ]
        money = max((abs(found[0]) for each, found in changes if each[3] == "million C$"), default=0.0)
        texts = [found[1] for each, found in changes if each[3] != "million C$" or abs(found[0]) >= SMALL * money]
        nothing = "" if texts else ": no measure that both have differs"
        out.append((f"{other.label}, against {first.letter}{nothing}", texts))
    return out


def basis(runs: Sequence[Shown], years: Sequence[str]) -> str:
    """Say what the differences are of, and whether the same luck is behind them."""
    first = runs[0]
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    text = f"Differences are of means over draws and over the {plural(len(years), 'crop year')} that all runs have"
    text += f" ({span}). "
    if any(crop_years(each) != crop_years(first) for each in runs[1:]):
        text += "Their calendars differ: only the common years are compared. "
    same = all((each.draws, each.meta.get("seed")) == (first.draws, first.meta.get("seed")) for each in runs)
    periods = {each.meta["scenario"]["calendar"]["periods_per_year"] for each in runs}
    if same and len(periods) == 1 and all(crop_years(each) == crop_years(first) for each in runs):
        text += "The runs have the same seed and draws: common random numbers, the same luck in all of them. "
    else:
        text += "The runs do not share seed, draws or calendar, so a part of each difference is luck. "
    names = " ".join(str(each.meta["stem"]) for each in runs)
    return text + f"The range of a difference takes paired draws: singledesk compare {names}."


def _compared(first: Shown, other: Shown) -> list[Compared]:
    """What is said in words: prices at home and by market, gap, revenue, programmes, taxpayers, the whole."""
    scenario = first.meta["scenario"]
    origin = home_origin(scenario)
    who = title_of(scenario, "origins", origin)
    found: list[Compared] = []
    for column, unit in columns_of(first, "producers").items():
        name, _, item = column.partition(":")
        if name == origin and item.endswith(("_price_cad_t", "_revenue_million_cad")) and not item.startswith("home_"):
            text = item.removesuffix("_price_cad_t").removesuffix("_million_cad").replace("_", " ")
            what = f"{who}'s {text}" if unit != "C$/t" else f"what producers in {who} get for {text}"
            found.append((what, "producers", column, unit))
    feed = [name for name, grade in scenario["grades"].items() if grade["pool"] == "feed"]
    for grade in feed[:1]:
        for market in scenario["markets"]:
            column = f"{origin}:{market}:{grade}"
            found.append((f"the price in {title_of(scenario, 'markets', market)}", "origin_price", column, "C$/t"))
    names = {**columns_of(first, "programme_spend"), **columns_of(other, "programme_spend")}
    for name, unit in names.items():
        whose = scenario if name in columns_of(first, "programme_spend") else other.meta["scenario"]
        found.append((f"spending on {programme_title(whose, name)}", "programme_spend", name, unit))
    found += [
        (f"the cost to taxpayers in {title_of(scenario, 'origins', name)}", "taxpayers", name, unit)
        for name, unit in columns_of(first, "taxpayers").items()
    ]
    return [*found, ("the surplus of all together", "total_surplus", "total", "million C$")]


def _change(first: Shown, other: Shown, years: Sequence[str], what: Compared) -> tuple[float, str] | None:
    """One change and its sentence; a programme that one run does not have spends nothing there."""
    name, table, column, unit = what
    means = [mean_over(by_year(each, table, column), years) for each in (first, other)]
    if table == "programme_spend":
        means = [0.0 if math.isnan(mean) else mean for mean in means]
    difference = means[1] - means[0]
    if not math.isfinite(difference) or not number(abs(difference), digits_of(difference)).strip("0.,"):
        return None
    per_year = " a crop year" if unit.startswith("million") else ""
    moved = "rises" if difference > 0 else "falls"
    from_to = f"from {amount(means[0], unit)} to {amount(means[1], unit)}"
    return difference, f"{capital(name)} {moved} by {amount(abs(difference), unit)}{per_year}, {from_to}."


def beside_grids(runs: Sequence[Shown]) -> list[Grid]:
    """Means over the common crop years of every column of the runs' tables: each run, and its difference to A."""
    years = common_years(runs) if len(runs) > 1 else []
    if not years:
        return []
    tables = [{table.name: table for table in run_tables(each.frames["summary"], each.meta)} for each in runs]
    names = list(dict.fromkeys(name for own in tables for name in own))
    letters = [each.letter for each in runs]
    headings = ["", *letters, *(f"{letter} less {letters[0]}" for letter in letters[1:])]
    out = []
    for name in names:
        own = [each.get(name) for each in tables]
        present: list[YearTable] = [table for table in own if table is not None]
        columns = {key: heading for table in present for heading, key in table.columns.items()}
        rows = []
        for key, heading in columns.items():
            means = [_mean(table, key, years) for table in own]
            digits = max((digits_of(mean) for mean in means if math.isfinite(mean)), default=1)
            shown = [number(mean, min(digits, 1)) for mean in means]
            less = [number(mean - means[0], min(digits, 1)) for mean in means[1:]]
            rows.append([Cell(text) for text in (heading, *shown, *less)])
        if rows:
            out.append(Grid(present[0].title, headings, rows))
    return out


def _mean(table: YearTable | None, key: str, years: Sequence[str]) -> float:
    if table is None:
        return float("nan")
    part = table.frame[(table.frame["column"] == key) & table.frame["row"].isin(list(years))]
    return float(part["mean"].mean()) if len(part) else float("nan")
