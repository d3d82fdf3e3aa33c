"""Growers' channels, the size of a market, ties between limits and the emptiest pool, worked out by hand."""

import mesa
import numpy as np
import pytest
from test_agents import kt, tender

from agents.allocation import equalise_marginal_revenue, netback_weights, spread_by_netback
from agents.farmers import GrowerGroup
from sim import pool

EMPTY = (
    "stock_kt", "free_kt", "release_kt", "contract_kt", "contract_quality", "signed_kt", "pool_share", "kept_share",
    "refused_kt", "pooled_kt", "to_merchants_kt", "gap_cad_t", "malting_gap_cad_t", "merchant_share", "expected_cad_t",
    "normal_cad_t", "planned_kt",
)  # fmt: skip


def growers(stock=100.0):
    group = GrowerGroup(mesa.Model(), "near", "home", 5.0, 1)
    group.stock_kt = kt(stock)
    return group


def test_growers_start_with_nothing_and_offer_all_their_malting_quality():
    group = GrowerGroup(mesa.Model(), "near", "home", 5.0, 3)
    for name in EMPTY:
        values = getattr(group, name)
        assert values.dtype == float and values.tolist() == [0, 0, 0], name
    assert group.malting_offered.tolist() == [1, 1, 1]
    assert (group.name, group.origin, group.inertia_cad_t) == ("near", "home", 5.0)
    assert group.haul_cad_t == 0 and group.heard_cad_t is None


def test_malting_quality_is_offered_as_the_premium_pays_for_the_trouble():
    group = growers()
    for premium, cost, offered in ((0.3, 0.5, 0.6), (6, 4, 1), (-1, 4, 0), (1, 0, 1)):
        group.offer_malting(kt(premium), cost)
        assert group.malting_offered[0] == pytest.approx(offered)


def test_a_call_reaches_no_grain_that_goes_to_merchants():
    group = growers(stock=50)
    group.contract_kt, group.signed_kt, group.merchant_share, group.free_kt = kt(40), kt(60), kt(0.5), kt(100)
    called, board, merchants = group.deliver(1.0, to_merchants=True, to_board=True, months=1.0)
    # 20 to merchants; of the 30 left all are called; 20 are at hand, and a tenth of 100 is made up from store.
    assert (called[0], board[0], merchants[0]) == (30, 30, 20)
    assert group.stock_kt[0] == 0 and group.contract_kt[0] == 0 and group.refused_kt[0] == 0


def test_the_size_of_a_market_follows_its_base_and_its_last_result():
    made = tender(base=40)
    assert made.size_kt[0] == 40
    made.base_kt = kt(100)
    assert made.size_kt[0] == 50
    made.last_total_kt = kt(70)
    assert made.size_kt[0] == 70
    made.base_kt, made.last_total_kt = kt(0), kt(0)
    assert made.size_kt[0] == 1e-3


def test_markets_equally_far_beyond_their_limits_are_settled_one_side_first():
    # At the first marginal revenue, 65, one market is 7.5 kt over what it takes and the other 7.5 kt below nothing.
    split, marginal = equalise_marginal_revenue(kt(100, 50)[:, None], kt(1, 1)[:, None], kt(10, 90)[:, None], kt(10))
    assert split[:, 0].tolist() == [10, 0] and marginal[0] == 80


def test_a_pool_that_sold_a_tonne_has_no_return_of_its_own_yet():
    assert pool.counted_kt(kt(0, 1e-3, 1.05e-3, 2)).tolist() == [0, 0, 1.05e-3, 2]
    returns = pool.realised_return(kt(0.5, 0.5), kt(0.1, 0.1), kt(1e-3, 2e-3), kt(90, 90))
    np.testing.assert_allclose(returns, [90, 200])


def test_what_an_agency_or_a_cash_bid_takes_leaves_the_store():
    group = growers(stock=100)
    group.planned_kt = kt(30)
    assert group.sell_to_agency(kt(12))[0] == 18 and group.stock_kt[0] == 82
    group.refused_kt = kt(40)
    # Feeders pay C$10 more: of growers with an inertia of 5 half would still sell.
    assert group.sell_for_cash(kt(90), kt(100))[0] == 20 and group.stock_kt[0] == 62


def test_a_market_that_is_not_served_is_no_room():
    split, marginal = equalise_marginal_revenue(kt(100, 0)[:, None], kt(1, 1)[:, None], kt(10, 90)[:, None], kt(10))
    assert split[:, 0].tolist() == [10, 0] and marginal[0] == 0


def test_growers_sell_no_more_than_they_have():
    group = growers(stock=30)
    group.sell(kt(20), kt(4))
    assert group.stock_kt[0] == 6
    group.sell(kt(5), kt(3))
    assert group.stock_kt[0] == 0


def test_a_market_is_full_only_when_it_is_so_without_those_that_get_nothing():
    # At first 60.4: the first market is 9.8 kt over its limit, the other two together 10.4 kt below nothing.
    intercept, limit = kt(100, 50, 50)[:, None], kt(10, 90, 90)[:, None]
    split, marginal = equalise_marginal_revenue(intercept, np.ones((3, 1)), limit, kt(9.4))
    assert split[:, 0].tolist() == pytest.approx([9.4, 0, 0]) and marginal[0] == pytest.approx(81.2)


def test_demand_that_had_no_base_moves_the_price_at_the_tonnes_last_bought():
    made = tender(base=0)
    made.last_total_kt = kt(40)
    made.publish(kt(100), kt(50), kt(230), kt(1))
    assert made.usual_price_cad_t[0] == 130


def test_remembered_prices_go_along_with_the_exchange_rate():
    group = growers()
    group.expected_cad_t, group.normal_cad_t = kt(100), kt(90)
    group.revalue(kt(1.1))
    assert group.heard_cad_t is None
    group.heard_cad_t = kt(80)
    group.revalue(kt(2))
    values = group.expected_cad_t, group.normal_cad_t, group.heard_cad_t
    assert [each[0] for each in values] == pytest.approx([220, 198, 160])


def test_growers_without_a_board_are_called_nothing():
    group = growers(stock=50)
    group.contract_kt, group.signed_kt = kt(40), kt(60)
    assert [each[0] for each in group.deliver(1.0, to_merchants=True, to_board=False)] == [0, 0, 40]
    assert group.stock_kt[0] == 10 and group.refused_kt[0] == 0


def test_markets_of_half_a_tonne_and_half_a_dollar_are_markets():
    sizes = kt(0.2, 0.2)[:, None]
    assert spread_by_netback(kt(10, 10)[:, None], sizes, kt(6))[:, 0].tolist() == pytest.approx([3, 3])
    weight, whole = netback_weights(kt(9, 11)[:, None], sizes)
    assert weight[:, 0].tolist() == pytest.approx([0.1, 0.3]) and whole[0] == pytest.approx(0.4)
    split, marginal = equalise_marginal_revenue(kt(0.5)[:, None], kt(0.1)[:, None], kt(10)[:, None], kt(1))
    assert split[0, 0] == pytest.approx(1) and marginal[0] == pytest.approx(0.3)
