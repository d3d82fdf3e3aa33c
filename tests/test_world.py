"""Units, dates and events in a running market: what the world hands to its agents, and what reaches the ledger."""

from pathlib import Path

import numpy as np
import pytest
from conftest import QUIET, run_market

from sim.calendar import Timeline
from sim.deliveries import growers_offer
from sim.market import BarleyMarket
from sim.scenario import load
from sim.scenario.event_rules import MAY_CHANGE
from sim.shocks import persistent_factor
from sim.streams import Streams
from sim.timetable import is_scheduled

YEAR = ("calendar.start=1985/86", "calendar.crop_years=1", *QUIET)
RATES = ("money.cad_per_usd=1.5", "money.usd_per_ecu=2")  # so an ECU is C$3


@pytest.fixture(scope="module")
def history():
    from sim.shipped import scenario_path

    return scenario_path("history")


# --- money


def test_ecu_amounts_become_dollars_at_both_rates(history):
    sets = (*YEAR, *RATES, "restitution.licence_security_ecu_t=10", "origins.eu.support_price=200")
    market = run_market(history, periods=3, sets=sets)
    assert market.licensing("eu").security_cad_t[0] == 30 and market.licensing("united_states") is None
    refund = market.ledger.state("programme_rate_cad_t", "restitution")[2, 0]
    assert refund == pytest.approx(3 * market.committee.max_refund_ecu_t[0]) and refund > 0
    home = market.buyers["eu_feeders"].tenders["feed"]
    market.growers["eu_growers"].expected_cad_t = np.array([100.0])
    growers_offer(market, home)
    growers = [seat.role == "growers" for seat in home.seats]
    assert home.reserve_cad_t[growers, 0] == pytest.approx(600)  # intervention at 200 ECU is far above what is expected


@pytest.mark.parametrize("periods", [12, 52])
def test_refund_tender_counts_in_ecu(history, periods):
    # From 20 ECU up by 2 ECU a month, in weekly steps, and never above 25.
    rules = ("restitution.starting_refund_ecu_t=20", "restitution.max_step_ecu_t=2", "restitution.max_refund_ecu_t=25")
    sets = (*YEAR, *RATES, *rules, f"calendar.periods_per_year={periods}")
    market = run_market(history, periods=5, sets=sets)
    refund = market.ledger.state("programme_rate_cad_t", "restitution")[:5, 0]
    rounds = np.arange(1, 6) * 52 // periods
    assert refund / 3 == pytest.approx(np.minimum(20 + rounds * 24 / 52, 25))
    desk = market.companies["cargill"].spot["eu"].desk
    needs = []
    desk.refund_bids = lambda kt, needed, *rest: needs.append(needed) or []
    market.step()
    needed = desk.needed_refund_cad_t(market.companies["cargill"].margin_cad_t, desk.expected_price_cad_t())
    assert needs[0] == pytest.approx(needed / 3, rel=0.2)


def test_bonus_budget_is_in_us_dollars_and_binds(history):
    sets = (*YEAR, *RATES, "eep.enabled=true", "eep.budget_usd_million=3", "eep.fiscal_year_start_month=1")
    market = run_market(history, sets=sets)
    spend = market.ledger.state("programme_spend_cad_k", "eep").sum(axis=0)[0]
    # A budget taken for C$ would stop at 2000; what the last months could not place is left over.
    assert 0.9 * 3000 < spend / 1.5 <= 3000 * (1 + 1e-9)
    assert market.bonus_treasury.max_bonus_cad_t[0] == 90


def test_agreement_tonnes_leave_the_tender(history):
    market = run_market(history, periods=2, sets=YEAR)
    agency = market.buyers["japan_food_agency"]
    rest, bought = agency.tenders["feed"], agency.agreement.award_kt[0]
    assert bought[0] > 0
    choke = market.ledger.state("choke_cad_t", "japan_food_agency:feed")[1]
    assert np.array_equal(rest.schedule_cad_t, choke)  # what is published, and measured, is the whole demand
    assert rest.choke_cad_t == pytest.approx(rest.schedule_cad_t - rest.slope_cad_t_kt * bought)


def test_board_costs_are_charged_by_the_tonne(history):
    ledger = run_market(history, sets=(*YEAR, "boards.cwb.cost_cad_t=5")).ledger
    for pool in ("cwb:feed", "cwb:malting"):
        kt = ledger.state("pool_kt", pool)
        assert (kt > 0).all()
        np.testing.assert_allclose(ledger.state("pool_costs_cad_k", pool), 5 * kt)
        np.testing.assert_array_equal(ledger.state("pool_costs_cad_k", pool.replace("cwb", "abb")), 0)


def test_reference_prices_carry_their_basis(history):
    sets = (*YEAR, *RATES, "reference_prices.pnw_corn.series=100", "reference_prices.lethbridge_barley.basis_cad_t=-7")
    market = run_market(history, periods=2, sets=sets)

    def quoted(name):
        return market.ledger.state("reference_price_cad_t", name)[1, 0]

    canada, us = (market.buyers[b].tenders["feed"].last_price_cad_t[0] for b in ("canadian_feeders", "us_feeders"))
    assert quoted("lethbridge_barley") == pytest.approx(canada - 7)
    assert quoted("great_falls_barley") == pytest.approx(us - 5)
    assert quoted("devils_lake_barley") == pytest.approx(us - 8)
    assert quoted("pnw_corn") == pytest.approx(155)  # US$100 at 1.5, and C$5


def test_dear_corn_lifts_the_base_price_of_feed(history):
    market = run_market(history, periods=1, sets=YEAR)
    tender = market.buyers["saudi_arabia"].tenders["feed"]
    freight = market.freight("canada", "gulf")
    market.corn_mean[:] = 1.0
    price, kt, _ = market.base_point(tender)
    market.shocks.corn[market.period] = 1.1
    dear_price, same_kt, _ = market.base_point(tender)
    assert (dear_price - freight) / (price - freight) == pytest.approx(1 + 0.4 * 0.1)  # corn_response is 0.4
    assert same_kt == kt


# --- dates


@pytest.mark.parametrize("periods", [12, 52])
@pytest.mark.parametrize("count", [1, 4, 5, 12, 52])
def test_tenders_are_evenly_spread_over_the_year(count, periods):
    for offset in range(periods):
        held = [p for p in range(2 * periods) if is_scheduled(count, offset, p % periods, periods)]
        expected = min(count, periods)
        assert len(held) == 2 * expected
        gaps = np.diff(held)
        assert gaps.min() >= periods // expected and gaps.max() <= -(-periods // expected)


@pytest.mark.parametrize("periods", [12, 52])
def test_every_buyer_holds_its_tenders(history, periods):
    market = run_market(history, periods=1, sets=(*YEAR, f"calendar.periods_per_year={periods}"))
    rows = market.ledger.rows
    held = rows.loc[~rows["agreement"]].groupby("tender")["period"].nunique()
    assert {held["saudi_arabia:feed"], held["us_maltsters:two_row"]} == {12}
    assert held["algeria:feed"] == held["china:feed"] == 4
    assert held["eu_feeders:feed"] == held["japan_food_agency:feed"] == periods
    # Quarterly buyers do not all come on the same day.
    quarterly = [name for name, count in held.items() if count == 4]
    assert rows.loc[rows["tender"].isin(quarterly), "period"].nunique() > 4


@pytest.fixture(scope="module")
def months_and_weeks(history):
    with np.errstate(all="raise"):
        return [
            run_market(history, sets=(*YEAR, f"calendar.periods_per_year={periods}")).ledger for periods in (12, 52)
        ]


@pytest.mark.parametrize("flow, tolerance", [("harvest_kt", 1e-9), ("own_use_kt", 1e-9), ("home_use_kt", 0.1)])
def test_weeks_add_up_to_the_year_of_months(months_and_weeks, flow, tolerance):
    by_month, by_week = (ledger.states[flow].values.sum(axis=0) for ledger in months_and_weeks)
    np.testing.assert_allclose(by_week, by_month, rtol=tolerance)
    assert (by_month > 0).all()


def test_weekly_shocks_are_as_wide_and_as_lasting_as_monthly_ones():
    # The long-run spread is 0.03 / sqrt(1 - 0.9^2) = 0.0688; over a quarter (3 months, 13 weeks) 0.9^3 = 0.729 remains.
    # With 4000 draws one standard error is 1.1 % of the spread and 0.007 of the correlation; four are allowed.
    streams = Streams(1, 4000)
    for periods, quarter in ((12, 3), (52, 13)):
        calendar = Timeline.build("1980/81", 2, periods).periods()
        factor = persistent_factor(streams, "corn", calendar, 0.03, 0.9)
        assert factor[0].std() == pytest.approx(0.0688, rel=0.045)
        assert factor[-1].std() == pytest.approx(0.0688, rel=0.045)
        assert np.corrcoef(factor[-1], factor[-1 - quarter])[0, 1] == pytest.approx(0.729, abs=0.03)


# --- events

EVENTS = {
    "marketing": "marketing: {canada: {feed: open_feed}}",
    "eep": "eep: {initiatives: {saudi_arabia_first: {from: 1985-10}}}",
    "restitution": "restitution: {max_refund_ecu_t: 10}",
    "tender": "tender: {format: pay_as_bid}",
    "freight_usd_t": "freight_usd_t: {canada: {gulf: 40}}",
    "boards.*.cost_cad_t": "boards: {cwb: {cost_cad_t: 5}}",
    "boards.*.cover_periods": "boards: {cwb: {cover_periods: 4}}",
    "boards.*.initial_share": "boards: {cwb: {initial_share: 0.9}}",
    "boards.*.adjustment": "boards: {cwb: {adjustment: 0.2}}",
    "growers.*.freight_to_port_cad_t": "growers: {manitoba: {freight_to_port_cad_t: 40}}",
    "growers.*.freight_to_feeders_cad_t": "growers: {manitoba: {freight_to_feeders_cad_t: 40}}",
    "state_importers.*.agreement": "state_importers: {japan_food_agency: {agreement: {quantity_kt: 600}}}",
    "state_importers.*.demand": "state_importers: {japan_food_agency: {demand: {feed: {elasticity: 1}}}}",
    "importers.*.demand": "importers: {saudi_arabia: {demand: {feed: {quantity_kt: 9000}}}}",
    "maltsters.*.demand": "maltsters: {us_maltsters: {demand: {two_row: {elasticity: 1}}}}",
    "feeders.*.demand": "feeders: {canadian_feeders: {demand: {feed: {elasticity: 1}}}}",
}
MONTHS = 4  # 1985-08 to 1985-11; the events hold from 1985-10


@pytest.fixture(scope="module")
def quiet_autumn(history):
    with np.errstate(all="raise"):
        return run_market(history, periods=MONTHS, sets=YEAR).ledger


SELLER_EVENTS = {  # for October and November; tonnes of each firm in a month, from 200 / 12 without an event
    "sellers.*.cost_cad_t": "sellers: {home_firm: {cost_cad_t: 25}}",
    "sellers.*.capacity_kt": "sellers: {home_firm: {capacity_kt: 90}}",
    "sellers.*.initial_payment_cad_t": "sellers: {home_firm: {initial_payment_cad_t: 25}}",
    "export_subsidies.*.rate_cad_t": "export_subsidies: {home: {rate_cad_t: {third: 15}}}",
    "export_subsidies.*.reaction": (
        "export_subsidies: {home: {reaction: {rule: linear, rival: rival, intercept_cad_t: 15, speed: 1}}}"
    ),
}


def test_every_key_an_event_may_change_is_tried():
    assert set(EVENTS) | set(SELLER_EVENTS) == set(MAY_CHANGE)


@pytest.mark.parametrize("key", SELLER_EVENTS)
def test_an_event_on_sellers_holds_in_its_months_and_no_longer(tmp_path, key):
    scenario, duel = tmp_path / "event.yaml", Path(__file__).parent / "scenarios" / "duel.yaml"
    scenario.write_text(
        f"extends: {duel}\nexport_subsidies: {{home: {{rate_cad_t: {{third: 0}}}}}}\n"
        f"events:\n  - {{from: 2001-10, to: 2001-11, {SELLER_EVENTS[key]}}}\n"
    )
    sold = run_market(scenario, draws=1).ledger.to_pandas()
    month = sold[sold["seller"] == "home_firm"].groupby("month")["kt"].sum()
    usual = 200 / 12
    assert month["2001-09"] == pytest.approx(usual, rel=1e-3) and month["2002-07"] == pytest.approx(usual, rel=1e-2)
    if "capacity" in key:
        assert month[["2001-10", "2001-11"]].tolist() == pytest.approx([90 / 12, 90 / 12])
    elif "reaction" in key:  # what is answered has been seen for a month
        assert month["2001-10"] == pytest.approx(usual, rel=1e-3) and 240 / 12 < month["2001-11"] < 300 / 12
    else:  # C$15 cheaper: a third of 15 / 0.1 more at first, two thirds in the end
        assert 240 / 12 < month["2001-10"] < month["2001-11"] < 300 / 12


@pytest.mark.parametrize("key", EVENTS)
def test_an_event_changes_the_ledger_from_its_month_on(history, quiet_autumn, tmp_path, key):
    scenario = tmp_path / "event.yaml"
    scenario.write_text(
        f"extends: {history}\nevents:\n"
        "  - {from: 1985-05, to: 1989-02, eep: {enabled: true}}\n"
        f"  - {{from: 1985-10, to: 1989-02, {EVENTS[key]}}}\n"
    )
    ledger = run_market(scenario, periods=MONTHS, sets=YEAR).ledger
    quiet_sales, sales = quiet_autumn.to_pandas(), ledger.to_pandas()

    def differs(period):
        """Whether sales or states of a period differ (an event may add seats, which stay empty before it)."""
        before, after = (t[t["period"] == period].reset_index(drop=True) for t in (quiet_sales, sales))
        states = [n for n, s in ledger.states.items() if s.time == "period"]
        same = all(
            np.array_equal(quiet_autumn.states[n].values[period], ledger.states[n].values[period]) for n in states
        )
        return not (same and before.equals(after))

    assert [differs(period) for period in (0, 1)] == [False, False]
    assert any(differs(period) for period in (2, 3))


def test_a_board_sells_a_buyer_under_agreement_nothing_else(history):
    market = run_market(history, draws=1, sets=("calendar.start=1985/86", "calendar.crop_years=1"))
    sold = market.ledger.to_pandas().query("buyer == 'japan_food_agency' and seller == 'cwb'")
    assert sold["agreement"].all() and 720 <= sold["kt"].sum() <= 880.001
    others = market.ledger.to_pandas().query("buyer == 'japan_food_agency' and origin == 'australia'")
    assert others["kt"].sum() > 0


def test_border_price_moves_with_what_us_feeders_pay(history):
    market = BarleyMarket(load(history), draws=1)
    border, home = (market.buyers[b].tenders["feed"] for b in ("us_border_feeders", "us_feeders"))
    before = market.base_point(border)[0]
    home.last_price_cad_t = home.base_price_cad_t + 7.0
    assert market.base_point(border)[0] == pytest.approx(before + 7.0)
    home.last_price_cad_t = home.base_price_cad_t - 1000.0
    assert 0 < market.base_point(border)[0] < before


def test_a_market_on_hold_stands_still(history):
    sets = ("calendar.hold=1994/95", "calendar.start=1980/81", "calendar.crop_years=1", *QUIET)
    market = run_market(history, periods=2, sets=sets)
    assert market.boards["cwb"].outlook_published and market.now.eep.enabled  # as in August 1994
    before = {t.name: market.base_point(t) for t in market.tenders if t.name != "us_border_feeders:feed"}
    market.set_period(11)
    for name, (price, kt, _) in before.items():
        after = market.base_point(next(t for t in market.tenders if t.name == name))
        assert np.array_equal(after[0], price) and np.array_equal(after[1], kt)
    assert market.now.restitution.enabled is False  # an event of May to July comes every year


def test_growers_carry_expected_prices_with_the_exchange_rate(history):
    market = BarleyMarket(load(history, ["shocks.exchange_sd=0"]), draws=1)
    eu, prairie = market.growers["eu_growers"], market.growers["manitoba"]
    expected, rate = eu.expected_cad_t / market.currency_cad["ecu"], prairie.expected_cad_t
    market.set_period(6)
    assert eu.expected_cad_t / market.currency_cad["ecu"] == pytest.approx(expected)
    assert np.array_equal(prairie.expected_cad_t, rate)
