"""The ODD description is enough: pools, deliveries, programmes and luck from its text give the code's numbers."""

import hashlib
import math
import random

import mesa
import numpy as np
import pytest
from odd_text import CLOSE, clip, one, part
from scipy.stats import norm

from agents.board import MarketingBoard, PoolAccount
from agents.delivery import signed_share, willing_share
from agents.farmers import GrowerGroup
from agents.rationing import cheapest_first
from agents.refund_committee import RefundCommittee
from agents.spot_desk import Bid
from agents.stock_desk import StockDesk
from sim import pool as pool_rules
from sim.scenario.between import through_means
from sim.streams import Streams

CASES = range(40)


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
    board = MarketingBoard(mesa.Model(seed=1), "board", desk, pools, pool_rules)
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


@pytest.mark.parametrize("case", CASES)
def test_groups_deliver_as_described(case):
    luck = random.Random(case)
    inertia, captive = luck.choice([0.0, luck.uniform(0.5, 8)]), luck.uniform(0, 1)
    group = GrowerGroup(mesa.Model(seed=1), "farms", "here", inertia, 1, captive)
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
    committee = RefundCommittee(mesa.Model(seed=1), "here", one(last))
    made = [Bid(one(q), one(rate)) for q, rate in bids]
    awards = committee.decide(made, one(wanted), one(money), ceiling, step)
    assert [float(kt[0]) for kt in awards] == pytest.approx(won, **CLOSE)
    assert committee.max_refund_ecu_t[0] == pytest.approx(top if top < too_dear else min(dearest, last), **CLOSE)


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
