"""The study's two models: limits, identities, corners, and the desk's optimum found by brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from sim.study import (
    COLUMNS,
    DEFAULT,
    DEMANDS,
    OBJECTIVES,
    STUDY,
    Assumptions,
    InfeasibleSegments,
    Layout,
    Segments,
    describe,
    effects,
    regroup,
    required_marginal_revenue,
    single_desk,
)
from sim.study_prices import clearing_price, demand_kt

PRICE = np.array([140.0, 112, 100, 210, 190, 200, 195, 180, 190])
QUANTITY = np.array([800.0, 100, 3000, 340, 130, 20, 320, 50, 70])
ALL_FORMS = [(objective, demand) for objective in OBJECTIVES for demand in DEMANDS]


def market(draws: int = 3) -> Segments:
    """Nine segments, a little different in every draw."""
    tilt = 1 + 0.01 * np.arange(draws)
    return Segments(PRICE[:, None] * tilt, QUANTITY[:, None] * (2 - tilt), 6000.0 * tilt)


def scaled(segments: Segments, price: float = 1.0, quantity: float = 1.0) -> Segments:
    return Segments(segments.price_cad_t * price, segments.quantity_kt * quantity, segments.domestic_kt * quantity)


def test_marginal_revenue_is_equal_and_as_given():
    segments = market()
    desk = single_desk(segments)
    np.testing.assert_allclose(segments.price_cad_t * (1 - 1 / desk.elasticity), desk.marginal_revenue_cad_t)
    np.testing.assert_allclose(desk.marginal_revenue_cad_t[0], 0.95 * segments.price_cad_t[2])
    np.testing.assert_allclose(desk.elasticity[2], 20)


def test_feed_price_is_the_closed_form_of_the_study():
    segments = market()
    e = single_desk(segments).elasticity
    slope, home = e * segments.quantity_kt / segments.price_cad_t, 0.53 * segments.domestic_kt
    pool = segments.pool_price_cad_t
    less = np.array([0.0] * 3 + [15.0] * 6)[:, None]
    expected = (slope * (segments.price_cad_t - less)).sum(0) + home
    expected = expected / (slope.sum(0) + home / pool)
    found = effects(segments)
    np.testing.assert_allclose(found.feed_level_cad_t, expected, rtol=1e-12)
    np.testing.assert_allclose(found.feed_price_cad_t, expected - pool, rtol=1e-9)


@pytest.mark.parametrize("supply", [0.0, 0.7])
@pytest.mark.parametrize(("objective", "demand"), ALL_FORMS)
def test_revenue_is_prices_times_tonnes_in_both_equilibria(objective, demand, supply):
    segments = market()
    chosen = Assumptions(objective=objective, demand=demand, supply_elasticity=supply)
    found, pool = effects(segments, chosen), segments.pool_price_cad_t
    before = (segments.price_cad_t * segments.quantity_kt).sum(0) + pool * segments.domestic_kt
    over = np.array([0.0] * 3 + [15.0] * 6)[:, None] * np.ones(3)
    asked, e = found.feed_level_cad_t, single_desk(segments, chosen).elasticity
    sold = demand_kt(asked, segments.price_cad_t, segments.quantity_kt, e, over, demand)
    home = demand_kt(asked, pool[None], segments.domestic_kt[None], np.full((1, 3), 0.53), np.zeros((1, 3)), demand)[0]
    after = ((asked + over) * sold).sum(0) + asked * home
    np.testing.assert_allclose(found.producer_revenue_million_cad, (after - before) / 1000, rtol=1e-9)
    grown = sold.sum(0) + home - segments.total_kt
    np.testing.assert_allclose(found.barley_change_kt, grown, atol=1e-8)
    if supply == 0:
        np.testing.assert_allclose(grown, 0, atol=1e-7)
        np.testing.assert_allclose(found.producer_surplus_million_cad, found.producer_revenue_million_cad, atol=1e-6)
    else:
        assert (grown < 0).all()  # the feed price falls here
        levels = np.linspace(0, 1, 4001)[:, None] * (asked - pool) + pool  # area left of the supply curve, by hand
        barley = segments.total_kt
        curve = (
            barley * (1 + supply * (levels / pool - 1)) if demand == "linear" else barley * (levels / pool) ** supply
        )
        gained = np.trapezoid(curve, levels, axis=0)
        premium_part = ((after - asked * (sold.sum(0) + home)) - (before - pool * barley)) / 1000
        np.testing.assert_allclose(found.producer_surplus_million_cad, gained / 1000 + premium_part, rtol=1e-6)


def curves(segments: Segments, e: np.ndarray):
    """Inverse linear demand of every segment, and off-board demand."""
    slope = e * segments.quantity_kt[:, 0] / segments.price_cad_t[:, 0]
    home = 0.53 * segments.domestic_kt[0] / segments.pool_price_cad_t[0]
    return (
        lambda q: segments.price_cad_t[:, 0] - (q - segments.quantity_kt[:, 0]) / slope,
        lambda pool: segments.domestic_kt[0] - home * (pool - segments.pool_price_cad_t[0]),
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_given_allocation_is_what_brute_force_finds(objective):
    segments = market(1)
    e = single_desk(segments, Assumptions(objective=objective)).elasticity[:, 0]
    price, off_board = curves(segments, e)
    given = segments.quantity_kt[:, 0]
    barley, abroad = segments.total_kt[0], np.array(STUDY.abroad)

    def pool(q):
        return (price(q) * q)[:3].sum() / q[:3].sum()

    if objective == "board_sales":  # the board's total is given
        free, gain, used, limit = slice(None), lambda q: (price(q) * q).sum(), lambda q: q.sum(), given.sum()
    elif objective == "export_revenue":
        free, gain = abroad, lambda q: (price(q) * q)[abroad].sum()
        used, limit = (lambda q: q[abroad].sum()), given[abroad].sum()
    else:  # all barley is given, and what stays at home follows the pooled price
        free, gain = slice(None), lambda q: (price(q) * q).sum() + pool(q) * off_board(pool(q))
        used, limit = (lambda q: q.sum() + off_board(pool(q))), barley

    def full(x):
        q = given.copy()
        q[free] = x * given[free]
        return q

    start = np.linspace(0.9, 1.1, len(given[free]))
    found = minimize(
        lambda x: -gain(full(x)) / 1e4, start, method="SLSQP", options={"ftol": 1e-14, "maxiter": 500},
        constraints={"type": "eq", "fun": lambda x: (used(full(x)) - limit) / 1e3},
    )  # fmt: skip
    assert found.success
    np.testing.assert_allclose(full(found.x), given, rtol=2e-3)
    assert gain(full(found.x)) == pytest.approx(gain(given), rel=1e-9)


def test_price_takers_everywhere_leave_nothing_to_lose():
    segments = market()
    flat = Segments(np.where(np.array(STUDY.grades)[:, None] == "feed", 100.0, 115.0) * np.ones(3), *_tonnes(segments))
    found = effects(flat, Assumptions(reference_elasticity=1e6))
    np.testing.assert_allclose(found.columns(), 0, atol=1e-5)


def _tonnes(segments: Segments):
    return segments.quantity_kt, segments.domestic_kt


def test_equal_prices_leave_equal_prices():
    """Feed at one price and malting at the premium already: taking the desk away moves nothing, at any elasticity."""
    prices = np.where(np.array(STUDY.grades)[:, None] == "feed", 100.0, 115.0) * np.ones(3)
    for demand in DEMANDS:
        found = effects(Segments(prices, *_tonnes(market())), Assumptions(demand=demand))
        np.testing.assert_allclose(found.columns(), 0, atol=1e-9)


def test_a_reference_that_takes_the_price_sets_it():
    segments = market()
    found = effects(segments, Assumptions(reference_elasticity=1e9))
    np.testing.assert_allclose(found.feed_level_cad_t, segments.price_cad_t[2], rtol=1e-6)


def test_one_feed_market_and_no_malting_has_nothing_to_discriminate():
    layout = Layout(("offshore_feed", "six", "two"), ("feed", "six_row", "two_row"), (True,) * 3, "offshore_feed")
    quantity = np.array([[3000.0], [1e-9], [1e-9]])
    found = effects(Segments(np.array([[100.0], [115.0], [115.0]]), quantity, np.array([6000.0]), layout))
    np.testing.assert_allclose(found.columns(), 0, atol=1e-9)


@pytest.mark.parametrize(("objective", "demand"), ALL_FORMS)
def test_effects_scale_with_the_currency_and_with_the_tonne(objective, demand):
    chosen = Assumptions(objective=objective, demand=demand, supply_elasticity=0.3)
    base = effects(market(), chosen).columns()
    dear = effects(scaled(market(), price=2), replace(chosen, malting_premium_cad_t=30.0)).columns()
    np.testing.assert_allclose(dear, 2 * base, rtol=1e-8)
    large = effects(scaled(market(), quantity=2), chosen).columns()
    np.testing.assert_allclose(large[:3], base[:3], rtol=1e-8)
    np.testing.assert_allclose(large[3], 2 * base[3], rtol=1e-8)


@pytest.mark.parametrize(("objective", "demand"), ALL_FORMS)
def test_a_draw_alone_has_the_bits_it_has_in_an_ensemble(objective, demand):
    many, chosen = market(97), Assumptions(objective=objective, demand=demand, supply_elasticity=0.3)
    whole = effects(many, chosen).columns()
    for k in (0, 41, 96):
        one = Segments(many.price_cad_t[:, [k]], many.quantity_kt[:, [k]], many.domestic_kt[[k]])
        np.testing.assert_array_equal(effects(one, chosen).columns()[:, 0], whole[:, k])


def test_assumptions_may_differ_by_draw():
    segments, e = market(), np.array([10.0, 20.0, 30.0])
    together = effects(segments, Assumptions(reference_elasticity=e)).columns()
    for k in range(3):
        alone = effects(segments, Assumptions(reference_elasticity=e[k])).columns()
        np.testing.assert_array_equal(together[:, k], alone[:, k])


def test_linear_demand_ends_at_zero():
    """Two markets, one priced out: the other takes everything; the closed form would sell a negative tonnage."""
    price, quantity = np.array([[100.0], [90.0]]), np.array([[1000.0], [100.0]])
    e, over, zero = np.array([[1.0], [30.0]]), np.array([[0.0], [15.0]]), np.zeros(1)
    found = clearing_price(price, quantity, e, over, np.array([100.0]), zero)
    np.testing.assert_allclose(found, 90.0)  # 1000 + 10 (100 - P) = 1100
    np.testing.assert_allclose(demand_kt(found, price, quantity, e, over)[:, 0], [1100, 0])


def test_clearing_clears_at_random_corners():
    rng = np.random.default_rng(3)
    price, quantity = rng.uniform(60, 200, (10, 400)), rng.uniform(1, 3000, (10, 400))
    e, over = rng.uniform(0.3, 80, (10, 400)), rng.uniform(0, 60, (10, 400))
    pool, supply = rng.uniform(80, 120, 400), rng.uniform(0, 1, 400)
    found = clearing_price(price, quantity, e, over, pool, supply)
    sold = demand_kt(found, price, quantity, e, over)
    assert (sold == 0).any() and (sold >= 0).all()
    grown = quantity.sum(0) * (1 + supply * (found / pool - 1))
    np.testing.assert_allclose(sold.sum(0), grown, rtol=1e-9)


def test_infeasible_segments_are_named_not_passed_over():
    segments = market()
    segments.price_cad_t[0, 0] = 94.0
    with pytest.raises(InfeasibleSegments, match=r"japan_feed: C\$94\.00/t .* C\$95\.00/t .* in 1 of 3 cases"):
        effects(segments)
    marked = effects(segments, strict=False)
    assert marked.infeasible.tolist() == [True, False, False]
    assert np.isnan(marked.columns()[:, 0]).all() and np.isfinite(marked.columns()[:, 1:]).all()
    np.testing.assert_array_equal(marked.columns()[:, 1:], effects(market()).columns()[:, 1:])
    desk, required = single_desk(segments, strict=False), required_marginal_revenue(segments)
    years = [f"{year}" for year in (1990, 1991, 1992)]
    parts = (each[..., None] for each in (desk.infeasible, segments.price_cad_t, required))
    (line,) = describe(*parts, segments.layout, years)
    assert line.startswith("1990 japan_feed: C$94.00/t")


def test_export_revenue_says_nothing_about_canadian_maltsters():
    desk = single_desk(market(), Assumptions(objective="export_revenue"))
    home = ~np.array(STUDY.abroad)
    assert (desk.elasticity[home] == 0.53).all() and np.isnan(desk.marginal_revenue_cad_t[home]).all()


@pytest.mark.parametrize(
    "wrong", [{"demand": "log"}, {"objective": "welfare"}, {"reference_elasticity": 1.0}, {"domestic_elasticity": 0.0}]
)
def test_assumptions_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        Assumptions(**wrong)


def test_regrouping_keeps_tonnes_and_receipts_of_feed():
    before = market()
    after = regroup(before)
    assert after.layout.names[:3] == ("premium_feed", "united_states_feed", "rest_feed")
    np.testing.assert_allclose(after.kt("feed"), before.kt("feed"))
    np.testing.assert_allclose(after.pool_price_cad_t, before.pool_price_cad_t)
    np.testing.assert_allclose(after.price_cad_t[0], before.price_cad_t[0] + 15)
    np.testing.assert_array_equal(after.quantity_kt[0], 500)
    offshore = (after.price_cad_t[0] * 500 + (after.price_cad_t[2] * after.quantity_kt[2])) - (
        before.price_cad_t[0] * before.quantity_kt[0]
    )
    np.testing.assert_allclose(offshore, before.price_cad_t[2] * before.quantity_kt[2])
    np.testing.assert_allclose(single_desk(after).elasticity[2], DEFAULT.reference_elasticity)
    assert before.layout is STUDY and (before.quantity_kt[0] == market().quantity_kt[0]).all()


def test_regrouping_needs_the_tonnes():
    with pytest.raises(ValueError, match="offshore_feed has only"):
        regroup(market(), region_kt=5000)


def test_columns_are_those_of_the_published_table():
    found = effects(market())
    assert found.columns().shape == (len(COLUMNS), 3)
    np.testing.assert_array_equal(found.columns()[0], found.feed_price_cad_t)
