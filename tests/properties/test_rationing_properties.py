"""Rationing of bonus bids, and linear demand: what must hold for any of them."""

import numpy as np
import pytest
from drawn import DRAWS, POWERS, arrays, column, draws_of, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from agents.rationing import cheapest_first
from sim.demand import consumer_surplus, linear_demand

USE = st.sampled_from([0.0, 5.0, 20.0]) | numbers(0.01, 100.0)
RATE = st.sampled_from([5.0, 7.0]) | numbers(0.01, 100.0)


@st.composite
def bids(draw):
    """Use and rate of up to seven bids, and a limit."""
    count = draw(st.integers(1, 7))
    limit = st.sampled_from([0.0, 20.0, np.inf]) | numbers(0.0, 400.0)
    return draw(arrays(USE, count, DRAWS)), draw(arrays(RATE, count, DRAWS)), draw(draws_of(limit))


def by_hand(use, rate, limit):
    """Share of each bid, level by level, in plain numbers."""
    shares, left = [1.0] * len(use), limit
    for level in sorted(set(rate)):
        at_it = [n for n in range(len(use)) if rate[n] == level]
        wanted = sum(use[n] for n in at_it)
        for n in at_it:
            shares[n] = 1.0 if wanted <= left else left / wanted
        left = max(left - wanted, 0.0)
    return shares


@examples(70)
@given(bids())
def test_the_cheapest_are_served_first_and_equals_alike(made):
    use, rate, limit = made
    share = cheapest_first(*made)
    for draw in range(DRAWS):
        expected = by_hand(use[:, draw].tolist(), rate[:, draw].tolist(), limit[draw])
        counts = use[:, draw] > 0
        np.testing.assert_allclose(share[counts, draw], np.array(expected)[counts], rtol=1e-9, atol=1e-11)
    assert (share >= 0).all() and (share <= 1).all()
    served = (share * use).sum(axis=0)
    np.testing.assert_allclose(served, np.minimum(use.sum(axis=0), limit), rtol=1e-12, atol=1e-12)


@examples(30)
@given(bids(), POWERS, POWERS, st.data())
def test_units_and_the_order_of_bids_do_not_matter(made, size, money, data):
    use, rate, limit = made
    share = cheapest_first(*made)
    assert same_bits(cheapest_first(use * size, rate * money, limit * size), share)
    order = data.draw(st.permutations(range(len(use))))
    np.testing.assert_allclose(cheapest_first(use[order], rate[order], limit), share[order], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("draws", [2, 64, 130])
def test_a_draw_alone_is_rationed_as_in_a_batch(draws):
    luck = np.random.default_rng(draws)
    use = luck.uniform(0, 9, (9, draws)) * (luck.random((9, draws)) > 0.3)
    made = use, np.round(luck.uniform(0, 9, (9, draws))), luck.uniform(0, 60, draws)
    share = cheapest_first(*made)
    assert (share == 1).all(axis=0).any() and (share < 1).any(axis=0).any()
    for draw in range(draws):
        assert same_bits(cheapest_first(*column(made, draw)), share[:, draw : draw + 1])


def test_a_limit_that_is_met_exactly_is_no_limit_in_any_order_of_adding_up():
    use, rate = np.array([[0.3, 9.0], [0.2, 9.0], [0.1, 9.0]]), np.array([[3.0] * 2, [2.0] * 2, [1.0] * 2])
    share = cheapest_first(use, rate, np.array([0.3 + 0.2 + 0.1, 1.0]))
    assert (share[:, 0] == 1).all() and share[:, 1].tolist() == pytest.approx([0, 0, 1 / 9])


POSITIVE = numbers(0.01, 1000.0)


@examples(40)
@given(draws_of(POSITIVE), draws_of(st.just(0.0) | POSITIVE), numbers(0.05, 5.0), POWERS, POWERS)
def test_linear_demand_has_its_base_point_its_elasticity_and_no_units(price, kt, elasticity, money, tonnes):
    choke, slope = linear_demand(price, kt, elasticity)
    wanted = kt > 0
    assert (choke[~wanted] == 0).all() and (slope[~wanted] == 1).all()
    np.testing.assert_allclose((choke - slope * kt)[wanted], price[wanted], rtol=1e-9)
    step = 1e-3 * price  # a small rise of the price, and the fall of the tonnes that demand makes of it
    fall = (kt - (choke - price - step) / slope)[wanted] / kt[wanted]
    np.testing.assert_allclose(fall, elasticity * 1e-3, rtol=1e-6)
    other_choke, other_slope = linear_demand(price * money, kt * tonnes, elasticity)
    assert same_bits(other_choke[wanted], choke[wanted] * money)
    assert same_bits(other_slope[wanted], slope[wanted] * money / tonnes)


@examples(30)
@given(POSITIVE, numbers(0.01, 5.0), numbers(0.0, 200.0), numbers(0.0, 1e4))
def test_consumers_surplus_is_the_area_under_demand_less_what_was_paid(choke, slope, kt, paid):
    steps = np.linspace(0.0, kt, 101)
    middles = 0.5 * (steps[1:] + steps[:-1])
    area = ((choke - slope * middles) * np.diff(steps)).sum()
    surplus = consumer_surplus(choke, slope, kt, paid)
    assert surplus == pytest.approx(area - paid, rel=1e-9, abs=1e-9 * (choke * kt + slope * kt**2 + paid) + 1e-12)


def test_one_price_serves_several_draws_of_tonnes():
    choke, slope = linear_demand(80.0, np.array([10.0, 0.0, 40.0]), 0.5)
    assert choke.tolist() == [240, 0, 240] and slope.tolist() == [16, 1, 4]
