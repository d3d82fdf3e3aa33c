"""Export refunds by tender, and the export tax (``restitution``)."""

from __future__ import annotations

import math
from itertools import accumulate

import mesa

from benchmarks.scalar.arithmetic import clip
from benchmarks.scalar.books import write_programme

ANNUAL_BOUNDS = (0.25, 2.0)


class Licence:
    """Tonnes with a refund granted and not yet shipped, and the periods they may still be used in."""

    def __init__(self, kt: float, rate_ecu_t: float, periods: int) -> None:
        self.kt, self.rate_ecu_t, self.periods = kt, rate_ecu_t, periods


class RefundBid:
    """A bid at a round; a refund below zero is a tax offered."""

    def __init__(self, seller, kt: float, rate_ecu_t: float) -> None:
        self.seller, self.kt, self.rate_ecu_t = seller, kt, rate_ecu_t


class RefundCommittee(mesa.Agent):
    """Sets the maximum refund of each round."""

    def __init__(self, model, rules) -> None:
        super().__init__(model)
        self.origin = rules.origin
        self.max_refund_ecu_t = model.value(rules.starting_refund_ecu_t)
        self.factor = 1.0  # multiple of the target wanted in this year
        self.used_kt = self.spent_ecu_k = 0.0  # since the programme's year began
        self.spent_cad_k = self.shipped_kt = 0.0  # of the period

    @property
    def rules(self):
        """The programme as it is in force."""
        return self.model.now.restitution

    def announce(self) -> None:
        """Age the licences and hold the rounds due in the period."""
        model, rules = self.model, self.rules
        self.spent_cad_k = self.shipped_kt = 0.0
        if rules is None:
            return
        year = model.periods_per_year
        start = (rules.year_start_month - 1) * year // 12
        if model.period_of_year == start or model.period == 0:
            self._open_year(model.opening_kt[self.origin])
        sellers = model.spot_sellers(self.origin)
        for seller in sellers:
            seller.lapse()
            if not rules.enabled:
                seller.refused_kt = 0.0
        if rules.enabled and sellers:
            since = (model.period_of_year - start) % year
            for number in range(since * rules.rounds_per_year // year, (since + 1) * rules.rounds_per_year // year):
                self.hold_round(number, sellers)

    def _open_year(self, stock_kt: float) -> None:
        self.used_kt = self.spent_ecu_k = 0.0
        self.factor = 1.0
        if self.rules.normal_stock_kt is not None:
            normal_kt = self.model.value(self.rules.normal_stock_kt)
            self.factor = clip(1.0 + self.rules.stock_response * (stock_kt - normal_kt) / normal_kt, *ANNUAL_BOUNDS)

    def hold_round(self, number: int, sellers: list) -> None:
        """Let every exporter of the origin bid, and grant licences."""
        model, rules, count = self.model, self.rules, len(sellers)
        target_kt, rounds_left = model.value(rules.target_kt), rules.rounds_per_year - number
        fresh_kt = rules.overbidding * (target_kt / rules.rounds_per_year) / count
        bids, last_ecu_t = [], self.max_refund_ecu_t
        for place, seller in enumerate(sellers):
            turn = (place + number) % count
            hopes = [
                rules.bid_spread_ecu_t * (lot * count + turn + 0.5) / (rules.lots * count) for lot in range(rules.lots)
            ]
            seller.refused_kt = fresh_kt + rules.rebid_share * seller.refused_kt
            bids += seller.refund_bids(rules, last_ecu_t, hopes)
        licensed_kt = sum(seller.licence_kt for seller in sellers)
        wanted_kt = max(target_kt * self.factor - self.used_kt - licensed_kt, 0.0) / rounds_left
        money_ecu_k = math.inf
        if rules.budget_ecu_million is not None:
            owed = sum(seller.licence_ecu_k for seller in sellers)
            budget = 1000.0 * model.value(rules.budget_ecu_million)
            money_ecu_k = max(budget - self.spent_ecu_k - owed, 0.0) / rounds_left
        periods = round(rules.licence_months / model.months)
        won = self.decide(bids, wanted_kt, money_ecu_k)
        self._write_round(bids, won)
        for bid, has_won in zip(bids, won, strict=True):
            bid.seller.grant(bid.kt if has_won else 0.0, bid.rate_ecu_t, periods)
            if has_won:
                bid.seller.refused_kt = max(bid.seller.refused_kt - bid.kt, 0.0)

    def decide(self, bids: list[RefundBid], wanted_kt: float, money_ecu_k: float) -> list[bool]:
        """Set the maximum refund of a round; which bids win."""
        if wanted_kt <= 0:
            return [False] * len(bids)
        rules = self.rules
        ranked = sorted(bids, key=lambda bid: bid.rate_ecu_t)
        reached = accumulate(bid.kt for bid in ranked)
        asked = next((b.rate_ecu_t for b, kt in zip(ranked, reached, strict=True) if kt >= wanted_kt), None)
        asked = ranked[-1].rate_ecu_t if asked is None else asked
        step = 12.0 * rules.max_step_ecu_t / rules.rounds_per_year
        refund = min(asked, self.max_refund_ecu_t + step, self.model.value(rules.max_refund_ecu_t))
        costs = accumulate(bid.kt * bid.rate_ecu_t for bid in ranked)
        limit = next((b.rate_ecu_t for b, cost in zip(ranked, costs, strict=True) if cost > money_ecu_k), math.inf)
        won = [bid.rate_ecu_t <= refund and bid.rate_ecu_t < limit for bid in bids]
        if refund >= limit:  # money binds: the dearest bid won is published, and it never moves the maximum up
            dearest = [bid.rate_ecu_t for bid, has_won in zip(bids, won, strict=True) if has_won]
            refund = min(self.max_refund_ecu_t, max(dearest, default=math.inf))
        self.max_refund_ecu_t = refund
        return won

    def _write_round(self, bids: list[RefundBid], won: list[bool]) -> None:
        accepted = [bid for bid, has_won in zip(bids, won, strict=True) if has_won]
        accepted_kt = sum(bid.kt for bid in accepted)
        amounts = {
            "refund_bid_kt": sum(bid.kt for bid in bids),
            "refund_accepted_kt": accepted_kt,
            "refund_accepted_ecu_k": sum(bid.kt * bid.rate_ecu_t for bid in accepted),
            "refund_rounds": 1.0,
            "refund_rejected_rounds": 1.0 if accepted_kt <= 0 else 0.0,
        }
        for state, amount in amounts.items():
            self.model.books.add(state, "restitution", amount)

    def write_states(self, books) -> None:
        """Write down the maximum refund, and what was shipped and paid."""
        books.add("refund_maximum_ecu_t", "restitution", self.max_refund_ecu_t)
        is_enabled = self.rules is not None and self.rules.enabled
        rate = self.max_refund_ecu_t * self.model.currency_cad["ecu"]
        write_programme(books, self, "restitution", is_enabled, rate)

    def pay(self, kt: float, refund_cad_t: float) -> None:
        """Pay the refund on shipped tonnes, or take the tax where it is below zero."""
        paid_ecu_k = kt * refund_cad_t / self.model.currency_cad["ecu"]
        self.spent_cad_k += kt * refund_cad_t
        self.spent_ecu_k += paid_ecu_k
        self.model.books.add("refund_spend_ecu_k", "restitution", max(paid_ecu_k, 0.0))
        self.model.books.add("refund_tax_ecu_k", "restitution", max(-paid_ecu_k, 0.0))
        self.shipped_kt += kt
        self.used_kt += kt
