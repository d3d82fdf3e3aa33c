"""A selling desk that owns stock: what a marketing board and a merchant of bought grain have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from agents.allocation import equalise_marginal_revenue
from agents.arrays import Array, part_gone, ratio, stacked, total
from agents.beliefs import MEMORY, ResidualDemand
from agents.counter import Counter, going_price, price_news
from agents.terms import Offer, Sale, Tender

BUSY_MEMORY = 0.15  # weight of a period in the usual demand: about half a year
BUSY_BOUNDS = (0.4, 2.5)  # a desk never stops selling for a month and never empties its store in one busy period
UNSOLD_MEMORY = 0.2  # weight of a period in the running share of unsold offers
DUST_KT = 1e-6  # less than a kilogram is not a stock
GLUT_CUT = 0.1  # how much less a desk asks when it lately sold nothing of what it offered
RESERVE_SHARE = 0.98  # no tonne is sold much below what it brings elsewhere; the rest is room for rounding of the plan


class StockDesk:
    """Stock of one origin's grain and its sale over the tenders where the desk has a seat.

    The desk offers ``stock / cover`` a month, split so that perceived marginal revenue net of freight and grade cost is
    equal, and moves only part of the way to the new split at each tender.
    """

    def __init__(self, origin: str, draws: int, months: float = 1.0, grade_cost_counts: bool = True) -> None:
        self.origin, self.months = origin, months  # length of a period in months
        self.grade_cost_counts = grade_cost_counts  # whether growers' cost of a grade is taken off its marginal revenue
        self.stock_kt = np.zeros(draws)
        self.malting_kt = np.zeros(draws)  # part of the stock that maltsters would take
        self.reserved_kt = np.zeros(draws)  # promised under an agreement this period
        self.cost_cad_k = np.zeros(draws)  # what the stock cost, thousand C$
        self.marginal_cad_t = np.zeros(draws)
        self.feed_netback_cad_t = np.zeros(draws)  # running average f.o.b. price of its feed sales by tender
        self.malting_netback_cad_t = np.zeros(draws)  # the same of malting sales, net of the growers' extra cost
        self.unsold_share = np.zeros(draws)  # running share of its offers that found no buyer
        self.counters: list[Counter] = []
        self._usual_demand_kt: Array | None = None

    def take_seat(self, tender: Tender, seat: int, belief: ResidualDemand) -> None:
        """Join a tender."""
        self.counters.append(Counter(tender, seat, belief, np.array(belief.own_kt), tender.usual_price_cad_t))

    @property
    def worth_cad_t(self) -> Array:
        """What one more tonne is worth to the desk, f.o.b., (draw,): the plan's marginal revenue, if sales bear it out.

        Beliefs may promise more than the tenders pay: no desk values grain above what it has lately got for it, and a
        desk whose offers go unsold comes down.
        """
        return np.minimum(self.marginal_cad_t, self.feed_netback_cad_t) * (1.0 - GLUT_CUT * self.unsold_share)

    @property
    def going_cad_t(self) -> Array:
        """Going price of feed at port, C$/t (draw,); zero for a desk that has no seat at a feed tender."""
        feed = self._counters_of("feed")
        return going_price(feed) if feed else np.zeros_like(self.stock_kt)

    def _counters_of(self, pool: str) -> list[Counter]:
        return [counter for counter in self.counters if counter.tender.pool == pool]

    def news(self) -> dict[str, Array]:
        """What the published demands of each pool's buyers have moved their going prices by, C$/t (draw,)."""
        seats = {pool: self._counters_of(pool) for pool in ("feed", "malting")}
        return {pool: price_news(at) if at else np.zeros_like(self.stock_kt) for pool, at in seats.items()}

    def hear_the_news(self, news: dict[str, Array] | None = None) -> None:
        """Value grain by the news, which are found out when they are not given.

        A desk that holds nothing knows only what it once got; it values grain by the going prices themselves.
        """
        if not self._counters_of("feed"):
            return
        idle = self.stock_kt <= DUST_KT
        going = self.going_cad_t if idle.any() else np.zeros_like(self.stock_kt)
        if idle.all():
            self.marginal_cad_t = self.feed_netback_cad_t = self.malting_netback_cad_t = going
            return
        news = news or self.news()
        moved = news["feed"]
        self.marginal_cad_t = np.where(idle, going, np.maximum(self.marginal_cad_t + moved, 0.0))
        self.feed_netback_cad_t = np.where(idle, going, np.maximum(self.feed_netback_cad_t + moved, 0.0))
        malting = self.malting_netback_cad_t + news["malting"]
        self.malting_netback_cad_t = np.where(idle, going, np.maximum(malting, 0.0))

    def hear_of_bonuses(self, eligible: Collection[str], undercut: float) -> None:
        """Tell every counter which buyers are eligible for an export bonus today."""
        for counter in self.counters:
            counter.hear_of_bonuses(eligible, undercut)

    def receive(self, kt: Array, malting_kt: Array, price_cad_t: Array) -> None:
        """Take grain into stock at a price."""
        self.stock_kt = self.stock_kt + kt
        self.malting_kt = self.malting_kt + malting_kt
        self.cost_cad_k = self.cost_cad_k + kt * price_cad_t

    def offer(
        self,
        allowed: Callable[[Tender], bool],
        share: float,
        adjustment: float,
        probe: Sequence[Array] | None = None,
        due_kt: Array | float = 0.0,
    ) -> None:
        """Offer ``share`` of the stock over the open tenders the marketing system allows.

        Parameters
        ----------
        allowed : callable
            Whether the desk may sell at a tender today.
        share : float
            Share of the stock to place this period.
        adjustment : float
            Share of the gap to the desired split that is closed.
        probe : sequence of arrays (draw,), optional
            Deliberate relative changes of the tonnes at each counter, to keep learning identified.
        due_kt : array (draw,)
            Tonnes promised for this period, which are placed whatever they bring.
        """
        for counter in self.counters:
            counter.waited += 1
        open_counters = [(i, c) for i, c in enumerate(self.counters) if c.tender.is_open and allowed(c.tender)]
        if not open_counters:
            return
        to_place = share * self._busy(open_counters) * np.maximum(self.stock_kt - self.reserved_kt, 0.0)
        pressed = due_kt > to_place  # a promise leaves no choice of price
        to_place = np.minimum(np.maximum(to_place, due_kt), self.stock_kt - self.reserved_kt)
        intercept, slope, limit, previous = [], [], [], []
        for _, counter in open_counters:
            tender, belief = counter.tender, counter.belief
            belief.price_cad_t = counter.foreseen * tender.usual_price_cad_t
            a, b = belief.revenue_line(tender.slope_cad_t_kt, tender.size_kt, tender.sellers, counter.offered_kt)
            freight, grant = tender.freight_cad_t[counter.seat], tender.grant_cad_t[counter.seat]
            intercept.append(a - freight - self._grade_cost(tender) + grant)
            slope.append(b)
            limit.append(tender.choke_cad_t / tender.slope_cad_t_kt)
            previous.append(counter.offered_kt)
        limits, before = np.array(limit), np.array(previous)
        desired, self.marginal_cad_t = equalise_marginal_revenue(np.array(intercept), np.array(slope), limits, to_place)
        # Habit slows a change of split; the reserve price guards against selling where the plan wants out. A price
        # taker's plan allows for the others already.
        if open_counters[0][1].belief.takes_price:
            plan = desired
        else:
            waited = np.array([c.waited * self.months for _, c in open_counters])[:, None]
            plan = before + (1.0 - (1.0 - adjustment) ** waited) * (desired - before)
        plan = np.minimum(plan * ratio(total(desired), total(plan), empty=0.0), limits)
        if probe is not None:
            plan = plan * np.array([1.0 + probe[i] for i, _ in open_counters])
            plan = plan * np.minimum(ratio(self.stock_kt - self.reserved_kt, total(plan), empty=1.0), 1.0)
        plan = self._within_malting_stock(plan, [c.tender.pool == "malting" for _, c in open_counters])
        asked, any_pressed = RESERVE_SHARE * self.worth_cad_t, pressed.any()
        for (_, counter), kt in zip(open_counters, plan, strict=True):
            counter.offered_kt, counter.waited = kt, 0
            tender = counter.tender
            grant = tender.grant_cad_t[counter.seat]
            reserve = asked + tender.freight_cad_t[counter.seat] + self._grade_cost(tender) - grant
            tender.offer(counter.seat, Offer(kt, np.where(pressed, 0.0, reserve) if any_pressed else reserve, grant))

    def _grade_cost(self, tender: Tender) -> float:
        return tender.grade_cost_cad_t if self.grade_cost_counts else 0.0

    def _busy(self, open_counters: list[tuple[int, Counter]]) -> Array:
        """Demand on the table today against what is usual, (draw,), within bounds.

        Buyers who tender once a quarter make busy and quiet periods; a seller who placed the same tonnes in all of them
        would press them on the few who come in a quiet one.
        """
        today = total(np.array([counter.tender.base_kt for _, counter in open_counters]))
        if self._usual_demand_kt is None:
            self._usual_demand_kt = today
        low, high = BUSY_BOUNDS
        # A week may be four times as quiet, or as busy, as a month: most buyers come once a month or a quarter.
        bounds = low * self.months, high / self.months
        busy = np.minimum(np.maximum(ratio(today, self._usual_demand_kt, empty=1.0), bounds[0]), bounds[1])
        weight = part_gone(BUSY_MEMORY, self.months)
        self._usual_demand_kt = self._usual_demand_kt + weight * (today - self._usual_demand_kt)
        return busy

    def _within_malting_stock(self, plan: Array, malting: list[bool]) -> Array:
        """Scale malting tonnes down to the malting-quality stock at hand."""
        picked = np.array(malting)
        if not picked.any():
            return plan
        factor = np.minimum(ratio(self.malting_kt, total(plan[picked]), empty=1.0), 1.0)
        return np.where(picked[:, None], plan * factor, plan)

    def ship(self, sales: Sequence[Sale]) -> Array:
        """Take sold tonnes out of stock at average cost; returns the cost of each sale in thousand C$, (sale, draw)."""
        unit_cost = ratio(self.cost_cad_k, self.stock_kt)
        kt = stacked(sale.kt for sale in sales)
        sold = total(kt)
        offered = total(stacked(c.offered_kt for c in self.counters if c.tender.is_open))
        left_over = np.where(offered > DUST_KT, np.maximum(1.0 - ratio(sold, offered, empty=1.0), 0.0), 0.0)
        weight = part_gone(UNSOLD_MEMORY, self.months)
        self.unsold_share = self.unsold_share + weight * (left_over - self.unsold_share)
        left = np.maximum(self.stock_kt - sold, 0.0)
        malting_sold = total(kt[[sale.tender.pool == "malting" for sale in sales]])
        # Feed sales draw on all of the stock, so malting quality never exceeds what is left.
        self.malting_kt = np.minimum(np.maximum(self.malting_kt - malting_sold, 0.0), left)
        self.reserved_kt = np.zeros_like(left)
        self.cost_cad_k = unit_cost * left
        self.stock_kt = left
        tendered = [sale for sale in sales if not sale.seat.agreement]
        feed, malting = ([sale for sale in tendered if sale.tender.pool == pool] for pool in ("feed", "malting"))
        self.feed_netback_cad_t = self._averaged(self.feed_netback_cad_t, feed)
        self.malting_netback_cad_t = self._averaged(self.malting_netback_cad_t, malting)
        return kt * unit_cost

    def _averaged(self, before_cad_t: Array, sales: list[Sale]) -> Array:
        """Running average of what sales bring f.o.b., net of the growers' extra cost of a grade, (draw,)."""
        if not sales:
            return before_cad_t
        tonnes = total(stacked(sale.kt for sale in sales))
        value = total(stacked(s.kt * (s.fob_cad_t + s.subsidy_cad_t - s.tender.grade_cost_cad_t) for s in sales))
        latest = ratio(value, tonnes, empty=before_cad_t)
        return before_cad_t + part_gone(MEMORY, self.months) * (latest - before_cad_t)

    def learn(self) -> None:
        """Update the belief about every tender that was held this period."""
        for counter in self.counters:
            tender = counter.tender
            if tender.is_open:
                own = tender.award_kt[counter.seat]
                counter.belief.update(tender.last_price_cad_t, own, tender.last_total_kt)
                counter.foreseen = 1.0
            counter.known_cad_t = tender.usual_price_cad_t
