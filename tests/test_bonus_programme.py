"""The bonus programme: initiatives, budget by fiscal year, review of bids, pace."""

import mesa
import numpy as np
import pytest
from conftest import run_market

from agents.bonus_treasury import CATCH_UP, BonusBid, BonusTreasury
from sim.measures import bonus_programme

TINY = "tests/scenarios/tiny.yaml"
# A dear way to port, so that every sale needs a bonus, and a treasury that refuses none.
NEEDED = ("origins.united_states.fob_cost_usd_t=80", "eep.max_bonus_usd_t=500", "eep.bonus_tolerance=10")
ON = ("eep.enabled=true", "events=[]", "eep.budget_usd_million=1000", *NEEDED)
CALM = tuple(f"shocks.{name}_sd=0" for name in ("yield", "demand", "corn", "exchange", "freight"))


def kt(value):
    return np.array([float(value)])


def treasury(tonnage=100.0, money=1e6, quotas=None):
    """A treasury with all of its tonnage and money (thousand US$) due today, for buyers a and b."""
    made = BonusTreasury(mesa.Model(), "home", {"a": "a", "b": "b"}, 1)
    for name, each in made.initiatives.items():
        each.review(True, (quotas or {}).get(name))
    made.max_bonus_cad_t, made.price_tolerance, made.bonus_tolerance = kt(40), 0.1, 0.5
    made.fund(tonnage, money)
    made.share_out(kt(1), kt(1), kt(1), {"a": [1.0], "b": [1.0]})
    return made


def bid(tonnes=10.0, bonus=20.0, sale=95.0, going=100.0, estimate=20.0, buyer="a"):
    return BonusBid(buyer, kt(tonnes), kt(bonus), kt(sale), kt(going), kt(estimate))


def accepted(made, *bids):
    made.decide(bids)
    return [each.accepted_kt[0] for each in bids]


def run(*sets, periods=24, draws=1):
    return run_market(TINY, draws=draws, periods=periods, sets=(*ON, *CALM, *sets))


def shipped(market, periods=slice(None)):
    return market.ledger.state("programme_kt", "eep")[periods, 0]


# --- the review of bids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, expected",
    [
        ({}, 10),
        ({"sale": 90.0}, 10),  # on the edge of the price tolerance
        ({"sale": 89.9}, 0),  # disruptive, whatever the bonus
        ({"bonus": 30.0}, 10),  # on the edge of what the treasury reckons is needed
        ({"bonus": 30.1}, 0),  # too dear, whatever the price
        ({"bonus": 41.0, "estimate": 100.0}, 0),  # above the ceiling
        ({"estimate": -5.0}, 0),  # the market pays the cost: no bonus is needed
        ({"buyer": "c"}, 0),  # no initiative
    ],
)
def test_a_bid_is_reviewed_on_price_and_on_bonus(change, expected):
    assert accepted(treasury(), bid(**change)) == [expected]


def test_the_cheapest_bonus_comes_first_and_ties_share():
    bids = [bid(60, 25), bid(60, 20), bid(30, 25)]
    assert accepted(treasury(tonnage=90), *bids) == pytest.approx([20, 60, 10])
    # Money for 60 kt at 20 and 24 kt at 25.
    assert accepted(treasury(money=60 * 20 + 24 * 25), *bids) == pytest.approx([16, 60, 8])


def test_an_exhausted_initiative_does_not_spill_over():
    first, second = bid(50, 10), bid(50, 20, buyer="b")
    assert accepted(treasury(quotas={"a": 30.0, "b": 40.0}), first, second) == [30, 40]
    # Without an allotment of its own a buyer may take what the programme has left.
    assert accepted(treasury(tonnage=75, quotas={"a": 30.0}), first, second) == [30, 45]


def test_what_is_left_is_never_negative_and_allotments_are_charged_first():
    made = treasury(tonnage=50, money=400, quotas={"a": 30.0})
    made.pay("a", kt(40), kt(20))
    assert made.tonnage_left_kt == 10 and made.money_left_usd_k == 0 and made.initiatives["a"].left_kt == 0
    made.fund(20.0, 100.0)  # both are cut in mid-year
    assert made.tonnage_left_kt == 0 and made.money_left_usd_k == 0


def test_a_quota_does_not_make_up_for_a_whole_year():
    made = treasury(tonnage=120)
    made.share_out(kt(1), kt(1 / 12), kt(1), {"a": [1.0]})
    assert made.quota_kt == pytest.approx(CATCH_UP * 10)


# --- in the market --------------------------------------------------------------------------------------------------


def test_without_money_tonnage_ceiling_or_initiative_there_is_no_bonus():
    assert shipped(run(periods=6)).sum() > 0
    none = ("eep.budget_usd_million=0", "eep.tonnage_kt=0", "eep.max_bonus_usd_t=0", "eep.initiatives.desert=null")
    for setting in none:
        assert shipped(run(setting, periods=6)).sum() == 0


def test_suspension_works_at_once_and_was_announced_to_nobody():
    events = "events=[{from: 1980-12, to: 1981-02, name: stop, eep: {enabled: false}}]"
    stopped, whole = (shipped(run(*sets, periods=9)) for sets in ((events,), ()))
    assert np.array_equal(stopped[:4], whole[:4]) and (stopped[:4] > 0).all()
    assert (stopped[4:7] == 0).all() and (stopped[7:9] > 0).all()


def test_initiatives_open_and_close_by_their_dates():
    kt_by_period = shipped(run("eep.initiatives.desert.from=1980-10", "eep.initiatives.desert.to=1981-01", periods=8))
    assert (kt_by_period[[0, 1, 6, 7]] == 0).all() and (kt_by_period[2:6] > 0).all()


@pytest.mark.parametrize("carry, tonnes", [("false", [60, 60]), ("true", [60, 0])])
def test_an_allotment_is_renewed_each_year_or_holds_for_the_term(carry, tonnes):
    limits = ("eep.initiatives.desert.tonnage_kt=60", f"eep.initiatives.desert.carry_tonnage={carry}")
    by_year = shipped(run(*limits)).reshape(2, 12).sum(axis=1)
    assert by_year == pytest.approx(tonnes, rel=0.02, abs=1)


def test_unused_tonnage_carries_into_the_next_year_only_where_it_may():
    # Suspended for most of the first year: what was left is there in the second where it carries.
    events = "events=[{from: 1980-10, to: 1981-07, name: stop, eep: {enabled: false}}]"
    for carry in ("true", "false"):
        sets = ("eep.initiatives.desert.tonnage_kt=120", "eep.initiatives.desert.to=1982-07", events)
        market = run(*sets, f"eep.initiatives.desert.carry_tonnage={carry}")
        first, second = shipped(market).reshape(2, 12).sum(axis=1)
        assert 0 < first < 40
        assert second == pytest.approx(120 - first if carry == "true" else 120, rel=0.02)


def test_money_lapses_or_carries_at_the_fiscal_year():
    left = {}
    for carry in ("true", "false"):
        sets = ("eep.budget_usd_million=24", "eep.fiscal_year_start_month=3", "eep.tonnage_kt=1")
        market = run(*sets, f"eep.carry_budget={carry}", periods=4)
        left[carry] = market.ledger.state("bonus_money_left_usd_k", "united_states")[:, 0]
        spent = market.ledger.state("bonus_spent_usd_k", "united_states")[:, 0]
    # August and September belong to the fiscal year before: two twelfths of its money.
    assert left["false"][1] == pytest.approx(4000 - spent[:2].sum())
    assert left["false"][2] == pytest.approx(24000 - spent[2])
    assert left["true"][2] == pytest.approx(28000 - spent[:3].sum())


def test_a_budget_by_crop_year_is_read_where_the_fiscal_year_opens():
    # 1980/81: 10, 1981/82: 20. The fiscal year that opens in October 1980 keeps its 10 until September 1981.
    budget = "eep.budget_usd_million={series: canada.production, scale: 1.0e-3}"
    market = run(budget, "eep.fiscal_year_start_month=3", "eep.tonnage_kt=0", periods=15)
    left = market.ledger.state("bonus_money_left_usd_k", "united_states")[:, 0]
    production = [market.parameters.value(market.scenario.origins["canada"].production_kt, p) for p in (2, 14)]
    assert left[[2, 13, 14]] == pytest.approx([production[0], production[0], production[1]])


def test_more_money_does_not_ship_less():
    totals = [shipped(run(f"eep.budget_usd_million={money}", periods=12)).sum() for money in (2, 4, 8, 1000)]
    assert totals == sorted(totals) and totals[0] < totals[-1]


def test_the_order_of_sellers_plays_no_part():
    # The exporter before or after the trading companies: the same awards.
    market = run(periods=6)
    turned = run_market(TINY, periods=0, sets=(*ON, *CALM))
    turned.spot_agents.reverse()
    while turned.steps < 6:
        turned.step()
    assert np.allclose(market.ledger.sales["kt"], turned.ledger.sales["kt"])


def test_weekly_runs_ship_about_what_monthly_ones_do():
    year = ("calendar.crop_years=1", "importers.desert.tenders_per_year=12")
    monthly = run(*year, periods=12)
    weekly = run(*year, "calendar.periods_per_year=52", periods=52)
    assert shipped(weekly).sum() == pytest.approx(shipped(monthly).sum(), rel=0.1)


def test_measures_agree_with_the_ledger():
    market = run("eep.fiscal_year_start_month=3", draws=2)
    ledger = market.ledger
    tonnes, terms, fiscal, *_ = bonus_programme(ledger)
    assert tonnes.columns == ("desert",) and fiscal.rows == ("1980-08", "1980-10", "1981-10")
    programme = ledger.state("programme_kt", "eep")
    assert tonnes.column("desert")[0] == pytest.approx(programme[:12].sum(axis=0))
    assert fiscal.column("spending").sum(axis=0) == pytest.approx(terms.column("spending").sum(axis=0))
    low, mean, high = (terms.column(name) for name in ("p05_of_tonnes", "mean", "p95_of_tonnes"))
    assert (low <= mean).all() and (mean <= high).all() and (low < high).any()
    assert ((terms.column("accepted_share") > 0) & (terms.column("accepted_share") <= 1)).all()
    assert terms.column("spending") == pytest.approx(terms.column("mean") * tonnes.column("desert") / 1000)


def test_a_scenario_without_the_programme_has_no_tables():
    ledger = run_market(TINY, periods=2, sets=("eep=null", "events=[]")).ledger
    assert bonus_programme(ledger) == []
