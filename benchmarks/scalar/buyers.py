"""Buyers: importers, maltsters and feeders, and state importers with a supply agreement."""

from __future__ import annotations

import hashlib

import mesa

from benchmarks.scalar.arithmetic import clip
from benchmarks.scalar.marketing import AGREEMENT_SYSTEMS
from benchmarks.scalar.tender import Tender

LOWEST_PART = 0.2
FULL_FLEX_GAP_CAD_T = 20.0
AGREEMENT_STOCK_SHARE = 0.8


class Buyer(mesa.Agent):
    """Owns a tender for each grade it buys, and publishes its demand."""

    def __init__(self, model, kind: str, name: str, section) -> None:
        super().__init__(model)
        self.kind, self.name = kind, name
        self.tenders = {
            grade: Tender(f"{name}:{grade}", name, section, grade, model.scenario.grades[grade])
            for grade in section.demand
        }
        self.paid_cad_k = 0.0
        self.offset = self._offset(section)

    def _offset(self, section) -> int:
        """Shift of its tenders in the year: from its first month, or else from its name."""
        year = self.model.periods_per_year
        if section.first_tender_month is None:
            return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big") % year
        between = -(-year // min(section.tenders_per_year, year))
        return (between - 1 - (section.first_tender_month - 1) * year // 12) % year

    @property
    def section(self):
        """The buyer's section of the scenario in force."""
        return getattr(self.model.now, self.kind)[self.name]

    @property
    def tenders_per_year(self) -> int:
        """Tenders it holds in a crop year; feeders buy every period, and so does who has an agreement."""
        section, year = self.section, self.model.periods_per_year
        if self.kind == "feeders" or getattr(section, "agreement", None) is not None:
            return year
        return min(section.tenders_per_year, year)

    def tenders_within(self, periods: int) -> int:
        """Tenders in the next periods, today's included."""
        count, year = self.tenders_per_year, self.model.periods_per_year
        position = self.model.period_of_year + self.offset
        return (position + periods) * count // year - position * count // year

    @property
    def comes_today(self) -> bool:
        """Whether it holds its tenders in this period."""
        return self.tenders_within(1) > 0

    def base_point(self, tender: Tender) -> tuple[float, float, float]:
        """Landed base price, tonnes and elasticity of a tender today, shocks included."""
        model, demand = self.model, self.section.demand[tender.grade]
        corn = model.corn_relative[model.period] * model.luck.corn[model.period] - 1.0
        price = model.value(demand.price) * model.currency_cad[demand.currency] * (1.0 + demand.corn_response * corn)
        if not tender.is_home and model.scenario.base_price_origin is not None:
            price += model.freight_cad_t(model.scenario.base_price_origin, tender.region)
        if demand.moves_with is not None:
            home = model.home_tender(demand.moves_with)
            moved = home.last_price_cad_t - home.base_price_cad_t if home is not None else 0.0
            price = max(price + moved, LOWEST_PART * price)
        kt = model.value(demand.quantity_kt) / self.tenders_per_year * model.luck.demand[self.name][model.year]
        return price, kt, model.value(demand.elasticity)

    def publish(self) -> None:
        """Publish the demand of every tender, also of those to come later in the year."""
        for tender in self.tenders.values():
            tender.is_open = False
            tender.publish(*self.base_point(tender))

    def open_tenders(self) -> None:
        """Open the tenders due today."""
        if self.comes_today:
            for tender in self.tenders.values():
                tender.open()
                self.model.set_freight(tender)

    def pay(self, tender: Tender) -> None:
        """Pay for what was bought."""
        self.paid_cad_k += sum(seat.award_kt * seat.landed_cad_t for seat in tender.seats)


class FoodAgency(Buyer):
    """A state importer: an agreement with one board first, tenders for the rest."""

    agreement: Tender | None = None  # one seat, the board's; its price is bargained and not cleared

    @property
    def agreement_holds(self) -> bool:
        """Whether the agreement is in force today."""
        rules, now = self.section.agreement, self.model.now
        if rules is None:
            return False
        marketing = now.marketing.get(now.boards[rules.board].origin)
        return marketing is None or marketing.feed in AGREEMENT_SYSTEMS

    def publish(self) -> None:
        """Publish demand; the agreement's deal of the last period is over."""
        super().publish()
        if self.agreement is not None:
            self.agreement.is_open = False

    def settle_agreement(self) -> None:
        """Bargain over price and tonnes, ship, and take the tonnes off what is put out to tender."""
        if self.agreement is None or not self.agreement_holds:
            return
        model, rules, tender = self.model, self.section.agreement, self.agreement
        board, seat = model.boards[rules.board], tender.seats[0]
        model.set_freight(tender)
        cash = model.cash[rules.outside_origin]
        outside = cash.price_cad_t + cash.fob_cost_cad_t + model.freight_cad_t(rules.outside_origin, tender.region)
        netback = board.desk.feed_netback_cad_t + seat.freight_cad_t
        price = max(netback + rules.bargaining_weight * (outside - netback), 0.0)
        advantage = clip((price - netback) / FULL_FLEX_GAP_CAD_T, -1.0, 1.0)
        kt = model.value(rules.quantity_kt) / model.periods_per_year
        wanted_kt = kt * (1.0 + rules.flexibility * advantage)
        tender.is_open = True
        seat.award_kt = min(wanted_kt, AGREEMENT_STOCK_SHARE * board.desk.stock_kt)
        seat.landed_cad_t = price
        board.desk.reserved_kt = seat.award_kt
        board.promise(wanted_kt, seat.award_kt)
        rest = self.tenders[tender.grade]
        rest.choke_cad_t = max(rest.choke_cad_t - rest.slope_cad_t_kt * seat.award_kt, 0.0)
        rest.base_kt = max(rest.base_kt - seat.award_kt, 0.0)
