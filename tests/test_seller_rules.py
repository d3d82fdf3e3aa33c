"""Allocation, beliefs and learning: the rules of sellers against their closed forms."""

import numpy as np
import pytest

from agents.allocation import equalise_marginal_revenue, spread_by_netback
from agents.beliefs import ResidualDemand
from agents.learning import RothErev


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_discriminating_seller_of_a_fixed_quantity():
    # MR 100 - 2q and 80 - 4q, Q = 20: 100 - 2q = 80 - 4(20 - q) gives q = 16.667 and MR = 66.667.
    kt, marginal = equalise_marginal_revenue(column(100, 80), column(1, 2), column(99, 99), np.array([20.0]))
    np.testing.assert_allclose(kt[:, 0], [50 / 3, 10 / 3])
    assert marginal[0] == pytest.approx(200 / 3)


def test_poor_market_is_left_out_and_limits_bind():
    kt, marginal = equalise_marginal_revenue(column(100, 30), column(1, 1), column(99, 99), np.array([20.0]))
    assert kt[:, 0].tolist() == pytest.approx([20, 0]) and marginal[0] == pytest.approx(60)
    kt, _ = equalise_marginal_revenue(column(100, 80), column(1, 2), column(5, 99), np.array([20.0]))
    assert kt[:, 0].tolist() == pytest.approx([5, 15])


def test_marginal_revenue_stops_at_zero():
    kt, marginal = equalise_marginal_revenue(column(100), column(1), column(1e6), np.array([500.0]))
    assert kt[0, 0] == pytest.approx(50) and marginal[0] == pytest.approx(0, abs=1e-6)


def test_split_of_many_draws_is_the_bisected_one_and_that_of_each_draw_alone():
    luck = np.random.default_rng(3)
    intercept, slope = luck.uniform(-30, 200, (9, 400)), luck.uniform(1e-3, 3, (9, 400))
    limit = luck.uniform(0, 150, (9, 400)) * (luck.random((9, 400)) > 0.2)
    quantity = luck.uniform(0, 900, 400) * (luck.random(400) > 0.1)
    kt, marginal = equalise_marginal_revenue(intercept, slope, limit, quantity)
    low, high = np.zeros(400), np.maximum(intercept.max(axis=0), 0.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        too_much = np.clip((intercept - middle) / (2 * slope), 0, limit).sum(axis=0) > quantity
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    np.testing.assert_allclose(marginal, high, rtol=0, atol=1e-9)
    assert (marginal == 0).any() and ((kt == limit) & (limit > 0)).any() and (kt[:, quantity == 0] == 0).all()
    for k in range(400):
        alone = equalise_marginal_revenue(*(x[..., k : k + 1] for x in (intercept, slope, limit, quantity)))
        assert (alone[0][:, 0] == kt[:, k]).all() and alone[1][0] == marginal[k]


def test_price_taker_leans_to_the_better_netback_and_places_everything():
    kt = spread_by_netback(column(100, 110), column(50, 50), np.array([30.0]))
    assert kt.sum() == pytest.approx(30) and kt[1, 0] > kt[0, 0]
    assert spread_by_netback(column(100, 100), column(50, 50), np.array([30.0]))[:, 0].tolist() == pytest.approx(
        [15, 15]
    )


def belief(rule, rivals_response=0.0, own=10.0, price=60.0):
    return ResidualDemand(rule, rivals_response, 0.95, np.array([price]), np.array([own]))


def test_cournot_conjecture_is_the_buyers_slope():
    assert belief("elasticities").slope(np.array([0.5]), np.array([40.0]))[0] == pytest.approx(0.5)


def test_residual_elasticity_is_market_and_rivals_over_own_share():
    # P 60, Q 40, own 10; slope 1.5 is elasticity 60 / (1.5 x 40) = 1; rivals 2 on 30: (1 x 40 + 2 x 30) / 10 = 10.
    held = belief("elasticities", rivals_response=2.0)
    slope = held.slope(np.array([1.5]), np.array([40.0]))
    assert (held.price_cad_t / (slope * held.own_kt))[0] == pytest.approx(10)


def test_last_price_rule_takes_the_price_as_given():
    held = belief("last_price")
    assert held.takes_price


def test_least_squares_finds_the_true_slope():
    held, truth = belief("least_squares", own=10.0, price=80.0), 0.8
    luck = np.random.default_rng(3).normal(10, 2, 400)
    for kt in luck:
        held.update(np.array([88 - truth * kt]), np.array([kt]), np.array([40.0]))
    # The prior (the buyer's slope of 0.4) weighs 4 observations of 4 kt against about 20 remembered ones of 2 kt.
    assert held.slope(np.array([0.4]), np.array([40.0]))[0] == pytest.approx(truth, abs=0.2)


def test_a_tender_without_sales_teaches_nothing():
    held = belief("elasticities")
    held.update(np.array([500.0]), np.array([0.0]), np.array([0.0]))
    assert held.price_cad_t[0] == 60 and held.own_kt[0] == 10


def test_roth_erev_learns_the_better_margin():
    learner = RothErev(np.array([0.0, 1.0, 2.0]), draws=500)
    luck = np.random.default_rng(5)
    for _ in range(200):
        margin = learner.choose(luck.random(500))
        learner.reinforce(margin / 2.0)
    share = learner.propensity[2] / learner.propensity.sum(axis=0)
    assert share.mean() > 0.6
