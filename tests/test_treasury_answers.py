"""What treasuries hold for their rivals, years and lanes: the state a rule leaves behind, in plain numbers."""

import mesa
import numpy as np
import pytest

from agents.bonus_treasury import BonusBid, BonusTreasury, Initiative
from agents.refund_committee import RefundCommittee
from agents.subsidy_treasury import SubsidyTreasury


def kt(*values):
    return np.array(values, dtype=float)


@pytest.fixture
def treasury():
    made = BonusTreasury(mesa.Model(), "home", {"a1": "a", "a2": "a", "b1": "b"}, 2)
    made.initiatives["a1"].review(True, None)
    made.initiatives["a2"].review(True, 30.0)
    made.initiatives["b1"].review(False, 40.0)
    return made


def test_an_allotment_grows_as_the_answer_to_a_rival_does(treasury):
    initiative = Initiative("a", "a", kt(10, 60))
    initiative.review(True, 40.0, kt(1.25, 1.25))
    assert initiative.left_kt.tolist() == [40, 0] and initiative.is_open and initiative.allotted_kt == 40
    assert initiative.charge(kt(15, 5)).tolist() == [15, 0]
    assert initiative.left_kt.tolist() == [25, 0] and initiative.used_kt.tolist() == [25, 60]
    initiative.review(False, 40.0)
    assert initiative.left_kt.tolist() == [0, 0]
    treasury.fund(100.0, 500.0)
    treasury.answers_kt, treasury.answer_kt = kt(20, -150), kt(5, 0)
    assert treasury.answered_share.tolist() == [1.25, 0]


def test_limited_initiatives_come_first_and_closed_ones_not_at_all(treasury):
    assert [each.name for each in treasury.open_initiatives("a")] == ["a2", "a1"]
    assert treasury.open_initiatives("b") == [] and treasury.buyers == ["a", "b"]
    assert (treasury.name, treasury.origin) == ("eep", "home")


def test_answers_add_to_the_year_and_end_with_it(treasury):
    treasury.max_bonus_cad_t = kt(30, 30)
    treasury.answer(kt(10, 20), kt(25, 40))
    assert treasury.max_bonus_cad_t.tolist() == [25, 30]
    for times in (1, 2):
        treasury.fund(100.0, 500.0)
        assert treasury.answers_kt.tolist() == [10 * times, 20 * times]
        assert treasury.tonnage_left_kt.tolist() == [100 + 10 * times, 100 + 20 * times]
    treasury.share_out(kt(0.5, 0.5), kt(1, 0.125), kt(0.25, 0.5), {})
    assert treasury.quota_kt.tolist() == [60 + 10, 25 + 20]  # half of what is left; twice the even share of the year
    assert treasury.money_usd_k.tolist() == [125, 250] and treasury.buyer_quota_kt == {}
    treasury.initiatives["a1"].used_kt, treasury.initiatives["a2"].used_kt = kt(3, 4), kt(5, 6)
    treasury.used_kt = kt(8, 10)
    treasury.open_programme_year({"a2"})
    assert not any(each.any() for each in (treasury.used_kt, treasury.answer_kt, treasury.answers_kt))
    assert treasury.answers_kt.shape == treasury.answer_kt.shape == (2,)
    assert [treasury.initiatives[name].used_kt.tolist() for name in ("a1", "a2")] == [[0, 0], [5, 6]]


@pytest.mark.parametrize("carry, left", [(True, [730.0, 680.0]), (False, [500.0, 500.0])])
def test_money_not_spent_is_carried_where_it_may(treasury, carry, left):
    treasury.fund(100.0, 300.0)
    treasury.cad_per_usd = kt(2, 2)
    treasury.pay("a", kt(7, 12), kt(20, 20))
    assert treasury.money_left_usd_k.tolist() == [230, 180] and treasury.used_usd_k.tolist() == [70, 120]
    assert treasury.spent_cad_k.tolist() == [140, 240] and treasury.shipped_kt.tolist() == [7, 12]
    assert treasury.tonnage_left_kt.tolist() == [93, 88]
    treasury.open_fiscal_year(carry)
    treasury.fund(100.0, 500.0)
    assert treasury.money_left_usd_k.tolist() == left and treasury.used_usd_k.tolist() == [0, 0]


def test_a_bonus_is_dear_beside_a_small_estimate_too(treasury):
    treasury.fund(100.0, 500.0)
    treasury.max_bonus_cad_t, treasury.bonus_tolerance, treasury.price_tolerance = kt(30, 30), 0.5, 0.1
    treasury.share_out(kt(1, 1), kt(1, 1), kt(1, 1), {"a": [1.0, 1.0]})
    bids = [
        BonusBid("a", kt(1, 1), kt(bonus, bonus), kt(100, 100), kt(100, 100), kt(0.4, -1.0)) for bonus in (0.6, 0.7)
    ]
    treasury.decide(bids)
    assert [bid.accepted_kt.tolist() for bid in bids] == [[1, 0], [0, 0]]


def test_a_sale_is_covered_over_a_month(treasury):
    treasury.follow_cash_price(kt(100, 80), 0.25)
    treasury.follow_cash_price(kt(140, 80), 0.25)
    assert treasury.cash_price_cad_t.tolist() == [110, 80]
    treasury.follow_cash_price(kt(90, 60), 3.0)
    assert treasury.cash_price_cad_t.tolist() == [90, 60]


def test_a_marketing_year_begins_with_nothing_shipped_paid_or_answered():
    committee = RefundCommittee(mesa.Model(), "eu", kt(50, 60))
    assert (committee.name, committee.origin) == ("restitution", "eu") and committee.factor.tolist() == [1, 1]
    committee.answer_kt = kt(4, 0)
    assert committee.wanted_kt(100.0, kt(10, 0), 10).tolist() == [13, 10]
    assert committee.answers_kt.tolist() == [4, 0]  # the year's, of the rounds before
    assert committee.wanted_kt(100.0, kt(10, 0), 2).tolist() == [51, 50]
    committee.pay(kt(20, 20), kt(30, -15), kt(1.5, 1.5))
    assert committee.spent_ecu_k.tolist() == [400, -200] and committee.used_kt.tolist() == [20, 20]
    assert committee.money_ecu_k(1.0, kt(100, 0), 5).tolist() == [100, 240]
    committee.open_year(kt(2, 0.5))
    assert not any(each.any() for each in (committee.used_kt, committee.spent_ecu_k, committee.answers_kt))
    assert committee.wanted_kt(100.0, kt(10, 0), 10).tolist() == [23, 5]
    assert committee.shipped_kt.tolist() == [20, 20] and committee.tax_ecu_k.tolist() == [0, 200]
    committee.open_period()
    assert not any(each.any() for each in (committee.shipped_kt, committee.tax_ecu_k, committee.paid_ecu_k))


def test_the_mean_rate_is_over_lanes_and_answers_come_on_top():
    treasury = SubsidyTreasury(mesa.Model(), "home", 2)
    treasury.shift_cad_t = kt(3, 0)
    assert treasury.origin == "home" and treasury.mean_rate_cad_t.tolist() == [3, 0]
    for rates, mean in (({"world": 20.0}, 20), ({"near": 10.0, "far": 2.0, "off": 0.0}, 4)):
        treasury.announce(rates)
        assert treasury.mean_rate_cad_t.tolist() == [mean + 3, mean]
        assert all(treasury.grant_cad_t(name).tolist() == [rate + 3, rate] for name, rate in rates.items())
