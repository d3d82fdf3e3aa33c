"""Sellers by cost, capacity and conduct, the searches for a best amount, and the subsidies paid by lane."""

from pathlib import Path

import mesa
import numpy as np
import pytest
from conftest import run_market

from agents.seller import Seller
from agents.subsidy_treasury import SubsidyTreasury
from agents.terms import Seat, Tender
from agents.trial import LONGEST_STEP, Trial

DUEL = Path(__file__).parent / "scenarios" / "duel.yaml"


def kt(*values):
    """One value per draw."""
    return np.array(values, dtype=float)


def tender(choke=200.0, slope=1.0, freight=10.0, sellers=1, sold=0.0, grant=0.0):
    """An open tender, ``choke - slope Q``, where ``sold`` kt were bought last."""
    seats = [Seat(f"seller_{number}", "seller", "home") for number in range(sellers)]
    made = Tender("t", "buyer", "importer", "third", "sea", "abroad", "feed", "feed", 0.0, seats, draws=1)
    made.publish(kt(choke / 2), kt(choke / 2 / slope), kt(choke), kt(slope))
    made.open()
    made.last_total_kt = kt(sold)
    made.freight_cad_t[:], made.grant_cad_t[:] = freight, grant
    return made


def seller(*tenders, conduct="cournot", cost=40.0, rise=0.0, capacity=np.inf, sold=0.0):
    """A seller with the first seat of each tender, who sold ``sold`` kt at each last."""
    made = Seller(mesa.Model(), "seller_0", "home", conduct, rise, 1)
    made.cost_cad_t, made.capacity_kt = kt(cost), kt(capacity)
    for each in tenders:
        made.take_seat(each, 0)
        made.places[-1].sold_kt = kt(sold)
    return made


def offered(*tenders):
    return [each.quantity_kt[0, 0] for each in tenders]


# --- what a seller offers


@pytest.mark.parametrize("sold", [0.0, 30.0, 120.0])
def test_a_monopolist_is_there_in_one_step_wherever_it_starts(sold):
    made = tender(sold=sold)
    seller(made, sold=sold).offer()
    assert made.quantity_kt[0, 0] == pytest.approx((200 - 10 - 40) / 2)
    assert made.reserve_cad_t[0, 0] == 50  # cost and freight: not a tonne below


def test_a_seller_at_rest_stays_there():
    # Three of Cournot's sellers sell (190 - 40) / 4 each; the price 200 - 112.5, less freight, less q, is the cost.
    made = tender(sellers=3, sold=112.5)
    seller(made, sold=37.5).offer()
    assert made.quantity_kt[0, 0] == pytest.approx(37.5)
    made = tender(sellers=3, sold=150.0)  # three price takers sell 150 in all, at cost
    seller(made, conduct="price_taker", sold=50.0).offer()
    assert made.quantity_kt[0, 0] == pytest.approx(50)


def test_one_of_many_takes_a_part_of_its_best_response():
    # Price 160 - 10, cost 40; d = 0.7 x 4 + 1 = 3.8: (150 + 2.8 x 10 - 40) / 3.8; a price taker 2.8: (110 + 28) / 2.8.
    for conduct, expected in (("cournot", 138 / 3.8), ("price_taker", 138 / 2.8)):
        made = tender(sellers=4, sold=40.0)
        seller(made, conduct=conduct, sold=10.0).offer()
        assert made.quantity_kt[0, 0] == pytest.approx(expected)


def test_capacity_goes_where_it_brings_most():
    near, far = tender(freight=10), tender(freight=30)
    seller(near, far, capacity=40).offer()
    # Unbound 75 and 65; with 40 in all the marginal revenues 190 - 2 q and 170 - 2 q are equal at 25 and 15.
    assert offered(near, far) == pytest.approx([25, 15])
    seller(near, far, capacity=0).offer()
    assert offered(near, far) == [0, 0]


def test_rising_cost_is_marginal_cost_of_all_it_sells():
    near, far = tender(), tender()
    seller(near, far, rise=0.5, capacity=1000).offer()
    # 190 - 2 q = 40 + 0.5 x 2 q.
    assert offered(near, far) == pytest.approx([50, 50])
    assert near.reserve_cad_t[0, 0] == 50  # of the first tonne


def test_the_initial_payment_is_what_the_desk_takes_for_cost():
    made = tender()
    one = seller(made)
    one.initial_payment_cad_t = kt(20)
    one.search = Trial(5.0, 1)
    one.search.value = kt(4)
    one.offer()
    assert made.quantity_kt[0, 0] == pytest.approx((190 - 24) / 2)
    assert made.reserve_cad_t[0, 0] == 34


def test_a_subsidy_is_as_good_as_lower_cost_and_lowers_the_reserve():
    made = tender(grant=16)
    seller(made).offer()
    assert made.quantity_kt[0, 0] == pytest.approx((190 + 16 - 40) / 2)
    assert (made.reserve_cad_t[0, 0], made.subsidy_cad_t[0, 0]) == (34, 16)
    made = tender(grant=90)  # beyond cost and freight: no reserve below zero
    seller(made).offer()
    assert made.reserve_cad_t[0, 0] == 0


def test_who_is_priced_out_offers_nothing():
    for made, cost in ((tender(), 195.0), (tender(freight=200), 40.0), (tender(choke=0), 40.0)):
        seller(made, cost=cost).offer()
        assert made.quantity_kt[0, 0] == 0


def test_a_seller_enters_what_it_sold_and_what_that_cost():
    near, far = tender(), tender(freight=30)
    one = seller(near, far, cost=40, rise=0.5)
    for made, sold, landed in ((near, 20, 100), (far, 10, 110)):
        made.subsidy_cad_t[0] = 6.0
        made.announce(kt(landed), kt(sold)[:, None], kt(landed)[:, None])
    one.settle([near.sale(0), far.sale(0)])
    assert (one.produced_kt[0], one.received_cad_k[0]) == (30, 20 * (90 + 6) + 10 * (80 + 6))
    assert one.cost_cad_k[0] == 30 * (40 + 0.25 * 30)  # the area under a rising marginal cost
    one.settle([])  # a period without a tender
    assert (one.produced_kt[0], one.received_cad_k[0], one.cost_cad_k[0]) == (0, 0, 0)
    far.is_open = False
    one.learn()
    assert [place.sold_kt[0] for place in one.places] == [20, 0]


# --- searches


def review(trial, payoff):
    """One review: three phases, each paid by ``payoff`` of the value in force."""
    for phase in range(3):
        trial.begin(phase)
        trial.take_in(payoff(trial.value))


def test_a_trial_reaches_the_top_of_a_parabola_in_one_review():
    trial = Trial(5.0, 2)
    review(trial, lambda v: 100 - (v - kt(13.7, -31)) ** 2)
    assert trial.value == pytest.approx(kt(13.7, -31))


def test_a_trial_tries_less_more_and_as_it_was():
    trial, tried = Trial(5.0, 1), []
    trial.settled_cad_t = kt(2)
    review(trial, lambda v: tried.append(v[0]) or v)
    assert tried == [-3, 7, 2]
    assert trial.value[0] == 7  # a straight line: one trial towards the better side


def test_a_review_never_moves_far():
    trial = Trial(5.0, 1)
    review(trial, lambda v: -((v - 1e4) ** 2))
    assert trial.value[0] == pytest.approx(5 * LONGEST_STEP)


def test_a_search_rests_at_the_top_and_wakes_with_news():
    trial = Trial(5.0, 2)
    tops = kt(10, 10)
    for _ in range(2):
        review(trial, lambda v: 100 - (v - tops) ** 2)
    assert not trial.awake.any()
    trial.begin(0)
    assert trial.value.tolist() == [10, 10]  # at rest nothing is tried
    tops = kt(10, 30)
    review(trial, lambda v: 100 - (v - tops) ** 2)
    assert trial.awake.tolist() == [False, True]
    review(trial, lambda v: 100 - (v - tops) ** 2)
    assert trial.value == pytest.approx(kt(10, 30))


def test_a_treasury_pays_its_rate_by_region_and_keeps_account():
    treasury = SubsidyTreasury(mesa.Model(), "home", 1)
    treasury.announce({"gulf": 12.0})
    assert (treasury.grant_cad_t("gulf"), treasury.grant_cad_t("sea")) == (12.0, 0.0)
    treasury.search = Trial(5.0, 1)
    treasury.search.value = kt(3)
    assert treasury.grant_cad_t("gulf")[0] == 15 and treasury.grant_cad_t("sea") == 0.0
    treasury.pay(kt(10), kt(15))
    treasury.pay(kt(2), kt(15))
    assert (treasury.paid_kt[0], treasury.spent_cad_k[0]) == (12, 180)
    treasury.announce({"gulf": 12.0})
    assert treasury.spent_cad_k[0] == 0


# --- in a market


def last_year(ledger):
    """Tonnes and mean price of each seller in the last crop year (first draw)."""
    sold = ledger.to_pandas(draw=0)
    sold = sold[sold["crop_year"] == sold["crop_year"].max()]
    return sold.groupby("seller").agg(kt=("kt", "sum"), price=("price_cad_t", "mean"))


def test_cournots_duopoly_settles():
    sold = last_year(run_market(DUEL, draws=2).ledger)
    assert sold["kt"].tolist() == pytest.approx([200, 200], rel=1e-3)
    assert sold["price"].tolist() == pytest.approx([60, 60], rel=1e-3)


def test_copies_capacity_and_conduct_come_from_the_scenario():
    sets = ("sellers.rival_firm.number=3", "sellers.rival_firm.capacity_kt=60", "sellers.rival_firm.cost_cad_t=20")
    sold = last_year(run_market(DUEL, draws=2, sets=(*sets, "sellers.home_firm.conduct=price_taker")).ledger)
    assert sold["kt"].to_dict() == pytest.approx(
        {"home_firm": 600 - 180, "rival_firm": 60, "rival_firm_2": 60, "rival_firm_3": 60}, rel=1e-3
    )  # the price taker brings the price down to its cost of 40, where 600 kt are bought


@pytest.mark.parametrize("form", ["tender.format=uniform", "tender.format=pay_as_bid"])
def test_subsidies_are_paid_on_every_tonne_of_the_lane_and_money_adds_up(form):
    subsidies = "export_subsidies={home: {rate_cad_t: {third: 12}}, rival: {rate_cad_t: {third: 3}, search: {}}}"
    market = run_market(
        DUEL, draws=2, sets=(subsidies, form, "calendar.crop_years=8")
    )  # every period checks the identities
    ledger = market.ledger
    sold = ledger.to_pandas(draw=0)
    paid = (sold["kt"] * sold["subsidy_cad_t"]).groupby(sold["origin"]).sum()
    for origin in ("home", "rival"):
        programme = f"export_subsidy_{origin}"
        assert ledger.state("programme_spend_cad_k", programme)[:, 0].sum() == pytest.approx(paid[origin])
        tonnes = sold.loc[sold["origin"] == origin, "kt"].sum()
        assert ledger.state("programme_kt", programme)[:, 0].sum() == pytest.approx(tonnes)
    rates = ledger.state("programme_rate_cad_t", "export_subsidy_home")
    assert rates == pytest.approx(np.full_like(rates, 12))
    if form.endswith("uniform"):
        searched = ledger.state("programme_rate_cad_t", "export_subsidy_rival")[:, 0]
        assert searched[0] == pytest.approx(-2) and searched[2 * 12] == pytest.approx(8)  # 3 - 5, then 3 + 5


def test_a_lane_without_a_rate_gets_none_and_two_searches_take_turns():
    two = "export_subsidies={home: {rate_cad_t: {third: 0}, search: {}}, rival: {rate_cad_t: {third: 0}, search: {}}}"
    ledger = run_market(DUEL, draws=2, sets=(two, "calendar.crop_years=12")).ledger
    home, rival = (ledger.state("programme_rate_cad_t", f"export_subsidy_{o}")[::12, 0] for o in ("home", "rival"))
    assert home[:6] == pytest.approx([-5, -5, 5, 5, 0, 0], abs=1e-9)
    assert rival[:6] == pytest.approx(np.zeros(6)) and rival[6:] == pytest.approx([-5, -5, 5, 5, 0, 0], abs=1e-9)
    # Best against a rival without a subsidy: (a - c) / 4 = 15.
    assert home[6:] == pytest.approx(np.full(6, 15), rel=0.01)
    none = run_market(DUEL, draws=2, sets=("export_subsidies={home: {rate_cad_t: {}}}",)).ledger
    assert none.sales["subsidy_cad_t"].max() == 0


@pytest.mark.parametrize("tenders, years", [(12, 2), (4, 4), (1, 12)])
def test_a_search_counts_a_whole_round_of_tenders(tenders, years):
    sets = (
        f"export_subsidies={{home: {{rate_cad_t: {{third: 0}}, search: {{trial_years: {years}}}}}}}",
        f"calendar.crop_years={6 * years + 1}",
        f"importers.buyer.tenders_per_year={tenders}",
    )
    market = run_market(DUEL, draws=2, sets=sets)
    assert market.treasuries["home"].search.settled_cad_t == pytest.approx(np.full(2, 15), rel=0.01)


def test_a_run_in_weeks_with_few_tenders_sells_the_same_tonnes():
    for sets in (("calendar.periods_per_year=52",), ("importers.buyer.tenders_per_year=4",)):
        sold = last_year(run_market(DUEL, draws=2, sets=sets).ledger)
        assert sold["kt"].tolist() == pytest.approx([200, 200], rel=0.02)


def test_demand_by_a_line_is_the_same_as_by_its_midpoint():
    # 100 - 0.1 Q has its midpoint at 50 and 500 kt, where the elasticity is one.
    point = "importers.buyer.demand.feed={currency: cad, price: 50, quantity_kt: 500, elasticity: 1}"
    line = run_market(DUEL, draws=2).ledger
    base = run_market(DUEL, draws=2, sets=("importers.buyer.demand.feed=null", point)).ledger
    for name, values in line.sales.items():
        np.testing.assert_allclose(base.sales[name], values, rtol=1e-9)
    assert line.state("choke_cad_t", "buyer:feed") == pytest.approx(np.full((36, 2), 100))
    assert line.state("slope_cad_t_kt", "buyer:feed") == pytest.approx(np.full((36, 2), 1.2))  # of a month


@pytest.mark.parametrize("sets", [("calendar.periods_per_year=52",), ("importers.buyer.tenders_per_year=4",)])
@pytest.mark.parametrize("limit", ["sellers.home_firm.capacity_kt=150", "sellers.home_firm.cost_slope_cad_t_kt=0.1"])
def test_capacity_and_rising_cost_are_those_of_the_year_however_buyers_come(sets, limit):
    often, rarely = (last_year(run_market(DUEL, sets=(limit, *more)).ledger) for more in ((), sets))
    assert rarely["kt"].tolist() == pytest.approx(often["kt"].tolist(), rel=0.01)
