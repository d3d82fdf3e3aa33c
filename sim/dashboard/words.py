"""The answer to what a subsidy cost, in plain words."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.dashboard.answer import Cost, Gain

WITH_ARTICLE = ("States", "Union", "Kingdom", "Republic", "Emirates", "Netherlands", "Community")
LEAST = 0.015  # of a dollar: about a cent is not worth a word, and is in the figures


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


def short_text(costs: Sequence[Cost], other: str) -> str:
    """What an extra tonne cost whom, a sentence a programme; ``other`` is the title of the world with less of it."""
    return " ".join(_short(cost, other) for cost in costs if cost.spent_million_cad.mean > 0)


def _short(cost: Cost, other: str) -> str:
    if cost.is_same:
        apart, whole = (
            millions(value, cost.currency) for value in (cost.spent_million_own.mean, cost.others_million_own)
        )
        return (
            f"Both spend practically the same on {cost.title} so far ({apart} apart, of {whole}): what differs between "
            "them is not what limits the programme."
        )
    payers = f"taxpayers in {country(cost.origin_title)}"
    if not cost.additional_kt.mean > 0 or np.isnan(cost.additional_own_t):
        return f"{cost.title} cost {payers} money and added nothing to exports."
    span = cost.additional_range_own_t
    draws = f" ({span.low:,.0f} to {span.high:,.0f} in nine of ten draws)" if span.high > span.low else ""
    tonne = f"Each tonne more than in “{other}”" if cost.others_million_own > 0 else "Each extra tonne"
    return f"{tonne} cost {payers} {money(cost.additional_own_t, cost.currency, 0)}{draws}."


def money(value: float, currency: str, digits: int | None = None) -> str:
    """An amount with its currency: ``US$52``, ``156 ECU``."""
    text = _amount(value) if digits is None else f"{value:,.{digits}f}"
    return f"{currency}{text}" if currency.endswith("$") else f"{text} {currency}"


def millions(value: float, currency: str) -> str:
    """An amount in millions: ``US$549 million``, ``9,800 million ECU``."""
    text = f"{_amount(value)} million"
    return f"{currency}{text}" if currency.endswith("$") else f"{text} {currency}"


def money_word(costs: Sequence[Cost]) -> str:
    """What a unit of the money spent is called; shares of it are the same in every currency."""
    names = {cost.currency for cost in costs}
    return names.pop() if len(names) == 1 and not next(iter(names)).endswith("$") else "dollar"


def headline(costs: Sequence[Cost], month: str, finished: bool) -> str:
    """What each programme cost in all and a year, what it added, and what an additional tonne cost."""
    when = "in the whole run it" if finished else f"by {month_text(month)} it had"
    return " ".join(_cost_text(cost, when) for cost in costs if cost.spent_million_cad.mean > 0)


def _cost_text(cost: Cost, when: str) -> str:
    own, cad = cost.spent_million_own.mean, cost.spent_million_cad.mean
    foreign = cost.currency != "C$"
    text = (
        f"{cost.title}: {when} cost taxpayers in {country(cost.origin_title)} {millions(own, cost.currency)}"
        f"{f' (C${_amount(cad)} million)' if foreign else ''}, {millions(cost.a_year_million_own, cost.currency)}"
        " a crop year."
    )
    if cost.others_million_own > 0:
        text += f" That is on top of {millions(cost.others_million_own, cost.currency)} in the other scenario."
    if not cost.additional_kt.mean > 0 or np.isnan(cost.additional_own_t):
        return f"{text} It added nothing to exports from {country(cost.origin_title)}."
    span = cost.additional_range_own_t
    draws = f" (5 to 95 % of draws: {span.low:,.0f} to {span.high:,.0f})" if span.high > span.low else ""
    share = f", of {_amount(cost.subsidised_kt.mean)} kt that were subsidised" if cost.subsidised_kt.mean > 0 else ""
    text += (
        f" Exports from {country(cost.origin_title)} were {_amount(cost.additional_kt.mean)} kt larger{share}: "
        f"each additional tonne cost {money(cost.additional_own_t, cost.currency, 0)}{draws}"
        f"{f', C${cost.additional_cad_t:,.0f}' if foreign else ''}"
    )
    if not np.isnan(cost.subsidised_own_t):
        text += f"; each subsidised tonne cost {money(cost.subsidised_own_t, cost.currency, 0)}"
    return f"{text}."


def who_text(gains: Sequence[Gain], unit: str = "dollar") -> str:
    """Who got a dollar that was spent, who paid beside the taxpayers, and what nobody got; empty where nobody did."""
    sides = [gain for gain in gains if gain.key not in ("taxpayers", "deadweight")]
    won = sorted((gain for gain in sides if gain.per_dollar > LEAST), key=lambda gain: -gain.per_dollar)
    lost = sorted((gain for gain in sides if gain.per_dollar < -LEAST), key=lambda gain: gain.per_dollar)
    dead = next((gain.per_dollar for gain in gains if gain.key == "deadweight"), 0.0)
    if not won and not lost:
        return ""
    out = [f"Per {unit} spent: {_listed(won, 'gained')}."] if won else []
    if lost:
        out.append(f"{'Others paid too' if won else f'Per {unit} spent'}: {_listed(lost, 'lost')}.")
    if abs(dead) > LEAST:
        cents = f"{abs(100 * dead):,.0f} cents" if unit == "dollar" else f"{abs(dead):.2f}"
        per = f"of each {unit}" if abs(dead) < 1 else f"per {unit}"
        out.append(
            f"{cents} {per} bought nobody anything (deadweight loss)."
            if dead > 0 else f"On balance the world won {cents} {per}."
        )  # fmt: skip
    return " ".join(out)


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
