"""When buyers come: the periods of a crop year in which each holds its tenders, and whether an agreement holds."""

from __future__ import annotations

import hashlib

from sim.marketing import AGREEMENT_SYSTEMS
from sim.scenario import schema


def is_scheduled(tenders_per_year: int, offset: int, period_of_year: int, periods_per_year: int) -> bool:
    """Whether a buyer with evenly spread tenders buys in a period of the crop year."""
    return tenders_within(tenders_per_year, offset, period_of_year, 1, periods_per_year) > 0


def tenders_within(tenders_per_year: int, offset: int, first: int, periods: int, periods_per_year: int) -> int:
    """How many of a buyer's evenly spread tenders fall into ``periods`` periods from the ``first`` on."""
    count, position = min(tenders_per_year, periods_per_year), first + offset
    return (position + periods) * count // periods_per_year - position * count // periods_per_year


def tender_offset(name: str, buyer: schema.Buyer, periods_per_year: int) -> int:
    """Shift of a buyer's tenders in the year: from its first month, or else its name: others move nothing."""
    if buyer.first_tender_month is None:
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % periods_per_year
    first = (buyer.first_tender_month - 1) * periods_per_year // 12
    between = -(-periods_per_year // min(buyer.tenders_per_year, periods_per_year))
    return (between - 1 - first) % periods_per_year


def agreement_holds(scenario: schema.Scenario, buyer: str) -> bool:
    """Whether a state importer's supply agreement is in force."""
    agreement = scenario.state_importers[buyer].agreement
    if agreement is None:
        return False
    marketing = scenario.marketing.get(scenario.boards[agreement.board].origin, schema.Marketing())
    return marketing.feed in AGREEMENT_SYSTEMS
