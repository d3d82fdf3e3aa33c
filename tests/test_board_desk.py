"""A board at its desk: what it offers, what it has promised, and what it makes of the news; worked out by hand."""

import mesa
import numpy as np
import pytest
from test_agents import kt, sale, tender

from agents.beliefs import ResidualDemand
from agents.board import MarketingBoard, PoolAccount
from agents.cash_account import CashAccount
from agents.farmers import GrowerGroup
from agents.stock_desk import StockDesk
from agents.terms import Offer
from sim import pool


def board_at(*tenders, months=1.0, reserved=10.0):
    """A board with 100 kt, some of it reserved, at tenders where it has sold nothing yet."""
    desk = StockDesk("home", 1, months)
    desk.receive(kt(100), kt(50), kt(60))
    desk.reserved_kt = kt(reserved)
    for made in tenders:
        desk.take_seat(made, 0, ResidualDemand("elasticities", 0.0, 0.95, made.base_price_cad_t, kt(0)))
    desk.marginal_cad_t = desk.feed_netback_cad_t = kt(90)
    desk.malting_netback_cad_t = kt(120)
    pools = {name: PoolAccount(kt(100), 0.7) for name in pool.POOLS}
    return MarketingBoard(mesa.Model(), "board", desk, pools, pool)


def offered(*tenders):
    return [made.quantity_kt[0, 0] for made in tenders]


def test_a_board_offers_its_share_where_it_may_and_moves_part_of_the_way():
    near, far, closed = tender(freight=10), tender(freight=30), tender(usual=300, buyer="closed")
    made = board_at(near, far, closed)
    made.desk.counters[1].offered_kt = kt(18)
    # A fifth of 90: 90 - 2 x 14 = 70 - 2 x 4. Before it was 0 and 18, and 40 % of the way is gone.
    made.offer(lambda each: each.buyer != "closed", 0.2, 0.4, None)
    assert offered(near, far, closed) == pytest.approx([0.4 * 14, 18 - 0.4 * 14, 0])
    assert near.reserve_cad_t[0, 0] == pytest.approx(0.98 * 62 + 10)  # the plan's marginal revenue


def test_a_board_varies_its_offers_by_the_probe():
    near, far = tender(freight=10), tender(freight=30)
    board_at(near, far).offer(lambda each: True, 0.2, 1.0, [kt(0.1), kt(-0.2)])
    assert offered(near, far) == pytest.approx([15.4, 3.2])


@pytest.mark.parametrize(
    # Half of 100 can be loaded in a month, of what is left half again in the next; 10 of it go to the state importer.
    "agreed, months, shipped",
    [(30, 1.0, 30), (60, 1.0, 40), (60, 0.25, 100 * (1 - 0.5**0.25) - 10), (44, 2.0, 44)],
)
def test_a_board_offers_what_was_agreed_at_any_price_as_far_as_it_is_loaded(agreed, months, shipped):
    near = tender()
    made = board_at(near, months=months)
    made.programme.agreed_kt = kt(agreed)
    made.offer(lambda each: True, 0.01, 1.0, None)
    assert offered(near) == pytest.approx([shipped]) and near.reserve_cad_t[0, 0] == 0
    assert made.programme.promised_kt[0] == agreed and made.programme.missed_kt[0] == pytest.approx(agreed - shipped)


def test_a_board_takes_the_news_of_each_pool_into_its_prices():
    feed, malting = tender(), tender(usual=150, pool="malting")
    made = board_at(feed, malting)
    for name in pool.POOLS:
        made.pools[name].asking_cad_t = kt(110)
    feed.publish(kt(100), kt(40), kt(230), kt(1))  # 30 more for the same tonnes
    malting.publish(kt(150), kt(40), kt(193), kt(1))  # 7 less
    made.hear_the_news()
    made.hear_the_news()
    accounts = made.pools["feed"], made.pools["malting"]
    assert [each.news_now_cad_t[0] for each in accounts] == [30, -7]
    assert [each.news_cad_t[0] for each in accounts] == [60, -14]
    assert [each.current_cad_t[0] for each in accounts] == [160, 86]
    assert [each.asking_cad_t[0] for each in accounts] == [170, 96]
    assert made.desk.marginal_cad_t[0] == 150 and made.desk.malting_netback_cad_t[0] == 106


def test_bad_news_makes_no_price_less_than_nothing():
    feed = tender()
    made = board_at(feed)
    feed.publish(kt(1), kt(40), kt(41), kt(1))
    made.hear_the_news()
    made.hear_the_news()
    feed_pool = made.pools["feed"]
    assert (feed_pool.current_cad_t[0], feed_pool.asking_cad_t[0], made.desk.marginal_cad_t[0]) == (0, 0, 0)
    assert feed_pool.news_now_cad_t[0] < -50


def test_grain_bought_for_cash_is_feed():
    made = board_at()
    made.buy_for_cash(kt(20), kt(80))
    desk = made.desk
    assert (desk.stock_kt[0], desk.malting_kt[0], desk.cost_cad_k[0]) == (120, 50, 6000 + 1600)
    assert desk.malting_kt.dtype == float and made.cash.stock_kt[0] == 20


# --- tenders


def test_an_opened_tender_has_an_empty_table():
    made = tender()
    made.offer(0, Offer(kt(5), kt(90), kt(3)))
    made.open()
    assert (made.quantity_kt == 0).all() and (made.reserve_cad_t == 0).all() and (made.subsidy_cad_t == 0).all()


def test_a_buyer_with_the_smallest_choke_price_has_not_gone():
    made = tender(usual=300)
    made.publish(kt(0.5), kt(40), kt(0.5), kt(1))
    assert made.usual_price_cad_t[0] == pytest.approx(300 - 199.5)
    made.publish(kt(0.5), kt(40), kt(0), kt(1))  # who buys nothing leaves the price standing
    assert made.usual_price_cad_t[0] == pytest.approx(300 - 199.5)


# --- growers


def test_growers_that_never_saw_a_price_store_what_they_always_store():
    group = GrowerGroup(mesa.Model(), "near", "home", 5.0, 1)
    group.stock_kt = kt(100)
    group.plan(kt(30), 4.0, 10.0, 6)
    assert group.free_kt[0] == 60 and group.release_kt[0] == 10
    group.expected_cad_t, group.normal_cad_t = kt(50), kt(100)  # three times the carryover would be wanted: twice it is
    group.plan(kt(30), 4.0, 10.0, 6)
    assert group.free_kt[0] == 30


def test_growers_that_were_called_nothing_sell_nothing_for_cash():
    group = GrowerGroup(mesa.Model(), "near", "home", 5.0, 1)
    group.stock_kt = kt(100)
    assert np.array_equal(group.sell_for_cash(kt(100), kt(80)), [0.0]) and group.stock_kt[0] == 100


def test_sales_take_cash_grain_pro_rata_to_what_was_left_for_feed():
    feed, malting = tender(freight=0), tender(usual=150, freight=0, pool="malting")
    made = board_at(feed, malting)
    made.buy_for_cash(kt(20), kt(80))
    # Of 120 in store 10 go to maltsters: 20 / 110 of the feed sold had been bought for cash, at C$80/t.
    made.settle([sale(feed, 33, 100), sale(malting, 10, 150)], 5.0)
    account = made.pools["feed"]
    assert account.kt[0] == pytest.approx(33 - 6) and account.receipts_cad_k[0] == pytest.approx(3300)
    assert account.costs_cad_k[0] == pytest.approx(33 * 5 + 6 * 80)
    assert made.cash.receipts_cad_k[0] == pytest.approx(600) and made.cash.stock_kt[0] == pytest.approx(14)
    assert made.pools["malting"].kt[0] == 10 and made.pools["malting"].costs_cad_k[0] == 50


def test_missed_tonnes_are_paid_for_at_the_going_price_by_the_feed_pool():
    feed = tender()
    made = board_at(feed)
    made.programme.price_cad_t = kt(60)
    made.programme.promise(kt(30), kt(20))
    made.cost_cad_k, made.pools["feed"].costs_cad_k = kt(7), kt(70)
    made.compensate(5.0)  # 10 missed; the going price is 100 less 10 of freight, 30 more than when they were promised
    assert made.cost_cad_k[0] == 7 + 350 and made.pools["feed"].costs_cad_k[0] == 70 + 350
    assert made.pools["malting"].costs_cad_k[0] == 0


def test_no_more_cash_grain_is_sold_than_feed():
    account = CashAccount(1)
    account.buy(kt(100), kt(80))
    sold, cost = account.sell(kt(30), kt(3000), kt(60))  # more of it than was in store for feed
    assert (sold[0], cost[0], account.stock_kt[0], account.receipts_cad_k[0]) == (30, 2400, 70, 3000)
