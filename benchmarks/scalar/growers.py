"""Growers: what to release, what to sell at home, where to deliver."""

from __future__ import annotations

import math

import mesa

from benchmarks.scalar.arithmetic import clip, part_gone, ratio
from benchmarks.scalar.marketing import board_takes_deliveries, companies_take_deliveries
from benchmarks.scalar.tender import Seat

CASH_TRANCHES = ((0.70, 0.80), (0.30, 1.00), (0.20, 1.15))
SUPPORTED_TRANCHES = ((1.00, 0.00), (0.10, 1.00), (0.10, 1.15))
HOME_FLOOR = 0.5
EXPECTATION_WEIGHT = 0.15
MAKE_UP_SHARE = 0.1
USUAL_MEMORY = 0.2
CHANNEL_SPEED = 0.25
AREA_LIMIT = 0.3
SMALLEST_INERTIA_CAD_T = 0.1


class GrowerGroup(mesa.Agent):
    """Growers at one distance from port and feeders; owns the crop in store."""

    def __init__(self, model, name: str, section, stock_kt: float) -> None:
        super().__init__(model)
        self.name, self.origin, self.stock_kt = name, section.origin, stock_kt
        self.inertia_cad_t, self.captive_share = section.inertia_cad_t, section.captive_share
        self.board = None
        self.seats: list[Seat] = []  # at the feeders' tender at home
        self.expected_cad_t = self.normal_cad_t = 0.0
        self.heard_cad_t: float | None = None  # base price the feeders at home last published
        self.free_kt = self.release_kt = 0.0  # to be marketed before the next harvest; in this period
        self.planned_kt = 0.0  # for sale at the support price
        self.contract_kt = self.contract_quality = 0.0  # waiting to be called; part of it that maltsters would select
        self.signed_kt = 0.0
        self.pooled_kt = self.to_companies_kt = 0.0  # delivered this period
        self.pool_share = self.kept_share = 0.0  # usual parts of the release left by feeders, kept for maltsters
        self.gap_cad_t = self.malting_gap_cad_t = 0.0  # what home brings above the pools
        self.merchant_share = 0.0
        self.malting_offered = 1.0
        self.haul_cad_t = self.haul_today()

    @property
    def rules(self):
        """The group's section of the scenario in force."""
        return self.model.now.growers[self.name]

    def haul_today(self) -> float:
        """Freight to feeders less the freight to port that is saved."""
        rules, value = self.rules, self.model.value
        return value(rules.freight_to_feeders_cad_t) - value(rules.freight_to_port_cad_t)

    def revalue(self, factor: float) -> None:
        """Carry remembered prices along with the exchange rate."""
        self.expected_cad_t *= factor
        self.normal_cad_t *= factor
        if self.heard_cad_t is not None:
            self.heard_cad_t *= factor

    def hear_the_news(self, base_cad_t: float) -> None:
        """Move the expected price with the feeders' published base price."""
        if self.heard_cad_t is not None:
            self.expected_cad_t = max(self.expected_cad_t + base_cad_t - self.heard_cad_t, 0.0)
        self.heard_cad_t = base_cad_t

    def harvest_and_plan(self) -> None:
        """Bring in the crop at harvest, take own use out of store and plan what to release."""
        model, rules = self.model, self.rules
        origin, value, year = model.now.origins[self.origin], model.value, model.periods_per_year
        harvest = -(-(origin.harvest_month - 1) * year // 12)
        dearness = ratio(self.expected_cad_t, self.normal_cad_t, empty=1.0) - 1.0
        if model.period_of_year == harvest:
            crop = rules.share * value(origin.production_kt) * model.luck.crop[self.origin][model.year]
            crop *= 1.0 + clip(rules.area_response * dearness, -AREA_LIMIT, AREA_LIMIT)
            self.stock_kt += crop
            model.books.add("harvest_kt", self.origin, crop)
            self.normal_cad_t = 0.8 * self.normal_cad_t + 0.2 * self.expected_cad_t
            dearness = ratio(self.expected_cad_t, self.normal_cad_t, empty=1.0) - 1.0
        own_use_kt = rules.share * value(origin.own_use_kt)
        used_kt = min(self.stock_kt, own_use_kt / year)
        self.stock_kt -= used_kt
        model.books.add("own_use_kt", self.origin, used_kt)
        periods_left = (harvest - model.period_of_year - 1) % year + 1
        ahead_kt = own_use_kt * (periods_left - 1) / year
        carryover_kt = rules.share * value(origin.carryover_kt)
        target_kt = carryover_kt * clip(1.0 - origin.storage_elasticity * dearness, 0.2, 2.0)
        self.free_kt = max(self.stock_kt - self.contract_kt - target_kt - ahead_kt, 0.0)
        self.release_kt = self.free_kt / periods_left

    def willing_share(self, gap_cad_t: float) -> float:
        """Share of a call that is delivered when a tonne brings ``gap_cad_t`` more elsewhere than in the pool."""
        inertia = max(self.inertia_cad_t, SMALLEST_INERTIA_CAD_T)
        return clip(1.0 - (gap_cad_t - inertia) / (2.0 * inertia), 0.0, 1.0)

    def signed_share(self, gap_cad_t: float) -> float:
        """Share of what growers expect to have left that they sign contracts for."""
        return self.captive_share + (1.0 - self.captive_share) * self.willing_share(gap_cad_t)

    def by_quality(self, rule) -> float:
        """A rule's share of deliveries: malting quality kept for selection goes by the malting pool."""
        malting = min(ratio(self.kept_share, self.pool_share), 1.0)
        return (1.0 - malting) * rule(self.gap_cad_t) + malting * rule(self.malting_gap_cad_t)

    @property
    def contract_offer_kt(self) -> float:
        """Tonnes a period offered under contract."""
        share = self.by_quality(self.signed_share) * (1.0 - self.merchant_share)
        return share * self.pool_share * self.release_kt

    def deliver(self, to_board: bool, to_companies: bool) -> tuple[float, float]:
        """Deliver what waits to the board, as far as growers keep its call, and to companies; returns both."""
        if not to_companies:
            self.merchant_share = 0.0
        companies_kt = self.contract_kt * (self.merchant_share if to_board else float(to_companies))
        board_kt = 0.0
        if to_board:
            called_share = self.board.called_share
            called_kt = called_share * min(self.signed_kt, self.stock_kt - companies_kt)
            at_hand_kt = (self.contract_kt - companies_kt) * called_share
            spare_kt = MAKE_UP_SHARE * self.model.months * self.free_kt
            board_kt = max(at_hand_kt, min(called_kt, at_hand_kt + spare_kt)) * self.by_quality(self.willing_share)
            self.board.enter_delivery(called_kt, board_kt)
        self.pooled_kt, self.to_companies_kt = board_kt, companies_kt
        self.contract_kt = 0.0
        self.stock_kt = self.stock_kt - companies_kt - board_kt
        self.release_kt = min(self.release_kt, self.stock_kt)
        return board_kt, companies_kt

    def write_states(self, books) -> None:
        """Write down deliveries and what is left on farm."""
        books.add("farm_pooled_kt", self.name, self.pooled_kt)
        books.add("farm_to_merchants_kt", self.name, self.to_companies_kt)
        books.add("farm_stock_kt", self.name, self.stock_kt)

    def pool_value_cad_t(self) -> float:
        """Worth of a delivery to the group's board."""
        return self.board.pool_value_cad_t(self.rules.discount_rate, self.rules.risk_premium_cad_t)

    def port_value_cad_t(self) -> float:
        """Worth of a delivery: the pool's value, the companies' bid, or both by their shares."""
        marketing = self.model.now.marketing[self.origin]
        if self.board is None or not board_takes_deliveries(marketing):
            return self.model.companies_bid_cad_t(self.origin)
        pool = self.pool_value_cad_t()
        if not companies_take_deliveries(marketing):
            return pool
        bid = self.model.companies_bid_cad_t(self.origin)
        return self.merchant_share * bid + (1.0 - self.merchant_share) * pool

    def offer_off_board(self, selected_kt: float) -> None:
        """Offer the release to feeders, but for the malting quality kept for selection."""
        selected = min(ratio(selected_kt, self.release_kt, empty=self.kept_share), 1.0)
        self.kept_share = selected if self.kept_share == 0 else self._moved(self.kept_share, selected)
        kept = min(self.kept_share, self.rules.malting_share * self.malting_offered)
        for_feed_kt = (1.0 - kept) * self.release_kt
        worth = others = self.port_value_cad_t()
        if self.board is not None and board_takes_deliveries(self.model.now.marketing[self.origin]):
            asking = self.board.pools["feed"].asking_cad_t if self.board.outlook_published else 0.0
            others = max(worth + self.inertia_cad_t, asking)
        captive, free = self.seats
        captive.offer(self.captive_share * for_feed_kt, worth + self.haul_cad_t)
        free.offer((1.0 - self.captive_share) * for_feed_kt, others + self.haul_cad_t)

    def offer_in_tranches(
        self, tranches: tuple[tuple[float, float], ...], usual_exports_kt: float, exports_kt: float, floor_cad_t: float
    ) -> None:
        """Offer at home what exporters usually leave, in tranches around the expected price."""
        left_kt = max(self.release_kt - usual_exports_kt, HOME_FLOOR * self.release_kt)
        held_kt = max(self.stock_kt - exports_kt, 0.0)
        self.planned_kt = min(left_kt, held_kt / sum(share for share, _ in tranches))
        for seat, (share, relative) in zip(self.seats, tranches, strict=True):
            reserve = max(relative * self.expected_cad_t, floor_cad_t) + self.haul_cad_t
            seat.offer(share * self.planned_kt, reserve)

    @property
    def sold_home_kt(self) -> float:
        """Tonnes sold to feeders today."""
        return sum(seat.award_kt for seat in self.seats if seat.tender.is_open)

    def sell(self, exports_kt: float) -> None:
        """Ship what was sold at home and to exporters."""
        self.stock_kt = max(self.stock_kt - self.sold_home_kt - exports_kt, 0.0)

    def sell_to_agency(self) -> float:
        """Hand to the agency what was planned and found no feeder; returns tonnes."""
        handed_kt = min(max(self.planned_kt - self.sold_home_kt, 0.0), self.stock_kt)
        self.stock_kt -= handed_kt
        return handed_kt

    def keep_for_delivery(self) -> None:
        """Offer what is left of the release for delivery; feeders get feed quality first."""
        self.contract_kt = min(max(self.release_kt - self.sold_home_kt, 0.0), self.stock_kt)
        quality_kt = self.rules.malting_share * self.malting_offered * self.release_kt
        self.contract_quality = min(ratio(quality_kt, self.contract_kt), 1.0)
        self.pool_share = self._moved(self.pool_share, ratio(self.contract_kt, self.release_kt, empty=self.pool_share))

    def _moved(self, usual: float, latest: float) -> float:
        return usual + part_gone(USUAL_MEMORY, self.model.months) * (latest - usual)

    def learn(self) -> None:
        """Take in the period's prices, and choose quality and channel."""
        model = self.model
        weight = part_gone(EXPECTATION_WEIGHT, model.months)
        self.expected_cad_t += weight * (model.cash[self.origin].price_cad_t - self.expected_cad_t)
        marketing = model.now.marketing.get(self.origin)
        if marketing is None:
            return
        selecting = self.board is not None and marketing.malting != "multiple_sellers"
        premium = self.board.malting_premium_cad_t if selecting else math.inf
        self.malting_offered = clip(premium / max(model.dearest_grade_cad_t, 1e-9), 0.0, 1.0)
        if self.board is None or not board_takes_deliveries(marketing):
            return
        home, pool = model.home_tender(self.origin), self.pool_value_cad_t()
        self.gap_cad_t = (home.last_price_cad_t - self.haul_cad_t if home is not None else 0.0) - pool
        self.malting_gap_cad_t = self.gap_cad_t - premium
        if companies_take_deliveries(marketing):
            gap = model.companies_bid_cad_t(self.origin) - pool
            gap = clip(gap / max(self.inertia_cad_t, SMALLEST_INERTIA_CAD_T), -1.0, 1.0)
            self.merchant_share = clip(self.merchant_share + CHANNEL_SPEED * model.months * gap, 0.0, 1.0)
