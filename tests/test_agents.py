"""The people of the market, one rule at a time, against answers worked out by hand."""

import mesa
import numpy as np
import pytest

from agents.allocation import spread_by_netback
from agents.beliefs import ResidualDemand
from agents.board import MarketingBoard, PoolAccount
from agents.bonus_treasury import BonusTreasury
from agents.exporter import SpotSeller
from agents.farmers import GrowerGroup
from agents.food_agency import FoodAgency
from agents.spot_desk import SpotDesk
from agents.stock_desk import StockDesk
from agents.terms import CashMarket, Offer, Sale, Seat, Tender
from agents.trader import TradingCompany
from sim import pool as pool_rules
from sim.demand import linear_demand

SEAT = Seat("seller", "board", "home")


def kt(*values):
    """One value per draw."""
    return np.array(values, dtype=float)


def column(*values):
    """One value per market, in one draw."""
    return kt(*values)[:, None]


def tender(usual=100.0, freight=10.0, base=40.0, pool="feed", grade_cost=0.0, buyer="buyer", seats=1, agreement=False):
    """An open tender at which prices have stood at ``usual`` and buyers took ``base``; demand is 200 - Q."""
    seat = Seat("seller", "board", "home", agreement)
    made = Tender(
        buyer, buyer, "importer", "offshore", "sea", "abroad", pool, pool, grade_cost, [seat] * seats, draws=1
    )
    made.base_price_cad_t, made.base_kt, made.last_total_kt = kt(usual), kt(base), kt(base)
    made.publish(kt(usual), kt(base), kt(200), kt(1))
    made.open()
    made.freight_cad_t[:] = freight
    return made


def offers(made):
    """What lies on the table of a tender: tonnes, reserve prices and subsidies by seat."""
    return [made.quantity_kt[:, 0].tolist(), made.reserve_cad_t[:, 0].tolist(), made.subsidy_cad_t[:, 0].tolist()]


# --- beliefs and splits


def test_beliefs_move_half_way_to_each_result():
    held = ResidualDemand("elasticities", 0.0, 0.95, kt(60), kt(10))
    held.update(kt(80), kt(20), kt(40))  # 60 -> 70, 10 -> 15
    held.update(kt(90), kt(3), kt(40))  # 70 -> 80, 15 -> 9
    assert (held.price_cad_t[0], held.own_kt[0]) == (80, 9)


def test_least_squares_by_hand():
    held = ResidualDemand("least_squares", 0.0, 0.95, kt(60), kt(10))
    held.update(kt(56), kt(12), kt(40))  # gaps 2 and -4: spread 4, cross -8; means become 10.1 and 59.8
    held.update(kt(63.8), kt(8.1), kt(40))  # gaps -2 and 4: spread 0.95 x 4 + 4 = 7.8, cross -0.95 x 8 - 8 = -15.6
    # At a total of 10 kt the prior 0.5 weighs 4 observations of 1 kt: (0.5 x 4 + 15.6) / (4 + 7.8).
    assert held.slope(kt(0.5), kt(10))[0] == pytest.approx(17.6 / 11.8)


def test_least_squares_forget_nothing_at_a_tender_without_sales():
    held = ResidualDemand("least_squares", 0.0, 0.95, kt(60), kt(10))
    held.update(kt(56), kt(12), kt(40))
    held.update(kt(99), kt(0), kt(0))  # nobody sold: the price on record is nobody's
    held.update(kt(63.8), kt(8.1), kt(40))
    assert held.slope(kt(0.5), kt(10))[0] == pytest.approx(17.6 / 11.8)


@pytest.mark.parametrize("true_slope, believed", [(50.0, 2.5), (-50.0, 0.1)])
def test_least_squares_stays_within_five_times_the_prior(true_slope, believed):
    held = ResidualDemand("least_squares", 0.0, 0.95, kt(600), kt(10))
    for own in (14, 6, 14, 6):
        held.update(kt(600 - true_slope * (own - 10)), kt(own), kt(40))
    assert held.slope(kt(0.5), kt(10))[0] == pytest.approx(believed)


def test_price_takers_lean_to_the_better_netback():
    # Mean 100: weights 1 + 5 x (-0.1) = 0.5 and 1.5.
    assert spread_by_netback(column(90, 110), column(50, 50), kt(30))[:, 0] == pytest.approx([7.5, 22.5])
    # Weights 1 - 4 and 1 + 4 stop at 0 and 3.
    assert spread_by_netback(column(20, 100, 180), column(1, 1, 1), kt(40))[:, 0] == pytest.approx([0, 10, 30])
    # Three times the size, three times the tonnes.
    assert spread_by_netback(column(90, 90), column(10, 30), kt(20))[:, 0] == pytest.approx([5, 15])


# --- tender, state importer


def test_usual_price_is_an_average_and_an_empty_tender_asks_better_next_time():
    made = tender(usual=100)
    made.announce(kt(120), column(10), column(120))
    assert (made.last_price_cad_t[0], made.usual_price_cad_t[0]) == (120, 110)
    made.announce(kt(200), column(0), column(200))  # a tenth of the way from 120 to the choke price of 200
    assert (made.last_price_cad_t[0], made.usual_price_cad_t[0]) == (128, 119)
    made.publish(made.base_price_cad_t, made.base_kt, kt(90), kt(1))
    made.announce(kt(90), column(0), column(90))  # a choke price below the last price is no reason to pay more
    assert made.last_price_cad_t[0] == 128


@pytest.mark.parametrize(
    # At the 40 kt last bought the schedule 200 - Q pays 160; the going price moves as that value does.
    "choke, slope, going",
    [(200, 1, 100), (212, 1, 112), (200, 1.5, 80), (230, 2, 90), (50, 1, 0)],
)
def test_going_price_moves_with_the_published_schedule(choke, slope, going):
    made = tender(usual=100, base=40)
    made.publish(made.base_price_cad_t, made.base_kt, kt(choke), kt(slope))
    assert made.usual_price_cad_t[0] == pytest.approx(going)
    assert made.last_price_cad_t[0] == 100  # what was paid stays on record


def test_tonnes_of_the_base_point_alone_are_no_news():
    made = tender(usual=100, base=40)
    made.publish(kt(100), kt(80), kt(200), kt(0.5))  # twice the tonnes at every price
    assert made.usual_price_cad_t[0] == pytest.approx(100)
    made.publish(kt(110), kt(80), kt(210), kt(0.5))
    assert made.usual_price_cad_t[0] == pytest.approx(110)


def test_a_buyer_that_comes_back_starts_from_its_base_price():
    made = tender(usual=100)
    made.publish(made.base_price_cad_t, made.base_kt, kt(0), kt(1))  # a year without demand
    made.base_price_cad_t = kt(70)
    made.publish(made.base_price_cad_t, made.base_kt, kt(180), kt(1))
    assert (made.usual_price_cad_t[0], made.last_price_cad_t[0]) == (70, 70)


def test_what_an_agreement_took_is_no_news_of_the_schedule():
    made = tender(usual=100, base=40)
    made.choke_cad_t = made.choke_cad_t - 30.0  # tonnes shipped under the agreement come off the tender only
    made.publish(made.base_price_cad_t, made.base_kt, kt(200), kt(1))
    assert made.usual_price_cad_t[0] == 100


@pytest.mark.parametrize(
    # Netback 100; price = netback + 0.65 x advantage of the outside option; tonnes 60 +- 10 % at a gap of C$20.
    "outside, stock, price, tonnes",
    [(120, 500, 113, 60 * 1.065), (200, 500, 165, 66), (40, 500, 61, 54), (120, 50, 113, 50)],
)
def test_agreement_is_bargained_and_its_tonnes_leave_the_tender(outside, stock, price, tonnes):
    agency = FoodAgency(mesa.Model(), "agency", linear_demand, 1)
    agency.agreement, agency.tenders["feed"] = tender(agreement=True), tender(base=100)
    agency.tenders["feed"].slope_cad_t_kt = kt(0.5)
    agency.bargain(kt(100), kt(outside), 0.65, 60.0, 0.1, 20.0, kt(stock))
    agency.tender_the_rest("feed")
    assert agency.agreement.last_price_cad_t[0] == pytest.approx(price)
    assert agency.agreement.award_kt[0, 0] == pytest.approx(tonnes)
    assert agency.tenders["feed"].choke_cad_t[0] == pytest.approx(200 - 0.5 * tonnes)
    assert agency.tenders["feed"].base_kt[0] == pytest.approx(100 - tonnes)


# --- board


def board(stock=0.0):
    desk = StockDesk("home", 1)
    desk.receive(kt(stock), kt(0), kt(60))
    pools = {pool: PoolAccount(kt(100), 0.7) for pool in ("feed", "malting")}
    return MarketingBoard(mesa.Model(), "board", desk, pools, pool_rules)


@pytest.mark.parametrize(
    # Room is twice three periods of 100, less stock: 600 - 550 = half of the 100 offered; never under a fifth.
    "stock, usual, offered, called",
    [(0, 0, 100, 1), (550, 0, 100, 0.5), (550, 100, 50, 1), (590, 0, 100, 0.2), (900, 0, 100, 0.2), (900, 0, 0, 1)],
)
def test_board_calls_what_it_has_room_for(stock, usual, offered, called):
    wheat_board = board(stock)
    wheat_board.usual_sales_kt = kt(usual)
    wheat_board.call(kt(offered), cover_periods=3)
    assert wheat_board.called[0] == pytest.approx(called)


def test_pool_account_adds_up():
    account = PoolAccount(kt(100), 0.7)
    account.add(kt(10), kt(900), 5.0)
    account.add(kt(20), kt(2200), 5.0)
    account.add(kt(0), kt(0), 5.0)  # no sale, no news of the price
    got = (account.kt, account.receipts_cad_k, account.costs_cad_k, account.current_cad_t)
    assert [value[0] for value in got] == [30, 3100, 150, 110]


def test_board_settles_each_pool_with_its_own_sales():
    wheat_board = board(stock=100)
    feed, malting = tender(pool="feed"), tender(pool="malting")
    wheat_board.settle([sale(feed, 10, 90), sale(malting, 20, 120)], 5.0)
    pools = wheat_board.pools
    assert [pools[p].receipts_cad_k[0] for p in pools] == [800, 2200]  # f.o.b. 80 and 110
    assert wheat_board.cost_cad_k[0] == 150
    assert wheat_board.usual_sales_kt[0] == pytest.approx(0.2 * 30)


def test_outlook_and_initial_payment_are_net_of_cost_before_anything_is_sold():
    wheat_board = board()
    for new_pool in (True, False):  # the first initial payment of a pool knows only the outlook before it
        wheat_board.announce(0.7, 0.0, 0.0, new_pool, published=True, cost_cad_t=20.0)
    feed = wheat_board.pools["feed"]
    assert feed.outlook_cad_t[0] == 80
    wheat_board.announce(0.7, 0.0, 0.0, True, published=True, cost_cad_t=20.0)
    assert feed.initial_cad_t[0] == pytest.approx(0.7 * 80)


def test_pool_value_discounts_what_comes_later():
    wheat_board = board()
    feed = wheat_board.pools["feed"]
    feed.outlook_cad_t = kt(120)
    # Initial payment 0.7 x 100 = 70; unpublished, farmers reckon with 70 / 0.7 = 100: 70 + 30 x 0.9 - 1.
    assert wheat_board.pool_value_cad_t(0.9, 1.0)[0] == pytest.approx(96)
    wheat_board.outlook_published = True  # 70 + 50 x 0.9 - 1
    assert wheat_board.pool_value_cad_t(0.9, 1.0)[0] == pytest.approx(114)


def test_farmers_learn_what_a_dollar_of_initial_payment_brings():
    wheat_board = board()
    feed = wheat_board.pools["feed"]
    first = feed.usual_multiple[0]
    assert first == pytest.approx(1 / 0.7)
    feed.add(kt(10), kt(10 * feed.initial_cad_t[0]), 0.0)  # receipts just cover the initial payment: no final one
    wheat_board.close("feed")
    assert feed.usual_multiple[0] == pytest.approx(0.75 * first + 0.25 * 1.0)
    wheat_board.close("feed")  # a pool that sold nothing teaches nothing
    assert feed.usual_multiple[0] == pytest.approx(0.75 * first + 0.25 * 1.0)


# --- stock desk and trading company


def sale(made, tonnes, landed, subsidy=0.0):
    return Sale(made, SEAT, kt(tonnes), kt(landed), made.freight_cad_t[0], kt(subsidy))


def desk_at(*tenders, stock=100.0, malting=0.0):
    """A desk that sold nothing so far, with grain that cost C$60/t."""
    desk = StockDesk("home", 1)
    desk.receive(kt(stock), kt(malting), kt(60))
    for made in tenders:
        desk.take_seat(made, 0, ResidualDemand("elasticities", 0.0, 0.95, made.base_price_cad_t, kt(0)))
    return desk


@pytest.mark.parametrize(
    "marginal, netback, unsold, worth", [(90, 100, 0, 90), (110, 100, 0, 100), (90, 100, 0.5, 85.5)]
)
def test_worth_is_borne_out_by_sales(marginal, netback, unsold, worth):
    desk = desk_at()
    desk.marginal_cad_t, desk.feed_netback_cad_t, desk.unsold_share = kt(marginal), kt(netback), kt(unsold)
    assert desk.worth_cad_t[0] == pytest.approx(worth)


def test_offers_keep_to_malting_stock_and_ask_the_grades_cost():
    feed, malting = tender(), tender(usual=180, freight=20, pool="malting", grade_cost=15)
    desk = desk_at(feed, malting, stock=100, malting=5)
    desk.feed_netback_cad_t = kt(50)
    desk.offer(lambda t: True, share=0.4, adjustment=1.0)
    # 40 kt to place: MR 90 - 2 q and 145 - 2 q would put 33.75 kt with the maltsters.
    assert malting.quantity_kt[0, 0] == pytest.approx(5) and feed.quantity_kt[0, 0] == pytest.approx(6.25)
    assert desk.marginal_cad_t[0] == pytest.approx(90 - 2 * 6.25)
    # 0.98 x 50 = 49, and freight, and the grade's cost.
    assert feed.reserve_cad_t[0, 0] == pytest.approx(49 + 10)
    assert malting.reserve_cad_t[0, 0] == pytest.approx(49 + 20 + 15)


@pytest.mark.parametrize("today, placed", [(40, 10), (60, 15), (400, 25), (4, 4)])
def test_busy_periods_sell_more_within_bounds(today, placed):
    # A tenth of 100 kt in a usual period of 40 kt; at most 2.5 and at least 0.4 of it.
    made = tender(base=40)
    desk = desk_at(made)
    desk.offer(lambda t: True, share=0.1, adjustment=1.0)
    assert made.quantity_kt[0, 0] == pytest.approx(10)
    made.base_kt, made.last_total_kt = kt(today), kt(today)
    desk.offer(lambda t: True, share=0.1, adjustment=1.0)
    assert made.quantity_kt[0, 0] == pytest.approx(placed)


def test_desk_ships_at_average_cost():
    feed, malting = tender(), tender(pool="malting")
    desk = desk_at(feed, malting, stock=100, malting=40)
    desk.feed_netback_cad_t = kt(100)
    desk.counters[0].offered_kt, desk.counters[1].offered_kt = kt(20), kt(30)
    costs = desk.ship([sale(feed, 10, 90), sale(malting, 30, 150)])
    assert costs[:, 0].tolist() == [600, 1800]
    assert (desk.stock_kt[0], desk.malting_kt[0], desk.cost_cad_k[0]) == (60, 10, 3600)
    assert desk.feed_netback_cad_t[0] == pytest.approx(90)  # half way from 100 to 90 - 10; malting tells nothing
    assert desk.unsold_share[0] == pytest.approx(0.2 * 10 / 50)
    desk.ship([sale(feed, 55, 90)])
    assert (desk.stock_kt[0], desk.malting_kt[0]) == (5, 5)


@pytest.mark.parametrize("months, periods", [(1.0, 1), (0.5, 2)])
def test_running_averages_forget_by_the_month_whatever_the_period(months, periods):
    made = tender(base=40)
    wheat_board = board()
    desk = wheat_board.desk = desk_at(made, stock=100)
    desk.months = months
    desk.offer(lambda t: True, share=0.1, adjustment=1.0)  # 40 kt is usual
    made.base_kt = made.last_total_kt = kt(60)
    for _ in range(periods):
        desk.offer(lambda t: True, share=0.1, adjustment=1.0)
        desk.counters[0].offered_kt = kt(20)
        wheat_board.settle([sale(made, 10, 90)], 0.0)
    assert desk.unsold_share[0] == pytest.approx(0.2 * 0.5)
    assert wheat_board.usual_sales_kt[0] == pytest.approx(0.2 * 10)
    desk.stock_kt = kt(100)
    made.base_kt = made.last_total_kt = kt(40 + 0.15 * 20)  # what is usual now
    desk.offer(lambda t: True, share=0.1, adjustment=1.0)
    assert made.quantity_kt[0, 0] == pytest.approx(10)


def test_idle_desk_values_grain_by_the_going_prices():
    desk = desk_at(tender(usual=100, base=30), tender(usual=80, base=10), tender(usual=300, pool="malting"), stock=0)
    desk.hear_the_news()
    assert desk.worth_cad_t[0] == pytest.approx((90 * 30 + 70 * 10) / 40)
    desk.receive(kt(1), kt(0), kt(60))
    desk.marginal_cad_t = kt(50)
    desk.hear_the_news()  # who holds grain knows what it is worth
    assert desk.worth_cad_t[0] == 50


def test_desk_with_stock_moves_its_values_with_the_news_of_each_pool():
    feed, other, malting = tender(base=30), tender(base=10), tender(usual=180, base=20, pool="malting")
    desk = desk_at(feed, other, malting)
    desk.marginal_cad_t, desk.feed_netback_cad_t, desk.malting_netback_cad_t = kt(60), kt(70), kt(110)
    feed.publish(feed.base_price_cad_t, feed.base_kt, kt(212), kt(1))  # 12 more at 30 of the 40 kt of feed
    malting.publish(malting.base_price_cad_t, malting.base_kt, kt(195), kt(1))  # 5 less for malting
    desk.hear_the_news()
    assert (desk.marginal_cad_t[0], desk.feed_netback_cad_t[0]) == pytest.approx((69, 79))
    assert desk.malting_netback_cad_t[0] == pytest.approx(105)
    desk.learn()
    desk.hear_the_news()  # heard once
    assert (desk.marginal_cad_t[0], desk.malting_netback_cad_t[0]) == pytest.approx((69, 105))
    feed.publish(feed.base_price_cad_t, feed.base_kt, kt(100), kt(1))
    desk.hear_the_news()
    assert desk.marginal_cad_t[0] == 0  # no value falls below nothing


def test_boards_outlook_takes_the_news_of_its_pool():
    wheat_board, feed, malting = board(), tender(), tender(usual=180, pool="malting")
    wheat_board.desk = desk_at(feed, malting)
    malting.publish(malting.base_price_cad_t, malting.base_kt, kt(208), kt(1))
    wheat_board.hear_the_news()
    assert [wheat_board.pools[pool].current_cad_t[0] for pool in ("feed", "malting")] == [100, 108]
    assert wheat_board.desk.malting_netback_cad_t[0] == 8


@pytest.mark.parametrize("months, waited, moved", [(1.0, 1, 0.3), (1.0, 3, 1 - 0.7**3), (0.25, 4, 0.3)])
def test_habit_fades_by_the_months_waited(months, waited, moved):
    """Two like tenders of which one opens after ``waited`` periods; all grain lay with the other before."""
    here, there = tender(base=40), tender(base=40)
    desk = desk_at(here, there, stock=20)
    desk.months = months
    desk.counters[0].offered_kt = kt(20)
    here.is_open = there.is_open = False
    for _ in range(waited - 1):
        desk.offer(lambda t: True, share=1.0, adjustment=0.3)
    here.is_open = there.is_open = True
    desk.offer(lambda t: True, share=1.0, adjustment=0.3)
    # Half in each place is wanted, all of it was here.
    assert there.quantity_kt[0, 0] == pytest.approx(10 * moved)
    assert here.quantity_kt[0, 0] == pytest.approx(20 - 10 * moved)


def test_a_price_taker_plans_as_if_part_of_the_sellers_moved_alike():
    # Three sellers, slope 1: the net price 90 is thought to fall by 0.7 x 3 a kt, from the 10 kt last offered at each.
    here, there = tender(usual=100, seats=3), tender(usual=121, seats=3)
    desk = StockDesk("home", 1)
    desk.receive(kt(20), kt(0), kt(60))
    for made in (here, there):
        desk.take_seat(made, 0, ResidualDemand("last_price", 5.0, 0.95, made.base_price_cad_t, kt(10)))
    desk.offer(lambda t: True, share=1.0, adjustment=0.1)  # habit plays no part
    # 90 - 2.1 (q1 - 10) = 111 - 2.1 (q2 - 10), q1 + q2 = 20.
    assert [made.quantity_kt[0, 0] for made in (here, there)] == pytest.approx([5, 15])
    assert desk.marginal_cad_t[0] == pytest.approx(90 + 2.1 * 5)


def test_a_board_may_leave_the_growers_cost_of_a_grade_out_of_its_plan():
    for counts, malting_kt in ((True, 10.0), (False, 13.75)):
        feed, malting = tender(usual=100), tender(usual=115, pool="malting", grade_cost=15)
        desk = StockDesk("home", 1, grade_cost_counts=counts)
        desk.receive(kt(20), kt(20), kt(60))
        for made in (feed, malting):
            desk.take_seat(made, 0, ResidualDemand("elasticities", 0.0, 0.95, made.base_price_cad_t, kt(0)))
        desk.offer(lambda t: True, share=1.0, adjustment=1.0)
        # MR 90 - 2 q and 105 - 15 - 2 q, or 105 - 2 q when the cost is left out.
        assert malting.quantity_kt[0, 0] == pytest.approx(malting_kt)


@pytest.mark.parametrize("bidders, bid", [(1, 88), (2, 93), (10_000, 98)])
def test_competing_companies_bid_away_what_sales_bring_beyond_a_tonnes_worth(bidders, bid):
    company = merchant(bidders)  # worth 90, average netback 100, margin 2
    assert company.bid_cad_t("home")[0] == pytest.approx(bid, abs=0.01)
    company.stock["home"].marginal_cad_t = company.stock["home"].feed_netback_cad_t = kt(1)
    assert company.bid_cad_t("home")[0] == 0


@pytest.mark.parametrize("bidders, beyond", [(1, 0), (4, 15)])
def test_company_pays_the_malting_premium_and_competing_ones_what_malting_brings_beyond_it(bidders, beyond):
    company = merchant(bidders)
    company.stock["home"].malting_netback_cad_t = kt(120)  # 20 over feed beyond the growers' cost
    malting, feed = tender(freight=20, pool="malting", grade_cost=15), tender(freight=20)
    # Revenue 10 x (130 - 20), grain 10 x 60, premium 10 x (15 + 3/4 of 20).
    assert company.settle_stock("home", [sale(malting, 10, 130)])[0, 0] == 1100 - 600 - 150 - 10 * beyond
    assert company.settle_stock("home", [sale(feed, 10, 130)])[0, 0] == 1100 - 600


def merchant(bidders):
    company = TradingCompany(mesa.Model(), "company", 2.0, 1, learns=False)
    company.stock["home"], company.bidders["home"] = desk_at(), bidders
    company.stock["home"].marginal_cad_t, company.stock["home"].feed_netback_cad_t = kt(90), kt(100)
    return company


# --- exporters and treasuries


def spot_desk(*tenders):
    """A desk whose grain costs 80 + 12 + 3 = C$95/t at port before margin."""
    desk = SpotDesk(CashMarket("home", kt(12), kt(80), kt(0), kt(1000), kt(0)), 1, cost_offset_cad_t=3.0)
    for made in tenders:
        desk.take_seat(made, 0)
    return desk


@pytest.mark.parametrize("usual, expected", [(100, [4.0, 95.0, 8.0]), (120, [6.0, 106.0, 0.0])])
def test_bonus_is_asked_only_where_the_market_does_not_pay_the_cost(usual, expected):
    # Landed cost 95 + 1 + 10 = 106; 2 % under 100 is 98, so a bonus of 8 on a quota of 4; 2 % under 120 needs none.
    # With a security of 3 the seller goes down to 95.
    made = tender(usual=usual)
    seller = SpotSeller(spot_desk(made), commercial_kt=6.0)
    seller.bonus = BonusTreasury(mesa.Model(), "home", {"first": "buyer"}, 1)
    seller.bonus.bidders, seller.bonus.max_bonus_cad_t, seller.bonus.security_cad_t = 1, kt(20), kt(3)
    seller.bonus.bonus_tolerance, seller.bonus.price_tolerance = 9.0, 0.1
    seller.bonus.follow_cash_price(seller.desk.cash.price_cad_t, 1.0)
    seller.bonus.initiatives["first"].review(True, None)
    seller.bonus.fund(4.0, 1000.0)
    seller.bonus.share_out(kt(1), kt(1), kt(1), {"buyer": [1.0]})
    bids = seller.bid_for_bonus(kt(1), undercut=0.02, overbidding=2.0)
    assert bids[0].estimate_cad_t[0] == 80 + 12 + 10 - usual  # neither the seller's offset nor its margin
    seller.bonus.decide(bids)
    seller.offer(kt(1), None)
    assert [value[0] for value in offers(made)] == pytest.approx(expected)


# --- farmers


def growers(stock=100.0, expected=100.0, normal=100.0, inertia=4.0):
    group = GrowerGroup(mesa.Model(), "group", "home", inertia, 1)
    group.stock_kt, group.expected_cad_t, group.normal_cad_t = kt(stock), kt(expected), kt(normal)
    return group


@pytest.mark.parametrize("price, response, crop", [(110, 0.5, 105), (90, 0.5, 95), (300, 2.0, 130), (110, 0.0, 100)])
def test_area_follows_last_years_price(price, response, crop):
    group = growers(stock=0, expected=price)
    assert group.harvest(kt(100), response)[0] == pytest.approx(crop)
    assert group.stock_kt[0] == pytest.approx(crop)
    assert group.normal_cad_t[0] == pytest.approx(0.8 * 100 + 0.2 * price)


@pytest.mark.parametrize(
    # 100 - 10 contracted - 12 own use - carryover of 20, which a price 20 % above normal cuts by 10 %: over 6 periods.
    "price, released",
    [(100, 58 / 6), (120, 60 / 6), (80, 56 / 6), (900, 74 / 6)],
)
def test_release_is_even_and_smaller_when_grain_is_cheap(price, released):
    group = growers(expected=price)
    group.contract_kt = kt(10)
    group.plan(kt(20), 0.5, 12.0, 6)
    assert group.release_kt[0] == pytest.approx(released)
    group.stock_kt = group.stock_kt - group.release_kt
    group.plan(kt(20), 0.5, 12.0, 5)
    assert group.release_kt[0] == pytest.approx(released)


@pytest.mark.parametrize(
    # 40 kt contracted, a quarter of it for merchants, and the board calls half of what it is offered.
    "merchants_open, board_open, to_board, to_merchants, share",
    [(True, True, 15, 10, 0.25), (False, True, 20, 0, 0.0), (True, False, 0, 40, 0.25), (False, False, 0, 0, 0.0)],
)
def test_deliveries_go_where_they_are_taken(merchants_open, board_open, to_board, to_merchants, share):
    group = growers()
    group.contract_kt, group.merchant_share = kt(40), kt(0.25)
    _, board_kt, merchants_kt = group.deliver(kt(0.5), merchants_open, board_open)
    assert (board_kt[0], merchants_kt[0]) == (to_board, to_merchants)
    assert (group.stock_kt[0], group.contract_kt[0]) == (100 - to_board - to_merchants, 0)
    assert group.merchant_share[0] == share


def test_what_a_call_takes_from_store_is_not_sold_at_home_too():
    group = growers()
    group.contract_kt, group.signed_kt = kt(0), kt(50)
    group.gap_cad_t = group.malting_gap_cad_t = kt(-100)  # the pool is worth far more
    group.plan(kt(0), 0.0, 0.0, 1)  # July: all that is left is for sale
    _, board_kt, _ = group.deliver(kt(1), False, True)
    assert board_kt[0] == pytest.approx(10)  # a tenth of what was left to market
    assert group.release_kt[0] == pytest.approx(90)


@pytest.mark.parametrize(
    "merchants, months, share", [(102, 1, 0.625), (96, 1, 0.25), (130, 1, 0.75), (102, 0.5, 0.5625)]
)
def test_deliveries_move_to_who_pays_more(merchants, months, share):
    # A quarter a month at a gap of the inertia (C$4) or more; half of that at a gap of C$2.
    group = growers()
    group.merchant_share = kt(0.5)
    group.choose_channel(kt(100), kt(merchants), months)
    assert group.merchant_share[0] == pytest.approx(share)


def test_off_board_offers_ask_what_delivery_brings():
    group, made = growers(), tender(seats=2)
    group.seats, group.release_kt, group.haul_cad_t = [0, 1], kt(20), 5.0
    group.offer_off_board(made, kt(100), True, kt(0), 0.5)
    assert offers(made)[:2] == [[10, 10], [105, 109]]
    group.offer_off_board(made, kt(100), False, kt(0), 0.5)  # nobody is attached to a merchant
    assert offers(made)[:2] == [[10, 10], [105, 105]]


@pytest.mark.parametrize("selected, offered_share, fed", [(4, 1.0, 16), (90, 1.0, 12), (90, 0.5, 16), (0, 1.0, 20)])
def test_what_maltsters_would_select_is_not_fed(selected, offered_share, fed):
    # Of 20 kt released 40 % is of malting quality, and growers offer all or half of that for selection.
    group, made = growers(), tender(seats=2)
    group.seats, group.release_kt, group.malting_offered = [0, 1], kt(20), kt(offered_share)
    group.offer_off_board(made, kt(100), True, kt(selected), 0.4)
    assert made.quantity_kt.sum() == pytest.approx(fed)


@pytest.mark.parametrize("exported, stock, left", [(5, 100, 15), (18, 100, 10), (6, 12, 5)])
def test_cash_offers_come_in_tranches_above_support(exported, stock, left):
    # 20 kt less exports, at least half of them, and no more than 1.2 tranches' worth of stock: (12 - 6) / 1.2 = 5.
    group, made = growers(stock=stock), tender(seats=3)
    group.seats, group.release_kt, group.haul_cad_t = [0, 1, 2], kt(20), 2.0
    group.offer_cash(made, kt(exported), kt(exported), 95.0)
    assert offers(made)[0] == pytest.approx([0.7 * left, 0.3 * left, 0.2 * left])
    assert offers(made)[1] == pytest.approx([95 + 2, 100 + 2, 115 + 2])  # 80 is below the support of 95


def test_growers_contract_what_they_did_not_sell():
    group = growers()
    group.release_kt = kt(20)
    group.sell(kt(5), kt(3))
    group.contract(kt(5), 0.3)
    assert (group.stock_kt[0], group.contract_kt[0]) == (92, 15)
    assert group.contract_quality[0] == pytest.approx(6 / 15)  # what was fed was feed quality
    group.malting_offered = kt(0.5)
    group.contract(kt(5), 0.3)
    assert group.contract_quality[0] == pytest.approx(3 / 15)
    group.contract(kt(18), 0.3)
    assert group.contract_quality[0] == 1  # never more than all of it
    group.stock_kt = kt(4)
    group.contract(kt(5), 0.3)
    assert group.contract_kt[0] == 4


def test_growers_eat_before_they_sell_and_pick_malting_for_its_premium():
    group = growers(stock=10)
    assert (group.use(kt(6))[0], group.use(kt(6))[0], group.stock_kt[0]) == (6, 4, 0)
    group.offer_malting(kt(6), 15.0)
    assert group.malting_offered[0] == pytest.approx(0.4)


def test_expectations_forget_by_the_month_whatever_the_period():
    group, halves = growers(expected=100), growers(expected=100)
    group.learn(kt(120), 1.0)
    assert group.expected_cad_t[0] == pytest.approx(100 + 0.15 * 20)
    halves.learn(kt(120), 0.5)
    halves.learn(kt(120), 0.5)
    assert halves.expected_cad_t[0] == pytest.approx(103)


def test_an_offer_below_zero_is_no_reserve():
    made = tender()
    made.offer(0, Offer(kt(1), kt(-5)))
    assert offers(made) == [[1], [0], [0]]


def test_growers_for_cash_take_their_feeders_news_at_once():
    group = growers()
    group.expected_cad_t = kt(90)
    group.hear_the_news(kt(100))
    assert np.array_equal(group.expected_cad_t, kt(90))  # the first base price is no news
    group.revalue(kt(1.1))
    group.hear_the_news(kt(110))
    assert np.allclose(group.expected_cad_t, 99)  # the same base price in their own currency is none either
    group.hear_the_news(kt(130))
    assert np.allclose(group.expected_cad_t, 119)
    group.hear_the_news(kt(1))
    assert np.array_equal(group.expected_cad_t, kt(0))


def test_commercial_capacity_waits_for_a_month_and_no_longer():
    seller = SpotSeller(spot_desk(tender()))
    for weeks, ready in ((1, 12), (2, 24), (6, 52)):
        seller.commercial_kt = 0.0
        for _ in range(weeks):
            seller.make_ready(624.0, 12 / 52)
        assert np.allclose(seller.commercial_kt, ready)
    seller.make_ready(624.0, 1.0)
    assert seller.commercial_kt == 52.0


def test_a_quiet_week_leaves_the_average_of_exports_standing():
    cash = CashMarket("home", kt(0), kt(0), kt(0), kt(0), kt(0))
    cash.count(kt(40), 1.0)
    assert np.array_equal(cash.usual_exports_kt, kt(40))
    cash.count(kt(0), 0.25)
    assert np.allclose(cash.usual_exports_kt, 30)
