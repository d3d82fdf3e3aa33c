"""Splitting a quantity over markets: conditions of an optimum, an optimiser beside it, and what may not matter."""

import numpy as np
import pytest
from drawn import DRAWS, POWERS, arrays, column, draws_of, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, brentq, minimize

from agents.allocation import equalise_marginal_revenue, netback_weights, spread_by_netback

NET = st.sampled_from([0.0, 80.0]) | numbers(-50.0, 300.0)
LIMIT = st.sampled_from([0.0, 40.0]) | numbers(0.01, 500.0)
STOCK = st.sampled_from([0.0, 40.0]) | numbers(0.01, 2000.0)


@st.composite
def markets(draw, most=6, draws=DRAWS):
    """Net choke prices, slopes, limits and a quantity to place."""
    count = draw(st.integers(1, most))
    return (
        draw(arrays(NET, count, draws)),
        draw(arrays(numbers(0.01, 5.0), count, draws)),
        draw(arrays(LIMIT, count, draws)),
        draw(draws_of(STOCK, draws)),
    )


def common_margin(intercept, slope, limit, quantity):
    """Marginal revenue at which the markets together take the quantity, by a root finder; zero where they take less."""

    def left_over(margin):
        return np.clip((intercept - margin) / (2 * slope), 0, limit).sum() - quantity

    top = max(intercept.max(), 0.0)
    return 0.0 if left_over(0.0) <= 0 else brentq(left_over, 0.0, top, xtol=1e-13, rtol=1e-14)


@examples(70)
@given(markets())
def test_marginal_revenue_is_equal_or_a_bound_holds(made):
    intercept, slope, limit, quantity = made
    kt, margin = equalise_marginal_revenue(*made)
    assert (kt >= 0).all() and (kt <= limit).all() and (margin >= 0).all()
    revenue = intercept - 2 * slope * kt
    close, small = 1e-9 * 300, 1e-9
    placing = quantity > 0
    inside = (kt > small) & (kt < limit - small) & placing
    assert np.abs(np.where(inside, revenue - margin, 0.0)).max() < close
    assert (np.where((kt < limit - small) & placing, revenue - margin, -1.0) < close).all()  # room, so not worth more
    # A market with grain in it brings at least the margin.
    assert (np.where((kt > small) & placing, revenue - margin, 1.0) > -close).all()
    sold = kt.sum(axis=0)
    assert (sold <= quantity * (1 + 1e-12) + 1e-9).all()
    np.testing.assert_allclose(np.where(margin > 0, sold, 0), np.where((margin > 0) & placing, quantity, 0), atol=1e-8)
    for draw in np.flatnonzero(placing):
        expected = common_margin(intercept[:, draw], slope[:, draw], limit[:, draw], quantity[draw])
        split = np.clip((intercept[:, draw] - expected) / (2 * slope[:, draw]), 0, limit[:, draw])
        np.testing.assert_allclose(kt[:, draw], split, rtol=1e-7, atol=1e-7)
        # Where the margin may lie anywhere between a full market and one left out, its own split is still this one.
        own = np.clip((intercept[:, draw] - margin[draw]) / (2 * slope[:, draw]), 0, limit[:, draw])
        np.testing.assert_allclose(own, split, rtol=1e-7, atol=1e-7)


@examples(25)
@given(markets(most=4, draws=1))
def test_no_optimiser_finds_more_revenue(made):
    intercept, slope, limit, quantity = (values[..., 0] for values in made)

    def revenue(kt):
        return float((intercept * kt - slope * kt**2).sum())

    kt, _ = equalise_marginal_revenue(*made)
    found = minimize(
        lambda x: -revenue(x),
        np.minimum(limit, quantity / len(limit)),
        jac=lambda x: 2 * slope * x - intercept,
        method="SLSQP",
        bounds=Bounds(0.0, limit),
        constraints=LinearConstraint(np.ones(len(limit)), -np.inf, quantity),
        options={"maxiter": 200, "ftol": 1e-10},
    )
    best = max(revenue(found.x), 0.0) if found.success and found.x.sum() <= quantity * (1 + 1e-9) else 0.0
    assert revenue(kt[:, 0]) >= best * (1 - 1e-6) - 1e-6


@examples(30)
@given(markets(), numbers(0.0, 500.0))
def test_more_stock_is_sold_everywhere_at_a_lower_margin(made, more):
    kt, margin = equalise_marginal_revenue(*made)
    with_more, lower = equalise_marginal_revenue(*made[:3], made[3] + more)
    assert (with_more >= kt - 1e-9).all() and (lower <= margin + 1e-9).all()


@examples(30)
@given(markets(), st.randoms(use_true_random=False), POWERS, POWERS)
def test_order_of_markets_and_units_do_not_matter(made, random, money, tonnes):
    intercept, slope, limit, quantity = made
    kt, margin = equalise_marginal_revenue(*made)
    scaled = equalise_marginal_revenue(intercept * money, slope * money / tonnes, limit * tonnes, quantity * tonnes)
    assert same_bits(scaled, (kt * tonnes, margin * money))
    order = list(range(len(intercept)))
    random.shuffle(order)
    shuffled = equalise_marginal_revenue(intercept[order], slope[order], limit[order], quantity)
    np.testing.assert_allclose(shuffled[0], kt[order], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(shuffled[1], margin, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("draws", [2, 64, 130])
def test_a_draw_alone_is_split_as_in_a_batch(draws):
    luck = np.random.default_rng(draws)
    made = (
        luck.uniform(-30, 200, (9, draws)),
        luck.uniform(1e-3, 3, (9, draws)),
        luck.uniform(0, 150, (9, draws)) * (luck.random((9, draws)) > 0.2),
        luck.uniform(0, 1200, draws) * (luck.random(draws) > 0.1),
    )
    batch = equalise_marginal_revenue(*made)
    spread = spread_by_netback(made[0] + 40, made[2], made[3])
    for draw in range(draws):
        assert same_bits(equalise_marginal_revenue(*column(made, draw)), column(batch, draw))
        alone = spread_by_netback(made[0][:, [draw]] + 40, made[2][:, [draw]], made[3][[draw]])
        assert same_bits(alone, spread[:, [draw]])


def test_with_nothing_to_place_the_margin_is_the_best_market_that_could_be_served():
    none = np.zeros(3)
    intercept = np.array([[90.0, -5.0, 90.0], [70.0, -9.0, 70.0]])
    limit = np.array([[10.0, 10.0, 0.0], [10.0, 10.0, 10.0]])
    kt, margin = equalise_marginal_revenue(intercept, np.ones((2, 3)), limit, none)
    assert not kt.any() and margin.tolist() == [90, 0, 70]
    kt, margin = equalise_marginal_revenue(intercept, np.ones((2, 3)), limit, np.array([0.0, 0.0, 8.0]))
    assert margin.tolist() == [90, 0, 54] and kt[:, 2].tolist() == [0, 8] and not kt[:, :2].any()


def test_who_can_fill_every_market_values_one_more_tonne_at_nothing():
    for quantity in (20.0, 25.0):
        kt, margin = equalise_marginal_revenue(
            np.array([[90.0], [70.0]]), np.ones((2, 1)), np.full((2, 1), 10.0), np.array([quantity])
        )
        assert kt[:, 0].tolist() == [10, 10] and margin[0] == 0


@examples(50)
@given(arrays(numbers(1.5, 300.0), 4, DRAWS), arrays(LIMIT, 4, DRAWS), draws_of(STOCK), numbers(0.0, 20.0))
def test_price_takers_lean_to_the_better_netback(netback, size, quantity, keenness):
    weight, whole = netback_weights(netback, size, keenness)
    for draw in range(DRAWS):
        base = sum(size[:, draw])
        mean = sum(n * s for n, s in zip(netback[:, draw], size[:, draw], strict=True)) / base if base else 1.0
        lean = [min(max(1 + keenness * (n / max(mean, 1.0) - 1), 0), 3) for n in netback[:, draw]]
        expected = [s * x for s, x in zip(size[:, draw], lean, strict=True)]
        np.testing.assert_allclose(weight[:, draw], expected, rtol=1e-9, atol=1e-9)
        assert whole[draw] == pytest.approx(sum(expected), rel=1e-9, abs=1e-9)
    assert same_bits(netback_weights(netback, size)[0], netback_weights(netback, size, 5.0)[0])
    kt, (usual, sum_usual) = spread_by_netback(netback, size, quantity), netback_weights(netback, size)
    np.testing.assert_allclose(kt * np.where(sum_usual > 0, sum_usual, 1.0), quantity * usual, rtol=1e-12)
    np.testing.assert_allclose(kt.sum(axis=0), np.where(sum_usual > 0, quantity, 0.0), rtol=1e-9, atol=1e-12)


def test_netbacks_near_zero_are_not_blown_up():
    # Against a mean of 0.5 the better market would count double; against C$1 its lean is 1 + 5 (0.9 - 1).
    weight, _ = netback_weights(np.array([[0.9], [0.1]]), np.array([[1.0], [1.0]]))
    assert weight[:, 0].tolist() == pytest.approx([0.5, 0.0])
    weight, whole = netback_weights(np.array([[9.0], [1.0]]), np.zeros((2, 1)))
    assert not weight.any() and whole[0] == 0
    assert not spread_by_netback(np.array([[9.0]]), np.zeros((1, 1)), np.array([5.0])).any()
