"""Export bonuses sale by sale (``eep``)."""

from __future__ import annotations

import math

import mesa

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.bonus_bids import BonusBid, ration
from benchmarks.scalar.books import write_programme

CATCH_UP = 2.0


class Initiative:
    """Tonnage allocated to one buyer."""

    def __init__(self, name: str, buyer: str) -> None:
        self.name, self.buyer = name, buyer
        self.is_open = self.is_limited = False
        self.periods_ahead = 0  # periods in which it will be open, from today on
        self.used_kt = self.left_kt = 0.0


class BonusTreasury(mesa.Agent):
    """Owns a year's tonnage and a fiscal year's money; accepts, rejects and rations bids."""

    def __init__(self, model, section) -> None:
        super().__init__(model)
        self.origin = section.origin
        self.initiatives = {name: Initiative(name, each.buyer) for name, each in section.initiatives.items()}
        self.bidders = 0
        self.used_kt = self.used_usd_k = self.carried_usd_k = 0.0
        self.tonnage_left_kt = self.money_left_usd_k = 0.0
        self.quota_kt = self.money_usd_k = 0.0  # of the period
        self.buyer_quota_kt: dict[str, float] = {}
        self.cad_per_usd = 1.0
        self.cash_price_cad_t: float | None = None  # the last month's, at the origin
        self.spent_cad_k = self.shipped_kt = 0.0  # of the period

    @property
    def rules(self):
        """The programme as it is in force."""
        return self.model.now.eep

    def open_initiatives(self, buyer: str) -> list[Initiative]:
        """Open initiatives of a buyer, those with an allotment of their own first."""
        found = [each for each in self.initiatives.values() if each.is_open and each.buyer == buyer]
        return sorted(found, key=lambda each: not each.is_limited)

    def announce(self) -> None:
        """Publish who is eligible, and the quotas of the period."""
        model, rules = self.model, self.rules
        self.spent_cad_k = self.shipped_kt = 0.0
        if rules is None:
            return
        self.cad_per_usd = model.currency_cad["usd"]
        price = model.cash[self.origin].price_cad_t
        before = price if self.cash_price_cad_t is None else self.cash_price_cad_t
        self.cash_price_cad_t = before + min(model.months, 1.0) * (price - before)
        if model.period_of_year == 0:
            self.used_kt = 0.0
            for name, initiative in self.initiatives.items():
                if not rules.initiatives[name].carry_tonnage:
                    initiative.used_kt = 0.0
        if self.periods_since_fiscal_start == 0:
            self.carried_usd_k = self.money_left_usd_k if rules.carry_budget else 0.0
            self.used_usd_k = 0.0
        self.tonnage_left_kt = max(model.value(rules.tonnage_kt) - self.used_kt, 0.0)
        budget_usd_k = 1000.0 * self.fiscal_budget()
        self.money_left_usd_k = max(budget_usd_k + self.carried_usd_k - self.used_usd_k, 0.0)
        for initiative in self.initiatives.values():
            self.review(initiative)
        self.share_out()

    @property
    def periods_since_fiscal_start(self) -> int:
        """Periods since the fiscal year opened."""
        year = self.model.periods_per_year
        start = -(-(self.rules.fiscal_year_start_month - 1) * year // 12)
        return (self.model.period_of_year - start) % year

    def fiscal_budget(self) -> float:
        """Money of the fiscal year, million US$, read where it opens; the rest of it where a run starts inside."""
        opened = self.model.period - self.periods_since_fiscal_start
        whole = self.model.value(self.rules.budget_usd_million, max(opened, 0))
        return whole * (1.0 + min(opened, 0) / self.model.periods_per_year)

    def review(self, initiative: Initiative) -> None:
        """Open or close an initiative by its dates, and read its allotment."""
        model, rules = self.model, self.rules.initiatives[initiative.name]
        months = model.months_ahead

        def holds(period: int) -> bool:
            month = months[period]
            return (rules.start is None or month >= rules.start) and (rules.end is None or month <= rules.end)

        opened = ahead = model.period
        initiative.is_open = self.rules.enabled and holds(model.period)
        if holds(model.period):
            while opened > 0 and holds(opened - 1):
                opened -= 1
            if opened == model.period:
                initiative.used_kt = 0.0
        longest = model.period + 2 * model.periods_per_year
        while ahead < longest and holds(ahead):
            ahead += 1
        initiative.periods_ahead = ahead - model.period
        initiative.is_limited = rules.tonnage_kt is not None
        read_at = opened if rules.carry_tonnage else model.period
        limit = model.value(rules.tonnage_kt, read_at) if initiative.is_limited else math.inf
        initiative.left_kt = max(limit - initiative.used_kt, 0.0) if initiative.is_open else 0.0

    def share_out(self) -> None:
        """Set the quotas of the period by the base tonnes of today's tenders and of those to come."""
        model, year = self.model, self.model.periods_per_year
        to_year_end = year - model.period_of_year
        to_fiscal_end = year - self.periods_since_fiscal_start
        today = whole_year = in_year = in_fiscal = 0.0
        self.buyer_quota_kt = {}
        for buyer in model.buyers.values():
            found = self.open_initiatives(buyer.name)
            tenders = [t for t in buyer.tenders.values() if t.pool == "feed" and not t.is_home]
            for tender in tenders if found else []:
                ahead = max(each.periods_ahead for each in found)
                whole_year += tender.base_kt * buyer.tenders_within(year)
                in_year += tender.base_kt * buyer.tenders_within(min(to_year_end, ahead))
                in_fiscal += tender.base_kt * buyer.tenders_within(min(to_fiscal_end, ahead))
                if buyer.comes_today:
                    today += tender.base_kt
                    self.buyer_quota_kt[buyer.name] = sum(self._due_kt(buyer, each) for each in found)
        most_kt = CATCH_UP * model.value(self.rules.tonnage_kt) * ratio(today, whole_year)
        self.quota_kt = min(self.tonnage_left_kt * ratio(today, in_year), most_kt)
        self.money_usd_k = self.money_left_usd_k * ratio(today, in_fiscal)
        self.buyer_quota_kt = {buyer: min(kt, self.quota_kt) for buyer, kt in self.buyer_quota_kt.items()}

    def _due_kt(self, buyer, initiative: Initiative) -> float:
        """Tonnes of an allotment that fall due at a tender today; without one, all of the quota may be used."""
        if not initiative.is_limited:
            return initiative.left_kt
        rules, term = self.rules.initiatives[initiative.name], initiative.periods_ahead
        if not (rules.carry_tonnage and rules.end):
            term = min(term, self.model.periods_per_year - self.model.period_of_year)
        return initiative.left_kt * (1.0 / buyer.tenders_within(term))

    def review_bids(self, sellers: list) -> None:
        """Collect the bids of all sellers and decide on them together."""
        if self.rules is None or not self.buyer_quota_kt:
            return
        bids = [bid for seller in sellers for bid in seller.bid_for_bonus(self, self.rules)]
        books = self.model.books
        for bid in bids:
            bid.accepted_kt = bid.kt if self.passes(bid) else 0.0
        for buyer, quota in self.buyer_quota_kt.items():
            ration([bid for bid in bids if bid.seat.tender.buyer == buyer], lambda bid: bid.accepted_kt, quota)
        ration(bids, lambda bid: bid.accepted_kt, self.quota_kt)
        money_cad_k = self.money_usd_k * self.cad_per_usd
        ration(bids, lambda bid: bid.accepted_kt * bid.bonus_cad_t, money_cad_k)
        for bid in bids:
            books.add("bonus_bid_kt", bid.seat.tender.buyer, bid.kt)
            books.add("bonus_accepted_kt", bid.seat.tender.buyer, bid.accepted_kt)

    def passes(self, bid: BonusBid) -> bool:
        """Whether a sale is not disruptive and its bonus not too dear."""
        rules = self.rules
        highest = self.model.value(rules.max_bonus_usd_t) * self.cad_per_usd
        if bid.sale_cad_t < (1.0 - rules.price_tolerance) * bid.going_cad_t:
            return False
        return 0 < bid.bonus_cad_t <= min(highest, (1.0 + rules.bonus_tolerance) * max(bid.estimate_cad_t, 0.0))

    def write_states(self, books) -> None:
        """Write down what is left and what was paid; an initiative has no more than the programme."""
        write_programme(books, self, "eep", self.rules is not None and self.rules.enabled)
        books.add("bonus_tonnage_left_kt", "eep", self.tonnage_left_kt)
        for name, initiative in self.initiatives.items():
            books.add("bonus_tonnage_left_kt", name, min(initiative.left_kt, self.tonnage_left_kt))
        books.add("bonus_money_left_usd_k", self.origin, self.money_left_usd_k)
        books.add("bonus_spent_usd_k", self.origin, self.spent_cad_k / self.cad_per_usd)
        books.add("bonus_fiscal_year_opens", self.origin, float(self.periods_since_fiscal_start == 0))

    def pay(self, buyer: str, kt: float, bonus_cad_t: float) -> None:
        """Pay the bonus on shipped tonnes and charge them to the buyer's initiatives, limited ones first."""
        self.spent_cad_k += kt * bonus_cad_t
        self.shipped_kt += kt
        self.used_usd_k += kt * bonus_cad_t / self.cad_per_usd
        self.money_left_usd_k = max(self.money_left_usd_k - kt * bonus_cad_t / self.cad_per_usd, 0.0)
        self.used_kt += kt
        self.tonnage_left_kt = max(self.tonnage_left_kt - kt, 0.0)
        for initiative in self.open_initiatives(buyer):
            charged_kt = min(kt, initiative.left_kt)
            initiative.used_kt += charged_kt
            initiative.left_kt -= charged_kt
            kt -= charged_kt
