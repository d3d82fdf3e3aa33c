"""The ODD description is enough: growers, price takers and the news from its text give the code's numbers."""

import random

import mesa
import numpy as np
import pytest
from odd_text import CLOSE, a_tender, clip, one, part, published

from agents.allocation import netback_weights
from agents.beliefs import ResidualDemand
from agents.farmers import GrowerGroup
from agents.learning import RothErev
from agents.stock_desk import StockDesk
from agents.terms import CashMarket, Tender

CASES = range(25)


def a_group(luck, seats=3):
    """A group with some stock, prices and a haul, its seats at a tender at home."""
    group = GrowerGroup(mesa.Model(seed=1), "farms", "here", luck.uniform(0.5, 8), 1, luck.random())
    group.stock_kt, group.expected_cad_t = one(luck.uniform(50, 500)), one(luck.uniform(60, 140))
    group.normal_cad_t, group.haul_cad_t = one(luck.uniform(60, 140)), luck.uniform(-20, 10)
    group.seats = list(range(seats))
    return group


def offered_at(tender: Tender):
    return [float(kt[0]) for kt in tender.quantity_kt], [float(price[0]) for price in tender.reserve_cad_t]


@pytest.mark.parametrize("case", CASES)
def test_crop_and_plan_are_as_described(case):
    luck = random.Random(case)
    group, response, elasticity = a_group(luck), luck.uniform(0, 2), luck.uniform(0, 3)
    stock, expected, normal = (float(each[0]) for each in (group.stock_kt, group.expected_cad_t, group.normal_cad_t))
    crop = luck.uniform(0, 300) * (1 + clip(response * (expected / normal - 1), -0.3, 0.3))
    brought = group.harvest(one(crop / (1 + clip(response * (expected / normal - 1), -0.3, 0.3))), response)
    assert brought[0] == pytest.approx(crop, **CLOSE)
    normal = 0.8 * normal + 0.2 * expected
    used = min(stock + crop, luck.uniform(0, 600))
    assert group.use(one(used))[0] == pytest.approx(used, **CLOSE)
    stock += crop - used
    ready, carryover, ahead, left = luck.uniform(0, 40), luck.uniform(0, 200), luck.uniform(0, 60), luck.randint(1, 12)
    group.contract_kt = one(ready)
    group.plan(one(carryover), elasticity, ahead, left)
    target = carryover * clip(1 - elasticity * (expected / normal - 1), 0.2, 2)
    free = max(stock - ready - target - ahead, 0.0)
    assert group.free_kt[0] == pytest.approx(free, **CLOSE)
    assert group.release_kt[0] == pytest.approx(free / left, **CLOSE)


@pytest.mark.parametrize("with_agency", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_offers_at_a_cash_market_are_as_described(case, with_agency):
    luck, tender = random.Random(case), a_tender("home", seats=3)
    group, release = a_group(luck), luck.uniform(5, 60)
    group.release_kt = one(release)
    shipped, usual, support = luck.uniform(0, 300), luck.uniform(0, 60), luck.choice([0.0, luck.uniform(50, 140)])
    tender.open()
    if with_agency:
        group.offer_supported(tender, one(usual), one(shipped), one(support))
    else:
        group.offer_cash(tender, one(shipped), one(usual), support)
    stock, expected = float(group.stock_kt[0]), float(group.expected_cad_t[0])
    planned = min(max(release - usual, 0.5 * release), max(stock - shipped, 0.0) / 1.2)
    tranches = [(1.0, 0.0), (0.1, 1.0), (0.1, 1.15)] if with_agency else [(0.7, 0.8), (0.3, 1.0), (0.2, 1.15)]
    tonnes, reserves = offered_at(tender)
    assert tonnes == pytest.approx([share * planned for share, _ in tranches], **CLOSE)
    asked = [max(max(multiple * expected, support) + group.haul_cad_t, 0.0) for _, multiple in tranches]
    assert reserves == pytest.approx(asked, **CLOSE)
    if with_agency:
        sold = luck.uniform(0, 1.2 * planned)
        assert group.sell_to_agency(one(sold))[0] == pytest.approx(min(max(planned - sold, 0.0), stock), **CLOSE)


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("months", [1.0, 12 / 52])
@pytest.mark.parametrize("case", range(8))
def test_offers_beside_a_board_are_as_described(case, months, pooling):
    luck, tender = random.Random(case), a_tender("home", seats=2)
    group, malting_share, kept = a_group(luck, seats=2), luck.uniform(0, 0.6), 0.0
    usual = luck.random()
    group.pool_share = one(usual)
    for _ in range(4):
        release, selected = luck.choice([0.0, luck.uniform(5, 60)]), luck.uniform(0, 40)
        premium, cost = luck.uniform(-5, 25), 15.0
        group.offer_malting(one(premium), cost)
        offered = clip(premium / cost, 0, 1)
        group.release_kt = one(release)
        tender.open()
        worth, quoted = luck.uniform(60, 120), luck.choice([0.0, luck.uniform(60, 140)])
        group.offer_off_board(tender, one(worth), pooling, one(selected), malting_share, one(quoted), months)
        z = min(selected / release if release > 0 else kept, 1.0)
        kept = z if kept == 0 else kept + part(0.2, months) * (z - kept)
        for_feed = (1 - min(kept, malting_share * offered)) * release
        others = max(worth + group.inertia_cad_t, quoted) if pooling else worth
        tonnes, reserves = offered_at(tender)
        chi = group.captive_share
        assert tonnes == pytest.approx([chi * for_feed, (1 - chi) * for_feed], **CLOSE)
        assert reserves == pytest.approx([worth + group.haul_cad_t, others + group.haul_cad_t], **CLOSE)
        sold = luck.uniform(0, for_feed) if for_feed else 0.0
        group.contract(one(sold), malting_share, months)
        ready = min(max(release - sold, 0.0), float(group.stock_kt[0]))
        quality = min(malting_share * offered * release / ready if ready > 0 else 0.0, 1.0)
        usual += part(0.2, months) * ((ready / release if release > 0 else usual) - usual)
        assert group.contract_kt[0] == pytest.approx(ready, **CLOSE)
        assert group.contract_quality[0] == pytest.approx(quality, **CLOSE)
        assert group.pool_share[0] == pytest.approx(usual, **CLOSE)
        assert group.kept_share[0] == pytest.approx(kept, **CLOSE)


@pytest.mark.parametrize("months", [1.0, 12 / 52])
@pytest.mark.parametrize("case", range(10))
def test_expectations_and_channels_move_as_described(case, months):
    luck, group = random.Random(case), a_group(random.Random(case))
    expected, share, heard = float(group.expected_cad_t[0]), luck.random(), None
    group.merchant_share = one(share)
    for _ in range(4):
        factor = luck.uniform(0.9, 1.1)  # of the exchange rate
        group.revalue(one(factor))
        expected, heard = expected * factor, None if heard is None else heard * factor
        base = luck.uniform(20, 160)
        group.hear_the_news(one(base))
        expected, heard = max(expected + (0.0 if heard is None else base - heard), 0.0), base
        assert group.expected_cad_t[0] == pytest.approx(expected, **CLOSE)
        price, pool, bid = (luck.uniform(60, 140) for _ in range(3))
        group.learn(one(price), months)
        expected += part(0.15, months) * (price - expected)
        assert group.expected_cad_t[0] == pytest.approx(expected, **CLOSE)
        group.choose_channel(one(pool), one(bid), months)
        share = clip(share + 0.25 * months * clip((bid - pool) / group.inertia_cad_t, -1, 1), 0, 1)
        assert group.merchant_share[0] == pytest.approx(share, **CLOSE)


@pytest.mark.parametrize("case", CASES)
def test_price_takers_spread_tonnes_as_described(case):
    luck = random.Random(case)
    netbacks, base = [luck.uniform(0, 120) for _ in range(5)], [luck.uniform(1, 90) for _ in range(5)]
    if case == 0:
        netbacks = [0.0, 0.0, 0.0, 0.0, 2.0]  # a mean of no more than 1 counts as 1
    weights, whole = netback_weights(np.array(netbacks)[:, None], np.array(base)[:, None])
    mean = max(sum(n * q for n, q in zip(netbacks, base, strict=True)) / sum(base), 1.0)
    expected = [q * clip(1 + 5 * (n / mean - 1), 0, 3) for n, q in zip(netbacks, base, strict=True)]
    assert [float(each[0]) for each in weights] == pytest.approx(expected, **CLOSE)
    assert whole[0] == pytest.approx(sum(expected), **CLOSE)


@pytest.mark.parametrize("idle", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_a_desk_values_grain_by_the_news_as_described(case, idle):
    luck, pools = random.Random(case), ["feed", "feed", "feed", "malting", "malting"]
    tenders = [a_tender(f"buyer_{n}", pool) for n, pool in enumerate(pools)]
    desk, freights = StockDesk("here", 1), [luck.uniform(0, 40) for _ in tenders]
    for tender, freight in zip(tenders, freights, strict=True):
        published(luck, tender)
        tender.freight_cad_t[0] = freight
        tender.last_total_kt = one(luck.choice([0.0, luck.uniform(1, 200)]))
        desk.take_seat(tender, 0, ResidualDemand("elasticities", 1, 1, tender.base_price_cad_t, one(1)))
    known = [float(tender.usual_price_cad_t[0]) for tender in tenders]
    for tender in tenders:
        published(luck, tender)
    desk.stock_kt = one(0 if idle else 50)
    before = [luck.choice([1.0, luck.uniform(60, 120)]) for _ in range(3)]
    desk.marginal_cad_t, desk.feed_netback_cad_t, desk.malting_netback_cad_t = map(one, before)
    desk.hear_the_news()
    usual = [float(tender.usual_price_cad_t[0]) for tender in tenders]
    sizes = [float(max(tender.last_total_kt[0], tender.base_kt[0] / 2, 0.001)) for tender in tenders]

    def mean(values, weights):
        return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights) if sum(weights) else 0.0

    def news(pool):
        weights = [s * (t.last_total_kt[0] > 0) * (t.pool == pool) for s, t in zip(sizes, tenders, strict=True)]
        return mean([u - k for u, k in zip(usual, known, strict=True)], weights)

    of_feed = [size * (pool == "feed") for size, pool in zip(sizes, pools, strict=True)]
    going = mean([u - t for u, t in zip(usual, freights, strict=True)], of_feed)
    moved = [max(b + news(pool), 0.0) for b, pool in zip(before, ("feed", "feed", "malting"), strict=True)]
    held = [float(each[0]) for each in (desk.marginal_cad_t, desk.feed_netback_cad_t, desk.malting_netback_cad_t)]
    assert held == pytest.approx([going] * 3 if idle else moved, **CLOSE)


@pytest.mark.parametrize("months", [1.0, 12 / 52])
def test_usual_exports_are_averaged_as_described(months):
    luck, usual = random.Random(7), 0.0
    cash = CashMarket("here", *(one(0) for _ in range(5)))
    for _ in range(6):
        exports = luck.uniform(0, 90)
        cash.count(one(exports), months)
        usual = (1 - months) * usual + months * exports
        assert cash.usual_exports_kt[0] == pytest.approx(usual, **CLOSE)


@pytest.mark.parametrize("case", range(6))
def test_margins_are_learned_as_described(case):
    luck, theirs = random.Random(case), RothErev([0.0, 0.5, 1.0, 2.0, 4.0], 1)
    mine = [1.0] * 5
    for _ in range(30):
        draw, reward = luck.random(), luck.choice([0.0, luck.random()])
        running = [sum(mine[: k + 1]) for k in range(5)]
        chosen = next(k for k in range(5) if running[k] >= draw * running[-1])
        assert theirs.choose(one(draw))[0] == [0.0, 0.5, 1.0, 2.0, 4.0][chosen]
        theirs.reinforce(one(reward))
        gain = [0.8 * reward if k == chosen else 0.2 * reward / 4 for k in range(5)]
        mine = [max(0.9 * p + g, 0.001) for p, g in zip(mine, gain, strict=True)]
        assert list(theirs.propensity[:, 0]) == pytest.approx(mine, **CLOSE)
