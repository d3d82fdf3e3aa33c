"""Treasuries that answer each other: what each sees of its rival in the contested markets, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Amount, Array, ratio, total
from agents.reaction import Funds, Reaction, Seen, Terms
from agents.subsidy_treasury import SubsidyTreasury
from agents.terms import Tender
from sim.scenario import schema

if TYPE_CHECKING:
    from sim.world import World

NAMING = ("linear", "match_landed_price")  # rules that name a rate


def reacting(scenario: schema.Scenario) -> dict[str, tuple[str, schema.Reaction]]:
    """Programmes that answer a rival: name -> (origin, rules). A subsidy by lane goes by its origin's name."""
    found = {name: getattr(scenario, name) for name in ("eep", "restitution")}
    stated = {name: (rules.origin, rules.reaction) for name, rules in found.items() if rules is not None}
    stated |= {origin: (origin, rules.reaction) for origin, rules in scenario.export_subsidies.items()}
    return {name: (origin, rules) for name, (origin, rules) in stated.items() if rules is not None}


def build_reactions(market: World) -> dict[str, Reaction]:
    """One memory per programme that answers at some time."""
    made: dict[str, Reaction] = {}
    for regime in market.parameters.regimes:
        for name, (_, rules) in reacting(regime).items():
            made.setdefault(name, Reaction(market.months, rules.weeks, rules.normal_weeks, market.draws))
    return made


def terms_of(rules: schema.Reaction) -> Terms:
    """The rule and its amounts."""
    return Terms(**{field.name: getattr(rules, field.name) for field in fields(Terms)})


def answer_by_rate(market: World, origin: str, agent: SubsidyTreasury) -> None:
    """Move the rates of a treasury that pays by lane towards its answer."""
    rules, reaction = market.now.export_subsidies[origin].reaction, market.reactions.get(origin)
    if rules is None or reaction is None or rules.rule == "hold":
        agent.shift_cad_t = np.zeros(market.draws)
        return
    now, funds = agent.mean_rate_cad_t, None
    if rules.rule == "spend_budget":
        kt_to_come, kt_today, now = _own_kt_to_come(market, origin, agent)
        budget = market.value(rules.budget_cad_million) * 1000.0
        funds = Funds(np.maximum(budget - agent.spent_year_cad_k, 0.0), kt_to_come, kt_today)
    before = reaction.rate_cad_t
    reaction.answer_rate(terms_of(rules), now, funds)
    if reaction.rate_cad_t is not None and reaction.rate_cad_t is not before:
        agent.shift_cad_t = agent.shift_cad_t + reaction.rate_cad_t - now


def _own_kt_to_come(market: World, origin: str, agent: SubsidyTreasury) -> tuple[Array, Array, Array]:
    """Tonnes that a treasury by lane will pay for in the rest of the crop year and today, and its mean rate on them.

    Every buyer's last purchase from the origin, times the tenders of its timetable that are still to come; kt and C$/t,
    each (draw,).
    """
    zero, left = np.zeros(market.draws), market.periods_per_year - market.period_of_year
    coming, now, money = [zero], [zero], [zero]
    for tender in market.tenders:
        if tender.is_home or tender.region not in agent.rate_cad_t:
            continue
        seats = [n for n, seat in enumerate(tender.seats) if seat.origin == origin and not seat.agreement]
        bought = total(tender.award_kt[seats])
        coming.append(bought * market.tenders_to_come(tender, left))
        now.append(bought * market.tenders_to_come(tender, 1))
        money.append(coming[-1] * agent.grant_cad_t(tender.region))
    kt_to_come, kt_today, paid = (total(np.array(part)) for part in (coming, now, money))
    return kt_to_come, kt_today, ratio(paid, kt_to_come, empty=agent.mean_rate_cad_t)


def answer_by_tonnes(
    market: World, name: str, stated_kt: Amount, money_left_cad_k: Array, periods_left: int
) -> tuple[Array, Array]:
    """What a programme that grants tonnes answers today.

    Parameters
    ----------
    name : str
        ``eep`` or ``restitution``.
    stated_kt : float or array (draw,)
        Tonnes a period as the scenario states them.
    money_left_cad_k : array (draw,)
        Money left of its year, thousand C$; infinite where there is no budget.
    periods_left : int
        Periods of that year, today included.

    Returns
    -------
    extra_kt, highest_cad_t : array (draw,)
        Tonnes of the period beyond the stated ones, and the highest rate granted; none and infinite without answer.
    """
    nothing, unlimited = np.zeros(market.draws), np.full(market.draws, np.inf)
    found = reacting(market.now).get(name)
    if found is None:
        return nothing, unlimited
    reaction, rules = market.reactions[name], found[1]
    stated = np.full(market.draws, stated_kt)
    reaction.answer_tonnes(terms_of(rules), stated, money_left_cad_k, periods_left)
    named = reaction.rate_cad_t if rules.rule in NAMING else None
    return reaction.extra_kt, unlimited if named is None else named


def watch_rivals(market: World) -> None:
    """Let every treasury that answers take in what happened in its contested markets."""
    for name, (origin, rules) in reacting(market.now).items():
        market.reactions[name].see(look(market, origin, rules.rival))


def contested(market: World, origin: str, rival: str) -> list[Tender]:
    """Tenders abroad that both origins reach."""
    return [
        tender
        for tender in market.tenders
        if not tender.is_home and not tender.is_agreement and {origin, rival} <= {s.origin for s in tender.seats}
    ]


def look(market: World, origin: str, rival: str) -> Seen:
    """What happened where both sell, by each buyer's last tender; tonnes at an even pace between its tenders."""
    zero = np.zeros(market.draws)
    own, others, gaps, weights, bought = [], [], [], [], [zero]
    for tender in contested(market, origin, rival):
        bought.append(total(tender.award_kt) / tender.spacing)
        sides = {side: [n for n, seat in enumerate(tender.seats) if seat.origin == side] for side in (origin, rival)}
        own.append(_side(tender, sides[origin]))
        others.append(_side(tender, sides[rival]))
        sold = total(tender.award_kt[sides[rival]])
        landed = ratio(total((tender.award_kt * tender.landed_cad_t)[sides[rival]]), sold)
        cost = np.array([_landed_cost(market, tender, number) for number in sides[origin]])
        gaps.append(np.minimum.reduce(cost, axis=0) - landed)
        weights.append(sold / tender.spacing)
    own_kt, own_sales, own_rate = _added(own, zero)
    rival_kt, _, rival_rate = _added(others, zero)
    gap = ratio(total(np.array(gaps) * np.array(weights)), total(np.array(weights))) if gaps else zero
    return Seen(own_kt, rival_kt, own_sales, total(np.array(bought)), own_rate, rival_rate, gap)


def _side(tender: Tender, seats: list[int]) -> tuple[Array, Array, Array, Array]:
    """Subsidised tonnes, all tonnes, tonnes offered and the subsidy offered on them, thousand C$, of some seats."""
    awarded, offered = tender.award_kt[seats] / tender.spacing, tender.quantity_kt[seats] / tender.spacing
    subsidy = tender.subsidy_cad_t[seats]
    return total(awarded * (subsidy > 0)), total(awarded), total(offered), total(offered * subsidy)


def _added(sides: Sequence[tuple[Array, ...]], zero: Array) -> tuple[Array, Array, Array]:
    """Subsidised tonnes, all tonnes and the mean rate offered over tenders."""
    if not sides:
        return zero, zero, zero
    subsidised, sold, offered, money = (total(np.array(part)) for part in zip(*sides, strict=True))
    return subsidised, sold, ratio(money, offered)


def _landed_cost(market: World, tender: Tender, number: int) -> Array:
    """Landed cost without a subsidy of who sits at a seat, C$/t (draw,)."""
    seat, freight = tender.seats[number], tender.freight_cad_t[number]
    if seat.role == "seller":
        cost = market.sellers[seat.seller].perceived_cost_cad_t
        landed_cost: Array = cost + freight
        return landed_cost
    agent = market.spot_agent(seat.seller)
    if agent is not None and seat.origin in agent.spot:
        cost = agent.spot[seat.origin].desk.cost_cad_t(agent.margin_cad_t)
        landed_cost = cost + freight
        return landed_cost
    landed_cost = tender.reserve_cad_t[number] + tender.subsidy_cad_t[number]
    return landed_cost
