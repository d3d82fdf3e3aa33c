"""Delivery contracts: the dates at which a board's growers sign them, and the sales it agrees on their strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Amount, total
from agents.board import MarketingBoard
from agents.farmers import GrowerGroup
from sim.marketing import AGREEMENT_SYSTEMS

if TYPE_CHECKING:
    from sim.world import World


def contract_series(since_close: int, series: int, periods_per_year: int) -> int:
    """Number of the contract series in force ``since_close`` periods after the pool opened, from 0."""
    return since_close * series // periods_per_year


def sign_contracts(
    market: World, name: str, board: MarketingBoard, groups: list[GrowerGroup], open_to_growers: bool
) -> None:
    """At the date of a new series, take the growers' offers, accept a share and agree sales on the accepted tonnes.

    A series is called evenly over its periods, so contracts are counted in kt a period. The board accepts what keeps
    its stock within twice the usual cover, as it does with the calls themselves.
    """
    rules = market.now.boards[name]
    since_close = market.since_close(rules)
    number = contract_series(since_close, rules.contract_series, market.periods_per_year)
    if not open_to_growers:
        for group in groups:
            group.signed_kt = np.zeros(market.draws)
        board.programme.agree(np.zeros(market.draws), 0.0, 0.0, board.desk.going_cad_t)
        return
    is_new = board.programme.is_new(number)
    if not is_new and since_close > 0:  # a pool year of one series signs it anew although its number is the last one's
        return
    offers = np.array([group.offer_contract() for group in groups])
    board.call(total(offers), rules.cover_periods / market.months)
    for group, offer in zip(groups, offers, strict=True):
        group.signed_kt = board.called * offer
    feed = market.now.marketing[board.desk.origin].feed
    agreed_share = rules.agreed_share if feed in AGREEMENT_SYSTEMS else 0.0
    board.programme.agree(board.called * total(offers), _agreements(market, name), agreed_share, board.desk.going_cad_t)


def _agreements(market: World, name: str) -> Amount:
    """Tonnes a period that state importers' agreements with a board hold, kt."""
    sections = market.now.state_importers.values()
    held = [s.agreement.quantity_kt for s in sections if s.agreement is not None and s.agreement.board == name]
    return sum(market.value(kt) for kt in held) / market.periods_per_year
