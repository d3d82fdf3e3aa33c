"""Pools, boards' accounts and cash accounts: money and tonnes must add up whatever is sold, when and in what order."""

import mesa
import numpy as np
import pytest
from drawn import DRAWS, POWERS, column, draws_of, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from agents.board import MarketingBoard, PoolAccount
from agents.cash_account import CashAccount
from agents.pool_guarantor import PoolGuarantor
from agents.sales_programme import SalesProgramme
from agents.stock_desk import StockDesk
from agents.terms import Seat, Tender
from sim import pool

CAD_K = st.sampled_from([0.0, 500.0]) | numbers(0.0, 1e6)
PRICE = st.sampled_from([0.0, 80.0]) | numbers(1.0, 300.0)
KT = st.sampled_from([0.0, 10.0]) | numbers(0.01, 500.0)
SHARE = st.sampled_from([0.0, 1.0]) | numbers(0.0, 1.0)


@examples(50)
@given(draws_of(CAD_K), draws_of(CAD_K), draws_of(CAD_K), POWERS)
def test_payments_costs_and_deficit_use_up_the_receipts(receipts, costs, initial, money):
    final, deficit = pool.close_pool(receipts, costs, initial)
    assert (final >= 0).all() and (deficit >= 0).all() and (np.minimum(final, deficit) == 0).all()
    np.testing.assert_allclose(receipts + deficit, costs + initial + final, rtol=1e-12, atol=1e-12 * 1e6)
    assert same_bits(
        pool.close_pool(receipts * money, costs * money, initial * money), (final * money, deficit * money)
    )


@examples(40)
@given(draws_of(PRICE), draws_of(PRICE), SHARE)
def test_initial_payment_is_its_share_and_never_falls_within_a_pool(current, expected, share):
    new = pool.initial_payment(current, expected, share, True)
    within = pool.initial_payment(current, expected, share, False)
    assert same_bits(new, share * expected) and (new <= expected).all()
    assert same_bits(within, np.maximum(current, new))


@examples(50)
@given(draws_of(PRICE), draws_of(PRICE), draws_of(PRICE), SHARE, SHARE)
def test_outlook_lies_between_what_it_averages(previous, realised, current, elapsed, lag):
    outlook = pool.pool_return_outlook(previous, realised, current, elapsed, lag)
    parts = np.array([previous, realised, current])
    assert (outlook >= parts.min(axis=0) - 1e-9).all() and (outlook <= parts.max(axis=0) + 1e-9).all()
    weights = lag, (1 - lag) * elapsed, (1 - lag) * (1 - elapsed)
    np.testing.assert_allclose(outlook, sum(w * p for w, p in zip(weights, parts, strict=True)), rtol=1e-9, atol=1e-9)


# a board's year -----------------------------------------------------------------------------------------------------


def tender(grade, pool_name, agreement=False, draws=DRAWS):
    """A tender of one grade, open, with one seat."""
    seat = Seat("board", "board", "home", agreement)
    made = Tender(grade, "buyer", "importer", "market", "region", "abroad", grade, pool_name, 0.0, [seat], draws)
    made.is_open = True
    return made


def sale(pool_name, kt, landed, freight, subsidy):
    made = tender(pool_name, pool_name, draws=len(kt))
    made.freight_cad_t[0], made.subsidy_cad_t[0] = freight, subsidy
    made.announce(landed, kt[None], landed[None])
    return made.sale(0)


def board(initial_share=0.8, price=100.0, stock=1e9, draws=DRAWS):
    desk = StockDesk("home", draws)
    desk.receive(np.full(draws, stock), np.full(draws, stock), np.zeros(draws))
    pools = {name: PoolAccount(np.full(draws, price), initial_share) for name in pool.POOLS}
    return MarketingBoard(mesa.Model(), "board", desk, pools, pool)


SALES = st.tuples(
    st.sampled_from(pool.POOLS),
    draws_of(KT),
    draws_of(PRICE),
    draws_of(numbers(0.0, 30.0)),
    draws_of(numbers(0.0, 20.0)),
)
YEARS = st.lists(st.lists(SALES, max_size=3), min_size=1, max_size=4)


def run_year(year, cost, draws=DRAWS, **stated):
    """A board that settles a year of sales, month by month, each month a list of sales."""
    made = board(draws=draws, **stated)
    for month in year:
        made.settle([sale(*each) for each in month], cost) if month else None
    return made


def sold_to(year, name):
    """Tonnes and receipts of one pool, sale by sale."""
    own = [each for month in year for each in month if each[0] == name]
    kt = np.array([each[1] for each in own]).reshape(-1, DRAWS)
    net = np.array([landed - freight + subsidy for _, _, landed, freight, subsidy in own]).reshape(-1, DRAWS)
    return kt, net


@examples(40)
@given(YEARS, st.sampled_from([0.0, 3.0]), numbers(0.1, 1.0))
def test_a_pool_pays_out_what_it_took(year, cost, share):
    made = run_year(year, cost, initial_share=share)
    for name in pool.POOLS:
        kt, net = sold_to(year, name)
        initial = made.pools[name].initial_cad_t.copy()
        np.testing.assert_allclose(initial, share * 100.0)
        closed = made.close(name)
        np.testing.assert_allclose(closed["pool_kt"], kt.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(closed["pool_receipts_cad_k"], (kt * net).sum(axis=0), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(closed["pool_costs_cad_k"], cost * kt.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(closed["pool_initial_cad_k"], initial * kt.sum(axis=0), rtol=1e-9)
        paid = closed["pool_initial_cad_k"] + closed["pool_final_cad_k"] - closed["pool_deficit_cad_k"]
        np.testing.assert_allclose(
            paid, closed["pool_receipts_cad_k"] - closed["pool_costs_cad_k"], rtol=1e-9, atol=1e-6
        )
        if len(kt):  # a tonne of the pool returns no more than the best sale brought, and no less than the worst
            best, worst = (x * kt.sum(axis=0) for x in (net.max(axis=0) - cost, net.min(axis=0) - cost))
            assert (paid <= best + 1e-6).all() and (paid >= worst - 1e-6).all()
        account = made.pools[name]
        assert not account.kt.any() and not account.receipts_cad_k.any() and not account.costs_cad_k.any()
        again = made.close(name)  # a pool that is closed holds nothing
        assert not any(values.any() for values in again.values())


@examples(30)
@given(YEARS, st.randoms(use_true_random=False), POWERS)
def test_months_and_sales_may_come_in_any_order_and_unit(year, random, tonnes):
    ordered = run_year(year, 3.0)
    mixed = [random.sample(month, len(month)) for month in year]
    random.shuffle(mixed)
    shuffled = run_year(mixed, 3.0)
    scaled = run_year([[(n, kt * tonnes, *rest) for n, kt, *rest in month] for month in year], 3.0, stock=1e9 * tonnes)
    for name in pool.POOLS:
        closed, other, larger = (each.close(name) for each in (ordered, shuffled, scaled))
        for part, values in closed.items():
            np.testing.assert_allclose(other[part], values, rtol=1e-9, atol=1e-6)
            assert same_bits(larger[part], values * tonnes)


@examples(40)
@given(YEARS)
def test_a_draws_pool_is_the_one_it_has_alone(year):
    together = run_year(year, 3.0)
    closed = {name: together.close(name) for name in pool.POOLS}
    for draw in range(DRAWS):
        alone = run_year([[(n, *column(rest, draw)) for n, *rest in month] for month in year], 3.0, draws=1)
        for name in pool.POOLS:
            assert same_bits(list(alone.close(name).values()), column(list(closed[name].values()), draw))


@examples(30)
@given(YEARS, st.sampled_from([0.0, 3.0]))
def test_prices_a_pool_goes_by_are_those_of_its_latest_sales(year, cost):
    made, months = run_year(year, cost), [month for month in year if month]
    for name in pool.POOLS:
        current, asking = np.full(DRAWS, 100.0), np.full(DRAWS, 100.0)
        for month in months:
            kt, net = sold_to([month], name)
            sold = kt.sum(axis=0)
            latest = (kt * net).sum(axis=0) / np.where(sold > 0, sold, 1.0)
            current = np.where(sold > 1e-6, latest, current)
            asking = asking + 0.3 * (current - asking)
        np.testing.assert_allclose(made.pools[name].current_cad_t, current, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(made.pools[name].asking_cad_t, asking, rtol=1e-9, atol=1e-9)
    usual = np.zeros(DRAWS)
    for month in months:
        usual = 0.8 * usual + 0.2 * sum(each[1] for each in month)
    np.testing.assert_allclose(made.usual_sales_kt, usual, rtol=1e-9)
    if months:
        np.testing.assert_allclose(made.cost_cad_k, cost * sum(each[1] for each in months[-1]), rtol=1e-9)


def test_a_gram_has_no_price():
    made = board()
    made.settle([sale("feed", np.full(DRAWS, 1e-6), *(np.full(DRAWS, x) for x in (900.0, 0.0, 0.0)))], 0.0)
    assert (made.pools["feed"].current_cad_t == 100).all()
    made.settle([sale("feed", np.full(DRAWS, 2e-6), *(np.full(DRAWS, x) for x in (900.0, 0.0, 0.0)))], 0.0)
    np.testing.assert_allclose(made.pools["feed"].current_cad_t, 900.0)


@examples(30)
@given(YEARS, numbers(0.3, 1.0))
def test_what_farmers_are_usually_paid_takes_in_a_quarter_of_each_pool(year, share):
    made = run_year(year, 3.0, initial_share=share)
    for name in pool.POOLS:
        before = made.pools[name].usual_multiple.copy()
        np.testing.assert_allclose(before, 1.0 / share)
        closed = made.close(name)
        initial, final = closed["pool_initial_cad_k"], closed["pool_final_cad_k"]
        paid = np.where(initial > 0, (initial + final) / np.where(initial > 0, initial, 1.0), before)
        np.testing.assert_allclose(made.pools[name].usual_multiple, 0.75 * before + 0.25 * paid, rtol=1e-9)


def test_a_pool_without_an_initial_payment_has_a_finite_multiple():
    assert PoolAccount(np.array([100.0]), 0.0).usual_multiple[0] == 10
    assert PoolAccount(np.array([100.0]), 0.5).usual_multiple[0] == 2


@examples(50)
@given(YEARS, SHARE, SHARE, st.booleans(), st.booleans(), numbers(0.2, 1.0))
def test_a_board_announces_its_share_of_its_outlook(year, lag, elapsed, new_pool, published, share):
    made, cost = run_year(year, 3.0), 5.0
    state = {name: (a.outlook_cad_t, a.initial_cad_t, a.current_cad_t) for name, a in made.pools.items()}
    booked = {name: (a.kt, a.receipts_cad_k - a.costs_cad_k) for name, a in made.pools.items()}
    for account in made.pools.values():
        account.news_now_cad_t, account.news_cad_t = np.full(DRAWS, 2.0), np.full(DRAWS, 7.0)
    made.announce(share, lag, elapsed, new_pool, published, cost)
    assert made.outlook_published == published and not made.cost_cad_k.any()
    for name, account in made.pools.items():
        (outlook, initial, current), (kt, net) = state[name], booked[name]
        now = np.maximum(current - cost, 0.0)
        some = kt > pool.EMPTY_POOL_KT
        realised = np.where(some, np.maximum(net, 0.0) / np.where(some, kt, 1.0), now)
        late = 0.0 if new_pool and not published else lag
        expected = late * outlook + (1 - late) * (elapsed * realised + (1 - elapsed) * now)
        np.testing.assert_allclose(account.outlook_cad_t, expected, rtol=1e-9, atol=1e-9)
        set_now = share * outlook if new_pool else np.maximum(initial, share * expected)
        np.testing.assert_allclose(account.initial_cad_t, set_now, rtol=1e-9, atol=1e-9)
        raised = (account.initial_cad_t > initial) & (not new_pool)
        assert account.news_cad_t.tolist() == np.where(raised, 0.0, 2.0 if new_pool else 7.0).tolist()


@examples(40)
@given(
    draws_of(PRICE), draws_of(PRICE), draws_of(numbers(0.8, 3.0)), draws_of(numbers(-20, 20)),
    st.booleans(), numbers(0.7, 1.0), st.sampled_from([0.0, 4.0]),
)  # fmt: skip
def test_a_farmer_values_the_pool_at_its_initial_payment_and_what_is_likely_to_follow(
    initial, outlook, multiple, news, published, discount, premium
):
    made = board()
    made.outlook_published = published
    feed = made.pools["feed"]
    feed.initial_cad_t, feed.outlook_cad_t, feed.usual_multiple, feed.news_cad_t = initial, outlook, multiple, news
    value = made.pool_value_cad_t(discount, premium)
    for draw in range(DRAWS):
        expected = outlook[draw] if published else initial[draw] * multiple[draw] + news[draw]
        later = max(max(expected - initial[draw], 0.0) * discount - premium, 0.0)
        assert value[draw] == pytest.approx(initial[draw] + later, rel=1e-12)
    made.pools["malting"].outlook_cad_t = outlook + 9.0
    np.testing.assert_allclose(made.malting_premium_cad_t(), 9.0, atol=1e-9)


@examples(40)
@given(draws_of(KT), draws_of(KT), draws_of(KT), st.sampled_from([1.0, 3.0]))
def test_a_board_calls_what_it_has_room_for(offered, usual, stock, cover):
    made = board()
    made.desk.stock_kt, made.usual_sales_kt = stock * 4, usual
    made.call(offered, cover)
    for draw in range(DRAWS):
        room = 2 * cover * max(usual[draw], offered[draw]) - 4 * stock[draw]
        share = room / offered[draw] if offered[draw] > 0 else 1.0
        assert made.called[draw] == pytest.approx(min(max(share, 0.2), 1.0))


# grain bought for cash ----------------------------------------------------------------------------------------------


@examples(40)
@given(
    st.lists(st.tuples(draws_of(KT), draws_of(PRICE), draws_of(KT), draws_of(PRICE)), min_size=1, max_size=5),
    numbers(0, 50),
)
def test_a_cash_account_keeps_tonnes_and_cost(dealings, pooled):
    account, bought, spent, out, cost_out, received = CashAccount(DRAWS), 0.0, 0.0, 0.0, 0.0, 0.0
    for kt, price, wanted, brought in dealings:
        account.open_period()
        assert not account.bought_kt.any() and not account.sold_kt.any() and not account.receipts_cad_k.any()
        account.buy(kt, price)
        in_store = account.stock_kt + pooled
        held, unit = account.stock_kt, account.cost_cad_k / np.where(account.stock_kt > 0, account.stock_kt, 1.0)
        sold = np.minimum(wanted, in_store)
        out_now, cost_now = account.sell(sold, sold * brought, in_store)
        part = np.where(in_store > 0, held / np.where(in_store > 0, in_store, 1.0), 0.0)
        np.testing.assert_allclose(out_now, part * sold, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(cost_now, out_now * unit, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(account.receipts_cad_k, out_now * brought, rtol=1e-9, atol=1e-6)
        assert same_bits((account.bought_kt, account.spent_cad_k), (kt, kt * price))
        assert same_bits((account.sold_kt, account.sold_cost_cad_k), (out_now, cost_now))
        bought, spent = bought + kt, spent + kt * price
        out, cost_out, received = out + out_now, cost_out + cost_now, received + account.receipts_cad_k
    np.testing.assert_allclose(account.stock_kt + out, bought, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(account.cost_cad_k + cost_out, spent, rtol=1e-9, atol=1e-6)
    assert (account.stock_kt >= 0).all() and (account.cost_cad_k >= -1e-9).all()


def test_cash_grain_is_never_oversold():
    account = CashAccount(1)
    account.buy(np.array([10.0]), np.array([50.0]))
    kt, cost = account.sell(
        np.array([40.0]), np.array([4000.0]), np.array([8.0])
    )  # more than the store was said to hold
    assert kt[0] == 10 and cost[0] == 500 and account.stock_kt[0] == 0 and account.cost_cad_k[0] == 0
    assert account.receipts_cad_k[0] == 1000


@examples(30)
@given(YEARS, numbers(1.0, 400.0), numbers(50.0, 120.0))
def test_grain_bought_for_cash_pays_its_own_way_in_the_feed_pool(year, kt, price):
    made, plain = board(stock=5e3), board(stock=5e3 + kt)
    made.buy_for_cash(np.full(DRAWS, kt), np.full(DRAWS, price))
    for month in [month for month in year if month]:
        for each in (made, plain):
            each.settle([sale(*s) for s in month], 3.0)
    out = made.cash.sold_kt
    assert np.allclose(made.cash.stock_kt + out, kt)
    closed, without = made.close("feed"), plain.close("feed")
    np.testing.assert_allclose(closed["pool_receipts_cad_k"], without["pool_receipts_cad_k"], rtol=1e-12)
    np.testing.assert_allclose(closed["pool_kt"] + out, without["pool_kt"], rtol=1e-9, atol=1e-7)
    costs = without["pool_costs_cad_k"] + out * price
    np.testing.assert_allclose(closed["pool_costs_cad_k"], costs, rtol=1e-9, atol=1e-6)
    assert same_bits(list(made.close("malting").values()), list(plain.close("malting").values()))


def test_a_cash_bid_is_worth_less_cost_and_margin():
    made = board()
    made.desk.marginal_cad_t, made.desk.feed_netback_cad_t = np.array([90.0, 5.0, 70.0]), np.array([80.0, 80.0, 80.0])
    assert made.cash_bid_cad_t(4.0, 3.0).tolist() == [73.0, 0.0, 63.0]


# promises -----------------------------------------------------------------------------------------------------------


@examples(40)
@given(
    st.lists(st.tuples(draws_of(KT), draws_of(numbers(-50.0, 300.0))), max_size=4),
    draws_of(PRICE),
    draws_of(PRICE),
    numbers(0, 9),
)
def test_a_promise_is_shipped_or_missed_and_paid_for(promises, agreed_at, going, default_cost):
    programme = SalesProgramme(DRAWS)
    programme.agree(np.full(DRAWS, 50.0), 20.0, 0.6, agreed_at)
    np.testing.assert_allclose(programme.agreed_kt, 10.0)
    shipped = promised = 0.0
    for kt, available in promises:
        got = programme.promise(kt, available)
        assert same_bits(got, np.minimum(kt, np.maximum(available, 0.0)))
        shipped, promised = shipped + got, promised + kt
    np.testing.assert_allclose(programme.promised_kt, np.zeros(DRAWS) + promised)
    np.testing.assert_allclose(programme.missed_kt, promised - shipped, atol=1e-9)
    paid = programme.compensate(going, default_cost)
    np.testing.assert_allclose(paid, programme.missed_kt * (default_cost + np.maximum(going - agreed_at, 0.0)))
    assert same_bits(paid, programme.compensation_cad_k)
    made = board()
    made.programme = programme
    made.settle([sale("feed", np.full(DRAWS, 10.0), *(np.full(DRAWS, x) for x in (90.0, 9.0, 0.0)))], 3.0)
    made.compensate(default_cost)  # a desk without a seat knows no going price: the default cost alone
    owed = programme.missed_kt * default_cost
    np.testing.assert_allclose(made.close("feed")["pool_costs_cad_k"], 30.0 + owed)
    np.testing.assert_allclose(made.cost_cad_k, 30.0 + owed)


@examples(30)
@given(st.lists(st.tuples(draws_of(KT), draws_of(KT)), max_size=4))
def test_calls_delivered_and_failed_are_entered_group_by_group(groups):
    programme = SalesProgramme(DRAWS)
    for called, delivered in groups:
        programme.enter(called, delivered)
    zero = np.zeros(DRAWS)
    np.testing.assert_allclose(programme.called_kt, sum((c for c, _ in groups), zero))
    np.testing.assert_allclose(programme.delivered_kt, sum((d for _, d in groups), zero))
    np.testing.assert_allclose(programme.failed_kt, sum((np.maximum(c - d, 0.0) for c, d in groups), zero))
    programme.agree(np.full(DRAWS, 5.0), 20.0, 1.0, zero)
    assert not programme.agreed_kt.any()
    assert [programme.is_new(n) for n in (0, 0, 1, 1, 0)] == [True, False, True, False, True]


@examples(30)
@given(st.lists(draws_of(CAD_K), max_size=4))
def test_the_guarantor_covers_every_deficit_in_full(deficits):
    guarantor = PoolGuarantor(mesa.Model(), "crown", ["board"], DRAWS)
    for deficit in deficits:
        guarantor.cover(deficit)
    np.testing.assert_allclose(guarantor.paid_cad_k, sum(deficits, np.zeros(DRAWS)), rtol=1e-12)
