"""The tender: what must hold for any demand and any offers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.tender import TIE, award_prices, clear

DRAWS = 3
TOLERANCE = 1e-9


@pytest.fixture(autouse=True)
def comparing_next_to_nothing():
    """Tonnes down to the smallest number there is are tried; a tolerance times one of them may vanish."""
    with np.errstate(under="ignore"):
        yield


@st.composite
def markets(draw):
    """Demand and up to eight offers; zeros, ties and absurdly large offers included."""
    count = draw(st.integers(0, 8))
    money = st.sampled_from([0.0, 50.0, 80.0]) | st.floats(0.0, 300.0)
    tonnes = st.sampled_from([0.0, 10.0]) | st.floats(0.0, 5000.0)
    choke = np.array(draw(st.lists(st.just(0.0) | st.floats(1.0, 400.0), min_size=DRAWS, max_size=DRAWS)))
    slope = np.array(draw(st.lists(st.floats(1e-3, 10.0), min_size=DRAWS, max_size=DRAWS)))

    def grid(item):
        return np.array(draw(st.lists(item, min_size=count * DRAWS, max_size=count * DRAWS))).reshape(count, DRAWS)

    return choke, slope, grid(tonnes), grid(money)


@settings(max_examples=300, deadline=None)
@given(markets())
def test_conserves_tonnes_and_respects_reserves(market):
    choke, slope, quantity, reserve = market
    price, award = clear(choke, slope, quantity, reserve)
    assert np.isfinite(price).all()
    assert (award >= 0).all()
    assert (award <= quantity * (1 + TOLERANCE)).all()
    assert (np.where(award > 0, reserve, 0.0) <= price + TOLERANCE).all()
    demanded = np.maximum(choke - price, 0.0) / slope
    assert (award.sum(axis=0) <= demanded * (1 + TOLERANCE) + 1e-7 / slope).all()


@settings(max_examples=300, deadline=None)
@given(markets())
def test_nobody_is_left_out_below_the_price(market):
    choke, slope, quantity, reserve = market
    price, award = clear(choke, slope, quantity, reserve)
    wanted = price < choke
    below = (reserve < price * (1.0 - 2.0 * TIE)) & wanted
    assert np.array_equal(np.where(below, award, 0.0), np.where(below, quantity, 0.0))
    # Demand is met in full unless the offers ran out or the reserve of the last winner is the price.
    demanded = np.maximum(choke - price, 0.0) / slope
    sold = award.sum(axis=0)
    exhausted = np.isclose(sold, quantity.sum(axis=0))
    assert (np.isclose(sold, demanded, rtol=1e-6, atol=1e-6 / slope) | exhausted | (price >= choke)).all()


def test_reserves_that_rounding_puts_apart_are_one_price():
    quantity = np.array([[10.0], [30.0]])
    for worth in np.random.default_rng(3).uniform(50.0, 200.0, 200):
        reserve = np.array([[worth + 3.0 - 14.0], [worth - 11.0]])
        _, award = clear(np.array([worth + 9.0]), np.array([1.0]), quantity, reserve)
        np.testing.assert_allclose(award[:, 0], [5.0, 15.0], rtol=1e-9)


@settings(max_examples=200, deadline=None)
@given(markets(), st.randoms())
def test_order_of_offers_does_not_matter(market, random):
    choke, slope, quantity, reserve = market
    order = list(range(len(quantity)))
    random.shuffle(order)
    price, award = clear(choke, slope, quantity, reserve)
    other_price, other_award = clear(choke, slope, quantity[order], reserve[order])
    np.testing.assert_allclose(other_price, price, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(other_award, award[order], rtol=1e-7, atol=1e-6)


@settings(max_examples=200, deadline=None)
@given(markets(), st.floats(0.0, 1000.0), st.floats(0.0, 200.0))
def test_price_never_rises_with_supply(market, more, at):
    choke, slope, quantity, reserve = market
    price, _ = clear(choke, slope, quantity, reserve)
    extra_quantity = np.vstack([quantity, np.full((1, DRAWS), more)])
    extra_reserve = np.vstack([reserve, np.full((1, DRAWS), at)])
    assert (clear(choke, slope, extra_quantity, extra_reserve)[0] <= price + TOLERANCE).all()


@settings(max_examples=100, deadline=None)
@given(markets(), st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_units_do_not_matter(market, money, tonnes):
    choke, slope, quantity, reserve = market
    price, award = clear(choke, slope, quantity, reserve)
    price_2, award_2 = clear(choke * money, slope * money / tonnes, quantity * tonnes, reserve * money)
    np.testing.assert_allclose(price_2, price * money, rtol=1e-9, atol=1e-9 * money)
    np.testing.assert_allclose(award_2.sum(axis=0), award.sum(axis=0) * tonnes, rtol=1e-5, atol=1e-5 * tonnes)


def one(*values):
    return np.array(values, dtype=float)[:, None]


def test_vertical_crossing_price_from_demand():
    # P = 100 - Q; offers of 20 at 10 and 30 at 40: all 50 are wanted, at P(50) = 50.
    price, award = clear(one(100)[0], one(1)[0], one(20, 30), one(10, 40))
    assert price[0] == 50 and award[:, 0].tolist() == [20, 30]


def test_horizontal_crossing_price_from_the_marginal_reserve():
    # P(20) = 80 > 70 = reserve of the second, P(50) = 50 < 70: price 70, demand 30, the second offer gets 10.
    price, award = clear(one(100)[0], one(1)[0], one(20, 30), one(10, 70))
    assert price[0] == 70 and award[:, 0].tolist() == [20, 10]


def test_ties_share_in_proportion():
    # Demand at 70 is 30; offers of 20 and 40 at 70 share it 10 to 20.
    _, award = clear(one(100)[0], one(1)[0], one(20, 40), one(70, 70))
    np.testing.assert_allclose(award[:, 0], [10, 20])


def test_no_demand_and_no_offers_are_legal():
    price, award = clear(one(0)[0], one(1)[0], one(20), one(0))
    assert award.sum() == 0 and price[0] == 0
    price, award = clear(one(100)[0], one(1)[0], np.zeros((0, 1)), np.zeros((0, 1)))
    assert award.shape == (0, 1) and price[0] == 100


def test_empty_offer_does_not_set_the_price():
    price, _ = clear(one(100)[0], one(1)[0], one(20, 0), one(10, 95))
    assert price[0] == 80


def test_offer_above_the_choke_price_wins_nothing():
    price, award = clear(one(100)[0], one(1)[0], one(20), one(150))
    assert award.sum() == 0 and price[0] == 100


@pytest.mark.parametrize("pay_as_bid, expected", [(False, [50.0, 50.0]), (True, [10.0, 40.0])])
def test_award_prices(pay_as_bid, expected):
    assert award_prices(np.array([50.0]), one(10, 40), pay_as_bid)[:, 0].tolist() == expected
