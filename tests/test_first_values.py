"""What agents hold before anything has happened, and where rounding may not decide: worked out by hand."""

import mesa
import numpy as np
import pytest

from agents.allocation import netback_weights
from agents.beliefs import ResidualDemand
from agents.board import MarketingBoard, PoolAccount
from agents.farmers import GrowerGroup
from agents.learning import RothErev
from agents.stock_desk import StockDesk
from agents.terms import Seat, Tender
from sim import pool
from sim.tender import clear, clearing_price

DRAWS = 2


def both(value):
    """The same number in each draw."""
    return np.full(DRAWS, float(value))


def is_numbers(values, expected):
    """Whether values are floating-point numbers, one for each draw, all as expected."""
    values = np.asarray(values)
    return values.dtype == float and values.shape == (DRAWS,) and (values == expected).all()


# --- the tender


def test_without_offers_the_price_is_the_choke_price_as_a_number_of_its_own():
    choke = np.array([100, 0])
    price = clearing_price(choke, both(1), np.zeros((0, DRAWS)), np.zeros((0, DRAWS)))
    assert price.dtype == float and price.tolist() == [100.0, 0.0]
    price[0] = 1.0
    assert choke[0] == 100


def test_rounding_awards_nobody_more_than_was_offered():
    # Demand is met by all tonnes just at the reserve price of two offers; divided out, their share is 1 + 7e-16.
    quantity, reserve = np.array([[9.3], [19.3], [19.0]]), np.array([[0.0], [52.056], [52.056]])
    price, award = clear(np.array([61.1]), np.array([0.19]), quantity, reserve)
    assert price[0] == pytest.approx(52.056) and award[:, 0].tolist() == [9.3, 19.3, 19.0]


# --- beliefs and learning


def test_a_belief_is_in_numbers_from_the_start():
    learner = ResidualDemand("least_squares", 0.0, 0.95, both(100), both(10))
    assert is_numbers(learner.slope(both(0.5), both(40)), 0.5)
    assert is_numbers(learner.revenue_line(both(0.5), both(40), 3, both(9))[1], 0.5)


def test_elasticities_are_believed_to_the_last_bit_also_of_a_buyer_of_nothing():
    learner = ResidualDemand("elasticities", 0.3, 0.95, np.array([90.7, 90.7]), np.array([3.3, 0.0]))
    slope, total = np.array([0.37, 0.37]), np.array([40.1, 0.0])
    assert learner.slope(slope, total).tolist() == learner.prior_slope(slope, total).tolist()


def test_choices_may_be_given_as_whole_numbers():
    learner = RothErev([0, 1, 2], 1)
    chosen = learner.choose(np.array([0.9]))
    assert learner.choices.dtype == chosen.dtype == float and chosen.tolist() == [2.0]


# --- boards and pools


def board(initial_share=0.8):
    pools = {name: PoolAccount(both(100), initial_share) for name in pool.POOLS}
    return MarketingBoard(mesa.Model(), "board", StockDesk("home", DRAWS), pools, pool)


def test_a_new_board_calls_everything_and_owes_nothing():
    made = board()
    assert made.outlook_published is False
    assert is_numbers(made.called, 1.0)
    assert is_numbers(made.cost_cad_k, 0.0) and is_numbers(made.usual_sales_kt, 0.0)
    made.announce(0.8, 0.5, 0.0, True, True, 0.0)
    assert is_numbers(made.cost_cad_k, 0.0)


def test_a_new_pool_has_a_price_and_no_news_and_no_tonnes():
    account = PoolAccount(both(100), 0.8)
    for values in (account.news_now_cad_t, account.news_cad_t, account.kt, account.receipts_cad_k, account.costs_cad_k):
        assert is_numbers(values, 0.0)
    for values in (account.outlook_cad_t, account.current_cad_t, account.asking_cad_t):
        assert is_numbers(values, 100.0)
    assert is_numbers(account.initial_cad_t, 80.0)


# --- growers


def growers():
    return GrowerGroup(mesa.Model(), "near", "home", 5.0, DRAWS)


def test_a_crop_before_any_price_is_the_crop_as_it_is():
    group = growers()
    assert group.harvest(both(50), 0.6).tolist() == [50.0, 50.0]
    assert group.seats == [] and group.captive_share == 0.5


def test_growers_contract_what_they_released_and_did_not_sell_by_the_month():
    group = growers()
    group.stock_kt, group.release_kt = both(100), both(40)
    group.contract(both(10), 0.3)
    assert group.contract_kt.tolist() == [30, 30] and group.contract_quality.tolist() == [0.4, 0.4]
    assert group.pool_share.tolist() == pytest.approx([0.2 * 0.75] * 2)  # a fifth of the way in a month


# --- tenders and markets


def test_a_tender_starts_with_an_empty_table_and_no_result():
    made = Tender("a", "b", "importer", "m", "r", "c", "feed", "feed", 0.0, [Seat("s", "board", "home")] * 3, DRAWS)
    for name in (
        "quantity_kt",
        "award_kt",
        "freight_cad_t",
        "grant_cad_t",
        "reserve_cad_t",
        "subsidy_cad_t",
        "landed_cad_t",
    ):
        values = getattr(made, name)
        assert values.shape == (3, DRAWS) and values.dtype == float and not values.any()
    for name in ("schedule", "choke", "base_price", "last_price", "usual_price"):
        assert is_numbers(getattr(made, f"{name}_cad_t"), 0.0)
    for values in (made.last_total_kt, made.base_kt, made.schedule_kt):
        assert is_numbers(values, 0.0)
    assert is_numbers(made.slope_cad_t_kt, 1.0) and made.sellers == 3
    assert (made.spacing, made.is_open, made.is_home) == (1.0, False, False)


def test_price_takers_lean_by_the_mean_netback_as_soon_as_it_is_above_a_dollar():
    weight, whole = netback_weights(np.array([[1.4], [1.6]]), np.array([[10.0], [10.0]]))
    assert weight[:, 0].tolist() == pytest.approx([10 * (1 - 5 / 15), 10 * (1 + 5 / 15)]) and whole[0] == pytest.approx(
        20
    )
