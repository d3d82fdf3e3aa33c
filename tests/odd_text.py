"""Sellers and tenders written anew from ``docs/odd.md`` alone, in plain Python: no array, one draw."""

import numpy as np

from agents.terms import Seat, Tender

CLOSE = {"rel": 1e-9, "abs": 1e-9}


def clip(x, low, high):
    return min(max(x, low), high)


def part(share_a_month, months):
    return 1 - (1 - share_a_month) ** months


def one(value):
    """A number as the model holds it: an array of one draw."""
    return np.array([float(value)])


def price_and_awards(a, b, offers):
    """Clearing by the text: offers are (tonnes, reserve); tonnes won in the order of the offers."""
    staircase, so_far, candidates = sorted((r, q) for q, r in offers if q > 0), 0.0, []
    for r, q in staircase:
        candidates.append(min(r, a - b * so_far))
        so_far += q
    price = max([a - b * so_far, *candidates])
    full = [q if q > 0 and r < price * (1 - 1e-11) and price < a else 0.0 for q, r in offers]
    level = [q if abs(r - price) <= 1e-11 * price else 0.0 for q, r in offers]
    left = max(a - price, 0.0) / b - sum(full)
    share = clip(left / sum(level), 0.0, 1.0) if sum(level) > 0 else 0.0
    return price, [won + share * tied for won, tied in zip(full, level, strict=True)]


def a_tender(name="far", pool="feed", cost=0.0, seats=1):
    places = [Seat(f"seller_{number}", "trader", "here") for number in range(seats)]
    return Tender(name, name, "importer", "abroad", name, "abroad", pool, pool, cost, places, 1)


def published(luck, tender):
    """Publish a demand with a base point; returns (P0, Q0, a, b)."""
    price, kt, elasticity = luck.uniform(80, 160), luck.uniform(10, 200), luck.uniform(0.3, 8)
    a, b = price * (1 + 1 / elasticity), price / (elasticity * kt)
    tender.publish(one(price), one(kt), one(a), one(b))
    return price, kt, a, b


class Believer:
    """A seller's belief about one tender by the text."""

    def __init__(self, rule, rho, forgetting, price, own):
        self.rule, self.rho, self.forgetting = rule, rho, forgetting
        self.usual, self.own = price, own
        self.mean_q, self.mean_p, self.spread, self.cross = own, price, 0.0, 0.0

    def line(self, b, size, sellers, offered):
        """Intercept A and half slope B of marginal revenue."""
        if self.rule == "last_price":
            fall = 0.7 * sellers * b
            return self.usual + fall * offered, fall / 2
        beta = 1 / (1 / b + self.rho * max(size - self.own, 0.0) / max(self.usual, 1.0))
        if self.rule == "least_squares":
            weight = 4 * (0.1 * size) ** 2
            beta = clip((beta * weight - self.cross) / (weight + self.spread), beta / 5, beta * 5)
        return self.usual + beta * self.own, beta

    def learn(self, price, own, sold):
        if sold <= 0:
            return
        dq, dp = own - self.mean_q, price - self.mean_p
        self.spread = self.forgetting * self.spread + dq * dq
        self.cross = self.forgetting * self.cross + dq * dp
        self.mean_q += (1 - self.forgetting) * dq
        self.mean_p += (1 - self.forgetting) * dp
        self.own += 0.5 * (own - self.own)


def equal_marginal_revenue(lines, quantity):
    """Split and m by the text: q = clip((A - m) / 2B, 0, L), sum q = Q, m >= 0; m is closed in on from both sides."""
    served = [(a, b, most) for a, b, most in lines if a > 0 and most > 0]

    def wanted(m):
        return [clip((a - m) / (2 * b), 0.0, most) for a, b, most in lines]

    if quantity <= 0:
        return [0.0] * len(lines), max((a for a, _, _ in served), default=0.0)
    if sum(most for _, _, most in served) <= quantity or sum(wanted(0.0)) <= quantity:
        return wanted(0.0), 0.0
    low, high = 0.0, max(a for a, _, _ in served)
    for _ in range(200):
        m = (low + high) / 2
        low, high = (m, high) if sum(wanted(m)) > quantity else (low, m)
    return wanted(high), high


class Desk:
    """A desk that owns stock, by the text, at tenders that are open in every period."""

    def __init__(self, tenders, believers, offered, months):
        self.tenders, self.believers, self.offered, self.months = tenders, believers, offered, months
        self.usual_demand, self.netback, self.unsold = None, 0.0, 0.0

    def offer(self, stock, share, adjustment, due, demands, freights, waited):
        """(Tonnes, reserve) at each tender."""
        today = sum(kt for _, kt, _, _ in demands)
        self.usual_demand = today if self.usual_demand is None else self.usual_demand
        busy = clip(today / self.usual_demand, 0.4 * self.months, 2.5 / self.months)
        self.usual_demand += part(0.15, self.months) * (today - self.usual_demand)
        wanted = share * busy * stock
        quantity = min(max(wanted, due), stock)
        lines = []
        for believer, tender, x, t, (_, _, a, b) in zip(
            self.believers, self.tenders, self.offered, freights, demands, strict=True
        ):
            believer.usual = float(tender.usual_price_cad_t[0])
            size = float(max(tender.last_total_kt[0], tender.base_kt[0] / 2, 0.001))
            intercept, half = believer.line(b, size, tender.sellers, x)
            lines.append((intercept - t - tender.grade_cost_cad_t, half, a / b))
        split, m = equal_marginal_revenue(lines, quantity)
        plan = split
        if self.believers[0].rule != "last_price":
            gone = 1 - (1 - adjustment) ** (waited * self.months)
            plan = [x + gone * (q - x) for x, q in zip(self.offered, split, strict=True)]
            plan = [q * sum(split) / sum(plan) if sum(plan) > 0 else 0.0 for q in plan]
        self.offered = [min(q, most) for q, (_, _, most) in zip(plan, lines, strict=True)]
        self.m, self.worth = m, min(m, self.netback) * (1 - 0.1 * self.unsold)
        ask = [0.98 * self.worth + t + each.grade_cost_cad_t for t, each in zip(freights, self.tenders, strict=True)]
        reserves = [0.0 if due > wanted else max(reserve, 0.0) for reserve in ask]
        return list(zip(self.offered, reserves, strict=True))

    def ship(self, sold, prices, freights):
        """Running unsold share and netback after the day's awards."""
        tonnes = sum(self.offered)
        short = max(1 - sum(sold) / tonnes, 0.0) if tonnes > 1e-6 else 0.0
        self.unsold += part(0.2, self.months) * (short - self.unsold)
        if sum(sold) > 0:
            net = [p - t - each.grade_cost_cad_t for p, t, each in zip(prices, freights, self.tenders, strict=True)]
            mean = sum(kt * n for kt, n in zip(sold, net, strict=True)) / sum(sold)
            self.netback += part(0.5, self.months) * (mean - self.netback)
