"""The few sentences that a reader of all the results wants first, each computed from a saved table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.experiments.desk_and_war import WAR_YEARS
from sim.headings import title_of
from sim.measures import AVERAGE
from sim.reports.comparison_words import averages
from sim.reports.gather import Shown
from sim.reports.incidence_words import gains_per_dollar, per_additional_tonne
from sim.reports.words import amount
from sim.screen import number
from sim.shipped import home_origin

GAP = "price_gap"


def highlights(shown: Sequence[Shown]) -> list[tuple[str, str]]:
    """Letter of the result and sentence: what an additional tonne cost and who got it, premiums, producers' revenue.

    Empty where there is neither a comparison nor an incidence.
    """
    found = []
    for each in sorted(shown, key=lambda one: one.kind != "incidence"):  # who paid, before what else changes
        makers = {"incidence": _incidence, "comparison": _comparison}
        found += [(each.letter, text) for text in makers.get(each.kind, lambda _each: [])(each)]
    return found


def _incidence(shown: Shown) -> list[str]:
    lines = shown.frames["incidence"]
    names = [str(name) for name in dict.fromkeys(lines.loc[lines["table"] == "additional", "programme"])]
    texts = [f"{per_additional_tonne(shown, name)} {gains_per_dollar(shown, name)}".strip() for name in names]
    return [*filter(None, texts), *_desk(lines, shown.draws)]


def _desk(lines: pd.DataFrame, draws: int) -> list[str]:
    """How much of the single desk's gain in revenue hangs on the programmes."""
    column = "producer_revenue_million_cad"
    desk = lines[lines["table"] == "desk"]
    for row in [row for row in (WAR_YEARS, AVERAGE) if row in set(desk["row"])][:1]:
        when = "crop years in which all of them paid" if row == WAR_YEARS else "mean of the crop years"
        own = {line.column: line for line in desk[desk["row"] == row].itertuples()}
        pair = [own[name] for side in ("with", "without") if (name := f"{side}:{column}") in own]
        if len(pair) == 2 and all(line.mean < 0 for line in pair):
            texts = [
                f"{amount(-line.mean, line.unit)} a crop year{_between(line, draws, turned=True)}" for line in pair
            ]
            return [f"The single desk is worth {texts[0]} to producers with export subsidies, {texts[1]} without them"
                    f" ({when})."]  # fmt: skip
    return []


def _comparison(shown: Shown) -> list[str]:
    """Producers' revenue beside the published figure, and the premium that changes most."""
    meta, frame = shown.meta, shown.frames["comparison"]
    scenario, other = meta["scenario"], meta["other_scenario"]
    texts = []
    line = next(
        (line for line in frame[frame["row"].isin(averages(frame)[-1:])].itertuples() if "revenue" in line.column), None
    )
    if line is not None and pd.notna(line.mean):
        who = title_of(scenario, "origins", home_origin(scenario))
        verb = "lose" if line.mean < 0 else "gain"
        text = f"{other['title']}: producers in {who} {verb} {amount(abs(line.mean), line.unit)} a crop year"
        text += f"{_between(line, shown.draws, turned=line.mean < 0)}, {line.row}"
        if pd.notna(line.published):
            text += (
                f"; the study has {amount(abs(line.published), line.unit)} {'lost' if line.published < 0 else 'gained'}"
            )
        texts.append(f"{text}.")
    return texts + _premium(shown)


def _premium(shown: Shown) -> list[str]:
    markets, scenario = shown.frames["markets"], shown.meta["scenario"]
    title = shown.meta["other_scenario"]["title"]
    gaps = markets[markets["row"].str.startswith(f"{GAP} ")]
    sides = {(line.row, line.column): line for line in gaps.itertuples()}
    rows = [row for row in dict.fromkeys(gaps["row"]) if pd.notna(sides[row, "difference"].mean)]
    if not rows:
        return []
    row = max(rows, key=lambda name: abs(sides[name, "difference"].mean))
    base, other = sides[row, "base"], sides[row, "other"]
    first, second = (title_of(scenario, "markets", name) for name in row.rpartition(":")[2].split("-"))
    if base.mean < 0:
        first, second = second, first
    sign = -1 if base.mean < 0 else 1
    return [f"{title}: what {first} pays over {second} goes from {amount(sign * base.mean, base.unit)}"
            f"{_between(base, shown.draws, turned=sign < 0)} to {amount(sign * other.mean, other.unit)}"
            f"{_between(other, shown.draws, turned=sign < 0)}, mean of the crop years."]  # fmt: skip


def _between(line: Any, draws: int, turned: bool = False) -> str:
    low, high = (-line.p95, -line.p05) if turned else (line.p05, line.p95)
    if draws == 1 or not low < high:
        return ""
    digits = 0 if abs(line.mean) >= 1000 else 1
    return f" ({number(low, digits)} to {number(high, digits)})"
