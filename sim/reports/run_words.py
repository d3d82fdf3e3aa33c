"""The summary of a run in words, each sentence computed from its saved tables."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.frames import YearTable, pair_gaps, run_tables
from sim.headings import programme_title, title_of
from sim.reports.gather import Shown
from sim.reports.words import amount, capital, contains_zero, listing, plural
from sim.reports.yearly import by_year, columns_of, crop_years, mean_over
from sim.shipped import home_origin
from sim.wording import commodity, pool_word

SYSTEMS = {"single_desk": "a single desk", "multiple_sellers": "many sellers"}
MOST_NAMED = 6  # markets, sellers ... that one sentence names


def run_sentences(shown: Shown) -> list[str]:
    """What a run is, prices, gaps, sales, producers, programmes and deficits."""
    tables = {table.name: table for table in run_tables(shown.frames["summary"], shown.meta)}
    return [
        _what(shown),
        *_prices(shown, tables),
        *_gaps(shown),
        *_sales(tables),
        *_producers(shown),
        *programme_sentences(shown),
        *_deficits(shown),
    ]


def _what(shown: Shown) -> str:
    scenario, years = shown.meta["scenario"], crop_years(shown)
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    per_year = scenario["calendar"]["periods_per_year"]
    step = {12: "by the month", 52: "by the week"}.get(per_year, f"in {per_year} periods a year")
    luck = (
        f"{plural(shown.draws, 'draw')} of what luck decides; figures are means over them, ranges 5-95 % of draws"
        if shown.draws > 1 else "a single draw, so there are no ranges"
    )  # fmt: skip
    text = f"A simulation of {plural(len(years), 'crop year')}, {span}, {step}; {luck} (seed {shown.meta.get('seed')})."
    rule = (scenario.get("marketing") or {}).get(home_origin(scenario)) or {}
    systems = {pool: SYSTEMS.get(rule[pool], str(rule[pool]).replace("_", " ")) for pool in ("feed", "malting")
               if rule.get(pool)}  # fmt: skip
    if systems:
        who = title_of(scenario, "origins", home_origin(scenario))
        how = listing(
            [f"{pool_word(scenario, pool)} {commodity(scenario)} through {name}" for pool, name in systems.items()]
        )
        text += f" {who} sells {how}{_unless(scenario)}."
    return text


def _unless(scenario: dict[str, Any]) -> str:
    """Say when an event changes who may sell."""
    dated = [event for event in scenario.get("events") or [] if "marketing" in event]
    named = [f"{each.get('name') or 'an event'}, {each['from']} to {each['to']}" for each in dated]
    return f" (changed by: {'; '.join(named[:MOST_NAMED])})" if named else ""


def _prices(shown: Shown, tables: dict[str, YearTable]) -> list[str]:
    """One sentence a grade: means by market with the lowest and highest crop year."""
    table = tables.get("prices") or tables.get("landed_prices")
    if table is None:
        return []
    scenario, out = shown.meta["scenario"], []
    where = "f.o.b. port" if table.name == "prices" else "landed"
    whose = f"{title_of(scenario, 'origins', home_origin(scenario))}'s " if table.name == "prices" else ""
    for grade in scenario["grades"]:
        texts = []
        for key in table.columns.values():
            *_, market, own = key.split(":")
            lines = _lines(table, key)
            if own == grade and len(lines):
                texts.append((mean_over(lines), f"{title_of(scenario, 'markets', market)} {_mean_and_extremes(lines)}"))
        if texts:
            texts.sort(key=lambda pair: -pair[0])
            name = title_of(scenario, "grades", grade).replace("_", " ").lower()
            named = listing([text for _, text in texts[:MOST_NAMED]])
            out.append(f"Price of {whose}{name}, {where}, mean of crop years: {named}.")
    return out


def _mean_and_extremes(lines: pd.DataFrame) -> str:
    text = amount(mean_over(lines), "C$/t")
    if len(lines) == 1:
        return text
    low, high = lines["mean"].idxmin(), lines["mean"].idxmax()
    return f"{text} ({lines['mean'][low]:.0f} in {low}, {lines['mean'][high]:.0f} in {high})"


def _gaps(shown: Shown) -> list[str]:
    """One sentence a pair of markets; which of the two pays more follows from the sign."""
    scenario = shown.meta["scenario"]
    gaps = pair_gaps(shown.frames["summary"], shown.meta).dropna(subset=["mean"])
    out = []
    for pair, part in list(gaps.groupby("pair", sort=False))[:MOST_NAMED]:
        first, second = (title_of(scenario, "markets", name) for name in str(pair).split("-"))
        mean, years = float(part["mean"].mean()), part.set_index("row")["mean"]
        more = "more" if mean >= 0 else "less"
        much = f"{amount(abs(mean), 'C$/t')} {more} than" if abs(mean) >= 0.05 else "about the same as"
        text = f"For {pool_word(scenario, 'feed')} {first} pays {much} {second}, mean of crop years"
        if len(part) > 1:
            low, high = years.idxmin(), years.idxmax()
            text += f" (from {amount(years[low], 'C$/t')} in {low} to {amount(years[high], 'C$/t')} in {high})"
        if shown.draws > 1:
            open_sign = [line.row for line in part.itertuples() if contains_zero(line.p05, line.p95)]
            if open_sign:
                named = listing(open_sign) if len(open_sign) <= 4 else f"{len(open_sign)} of {len(part)} crop years"
                text += f"; the 5-95 % range contains zero in {named}"
            else:
                text += "; no crop year's 5-95 % range contains zero"
        out.append(f"{text}.")
    return out


def _sales(tables: dict[str, YearTable]) -> list[str]:
    table = tables.get("tonnes")
    if table is None:
        return []
    years = table.frame["row"].nunique()
    sums = {heading: float(_lines(table, key)["mean"].sum()) / years for heading, key in table.columns.items()}
    total = math.fsum(sums.values())
    largest = sorted(sums.items(), key=lambda pair: -pair[1])[:4]
    shares = listing([f"{name} {100 * value / total:.0f} %" for name, value in largest]) if total > 0 else ""
    return [f"{table.title.partition(' (')[0]}: {total:,.0f} kt a crop year, of which {shares}."] if shares else []


def _producers(shown: Shown) -> list[str]:
    scenario = shown.meta["scenario"]
    origin = home_origin(scenario)
    lines = by_year(shown, "producers", f"{origin}:producer_revenue_million_cad")
    if lines.empty:
        return []
    who = title_of(scenario, "origins", origin)
    text = f"Producers in {who} receive {amount(mean_over(lines), 'million C$')} a crop year"
    if len(lines) > 1:
        low, high = lines["mean"].idxmin(), lines["mean"].idxmax()
        text += f" (least in {low}, {amount(lines['mean'][low], 'million C$')};"
        text += f" most in {high}, {amount(lines['mean'][high], 'million C$')})"
    return [f"{text}."]


def programme_sentences(shown: Shown) -> list[str]:
    """What each export programme spent, on how much, per tonne subsidised."""
    scenario, out = shown.meta["scenario"], []
    for name in columns_of(shown, "programme_spend"):
        spend = by_year(shown, "programme_spend", name)["mean"]
        tonnes = by_year(shown, "programme_tonnes", name)["mean"]
        paid = spend[spend.abs() > 0]
        if paid.empty or tonnes.sum() <= 0:
            continue
        total, kt = float(spend.sum()), float(tonnes.sum())
        when = paid.index[0] if len(paid) == 1 else f"{paid.index[0]} to {paid.index[-1]}"
        text = f"{programme_title(scenario, name)}: {amount(total, 'million C$')} in {when} on {kt:,.0f} kt"
        text += f", {amount(1000 * total / kt, 'C$/t')} per tonne subsidised"
        if len(paid) > 1:
            text += f"; most in {paid.idxmax()}, {amount(paid.max(), 'million C$')}"
        out.append(f"{text}.")
    return out


def _deficits(shown: Shown) -> list[str]:
    """The boards whose pools cost a treasury most over the run; small change is in the tables."""
    scenario = shown.meta["scenario"]
    found = {board: by_year(shown, "deficits", board)["mean"] for board in columns_of(shown, "deficits")}
    whole = sum(float(lines.sum()) for lines in found.values())
    parts = []
    for board, lines in sorted(found.items(), key=lambda pair: -pair[1].sum()):
        if lines.sum() > 0.01 * whole:
            who, worst = title_of(scenario, "boards", board), lines.idxmax()
            parts.append(f"{who} {amount(lines.sum(), 'million C$')} (most in {worst}, {lines[worst]:,.1f})")
    return [f"Pool deficits that a treasury paid over the run: {listing(parts)}."] if parts else []


def _lines(table: YearTable, key: str) -> pd.DataFrame:
    part = table.frame[(table.frame["column"] == key) & table.frame["mean"].notna()]
    return part.set_index("row")[["mean", "p05", "p95"]]


def missing_cost_note(shown: Shown) -> str:
    """Say what a run alone cannot tell about its programmes; empty where it has none."""
    if not programme_sentences(shown):
        return ""
    stem = str(shown.meta["stem"])
    return capital(
        "what an additional tonne cost and who got it takes the same market without the programmes: "
        f"singledesk incidence {stem}, whose result this report shows when it is given too."
    )
