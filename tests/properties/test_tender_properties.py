"""The tender: what must hold for any demand and any offers, and a clearing found by bisection beside it."""

import numpy as np
import pytest
from drawn import DRAWS, POWERS, arrays, column, examples, numbers, one, same_bits, tenders
from hypothesis import given
from hypothesis import strategies as st

from sim.tender import TIE, award_prices, clear, clearing_price

WHOLE = st.integers(0, 40).map(float)  # reserve prices and tonnes that are equal or well apart


def bisected(choke, slope, offers):
    """Lowest price at which supply meets demand, and what each (tonnes, reserve) wins: in plain numbers, by halving."""

    def supply(price):
        return sum(kt for kt, reserve in offers if reserve <= price)

    def demand(price):
        return max(choke - price, 0.0) / slope

    low, high = 0.0, choke
    if supply(low) >= demand(low):
        high = low
    while high - low > 0 and low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if supply(middle) >= demand(middle) else (middle, high)
    price = next((r for _, r in offers if abs(r - high) <= 1e-9 * max(high, 1.0)), high)
    if price >= choke:
        return choke, [0.0] * len(offers)
    left = demand(price) - sum(kt for kt, reserve in offers if reserve < price)
    tied = sum(kt for kt, reserve in offers if reserve == price)
    part = min(max(left / tied, 0.0), 1.0) if tied else 0.0
    return price, [kt if reserve < price else kt * part * (reserve == price) for kt, reserve in offers]


@examples(150)
@given(
    st.integers(0, 40).map(lambda x: x + 0.5) | st.just(0.0),
    st.sampled_from([0.01, 0.25, 1.0, 7.0]),
    st.lists(st.tuples(WHOLE, WHOLE), max_size=7),
    st.sampled_from([1e-9, 1.0, 1e9]),
    st.sampled_from([1e-6, 1.0, 1e6]),
)
def test_the_clearing_is_the_bisected_one(choke, slope, offers, money, tonnes):
    expected, won = bisected(choke, slope, offers)
    quantity, reserve = (np.array([offer[i] for offer in offers]).reshape(-1, 1) for i in (0, 1))
    price, award = clear(one(choke)[0] * money, one(slope)[0] * money / tonnes, quantity * tonnes, reserve * money)
    assert price[0] == pytest.approx(expected * money, rel=1e-12, abs=1e-12 * choke * money)
    np.testing.assert_allclose(award[:, 0], np.array(won) * tonnes, rtol=1e-9, atol=1e-9 * tonnes * (1 + choke / slope))


@examples(120)
@given(tenders())
def test_conserves_tonnes_and_respects_reserves(market):
    choke, slope, quantity, reserve = market
    price, award = clear(*market)
    assert same_bits(price, clearing_price(*market))
    assert (price >= 0).all() and (price <= choke).all()
    assert (award >= 0).all() and (award <= quantity).all()
    assert (np.where(award > 0, reserve, 0.0) <= price * (1 + TIE)).all()
    assert (award[:, price >= choke] == 0).all()
    demanded = np.maximum(choke - price, 0.0) / slope
    sold, rounding = award.sum(axis=0), 1e-13 * (choke / slope + quantity.sum(axis=0))
    assert (sold <= demanded + rounding).all()
    # Demand is met in full, or else nothing that is offered below the choke price is left.
    willing = np.where(reserve < choke, quantity, 0.0).sum(axis=0)
    assert np.allclose(sold, np.minimum(demanded, willing), rtol=1e-9, atol=1e-9 * choke / slope)


@examples(120)
@given(tenders())
def test_nobody_is_left_out_below_the_price_and_ties_share_alike(market):
    choke, _, quantity, reserve = market
    price, award = clear(*market)
    below = (reserve < price * (1.0 - 2.0 * TIE)) & (price < choke)
    assert same_bits(np.where(below, award, 0.0), np.where(below, quantity, 0.0))
    for draw in range(DRAWS):
        share = award[:, draw] / np.where(quantity[:, draw] > 0, quantity[:, draw], 1.0)
        for level in set(reserve[:, draw]):
            alike = share[(reserve[:, draw] == level) & (quantity[:, draw] > 0)]
            assert np.ptp(alike) < 1e-12 if len(alike) else True


@examples(80)
@given(tenders(), st.randoms(use_true_random=False))
def test_order_of_offers_does_not_matter(market, random):
    choke, slope, quantity, reserve = market
    order = list(range(len(quantity)))
    random.shuffle(order)
    price, award = clear(*market)
    other_price, other_award = clear(choke, slope, quantity[order], reserve[order])
    np.testing.assert_allclose(other_price, price, rtol=1e-12, atol=1e-12 * choke.max())
    np.testing.assert_allclose(other_award, award[order], rtol=1e-9, atol=1e-9 * (choke / slope).max())
    apart = [len(set(reserve[:, draw])) == len(reserve) for draw in range(DRAWS)]
    assert same_bits(other_price[apart], price[apart])  # without ties the staircase is the same one, added up alike


@examples(80)
@given(tenders(), numbers(0.0, 1000.0), numbers(0.0, 200.0))
def test_more_supply_never_raises_the_price(market, more, at):
    choke, slope, quantity, reserve = market
    price, award = clear(*market)
    with_it = clear(choke, slope, np.vstack([quantity, np.full((1, DRAWS), more)]), np.vstack([reserve, [[at] * 3]]))
    assert (with_it[0] <= price + 1e-12 * choke).all()
    assert (with_it[1].sum(axis=0) >= award.sum(axis=0) - 1e-9 * choke / slope).all()
    larger = clearing_price(choke, slope, quantity * (1.0 + more), reserve)
    assert (larger <= price + 1e-12 * choke).all()


@examples(80)
@given(tenders(), numbers(0.0, 300.0), numbers(0.0, 1.0))
def test_more_demand_never_lowers_price_or_sales(market, higher, flatter):
    choke, slope, quantity, reserve = market
    wanted = choke > 0
    price, award = clear(*market)
    more = clear(choke + higher * wanted, slope * (1.0 - 0.9 * flatter), quantity, reserve)
    assert (more[0] >= price - 1e-12 * choke).all()
    assert (more[1].sum(axis=0) >= award.sum(axis=0) * (1 - 1e-9) - 1e-9 * choke / slope).all()


@examples(80)
@given(tenders(), numbers(0.0, 300.0))
def test_a_higher_reserve_never_lowers_the_price(market, more):
    choke, slope, quantity, reserve = market
    assert (clearing_price(choke, slope, quantity, reserve + more) >= clearing_price(*market) - 1e-12 * choke).all()


@examples(80)
@given(tenders(), POWERS, POWERS)
def test_units_do_not_matter(market, money, tonnes):
    choke, slope, quantity, reserve = market
    price, award = clear(*market)
    other = clear(choke * money, slope * money / tonnes, quantity * tonnes, reserve * money)
    assert same_bits(other, (price * money, award * tonnes))


@examples(50)
@given(tenders(), numbers(0.01, 100.0), st.sampled_from([1e-3, 1e3]))
def test_dollars_and_tonnes_may_be_any_others(market, money, tonnes):
    choke, slope, quantity, reserve = market
    price, award = clear(*market)
    other = clear(choke * money, slope * money / tonnes, quantity * tonnes, reserve * money)
    np.testing.assert_allclose(other[0], price * money, rtol=1e-11, atol=1e-11 * money * choke.max())
    scale = tonnes * (choke / slope).max()
    np.testing.assert_allclose(other[1].sum(axis=0), award.sum(axis=0) * tonnes, rtol=1e-8, atol=1e-8 * scale)


@pytest.mark.parametrize("draws", [2, 63, 64, 65, 200])
def test_a_draw_alone_is_the_draw_in_a_batch(draws):
    luck = np.random.default_rng(draws)
    for offers in (0, 1, 2, 7, 33):
        quantity = luck.uniform(0, 300, (offers, draws)) * (luck.random((offers, draws)) > 0.3)
        reserve = np.where(luck.random((offers, draws)) > 0.5, np.round(luck.uniform(0, 90, (offers, draws)), -1), 33.3)
        market = (
            luck.uniform(0, 100, draws) * (luck.random(draws) > 0.1),
            luck.uniform(0.01, 2, draws),
            quantity,
            reserve,
        )
        batch = clear(*market)
        for draw in range(draws):
            assert same_bits(clear(*column(market, draw)), column(batch, draw))


@examples(30)
@given(tenders(), arrays(WHOLE, 4, DRAWS))
def test_offers_of_nothing_change_nothing(market, asked):
    choke, slope, quantity, reserve = market
    price, award = clear(*market)
    more = clear(choke, slope, np.vstack([np.zeros((4, DRAWS)), quantity]), np.vstack([asked, reserve]))
    assert same_bits(more, (price, np.vstack([np.zeros((4, DRAWS)), award])))


def test_reserves_are_one_price_up_to_the_tie_and_two_beyond_it():
    quantity = one(10, 30)
    for price in (1e-3, 0.7, 100.0, 3e5):
        for share, won in ((0.0, [5, 15]), (0.9, [5, 15]), (-0.9, [5, 15]), (1.1, [10, 10]), (-1.1, [0, 20])):
            # Demand at the price is 20, the dearer offer sets it.
            reserve = one(price * (1.0 - share * 1e-11), price)
            _, award = clear(one(reserve.max() + 20.0 * price)[0], one(price)[0], quantity, reserve)
            np.testing.assert_allclose(award[:, 0], won, rtol=1e-9, atol=1e-9)
    assert TIE == 1e-11


def test_reserves_that_rounding_puts_apart_are_one_price():
    for worth in np.random.default_rng(3).uniform(50.0, 200.0, 200):
        reserve = one(worth + 3.0 - 14.0, worth - 11.0)
        _, award = clear(one(worth + 9.0)[0], one(1.0)[0], one(10.0, 30.0), reserve)
        np.testing.assert_allclose(award[:, 0], [5.0, 15.0], rtol=1e-9)


def test_at_a_price_of_zero_what_is_wanted_is_shared():
    price, award = clear(one(30)[0], one(1)[0], one(20, 40, 0), one(0, 0, 0))
    assert price[0] == 0
    np.testing.assert_allclose(award[:, 0], [10, 20, 0])


def test_too_little_to_move_the_choke_price_is_not_wanted():
    price, award = clear(one(100)[0], one(1)[0], one(1e-20), one(0))
    assert price[0] == 100 and award[0, 0] == 0


@pytest.mark.parametrize("reserve", [0.0, 0.1, 5.0])
def test_an_empty_offer_is_out_of_reach_of_any_choke_price(reserve):
    for choke in (1e-6, 0.1, 1.0, 1e6):
        price, award = clear(one(choke)[0], one(1)[0], one(0, 0), one(reserve, reserve))
        assert price[0] == choke and not award.any()
        price, award = clear(one(choke)[0], one(1)[0], one(0.25 * choke, 0), one(0, reserve))
        assert price[0] == pytest.approx(0.75 * choke) and award[:, 0].tolist() == [0.25 * choke, 0]


@examples(30)
@given(tenders(offers=4))
def test_winners_are_paid_the_clearing_price_or_their_bid(market):
    price, _ = clear(*market)
    reserve = market[3]
    assert same_bits(award_prices(price, reserve, False), np.tile(price, (len(reserve), 1)))
    paid = award_prices(price, reserve, True)
    assert same_bits(paid, reserve) and paid is not reserve
