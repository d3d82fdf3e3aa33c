"""The tender: worked examples; what must hold for any offers is in properties/test_tender_properties.py."""

import numpy as np
import pytest

from sim.tender import award_prices, clear, clearing_price


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


def test_prices_and_tonnes_next_to_nothing_are_nothing():
    # Products of them underflow; every floating-point fault is an error here, and these are none.
    price, award = clear(one(1e-300)[0], one(1)[0], one(0, 1e-301), one(1e-305, 0))
    assert price[0] == pytest.approx(9e-301, rel=1e-9) and award.sum() == pytest.approx(1e-301)
    assert clearing_price(one(100)[0], one(1e-10)[0], one(1e-300), one(0))[0] == 100
