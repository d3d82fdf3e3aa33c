"""The ODD description is enough: rules written anew from its text alone, in plain Python, give the code's numbers."""

import hashlib
import math
import random

import numpy as np
import pytest
from scipy.stats import norm

from agents.beliefs import ResidualDemand
from agents.board import MarketingBoard, PoolAccount
from agents.delivery import signed_share, willing_share
from agents.farmers import GrowerGroup
from agents.rationing import cheapest_first
from agents.refund_committee import RefundCommittee
from agents.spot_desk import Bid
from agents.stock_desk import StockDesk
from agents.terms import Offer, Seat, Tender
from sim import pool as pool_rules
from sim.scenario.between import through_means
from sim.streams import Streams
from sim.tender import clear

CASES = range(40)
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def clip(x, low, high):
    return min(max(x, low), high)


def part(share_a_month, months):
    return 1 - (1 - share_a_month) ** months


def one(value):
    """A number as the model holds it: an array of one draw."""
    return np.array([float(value)])


# 7.2 Tenders


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


@pytest.mark.parametrize("case", CASES)
def test_a_tender_clears_as_described(case):
    luck = random.Random(case)
    a, b = luck.choice([0.0, luck.uniform(50, 250)]), luck.uniform(0.01, 2)
    rungs = [luck.uniform(0, 260) for _ in range(4)]  # a few reserves come more than once
    offers = [(luck.choice([0.0, luck.uniform(0, 120)]), luck.choice([0.0, *rungs])) for _ in range(luck.randint(0, 9))]
    price, awards = clear(one(a), one(b), np.array([[q] for q, _ in offers]), np.array([[r] for _, r in offers]))
    if not any(q > 0 for q, _ in offers):
        assert price[0] == a and not np.any(awards)
        return
    expected_price, expected = price_and_awards(a, b, offers)
    assert price[0] == pytest.approx(expected_price, **CLOSE)
    assert [float(kt) for kt in awards[:, 0]] == pytest.approx(expected, **CLOSE)


def a_tender(name="far", pool="feed", cost=0.0, seats=1):
    places = [Seat(f"seller_{number}", "trader", "here") for number in range(seats)]
    return Tender(name, name, "importer", "abroad", name, "abroad", pool, pool, cost, places, 1)


def published(luck, tender):
    """Publish a demand with a base point; returns (P0, Q0, a, b)."""
    price, kt, elasticity = luck.uniform(80, 160), luck.uniform(10, 200), luck.uniform(0.3, 8)
    a, b = price * (1 + 1 / elasticity), price / (elasticity * kt)
    tender.publish(one(price), one(kt), one(a), one(b))
    return price, kt, a, b


@pytest.mark.parametrize("case", CASES)
def test_the_public_record_and_the_news_are_as_described(case):
    luck, tender = random.Random(case), a_tender()
    price, kt, a, b = published(luck, tender)
    last, usual, bought = price, price, 0.0
    assert tender.usual_price_cad_t[0] == price
    for _ in range(4):
        tender.open()
        tender.offer(0, Offer(one(luck.uniform(0, 200)), one(luck.uniform(60, 260))))
        result, award = clear(one(a), one(b), tender.quantity_kt, tender.reserve_cad_t)
        tender.announce(result, award, result[None])
        sold = float(award.sum())
        if sold > 0:
            last = float(result[0])
        elif a > last:
            last += 0.1 * (a - last)
        usual += 0.5 * (last - usual)
        bought = sold
        assert tender.last_price_cad_t[0] == pytest.approx(last, **CLOSE)
        assert tender.usual_price_cad_t[0] == pytest.approx(usual, **CLOSE)
        assert tender.size_kt[0] == pytest.approx(max(bought, kt / 2, 0.001), **CLOSE)
        before, base = a - b * bought, kt
        price, kt, a, b = published(luck, tender)
        usual = max(usual + (a - b * bought * kt / base) - before, 0.0)
        assert tender.usual_price_cad_t[0] == pytest.approx(usual, **CLOSE)


# 7.5 Beliefs


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
            price, own = self.usual, self.own
        dq, dp = own - self.mean_q, price - self.mean_p
        self.spread = self.forgetting * self.spread + dq * dq
        self.cross = self.forgetting * self.cross + dq * dp
        self.mean_q += (1 - self.forgetting) * dq
        self.mean_p += (1 - self.forgetting) * dp
        self.own += 0.5 * (own - self.own)


@pytest.mark.parametrize("rule", ["elasticities", "least_squares", "last_price"])
@pytest.mark.parametrize("case", range(8))
def test_beliefs_learn_as_described(rule, case):
    luck = random.Random(case)
    rho, forgetting, price, own = luck.uniform(0, 6), luck.uniform(0.6, 1), luck.uniform(50, 150), luck.uniform(0, 80)
    mine = Believer(rule, rho, forgetting, price, own)
    theirs = ResidualDemand(rule, rho, forgetting, one(price), one(own))
    for _ in range(12):
        b, size, sellers, offered = luck.uniform(0.01, 1), luck.uniform(1, 300), luck.randint(1, 9), luck.uniform(0, 90)
        mine.usual = luck.uniform(0.2, 160)
        theirs.price_cad_t = one(mine.usual)
        line = theirs.revenue_line(one(b), one(size), sellers, one(offered))
        assert [float(each[0]) for each in line] == pytest.approx(mine.line(b, size, sellers, offered), **CLOSE)
        price, own, sold = luck.uniform(50, 150), luck.uniform(0, 80), luck.choice([0.0, 100.0, 100.0])
        mine.learn(price, own, sold)
        theirs.update(one(price), one(own), one(sold))
        assert theirs.own_kt[0] == pytest.approx(mine.own, **CLOSE)


# 7.6 Placing stock


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


@pytest.mark.parametrize("rule", ["elasticities", "last_price"])
@pytest.mark.parametrize("months", [1.0, 12 / 52])
@pytest.mark.parametrize("case", range(6))
def test_a_desk_places_its_stock_as_described(case, months, rule):
    luck, markets = random.Random(case), range(4)
    tenders = [a_tender(f"buyer_{n}", cost=luck.choice([0.0, 12.0]), seats=luck.randint(1, 4)) for n in markets]
    demands = [published(luck, tender) for tender in tenders]
    freights = [luck.uniform(0, 40) for _ in markets]
    for tender, freight in zip(tenders, freights, strict=True):
        tender.freight_cad_t[0] = freight
        tender.last_total_kt = tender.base_kt
    owned = [luck.uniform(0, 30) for _ in markets]
    theirs = StockDesk("here", 1, months)
    for tender, own in zip(tenders, owned, strict=True):
        theirs.take_seat(tender, 0, ResidualDemand(rule, 0.7, 0.95, tender.base_price_cad_t, one(own)))
    believers = [Believer(rule, 0.7, 0.95, price, own) for (price, *_), own in zip(demands, owned, strict=True)]
    mine = Desk(tenders, believers, list(owned), months)
    mine.netback = 90.0
    theirs.feed_netback_cad_t = one(90.0)
    theirs.receive(one(luck.uniform(50, 1500)), one(0), one(70))
    for _ in range(4):
        stock, share = float(theirs.stock_kt[0]), luck.uniform(0.05, 0.9)
        due = luck.choice([0.0, 0.9 * stock])
        for tender in tenders:
            tender.open()
        theirs.offer(lambda _: True, share, 0.4, due_kt=one(due))
        offers = mine.offer(stock, share, 0.4, due, demands, freights, 1)
        for tender, (kt, reserve) in zip(tenders, offers, strict=True):
            assert tender.quantity_kt[0, 0] == pytest.approx(kt, rel=1e-7, abs=1e-7)
            assert tender.reserve_cad_t[0, 0] == pytest.approx(reserve, rel=1e-7, abs=1e-7)
        assert theirs.worth_cad_t[0] == pytest.approx(mine.worth, rel=1e-7)
        for tender, (_, _, a, b) in zip(tenders, demands, strict=True):
            price, award = clear(one(a), one(b), tender.quantity_kt, tender.reserve_cad_t)
            tender.announce(price, award, np.repeat(price[None], len(award), axis=0))
        sales = [tender.sale(0) for tender in tenders]
        theirs.ship(sales)
        theirs.learn()
        sold, prices = [float(sale.kt[0]) for sale in sales], [float(t.last_price_cad_t[0]) for t in tenders]
        mine.ship(sold, prices, freights)
        for believer, tender, kt, price in zip(believers, tenders, sold, prices, strict=True):
            believer.learn(price, kt, float(tender.last_total_kt[0]))
        assert theirs.stock_kt[0] == pytest.approx(stock - sum(sold), **CLOSE)
        assert theirs.unsold_share[0] == pytest.approx(mine.unsold, rel=1e-7, abs=1e-9)
        assert theirs.feed_netback_cad_t[0] == pytest.approx(mine.netback, rel=1e-7)


# 7.7 Pools


@pytest.mark.parametrize("outlook_from", [None, 7])
@pytest.mark.parametrize("months", [1.0, 12 / 52])
@pytest.mark.parametrize("case", range(6))
def test_pools_announce_and_pay_as_described(case, months, outlook_from):
    """Three pool years of a feed pool: outlook, initial payment, worth to growers, closing."""
    luck, periods = random.Random(case), round(12 / months)
    share, cost, slow = luck.uniform(0.5, 0.95), luck.uniform(0, 8), luck.uniform(0, 0.9)
    discount, risk = luck.uniform(0.9, 1), luck.uniform(0, 3)
    desk = StockDesk("here", 1, months)
    pools = {name: PoolAccount(one(100), share) for name in ("feed", "malting")}
    board = MarketingBoard(_model(), "board", desk, pools, pool_rules)
    theirs = pools["feed"]
    outlook, latest, initial, multiple, asking, since_set = 100.0, 100.0, share * 100, 1 / share, 100.0, 0.0
    for _ in range(3):
        kt = receipts = costs = 0.0
        for period in range(periods):
            news = luck.choice([0.0, luck.uniform(-6, 6)])
            desk.news = lambda news=news: {"feed": one(news), "malting": one(0)}
            board.hear_the_news()
            latest, asking = max(latest + news, 0.0), max(asking + news, 0.0)
            published = outlook_from is not None and period >= outlook_from
            board.announce(share, slow**months, period / periods, period == 0, published, cost)
            before, lag = outlook, 0.0 if period == 0 and not published else slow**months
            current = max(latest - cost, 0.0)
            realised = (receipts - costs) / kt if kt > 0 else current
            elapsed = period / periods
            outlook = lag * outlook + (1 - lag) * (elapsed * realised + (1 - elapsed) * current)
            raised = initial
            initial = share * before if period == 0 else max(initial, share * outlook)
            since_set = news if period == 0 else 0.0 if initial > raised else since_set + news
            expected = outlook if published else initial * multiple + since_set
            worth = initial + max(max(expected - initial, 0.0) * discount - risk, 0.0)
            assert theirs.outlook_cad_t[0] == pytest.approx(outlook, **CLOSE)
            assert theirs.initial_cad_t[0] == pytest.approx(initial, **CLOSE)
            assert board.pool_value_cad_t(discount, risk)[0] == pytest.approx(worth, **CLOSE)
            sold, price = luck.choice([0.0, luck.uniform(1, 90)]), luck.uniform(60, 140)
            theirs.add(one(sold), one(sold * price), cost)
            theirs.quote(months)
            if sold > 0:
                latest = price
            kt, receipts, costs = kt + sold, receipts + sold * price, costs + sold * cost
            asking += part(0.3, months) * (latest - asking)
            assert theirs.asking_cad_t[0] == pytest.approx(asking, **CLOSE)
        closed = board.close("feed")
        paid = initial * kt
        final, deficit = max(receipts - costs - paid, 0.0), max(paid + costs - receipts, 0.0)
        assert closed["pool_final_cad_k"][0] == pytest.approx(final, **CLOSE)
        assert closed["pool_deficit_cad_k"][0] == pytest.approx(deficit, **CLOSE)
        multiple += 0.25 * ((paid + final) / paid - multiple) if paid > 0 else 0.0
        assert theirs.usual_multiple[0] == pytest.approx(multiple, **CLOSE)


def _model():
    import mesa

    return mesa.Model(seed=1)


# 7.8 Deliveries


@pytest.mark.parametrize("case", CASES)
def test_groups_deliver_as_described(case):
    luck = random.Random(case)
    inertia, captive = luck.choice([0.0, luck.uniform(0.5, 8)]), luck.uniform(0, 1)
    group = GrowerGroup(_model(), "farms", "here", inertia, 1, captive)
    stock, ready = luck.uniform(100, 300), luck.uniform(10, 90)
    free, release, signed = luck.uniform(0, 200), luck.uniform(0, 90), luck.uniform(0, 60)
    kept, pool_share, merchants_share = luck.uniform(0, 0.4), luck.uniform(0.3, 1), luck.choice([0.0, luck.random()])
    gap, premium, call = luck.uniform(-10, 30), luck.uniform(0, 20), luck.uniform(0.2, 1)
    to_merchants = merchants_share > 0
    group.stock_kt, group.contract_kt, group.free_kt, group.release_kt = map(one, (stock, ready, free, release))
    group.signed_kt, group.kept_share, group.pool_share = map(one, (signed, kept, pool_share))
    group.merchant_share = one(merchants_share)
    group.compare(one(gap + 100), one(100), one(premium))
    iota = max(inertia, 0.1)

    def willing(gap):
        return clip(1 - (gap - iota) / (2 * iota), 0, 1)

    def by_quality(rule):
        y = min(kept / pool_share, 1)
        return (1 - y) * rule(gap) + y * rule(gap - premium)

    assert willing_share(one(gap), inertia)[0] == pytest.approx(willing(gap), **CLOSE)
    assert signed_share(one(gap), inertia, captive)[0] == pytest.approx(captive + (1 - captive) * willing(gap), **CLOSE)
    offered = by_quality(lambda gap: captive + (1 - captive) * willing(gap)) * (1 - merchants_share) * pool_share
    assert group.offer_contract()[0] == pytest.approx(offered * release, **CLOSE)
    called, board, merchants = group.deliver(one(call), to_merchants, True, 0.5)
    sold = ready * merchants_share
    at_hand, contract = (ready - sold) * call, call * min(signed, stock - sold)
    asked = max(at_hand, min(contract, at_hand + 0.1 * 0.5 * free))
    delivered = by_quality(willing) * asked
    assert (called[0], board[0], merchants[0]) == pytest.approx((contract, delivered, sold), **CLOSE)
    left = stock - sold - delivered
    assert group.stock_kt[0] == pytest.approx(left, **CLOSE)
    assert group.release_kt[0] == pytest.approx(min(release, left), **CLOSE)
    bid = luck.uniform(80, 120)
    cash = group.sell_for_cash(one(bid), one(100.0))
    assert cash[0] == pytest.approx((asked - delivered) * willing(100.0 - bid), **CLOSE)


# 7.12 and 7.13 Rationing of bonuses, and a round of refunds


@pytest.mark.parametrize("case", CASES)
def test_bonuses_are_rationed_as_described(case):
    luck = random.Random(case)
    bids = [(luck.choice([0.0, luck.uniform(1, 50)]), luck.choice([5.0, 10.0, luck.uniform(0, 30)])) for _ in range(7)]
    limit, expected = luck.uniform(0, 150), []
    for _, rate in bids:
        cheaper, level = sum(q for q, r in bids if r < rate), sum(q for q, r in bids if r == rate)
        expected.append(1.0 if level <= limit - cheaper or level == 0 else max(limit - cheaper, 0.0) / level)
    served = cheapest_first(np.array([[q] for q, _ in bids]), np.array([[r] for _, r in bids]), one(limit))
    taken = [q * float(share) for (q, _), share in zip(bids, served[:, 0], strict=True)]
    assert taken == pytest.approx([q * share for (q, _), share in zip(bids, expected, strict=True)], **CLOSE)


@pytest.mark.parametrize("money_binds", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_refund_round_is_decided_as_described(case, money_binds):
    luck = random.Random(case)
    last, step, ceiling, wanted = luck.uniform(20, 90), luck.uniform(0, 6), luck.uniform(30, 120), luck.uniform(1, 100)
    bids = [(luck.uniform(1, 40), luck.choice([50.0, luck.uniform(10, 100)])) for _ in range(6)]
    money = luck.uniform(100, 4000) if money_binds else math.inf
    ranked, kt, cost, asked, too_dear = sorted(bids, key=lambda bid: bid[1]), 0.0, 0.0, None, math.inf
    for q, rate in ranked:
        kt, cost = kt + q, cost + q * rate
        asked = rate if asked is None and kt >= wanted else asked
        too_dear = min(too_dear, rate) if cost > money else too_dear
    top = min(ranked[-1][1] if asked is None else asked, last + step, ceiling)
    won = [q if rate <= top and rate < too_dear else 0.0 for q, rate in bids]
    dearest = max((rate for (_, rate), q in zip(bids, won, strict=True) if q > 0), default=last)
    committee = RefundCommittee(_model(), "here", one(last))
    made = [Bid(one(q), one(rate)) for q, rate in bids]
    awards = committee.decide(made, one(wanted), one(money), ceiling, step)
    assert [float(kt[0]) for kt in awards] == pytest.approx(won, **CLOSE)
    assert committee.max_refund_ecu_t[0] == pytest.approx(top if top < too_dear else min(dearest, last), **CLOSE)


# 6 Lines between means, 7.20 random numbers


@pytest.mark.parametrize("case", range(5))
def test_a_line_between_means_is_as_described(case):
    luck = random.Random(case)
    figures, length = [luck.uniform(50, 150) for _ in range(4)], luck.choice([12, 5])
    middles, knots = [length * u + (length - 1) / 2 for u in range(4)], list(figures)

    def line(t):
        return float(np.interp(t, middles, knots))

    for _ in range(60):
        means = [sum(line(t) for t in range(u * length, (u + 1) * length)) / length for u in range(4)]
        knots = [k + f - mean for k, f, mean in zip(knots, figures, means, strict=True)]
    drawn = through_means(np.repeat(figures, length), np.repeat(range(4), length))
    assert drawn == pytest.approx([line(t) for t in range(4 * length)], **CLOSE)


@pytest.mark.parametrize("count", [1, 4, 6])
def test_a_random_stream_is_keyed_and_placed_as_described(count):
    key = hashlib.sha256("\x1f".join(("11", "yield", "here", "1986/87")).encode()).digest()[:16]
    for draw in (0, 3, 17):
        bits = np.random.Philox(key=int.from_bytes(key, "little"))
        bits.advance(draw * math.ceil(count / 4))
        expected = np.random.Generator(bits).random(count)
        alone = Streams(11, 1, first_draw=draw)
        assert alone.uniform("yield", "here", "1986/87", count)[:, 0] == pytest.approx(expected, rel=0, abs=0)
        normal = alone.normal("yield", "here", "1986/87", count)[:, 0]
        assert normal == pytest.approx(norm.ppf(expected), rel=1e-12)
