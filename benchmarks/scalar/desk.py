"""A desk that sells from stock: what a marketing board and a company with bought grain have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection

from benchmarks.scalar.arithmetic import clip, part_gone, ratio
from benchmarks.scalar.split import Split
from benchmarks.scalar.tender import Seat, Tender

MEMORY = 0.5
STEP = 0.7
BUSY_MEMORY, BUSY_BOUNDS = 0.15, (0.4, 2.5)
UNSOLD_MEMORY, GLUT_CUT = 0.2, 0.1
RESERVE_SHARE = 0.98
DUST_KT = 1e-6


class Counter:
    """A seat of the desk and what the desk knows and remembers of it."""

    def __init__(self, seat: Seat, own_kt: float) -> None:
        self.seat, self.tender = seat, seat.tender
        self.own_kt = self.offered_kt = own_kt  # running average of own tonnes; tonnes last offered
        self.known_cad_t = seat.tender.usual_price_cad_t
        self.waited = 0  # periods since the last offer here
        self.has_bonus: bool | None = None
        self.foreseen = 1.0  # multiple of the going price expected after news of bonuses

    def revenue_line(self, beliefs) -> tuple[float, float]:
        """Intercept A and slope b of the line ``A - 2 b q`` on which marginal revenue is planned, landed."""
        tender = self.tender
        price, slope = self.foreseen * tender.usual_price_cad_t, tender.slope_cad_t_kt
        if beliefs.rule == "last_price":
            fall = STEP * tender.sellers * slope
            return price + fall * self.offered_kt, 0.5 * fall
        rivals_kt = max(tender.size_kt - self.own_kt, 0.0)
        residual = 1.0 / (1.0 / slope + beliefs.rivals_response * rivals_kt / max(price, 1.0))
        return price + residual * self.own_kt, residual

    def hear_of_bonuses(self, eligible: Collection[str], undercut: float) -> None:
        """Expect another price at the next tender of a buyer that has just become, or ceased to be, eligible."""
        now = self.tender.pool == "feed" and self.tender.buyer in eligible
        if self.has_bonus is not None and now != self.has_bonus:
            self.foreseen = 1.0 - undercut if now else 1.0 / (1.0 - undercut)
        self.has_bonus = now

    def learn(self) -> None:
        """Take in the result of today's tender."""
        if self.tender.is_open:
            if self.tender.last_total_kt > 0:
                self.own_kt += MEMORY * (self.seat.award_kt - self.own_kt)
            self.foreseen = 1.0
        self.known_cad_t = self.tender.usual_price_cad_t


class StockDesk:
    """Stock of one origin's grain, and its sale over the tenders where the desk has a seat."""

    def __init__(self, model, origin: str, beliefs, grade_cost_counts: bool = True) -> None:
        self.origin, self.beliefs = origin, beliefs
        self.months: float = model.months
        self.split: Split = model.split
        self.grade_cost_counts = grade_cost_counts
        self.stock_kt = self.malting_kt = self.reserved_kt = 0.0
        self.cost_cad_k = 0.0  # what the stock cost
        self.marginal_cad_t = 0.0
        self.feed_netback_cad_t = self.malting_netback_cad_t = 0.0
        self.unsold_share = 0.0
        self.usual_demand_kt: float | None = None
        self.counters: list[Counter] = []
        self.seats: list[Seat] = []  # all of its seats, with that of an agreement

    @property
    def worth_cad_t(self) -> float:
        """What one more tonne is worth at port."""
        return min(self.marginal_cad_t, self.feed_netback_cad_t) * (1.0 - GLUT_CUT * self.unsold_share)

    @property
    def going_cad_t(self) -> float:
        """Going price of feed at port, over the desk's tenders by size; zero without one."""
        feed = [counter for counter in self.counters if counter.tender.pool == "feed"]
        sizes = [counter.tender.size_kt for counter in feed]
        return ratio(sum(k * c.seat.going_fob_cad_t for k, c in zip(sizes, feed, strict=True)), sum(sizes))

    def news(self, pool: str) -> float:
        """What published demands have moved the going prices of a pool's tenders by since the desk last looked."""
        value = kt = 0.0
        for counter in self.counters:
            tender = counter.tender
            if tender.pool == pool and tender.published_choke_cad_t > 0 and tender.last_total_kt > 0:
                value += tender.size_kt * (tender.usual_price_cad_t - counter.known_cad_t)
                kt += tender.size_kt
        return ratio(value, kt)

    def hear_the_news(self) -> dict[str, float]:
        """Value grain by the news, or by going prices where the desk holds nothing; returns the news of each pool."""
        news = {pool: self.news(pool) for pool in ("feed", "malting")}
        if not any(counter.tender.pool == "feed" for counter in self.counters):
            return news
        if self.stock_kt <= DUST_KT:
            self.marginal_cad_t = self.feed_netback_cad_t = self.malting_netback_cad_t = self.going_cad_t
        else:
            self.marginal_cad_t = max(self.marginal_cad_t + news["feed"], 0.0)
            self.feed_netback_cad_t = max(self.feed_netback_cad_t + news["feed"], 0.0)
            self.malting_netback_cad_t = max(self.malting_netback_cad_t + news["malting"], 0.0)
        return news

    def receive(self, kt: float, malting_kt: float, price_cad_t: float) -> None:
        """Take grain into stock at a price."""
        self.stock_kt += kt
        self.malting_kt += malting_kt
        self.cost_cad_k += kt * price_cad_t

    def grade_cost_cad_t(self, tender: Tender) -> float:
        """Growers' cost of the tender's grade, as far as the desk minds it."""
        return tender.grade_cost_cad_t if self.grade_cost_counts else 0.0

    def offer(self, may_sell: Callable[[Tender], bool], share: float, adjustment: float, due_kt: float = 0.0) -> None:
        """Split a share of the stock, and no less than is due, over the open tenders the desk may sell at."""
        for counter in self.counters:
            counter.waited += 1
        counters = [c for c in self.counters if c.tender.is_open and may_sell(c.tender)]
        if not counters:
            return
        free_kt = self.stock_kt - self.reserved_kt
        to_place_kt = share * self._busy(counters) * max(free_kt, 0.0)
        pressed = due_kt > to_place_kt  # a promise leaves no choice of price
        to_place_kt = min(max(to_place_kt, due_kt), free_kt)
        lines = []
        for counter in counters:
            a, b = counter.revenue_line(self.beliefs)
            tender = counter.tender
            net = a - counter.seat.freight_cad_t - self.grade_cost_cad_t(tender)
            lines.append((net, b, tender.choke_cad_t / tender.slope_cad_t_kt))
        desired, self.marginal_cad_t = self.split(lines, to_place_kt)
        plan = self._by_habit(counters, desired, adjustment)
        scale = ratio(sum(desired), sum(plan))
        plan = [min(kt * scale, most) for kt, (_, _, most) in zip(plan, lines, strict=True)]
        malting_kt = sum(kt for kt, c in zip(plan, counters, strict=True) if c.tender.pool == "malting")
        cut = min(ratio(self.malting_kt, malting_kt, empty=1.0), 1.0)
        for counter, kt in zip(counters, plan, strict=True):
            counter.offered_kt = kt * cut if counter.tender.pool == "malting" else kt
            counter.waited = 0
            reserve = RESERVE_SHARE * self.worth_cad_t + counter.seat.freight_cad_t
            reserve += self.grade_cost_cad_t(counter.tender)
            counter.seat.offer(counter.offered_kt, 0.0 if pressed else reserve)

    def _by_habit(self, counters: list[Counter], desired: list[float], adjustment: float) -> list[float]:
        """The plan on its way from the last offers to the desired split; price takers go there at once."""
        if self.beliefs.rule == "last_price":
            return desired
        plan = []
        for counter, kt in zip(counters, desired, strict=True):
            habit = (1.0 - adjustment) ** (counter.waited * self.months)
            plan.append(counter.offered_kt + (1.0 - habit) * (kt - counter.offered_kt))
        return plan

    def _busy(self, counters: list[Counter]) -> float:
        """Demand on the table today against what is usual, within bounds."""
        today = sum(counter.tender.base_kt for counter in counters)
        if self.usual_demand_kt is None:
            self.usual_demand_kt = today
        low, high = BUSY_BOUNDS
        busy = clip(ratio(today, self.usual_demand_kt, empty=1.0), low * self.months, high / self.months)
        self.usual_demand_kt += part_gone(BUSY_MEMORY, self.months) * (today - self.usual_demand_kt)
        return busy

    @property
    def sales(self) -> list[Seat]:
        """Seats of today's tenders, with what was sold at each."""
        return [seat for seat in self.seats if seat.tender.is_open]

    def ship(self) -> None:
        """Take today's sales out of stock at average cost, and take in what they brought."""
        sales = self.sales
        unit_cost_cad_t = ratio(self.cost_cad_k, self.stock_kt)
        sold_kt = sum(seat.award_kt for seat in sales)
        # Tonnes last offered count wherever a tender is open, also where the desk may not offer today.
        offered_kt = sum(counter.offered_kt for counter in self.counters if counter.tender.is_open)
        left_over = max(1.0 - sold_kt / offered_kt, 0.0) if offered_kt > DUST_KT else 0.0
        self.unsold_share += part_gone(UNSOLD_MEMORY, self.months) * (left_over - self.unsold_share)
        malting_sold_kt = sum(seat.award_kt for seat in sales if seat.tender.pool == "malting")
        self.stock_kt = max(self.stock_kt - sold_kt, 0.0)
        self.malting_kt = min(max(self.malting_kt - malting_sold_kt, 0.0), self.stock_kt)
        self.reserved_kt = 0.0
        self.cost_cad_k = unit_cost_cad_t * self.stock_kt
        self.feed_netback_cad_t = self._averaged(self.feed_netback_cad_t, "feed")
        self.malting_netback_cad_t = self._averaged(self.malting_netback_cad_t, "malting")

    def _averaged(self, before_cad_t: float, pool: str) -> float:
        """Running average of what sales by tender bring at port, net of the growers' extra cost of a grade."""
        sales = [seat for seat in self.sales if seat.tender.pool == pool and not seat.is_agreement]
        if not sales:
            return before_cad_t
        value = sum(seat.award_kt * (seat.received_cad_t - seat.tender.grade_cost_cad_t) for seat in sales)
        latest = ratio(value, sum(seat.award_kt for seat in sales), empty=before_cad_t)
        return before_cad_t + part_gone(MEMORY, self.months) * (latest - before_cad_t)

    def learn(self) -> None:
        """Update what is known of every tender."""
        for counter in self.counters:
            counter.learn()
