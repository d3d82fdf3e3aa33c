"""A tender, the seats at it, and an origin's cash market."""

from __future__ import annotations

from benchmarks.scalar.arithmetic import clip, ratio

USUAL_PRICE_WEIGHT = 0.5
EMPTY_TENDER_RAISE = 0.1
SMALLEST_MARKET_KT = 0.001
TIE = 1e-11
HOME_ROLES = ("growers", "agency")


class Seat:
    """A seller's place at a tender: what it offers there today and what it sold there last."""

    def __init__(self, tender: Tender, seller: str, role: str, origin: str, is_agreement: bool = False) -> None:
        self.tender, self.seller, self.role, self.origin = tender, seller, role, origin
        self.is_agreement = is_agreement
        self.freight_cad_t = 0.0
        self.quantity_kt = self.reserve_cad_t = self.subsidy_cad_t = 0.0
        self.award_kt = self.landed_cad_t = 0.0

    def offer(self, kt: float, reserve_cad_t: float, subsidy_cad_t: float = 0.0) -> None:
        """Put tonnes on the table at a lowest landed price; the subsidy granted goes along with the sale."""
        self.quantity_kt, self.reserve_cad_t, self.subsidy_cad_t = kt, max(reserve_cad_t, 0.0), subsidy_cad_t

    @property
    def fob_cad_t(self) -> float:
        """Price at the seller's port of what was sold."""
        return self.landed_cad_t - self.freight_cad_t

    @property
    def received_cad_t(self) -> float:
        """What the seller gets for a tonne, subsidy included."""
        return self.fob_cad_t + self.subsidy_cad_t

    @property
    def going_fob_cad_t(self) -> float:
        """Going price of the tender at the seller's port."""
        return self.tender.usual_price_cad_t - self.freight_cad_t


class Tender:
    """One buyer's tender for one grade: published demand, seats, and the public record of the last result."""

    def __init__(self, name: str, buyer: str, section, grade: str, rules) -> None:
        self.name, self.buyer, self.grade, self.pool = name, buyer, grade, rules.pool
        self.market, self.region = section.market, section.region
        self.grade_cost_cad_t = rules.cost_cad_t
        self.is_home = hasattr(section, "origin")
        self.country = section.origin if self.is_home else section.market
        self.seats: list[Seat] = []
        self.is_open = self.is_agreement = False
        self.base_price_cad_t = self.base_kt = self.published_kt = 0.0
        self.published_choke_cad_t = self.choke_cad_t = 0.0  # before and after an agreement's tonnes come off
        self.slope_cad_t_kt = 1.0
        self.last_price_cad_t = self.usual_price_cad_t = self.last_total_kt = 0.0

    def start(self, base_price_cad_t: float, base_kt: float) -> None:
        """Let the base point stand for the last result before there is one."""
        self.base_price_cad_t = self.last_price_cad_t = self.usual_price_cad_t = base_price_cad_t
        self.base_kt = self.last_total_kt = base_kt

    @property
    def sellers(self) -> int:
        """Seats of sellers from outside the buyer's own growers."""
        return sum(seat.role not in HOME_ROLES for seat in self.seats)

    @property
    def size_kt(self) -> float:
        """Tonnes sellers reckon with: the last result, but not under half of today's base tonnes."""
        return max(self.last_total_kt, 0.5 * self.base_kt, SMALLEST_MARKET_KT)

    def publish(self, base_price_cad_t: float, base_kt: float, elasticity: float) -> None:
        """Publish linear demand through a base point; the going price moves with the price it gives the last tonnes.

        These tonnes are scaled with those of the base point: a larger demand at the same price is no news of the price.
        """
        wanted = base_kt > 0
        slope = base_price_cad_t / (elasticity * base_kt) if wanted else 1.0
        choke = base_price_cad_t * (1.0 + 1.0 / elasticity) if wanted else 0.0
        if self.choke_cad_t <= 0:  # a buyer that comes back has no recent price
            self.last_price_cad_t = self.usual_price_cad_t = base_price_cad_t
        elif wanted:
            before = self.published_choke_cad_t - self.slope_cad_t_kt * self.last_total_kt
            now = choke - slope * (self.last_total_kt * ratio(base_kt, self.published_kt, empty=1.0))
            self.usual_price_cad_t = max(self.usual_price_cad_t + (now - before), 0.0)
        self.base_price_cad_t, self.base_kt, self.published_kt = base_price_cad_t, base_kt, base_kt
        self.published_choke_cad_t = self.choke_cad_t = choke
        self.slope_cad_t_kt = slope

    def open(self) -> None:
        """Clear the table for offers."""
        self.is_open = True
        for seat in self.seats:
            seat.quantity_kt = seat.reserve_cad_t = seat.subsidy_cad_t = 0.0

    def clear(self, pay_as_bid: bool) -> None:
        """Find where the staircase of offers crosses demand, award tonnes and publish the result."""
        offers = [seat for seat in self.seats if seat.quantity_kt > 0]
        price = self._clearing_price(sorted(offers, key=lambda seat: seat.reserve_cad_t))
        for seat in self.seats:
            seat.award_kt, seat.landed_cad_t = 0.0, seat.reserve_cad_t if pay_as_bid else price
        if price < self.choke_cad_t:
            below = [seat for seat in offers if seat.reserve_cad_t < price - TIE * abs(price)]
            level = [seat for seat in offers if abs(seat.reserve_cad_t - price) <= TIE * abs(price)]
            for seat in below:
                seat.award_kt = seat.quantity_kt
            left = (self.choke_cad_t - price) / self.slope_cad_t_kt - sum(seat.quantity_kt for seat in below)
            share = clip(ratio(left, sum(seat.quantity_kt for seat in level)), 0.0, 1.0)
            for seat in level:
                seat.award_kt = seat.quantity_kt * share
        self.announce(price)

    def _clearing_price(self, ranked: list[Seat]) -> float:
        if not ranked:
            return self.choke_cad_t
        supplied, crossing = 0.0, 0.0
        for seat in ranked:
            marginal_value = self.choke_cad_t - self.slope_cad_t_kt * supplied
            crossing = max(crossing, min(seat.reserve_cad_t, marginal_value))
            supplied += seat.quantity_kt
        return max(crossing, self.choke_cad_t - self.slope_cad_t_kt * supplied)

    def announce(self, price_cad_t: float) -> None:
        """Publish the clearing price; a buyer that found no seller offers more next time."""
        self.last_total_kt = sum(seat.award_kt for seat in self.seats)
        if self.last_total_kt > 0:
            self.last_price_cad_t = price_cad_t
        elif self.choke_cad_t > self.last_price_cad_t:
            self.last_price_cad_t += EMPTY_TENDER_RAISE * (self.choke_cad_t - self.last_price_cad_t)
        self.usual_price_cad_t += USUAL_PRICE_WEIGHT * (self.last_price_cad_t - self.usual_price_cad_t)


class CashMarket:
    """An origin's cash market: the price at port and the tonnes exporters took this period."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.price_cad_t = self.fob_cost_cad_t = 0.0
        self.exports_kt = self.from_store_kt = 0.0  # from_store_kt: part of the exports that came out of intervention
        self.usual_exports_kt = 0.0  # averaged over about a month
        self.available_kt = 0.0  # most that one exporter may offer

    def count(self, exports_kt: float, months: float) -> None:
        """Take the exports of a period into their average."""
        self.usual_exports_kt = (1.0 - months) * self.usual_exports_kt + months * exports_kt
