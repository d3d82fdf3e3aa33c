"""The bonus programme (EEP) in the market: which initiatives are open, what falls due today, and the day's review.

Tonnage and money are paced by the tenders still to come, not by periods: a week without a tender needs no quota.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Amount, Array, Places, ratio, total
from agents.bonus_treasury import BonusBid, BonusTreasury
from sim.calendar import FORESIGHT_YEARS
from sim.ledger import Ledger
from sim.reactions import answer_by_tonnes
from sim.scenario.schema import BonusProgramme, Initiative

if TYPE_CHECKING:
    from sim.world import World


def build_bonus_treasury(market: World) -> BonusTreasury | None:
    """The treasury with its bidders; None where the scenario has no bonus programme."""
    eep = market.scenario.eep
    if eep is None:
        return None
    buyers = {name: initiative.buyer for name, initiative in eep.initiatives.items()}
    treasury = BonusTreasury(market, eep.origin, buyers, market.draws)
    for seller in market.spot_sellers(eep.origin):
        seller.bonus = treasury
        treasury.bidders += 1
    return treasury


def fiscal_start(market: World, eep: BonusProgramme) -> int:
    """Period of the crop year in which the fiscal year opens."""
    return -(-(eep.fiscal_year_start_month - 1) * market.periods_per_year // 12)


def announce_bonuses(market: World) -> None:
    """Publish which buyers have an initiative, on what terms, and the quotas of the period."""
    eep, treasury = market.now.eep, market.bonus_treasury
    if treasury is None or eep is None:
        return
    treasury.open_period()
    treasury.cad_per_usd = market.currency_cad["usd"]
    treasury.follow_cash_price(market.cash[eep.origin].price_cad_t, market.months)
    if market.period_of_year == 0:
        treasury.open_programme_year({name for name, each in eep.initiatives.items() if each.carry_tonnage})
    if market.period_of_year == fiscal_start(market, eep):
        treasury.open_fiscal_year(eep.carry_budget)
    treasury.enabled = eep.enabled
    treasury.max_bonus_cad_t = market.value(eep.max_bonus_usd_t) * treasury.cad_per_usd
    treasury.security_cad_t = eep.security_usd_t * treasury.cad_per_usd
    treasury.bonus_tolerance, treasury.price_tolerance = eep.bonus_tolerance, eep.price_tolerance
    tonnage = market.value(eep.tonnage_kt)
    treasury.fund(tonnage, 1000.0 * _fiscal_budget(market, eep))
    treasury.answer_kt = np.zeros(market.draws)
    if eep.enabled:
        money = treasury.money_left_usd_k * treasury.cad_per_usd
        left = _to_fiscal_end(market, eep)
        treasury.answer(*answer_by_tonnes(market, "eep", tonnage / market.periods_per_year, money, left))
    _review_initiatives(market, eep, treasury)
    _share_out(market, eep, treasury)


def eligible_buyers(market: World) -> set[str]:
    """Buyers for whom an initiative is open today."""
    treasury = market.bonus_treasury
    return set() if treasury is None else {each.buyer for each in treasury.initiatives.values() if each.is_open}


def _to_fiscal_end(market: World, eep: BonusProgramme) -> int:
    """Periods left of the fiscal year, today included."""
    return (fiscal_start(market, eep) - market.period_of_year - 1) % market.periods_per_year + 1


def _fiscal_budget(market: World, eep: BonusProgramme) -> Amount:
    """Money of the fiscal year in force, million US$.

    A level that follows the crop year is read where the fiscal year opens. A run that starts inside a fiscal year has
    the part of its money that belongs to the rest of it.
    """
    since = (market.period_of_year - fiscal_start(market, eep)) % market.periods_per_year
    opened = market.period - since
    whole = market.parameters.value(eep.budget_usd_million, max(opened, 0))
    return whole * (1.0 + min(opened, 0) / market.periods_per_year)


def _review_initiatives(market: World, eep: BonusProgramme, treasury: BonusTreasury) -> None:
    """Open and close initiatives by their dates, and read their allotments."""
    for name, initiative in treasury.initiatives.items():
        rules, since = eep.initiatives[name], _periods_since_opening(market, eep.initiatives[name])
        if since == 0:
            initiative.used_kt = np.zeros(market.draws)
        allotted = None
        if rules.tonnage_kt is not None:
            read_at = market.period - since if rules.carry_tonnage and since is not None else market.period
            allotted = market.parameters.value(rules.tonnage_kt, read_at)
        initiative.review(eep.enabled and since is not None, allotted, treasury.answered_share)


def _closed(market: World, rules: Initiative, first: int, end: int) -> Places:
    """Numbers, counted from ``first``, of the periods before ``end`` in which an initiative's dates do not hold."""
    months = market.months_ahead[first:end]
    held = np.ones(len(months), dtype=bool)
    if rules.start is not None:
        held &= months >= rules.start
    if rules.end is not None:
        held &= months <= rules.end
    return np.flatnonzero(~held)


def _periods_since_opening(market: World, rules: Initiative) -> int | None:
    """Periods since an initiative opened or the run began; None outside its dates."""
    closed = _closed(market, rules, 0, market.period + 1)
    before = int(closed[-1]) if len(closed) else -1
    return None if before == market.period else market.period - before - 1


def _periods_open(market: World, rules: Initiative) -> int:
    """Periods from today on, today included, in which an open initiative will be open: two years' at most."""
    longest = FORESIGHT_YEARS * market.periods_per_year
    closed = _closed(market, rules, market.period, market.period + longest)
    return int(closed[0]) if len(closed) else longest


def _share_out(market: World, eep: BonusProgramme, treasury: BonusTreasury) -> None:
    """Let the part of tonnage and money fall due that today's tenders are of those to come, by their base tonnes."""
    zero, year = np.zeros(market.draws), market.periods_per_year
    to_year_end = year - market.period_of_year
    to_fiscal_end = _to_fiscal_end(market, eep)
    today, whole_year, in_year, in_fiscal = [zero], [zero], [zero], [zero]
    shares: dict[str, list[float]] = {}
    for tender in market.tenders:
        found = treasury.open_initiatives(tender.buyer)
        if tender.pool != "feed" or tender.is_home or tender.is_agreement or not found:
            continue
        rules = [eep.initiatives[each.name] for each in found]
        ahead = [_periods_open(market, each) for each in rules]
        whole_year.append(tender.base_kt * market.tenders_to_come(tender, year))
        in_year.append(tender.base_kt * market.tenders_to_come(tender, min(to_year_end, max(ahead))))
        in_fiscal.append(tender.base_kt * market.tenders_to_come(tender, min(to_fiscal_end, max(ahead))))
        if market.is_held(tender, market.period):
            today.append(tender.base_kt)
            # An allotment is spread over the tenders left of its term; without one, all of the quota may be used.
            terms = [
                periods if each.carry_tonnage and each.end else min(periods, to_year_end)
                for periods, each in zip(ahead, rules, strict=True)
            ]
            shares[tender.buyer] = [
                1.0 if each.allotted_kt is None else 1.0 / market.tenders_to_come(tender, term)
                for each, term in zip(found, terms, strict=True)
            ]
    due, *to_come = (total(np.array(kt)) for kt in (today, in_year, whole_year, in_fiscal))
    in_year_left, of_whole, in_fiscal_left = (ratio(due, kt) for kt in to_come)
    treasury.share_out(in_year_left, of_whole, in_fiscal_left, shares, of_whole * year)


def review_bonus_bids(market: World) -> None:
    """Collect the bids of all sellers at the origin and let the treasury decide on them together."""
    eep, treasury = market.now.eep, market.bonus_treasury
    if treasury is None or eep is None or not treasury.buyer_quota_kt:
        return
    spread = eep.bid_spread_usd_t * treasury.cad_per_usd
    bids: list[BonusBid] = []
    parts = None
    for agent in market.spot_agents:
        if treasury.origin in agent.spot:
            seller = agent.spot[treasury.origin]
            parts = seller.parts_of_quota(eep.overbidding) if parts is None else parts

            def unevenness(buyer: str, name: str = agent.name) -> Array:
                luck: Array = market.streams.uniform("bonus_bid", f"{name}:{buyer}", market.period_name, 1)[0]
                return (luck - 0.5) * spread

            uneven = unevenness if np.any(eep.bid_spread_usd_t) else None
            bids += seller.bid_for_bonus(agent.margin_cad_t, eep.undercut, eep.overbidding, uneven, parts)
    treasury.decide(bids)


def add_bonus_states(ledger: Ledger, treasury: BonusTreasury) -> None:
    """Allocate the programme's states."""
    ledger.add_state("bonus_bid_kt", tuple(treasury.buyers), "kt")
    ledger.add_state("bonus_accepted_kt", tuple(treasury.buyers), "kt")
    ledger.add_state("bonus_tonnage_left_kt", (treasury.name, *treasury.initiatives), "kt")
    ledger.add_state("bonus_money_left_usd_k", (treasury.origin,), "thousand US$")
    ledger.add_state("bonus_spent_usd_k", (treasury.origin,), "thousand US$")
    ledger.add_state("bonus_fiscal_year_opens", (treasury.origin,), "0 or 1")


def record_bonus_states(market: World, treasury: BonusTreasury, eep: BonusProgramme) -> None:
    """Write bids, what was accepted, what was paid and what is left; an initiative has no more than the programme."""
    record, period = market.ledger.record, market.period
    for state, attribute in (("bonus_bid_kt", "kt"), ("bonus_accepted_kt", "accepted_kt")):
        tonnes = {buyer: np.zeros(market.draws) for buyer in treasury.buyers}
        for bid in treasury.bids:
            tonnes[bid.buyer] = tonnes[bid.buyer] + getattr(bid, attribute)
        if tonnes:
            record(state, period, tonnes.values())
    left = [np.minimum(each.left_kt, treasury.tonnage_left_kt) for each in treasury.initiatives.values()]
    record("bonus_tonnage_left_kt", period, [treasury.tonnage_left_kt, *left])
    record("bonus_money_left_usd_k", period, treasury.money_left_usd_k[None])
    record("bonus_spent_usd_k", period, (treasury.spent_cad_k / treasury.cad_per_usd)[None])
    opens = market.period_of_year == fiscal_start(market, eep)
    record("bonus_fiscal_year_opens", period, np.full((1, market.draws), float(opens)))
