"""The answer to what a subsidy cost, in plain words."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.dashboard.answer import Cost, Gain

WITH_ARTICLE = ("States", "Union", "Kingdom", "Republic", "Emirates", "Netherlands", "Community")
LEAST = 0.005  # of a dollar: less than a cent is not worth a word


def month_text(month: str) -> str:
    """``1985-05`` as May 1985."""
    return f"{calendar.month_name[int(month[5:7])]} {month[:4]}"


def country(title: str) -> str:
    """Name of a country, or of several joined by ``and``, within a sentence."""
    if " and " in title:
        return " and ".join(country(part) for part in title.split(" and "))
    return f"the {title}" if title.split()[-1] in WITH_ARTICLE and not title.lower().startswith("the ") else title


def nothing_yet(costs: Sequence[Cost], month: str) -> str:
    """What there is to say before anything has been paid."""
    names = " and ".join(cost.title for cost in costs)
    return f"Nothing has been spent on {names} by {month_text(month)}."


def headline(costs: Sequence[Cost], month: str, finished: bool) -> str:
    """What each programme cost in all and a year, what it added, and what an additional tonne cost."""
    when = "in the whole run it" if finished else f"by {month_text(month)} it had"
    return " ".join(_cost_text(cost, when) for cost in costs if cost.spent_million_cad.mean > 0)


def _cost_text(cost: Cost, when: str) -> str:
    usd, cad = cost.spent_million_usd.mean, cost.spent_million_cad.mean
    text = (
        f"{cost.title}: {when} cost taxpayers in {country(cost.origin_title)} US${_amount(usd)} million "
        f"(C${_amount(cad)} million), US${_amount(cost.a_year_million_usd)} million a crop year."
    )
    if not cost.additional_kt.mean > 0 or np.isnan(cost.additional_usd_t):
        return f"{text} It added nothing to exports from {country(cost.origin_title)}."
    span = cost.additional_range_usd_t
    draws = f" (5 to 95 % of draws: {span.low:,.0f} to {span.high:,.0f})" if span.high > span.low else ""
    share = f", of {_amount(cost.subsidised_kt.mean)} kt that were subsidised" if cost.subsidised_kt.mean > 0 else ""
    text += (
        f" Exports from {country(cost.origin_title)} were {_amount(cost.additional_kt.mean)} kt larger{share}: "
        f"each additional tonne cost US${cost.additional_usd_t:,.0f}{draws}, C${cost.additional_cad_t:,.0f}"
    )
    if not np.isnan(cost.subsidised_usd_t):
        text += f"; each subsidised tonne cost US${cost.subsidised_usd_t:,.0f}"
    return f"{text}."


def who_text(gains: Sequence[Gain]) -> str:
    """Who got a dollar that was spent and who lost beside the taxpayers; empty where nobody did."""
    sides = [gain for gain in gains if gain.key not in ("taxpayers", "deadweight")]
    won = sorted((gain for gain in sides if gain.per_dollar > LEAST), key=lambda gain: -gain.per_dollar)
    lost = sorted((gain for gain in sides if gain.per_dollar < -LEAST), key=lambda gain: gain.per_dollar)
    dead = next((gain for gain in gains if gain.key == "deadweight"), None)
    if not won and not lost:
        return ""
    parts = [_listed(each, verb) for each, verb in ((won, "gained"), (lost, "lost")) if each]
    text = f"Per dollar spent: {'; '.join(parts)}"
    if dead is not None and abs(dead.per_dollar) > LEAST:
        text += (
            f"; {abs(dead.per_dollar):.2f} {'was lost to everybody' if dead.per_dollar > 0 else 'was won on balance'}"
        )
    return f"{text}."


def _listed(gains: Sequence[Gain], verb: str) -> str:
    first, *rest = [(_small(gain.title), f"{abs(gain.per_dollar):.2f}") for gain in gains]
    parts = [f"{first[0]} {verb} {first[1]}", *(" ".join(each) for each in rest)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _small(title: str) -> str:
    """Title within a sentence: ``Farmers, Canada`` as farmers in Canada."""
    who, comma, where = title.partition(", ")
    who = who[0].lower() + who[1:]
    return f"{who} in {country(where)}" if comma else who


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
