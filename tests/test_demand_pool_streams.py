"""Demand through a base point, pool accounts, and random streams."""

import numpy as np
import pytest
from conftest import run_market

from sim import pool
from sim.demand import consumer_surplus, linear_demand
from sim.streams import Streams


def test_linear_demand_passes_through_its_base_point_with_its_elasticity():
    choke, slope = linear_demand(np.array([100.0]), np.array([50.0]), 0.8)
    assert choke - slope * 50 == pytest.approx(100)
    # dQ/dP is 1 / slope, so the elasticity there is P / (slope Q).
    assert 100 / (slope * 50) == pytest.approx(0.8)


def test_no_base_quantity_means_no_demand():
    choke, slope = linear_demand(np.array([100.0]), np.array([0.0]), 0.8)
    assert choke[0] == 0 and slope[0] > 0


def test_consumer_surplus_is_the_triangle_under_one_price():
    # P = 100 - Q at P = 60: Q = 40, triangle 40 * 40 / 2.
    assert consumer_surplus(100.0, 1.0, 40.0, 40.0 * 60.0) == 800


def test_initial_payment_rises_but_never_falls_within_a_pool():
    current = np.array([80.0, 80.0])
    assert pool.initial_payment(current, np.array([120.0, 90.0]), 0.8, new_pool=False).tolist() == [96.0, 80.0]
    assert pool.initial_payment(current, np.array([120.0, 90.0]), 0.8, new_pool=True).tolist() == [96.0, 72.0]


def test_outlook_averages_sales_made_with_todays_price_and_is_late():
    # A quarter of the year at 100 realised, 140 today: forecast 130; half of the old outlook of 90 stays.
    assert pool.pool_return_outlook(90.0, 100.0, 140.0, elapsed=0.25, lag=0.5) == 110
    assert pool.pool_return_outlook(90.0, 100.0, 140.0, elapsed=1.0, lag=0.0) == 100


@pytest.mark.parametrize("receipts, final, deficit", [(1000.0, 150.0, 0.0), (700.0, 0.0, 150.0)])
def test_pool_closes_with_a_final_payment_or_a_deficit(receipts, final, deficit):
    paid = pool.close_pool(np.array([receipts]), np.array([50.0]), np.array([800.0]))
    assert [float(x[0]) for x in paid] == [final, deficit]


def test_stream_of_a_draw_is_the_same_in_any_chunk():
    whole = Streams(7, draws=10).normal("yield", "canada", "1980/81", 5)
    for first, count in ((0, 1), (3, 1), (4, 6)):
        assert np.array_equal(
            Streams(7, count, first).normal("yield", "canada", "1980/81", 5), whole[:, first : first + count]
        )


def test_streams_differ_by_seed_purpose_agent_and_year():
    base = Streams(7, 4).uniform("yield", "canada", "1980/81", 4)
    for seed, names in (
        (8, ("yield", "canada", "1980/81")),
        (7, ("corn", "canada", "1980/81")),
        (7, ("yield", "eu", "1980/81")),
        (7, ("yield", "canada", "1981/82")),
    ):
        assert not np.intersect1d(Streams(seed, 4).uniform(*names, 4), base).size


def test_asking_for_more_draws_or_names_in_another_order_moves_nothing():
    streams = Streams(7, 2)
    first = streams.uniform("a", "x", "1980/81", 3)
    streams.uniform("b", "y", "1980/81", 3)
    assert np.array_equal(streams.uniform("a", "x", "1980/81", 3), first)


def test_normal_numbers_are_standard_normal():
    sample = Streams(1, 20000).normal("yield", "canada", "1980/81", 1)[0]
    # 20,000 draws: the mean has standard error 0.007 and the variance 0.01; four of each.
    assert abs(sample.mean()) < 0.028 and abs(sample.var() - 1) < 0.04


@pytest.mark.parametrize("draws, first", [(0, 0), (1, -1)])
def test_impossible_draws_are_refused(draws, first):
    with pytest.raises(ValueError, match="draws must be"):
        Streams(1, draws, first)


def test_a_pool_never_asks_farmers_to_pay():
    receipts, costs = np.array([90.0, 90.0, 90.0, 0.0, 0.5]), np.array([10.0, 90.0, 5000.0, 700.0, 700.0])
    kt = np.array([1.0, 1.0, 1.0, 0.0, pool.EMPTY_POOL_KT / 2])
    current = np.full(5, 100.0)
    realised = pool.realised_return(receipts, costs, kt, current)
    assert realised.tolist() == [80.0, 0.0, 0.0, 100.0, 100.0]  # costs small, equal, large; none sold, next to none
    assert (pool.counted_kt(kt) == [1.0, 1.0, 1.0, 0.0, 0.0]).all()


def test_a_feed_pool_that_runs_nearly_empty_recovers(shipped):
    """A crop of half its size leaves next to no feed for the pool, while buyers are paid for what it cannot ship."""
    sets = ("origins.canada.production_kt.scale=0.5", "calendar.crop_years=8")
    states = run_market(shipped("history"), draws=2, sets=sets).ledger.states
    account = states["pool_kt"].labels.index("cwb:feed")
    kt, costs, initial, final = (
        states[f"pool_{item}"].values[:, account] for item in ("kt", "costs_cad_k", "initial_cad_k", "final_cad_k")
    )
    nearly_empty = kt.min() < 1 and costs.max() > 1000
    assert nearly_empty
    counted = kt > pool.EMPTY_POOL_KT
    returns = (initial + final)[counted] / kt[counted]
    assert returns.min() > 60 and returns.max() < 200
    outlook = states["pool_return_outlook_cad_t"]
    assert outlook.values[:, outlook.labels.index("cwb")].min() > 0
