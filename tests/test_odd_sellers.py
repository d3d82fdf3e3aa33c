"""The ODD description is enough: tenders, beliefs and a desk's offers from its text give the code's numbers."""

import random

import numpy as np
import pytest
from odd_text import CLOSE, Believer, Desk, a_tender, one, price_and_awards, published

from agents.beliefs import ResidualDemand
from agents.stock_desk import StockDesk
from agents.terms import Offer
from sim.tender import clear

CASES = range(40)


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
