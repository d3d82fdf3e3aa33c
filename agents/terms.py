"""The words the agents share: a seat at a tender, an offer, the tender itself, a sale, and an origin's cash market."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from agents.arrays import Array, ratio, total

USUAL_PRICE_WEIGHT = 0.5  # weight of the last result in what sellers take to be the going price
EMPTY_TENDER_RAISE = 0.1  # how far towards its choke price a buyer goes after a tender without a sale
HOME_ROLES = ("growers", "agency")  # sellers of an origin's own grain to its own feeders
SMALLEST_MARKET_KT = 1e-3  # keeps perceived slopes finite when a buyer wants nothing


@dataclass(frozen=True)
class Seat:
    """A seller's place at a tender: who may offer, from which origin. ``agreement`` marks sales outside the tender."""

    seller: str
    role: str
    origin: str
    agreement: bool = False


@dataclass(frozen=True)
class Offer:
    """Tonnes and the lowest landed price accepted, each (draw,); the subsidy granted goes along with the sale."""

    quantity_kt: Array
    reserve_cad_t: Array
    subsidy_cad_t: Array | float = 0.0


@dataclass(frozen=True)
class Sale:
    """What one seat sold: tonnes, landed price, freight and subsidy, each (draw,)."""

    tender: Tender
    seat: Seat
    kt: Array
    landed_cad_t: Array
    freight_cad_t: Array
    subsidy_cad_t: Array

    @cached_property
    def fob_cad_t(self) -> Array:
        """Price at the seller's port, C$/t."""
        return self.landed_cad_t - self.freight_cad_t

    @cached_property
    def received_cad_k(self) -> Array:
        """What the seller receives, the subsidy included, thousand C$."""
        return self.kt * (self.fob_cad_t + self.subsidy_cad_t)


@dataclass
class Tender:
    """One buyer's tender for one grade: its demand, the seats and offers, and the public record of the last result.

    Arrays are (draw,) or (seat, draw).
    """

    name: str
    buyer: str
    role: str
    market: str
    region: str
    country: str
    grade: str
    pool: str
    grade_cost_cad_t: float
    seats: list[Seat]
    draws: int
    spacing: float = 1.0  # periods from one tender to the next
    is_open: bool = False
    is_home: bool = False
    sellers: int = field(init=False)  # seats of sellers from outside the buyer's own growers
    schedule_cad_t: Array = field(init=False)  # choke price and base tonnes as published, before an agreement's
    schedule_kt: Array = field(init=False)  # tonnes come off choke_cad_t and base_kt
    choke_cad_t: Array = field(init=False)
    slope_cad_t_kt: Array = field(init=False)
    base_price_cad_t: Array = field(init=False)
    base_kt: Array = field(init=False)
    freight_cad_t: Array = field(init=False)
    grant_cad_t: Array = field(init=False)
    quantity_kt: Array = field(init=False)
    reserve_cad_t: Array = field(init=False)
    subsidy_cad_t: Array = field(init=False)
    award_kt: Array = field(init=False)
    landed_cad_t: Array = field(init=False)
    last_price_cad_t: Array = field(init=False)
    usual_price_cad_t: Array = field(init=False)
    last_total_kt: Array = field(init=False)
    _size: tuple[Array | None, Array | None, Array | None] = (None, None, None)  # size_kt, and what it was made of

    def __post_init__(self) -> None:
        self.sellers = sum(seat.role not in HOME_ROLES for seat in self.seats)
        one, many = (self.draws,), (len(self.seats), self.draws)
        for name in ("schedule", "choke", "base_price", "last_price", "usual_price"):
            setattr(self, f"{name}_cad_t", np.zeros(one))
        self.slope_cad_t_kt, self.last_total_kt = np.ones(one), np.zeros(one)
        self.base_kt, self.schedule_kt = np.zeros(one), np.zeros(one)
        self.quantity_kt, self.award_kt = np.zeros(many), np.zeros(many)
        for name in ("freight", "grant", "reserve", "subsidy", "landed"):
            setattr(self, f"{name}_cad_t", np.zeros(many))

    @property
    def is_agreement(self) -> bool:
        """Whether this stands for a supply agreement, whose price is bargained and not cleared."""
        return any(seat.agreement for seat in self.seats)

    def publish(self, base_price_cad_t: Array, base_kt: Array, choke_cad_t: Array, slope_cad_t_kt: Array) -> None:
        """Publish the inverse demand of a tender to come; the going price moves with it.

        It moves by the change of price at the tonnes last bought, scaled with the tonnes of the base point: these alone
        are no news of the price, for a year of large imports is a year of large crops elsewhere.
        """
        idle, gone = self.choke_cad_t <= 0, choke_cad_t <= 0
        scaled = self.last_total_kt * ratio(base_kt, self.schedule_kt, empty=1.0)
        before = self.schedule_cad_t - self.slope_cad_t_kt * self.last_total_kt
        moved = np.where(gone, 0.0, choke_cad_t - slope_cad_t_kt * scaled - before)
        # A buyer that comes back to the market has no recent price; its base price is then the only news.
        self.last_price_cad_t = np.where(idle, base_price_cad_t, self.last_price_cad_t)
        usual = np.maximum(self.usual_price_cad_t + moved, 0.0)
        self.usual_price_cad_t = np.where(idle, base_price_cad_t, usual)
        self.base_price_cad_t, self.base_kt, self.schedule_kt = base_price_cad_t, base_kt, base_kt
        self.schedule_cad_t = self.choke_cad_t = choke_cad_t
        self.slope_cad_t_kt = slope_cad_t_kt

    def open(self) -> None:
        """Clear the table for offers."""
        self.is_open = True
        self.quantity_kt[:] = 0.0
        self.reserve_cad_t[:] = 0.0
        self.subsidy_cad_t[:] = 0.0

    def offer(self, seat: int, offer: Offer) -> None:
        """Put an offer on the table at a seat; tonnes below zero are an error of the seller."""
        self.quantity_kt[seat] = offer.quantity_kt
        np.maximum(offer.reserve_cad_t, 0.0, out=self.reserve_cad_t[seat])
        self.subsidy_cad_t[seat] = offer.subsidy_cad_t

    def announce(self, price_cad_t: Array, award_kt: Array, landed_cad_t: Array) -> None:
        """Publish the result: clearing price, awards and the price each seat is paid."""
        self.award_kt, self.landed_cad_t = award_kt, landed_cad_t
        sold = total(award_kt)
        # A tender that found no seller is news too: the buyer's next offer is better, on the way to its choke price.
        raised = self.last_price_cad_t + EMPTY_TENDER_RAISE * (self.choke_cad_t - self.last_price_cad_t)
        unmet = np.where(self.choke_cad_t > self.last_price_cad_t, raised, self.last_price_cad_t)
        self.last_price_cad_t = np.where(sold > 0, price_cad_t, unmet)
        change = USUAL_PRICE_WEIGHT * (self.last_price_cad_t - self.usual_price_cad_t)
        self.usual_price_cad_t = self.usual_price_cad_t + change
        self.last_total_kt = sold

    @property
    def size_kt(self) -> Array:
        """Tonnes sellers reckon with: the last result, but not under half of today's base tonnes, (draw,), positive."""
        size, last, base = self._size
        if size is None or last is not self.last_total_kt or base is not self.base_kt:
            last, base = self.last_total_kt, self.base_kt
            size = np.maximum(np.maximum(last, 0.5 * base), SMALLEST_MARKET_KT)
            self._size = size, last, base
        return size

    def sale(self, seat: int) -> Sale:
        """The sale made at a seat in the last clearing."""
        return Sale(
            self,
            self.seats[seat],
            self.award_kt[seat],
            self.landed_cad_t[seat],
            self.freight_cad_t[seat],
            self.subsidy_cad_t[seat],
        )


@dataclass
class CashMarket:
    """An origin's cash market: last price (f.o.b.-port basis) and the tonnes exporters took this period."""

    origin: str
    fob_cost_cad_t: Array
    price_cad_t: Array
    exports_kt: Array
    available_kt: Array
    from_store_kt: Array  # part of the exports that came out of intervention
    usual_exports_kt: Array | float = 0.0  # what exporters take in a period, averaged over about a month: buyers who
    # come once a month leave the weeks between empty

    def count(self, exports_kt: Array, months: float) -> None:
        """Take the exports of a period, ``months`` long, into their average, kt (draw,)."""
        self.usual_exports_kt = (1.0 - months) * self.usual_exports_kt + months * exports_kt
