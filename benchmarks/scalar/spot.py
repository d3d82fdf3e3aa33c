"""Sellers who find a buyer abroad first and buy for cash then: with a bonus, with a refund licence, or without help."""

from __future__ import annotations

from benchmarks.scalar.arithmetic import clip, ratio
from benchmarks.scalar.bonus_bids import BonusBid
from benchmarks.scalar.refunds import Licence, RefundBid
from benchmarks.scalar.tender import CashMarket, Seat

KEENNESS = 5.0


def spread_by_netback(seats: list[Seat], kt: float) -> list[float]:
    """Split of a price taker: by the tenders' base tonnes, leaning to where the netback is above average."""
    netbacks = [max(seat.going_fob_cad_t, 0.0) for seat in seats]
    sizes = [seat.tender.base_kt for seat in seats]
    mean = ratio(sum(n * size for n, size in zip(netbacks, sizes, strict=True)), sum(sizes))
    mean = mean if mean > 1.0 else 1.0
    weights = [
        size * clip(1.0 + KEENNESS * (n / mean - 1.0), 0.0, 3.0) for n, size in zip(netbacks, sizes, strict=True)
    ]
    whole = sum(weights)
    return [ratio(kt * weight, whole) for weight in weights]


class SpotSeller:
    """One seller's business with the grain of one cash origin."""

    def __init__(self, model, name: str, cash: CashMarket, margin_cad_t: float, cost_offset_cad_t: float) -> None:
        self.model, self.name, self.cash = model, name, cash
        self.margin_cad_t, self.cost_offset_cad_t = margin_cad_t, cost_offset_cad_t
        self.seats: list[Seat] = []
        self.commercial_kt = 0.0  # most it ships without help
        self.licences: list[Licence] = []
        self.refused_kt = 0.0  # bid for at the last refund round and not granted
        self.bonus_bids: list[BonusBid] = []

    @property
    def cost_cad_t(self) -> float:
        """Price at port that covers grain, handling and margin."""
        return self.cash.price_cad_t + self.cash.fob_cost_cad_t + self.cost_offset_cad_t + self.margin_cad_t

    @property
    def open_seats(self) -> list[Seat]:
        """Seats at the tenders of today."""
        return [seat for seat in self.seats if seat.tender.is_open]

    def make_ready(self, yearly_kt: float, months: float) -> None:
        """Get ready for the period's shipments without help; what a quiet week leaves is there for a month."""
        self.commercial_kt = min(self.commercial_kt + yearly_kt * months / 12.0, yearly_kt / 12.0)

    # Refund licences

    @property
    def licence_kt(self) -> float:
        """Tonnes licensed and not yet shipped."""
        return sum(licence.kt for licence in self.licences)

    @property
    def licence_ecu_k(self) -> float:
        """What the licences held would be paid."""
        return sum(licence.kt * licence.rate_ecu_t for licence in self.licences)

    def lapse(self) -> None:
        """Let licences age by a period; those whose time is over run out."""
        for licence in self.licences:
            licence.periods -= 1
        self.licences = [licence for licence in self.licences if licence.periods > 0]

    def grant(self, kt: float, rate_ecu_t: float, periods: int) -> None:
        """Take a licence; those of one age are joined at their mean rate."""
        if self.licences and self.licences[-1].periods == periods:
            last = self.licences.pop()
            worth_ecu_k = last.kt * last.rate_ecu_t + kt * rate_ecu_t
            kt += last.kt
            rate_ecu_t = ratio(worth_ecu_k, kt)
        self.licences.append(Licence(kt, rate_ecu_t, periods))

    def refund_bids(self, rules, last_ecu_t: float, hopes_ecu_t: list[float]) -> list[RefundBid]:
        """Bids in equal lots, each for what an export needs at going prices and a hope on top."""
        bought = [seat.tender.last_total_kt for seat in self.seats]
        value = sum(seat.going_fob_cad_t * kt for seat, kt in zip(self.seats, bought, strict=True))
        needed = (self.cost_cad_t - ratio(value, sum(bought))) / self.model.currency_cad["ecu"]
        needed = needed if rules.export_tax else max(needed, 0.0)
        start = needed + rules.shading * max(last_ecu_t - needed, 0.0)
        return [RefundBid(self, self.refused_kt / len(hopes_ecu_t), start + hope) for hope in hopes_ecu_t]

    # Offers

    def offer(self, licences_needed: bool, security_cad_t: float) -> None:
        """Offer at every open tender: with a licence where one is needed, else with a bonus or without help."""
        if licences_needed:
            held_kt = self.licence_kt
            rate = ratio(self.licence_ecu_k, held_kt) * self.model.currency_cad["ecu"]
            self._spread(held_kt, max(self.cost_cad_t - rate - security_cad_t, 0.0), rate)
            return
        self._spread(self.commercial_kt, self.cost_cad_t, 0.0)
        for bid in self.bonus_bids:
            if bid.accepted_kt > 0:
                bid.seat.offer(bid.accepted_kt, max(bid.sale_cad_t - security_cad_t, 0.0), bid.bonus_cad_t)
        self.bonus_bids = []

    def _spread(self, kt: float, cost_cad_t: float, subsidy_cad_t: float) -> None:
        seats = self.open_seats
        parts = spread_by_netback(seats, min(kt, self.cash.available_kt))
        for seat, part in zip(seats, parts, strict=True):
            seat.offer(part, cost_cad_t + seat.freight_cad_t, subsidy_cad_t)

    def bid_for_bonus(self, treasury, rules) -> list[BonusBid]:
        """Find sales just under the going price at buyers with a quota, and bid for the bonus each takes."""
        model = self.model
        seats = [seat for seat in self.open_seats if seat.tender.buyer in treasury.buyer_quota_kt]
        part = rules.overbidding / treasury.bidders
        parts = spread_by_netback(seats, min(part * treasury.quota_kt, self.cash.available_kt))
        standard = treasury.cash_price_cad_t + self.cash.fob_cost_cad_t
        cost = standard + self.cost_offset_cad_t + self.margin_cad_t
        for seat, kt in zip(seats, parts, strict=True):
            buyer, going = seat.tender.buyer, seat.tender.usual_price_cad_t
            uneven = 0.0
            if rules.bid_spread_usd_t:
                luck = model.luck.uniform("bonus_bid", f"{self.name}:{buyer}", model.period_name)
                uneven = (luck - 0.5) * (rules.bid_spread_usd_t * treasury.cad_per_usd)
            sale = (1.0 - rules.undercut) * going
            asked = max(cost + seat.freight_cad_t + uneven - sale, 0.0)
            tonnes = min(kt, part * treasury.buyer_quota_kt[buyer]) if asked > 0 else 0.0
            self.bonus_bids.append(BonusBid(seat, tonnes, asked, sale, standard + seat.freight_cad_t - going))
        return self.bonus_bids

    def write_margins(self) -> None:
        """Write down the margin and the handling of today's sales, the grain bought at the cash price of the day."""
        books, origin, sold_kt = self.model.books, self.cash.origin, 0.0
        for seat in self.open_seats:
            sold_kt += seat.award_kt
            margin = seat.award_kt * seat.received_cad_t - seat.award_kt * self.cash.price_cad_t
            books.add("merchant_margin_cad_k", f"{origin}:{seat.tender.grade}", margin)
        books.add("handling_cost_cad_k", origin, sold_kt * self.cash.fob_cost_cad_t)

    def settle(self, licences_needed: bool) -> None:
        """Buy in the grain that was sold and collect what was granted on it."""
        model, sold_kt, unaided_kt = self.model, 0.0, 0.0
        for seat in self.open_seats:
            sold_kt += seat.award_kt
            self.cash.exports_kt += seat.award_kt
            if licences_needed:
                model.committee.pay(seat.award_kt, seat.subsidy_cad_t)
            elif seat.subsidy_cad_t > 0:
                model.bonus_treasury.pay(seat.tender.buyer, seat.award_kt, seat.subsidy_cad_t)
            if seat.subsidy_cad_t == 0:
                unaided_kt += seat.award_kt
        if licences_needed:
            left = clip(1.0 - ratio(sold_kt, self.licence_kt), 0.0, 1.0)
            for licence in self.licences:
                licence.kt *= left
        self.commercial_kt = max(self.commercial_kt - unaided_kt, 0.0)
