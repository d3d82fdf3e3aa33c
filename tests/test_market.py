"""The market as a whole: draws, luck, identities, institutions and the direction of policy."""

import mesa
import numpy as np
import pytest
from conftest import QUIET, run_market
from small_scenario import SMALL

from sim import measures
from sim.checks import IdentityError, NotComputable
from sim.ledger import SALE_COLUMNS
from sim.market import BarleyMarket
from sim.scenario import load
from sim.scenario.text import load_text

SHORT = ("calendar.start=1985/86", "calendar.crop_years=2")


@pytest.fixture(scope="module")
def history():
    from sim.shipped import scenario_path

    return scenario_path("history")


def same(first, second, a=slice(None), b=slice(None)):
    """Whether two ledgers hold the same bits for columns a of the first and b of the second."""
    sales = all(np.array_equal(first.sales[n][:, a], second.sales[n][:, b]) for n in SALE_COLUMNS)
    states = all(np.array_equal(s.values[..., a], second.states[n].values[..., b]) for n, s in first.states.items())
    return sales and states


@pytest.mark.parametrize("rule", ["elasticities", "least_squares", "last_price"])
def test_a_draw_alone_has_the_bits_it_has_in_an_ensemble(history, rule):
    sets = (*SHORT, f"boards.cwb.beliefs.rule={rule}", "traders.rule=roth_erev")
    many = run_market(history, draws=70, sets=sets).ledger
    for draw in (0, 37, 69):
        assert same(
            run_market(history, draws=1, first_draw=draw, sets=sets).ledger, many, slice(None), slice(draw, draw + 1)
        )
    assert same(run_market(history, draws=9, first_draw=20, sets=sets).ledger, many, slice(None), slice(20, 29))
    assert not np.array_equal(many.sales["kt"][:, 0], many.sales["kt"][:, 1])


def test_seed_moves_luck_and_horizon_does_not(history):
    base = run_market(history, draws=2, periods=6, sets=SHORT).ledger
    assert same(base, run_market(history, draws=2, periods=6, sets=SHORT).ledger)
    assert not same(base, run_market(history, draws=2, periods=6, sets=SHORT, seed=5).ledger)
    longer = run_market(history, draws=2, periods=6, sets=("calendar.start=1985/86", "calendar.crop_years=3")).ledger
    rows = base.rows["period"].to_numpy() < 6
    assert np.array_equal(base.sales["kt"][rows], longer.sales["kt"][: len(rows)][rows])


def test_a_policy_moves_nobody_elses_luck(history):
    with_eep = run_market(history, draws=3, periods=1, sets=SHORT)
    without = run_market(history, draws=3, periods=1, sets=(*SHORT, "eep.max_bonus_usd_t=0"))
    for name, factors in with_eep.shocks.crop.items():
        assert np.array_equal(factors, without.shocks.crop[name])
    assert np.array_equal(with_eep.shocks.freight, without.shocks.freight)


def test_without_shocks_all_draws_are_alike(history):
    kt = run_market(history, draws=3, sets=(*SHORT, *QUIET, "eep.bid_spread_usd_t=0")).ledger.sales["kt"]
    assert np.array_equal(kt[:, 0], kt[:, 1]) and np.array_equal(kt[:, 0], kt[:, 2])


def test_every_role_of_the_cast_trades(history):
    market = run_market(history, draws=1, sets=("calendar.start=1985/86", "calendar.crop_years=3"))
    sold = market.ledger.to_pandas().groupby("seller")["kt"].sum()
    assert set(market.boards) | set(market.companies) | set(market.exporters) | set(market.growers) <= set(sold.index)
    bought = market.ledger.to_pandas().groupby("buyer")["kt"].sum()
    idle = {name for name, section in market.scenario.importers.items() if name not in bought.index}
    assert set(market.buyers) - idle == set(bought.index) and len(idle) <= 3
    assert len(market.companies) >= 6 and all(len(c.origins) >= 2 for c in market.scenario.traders.companies.values())
    assert market.ledger.states["programme_kt"].values.sum(axis=(0, 2)).min() > 0
    roles = {type(agent).__name__ for agent in market.agents}
    assert roles >= {"MarketingBoard", "TradingCompany", "NationalExporter", "BonusTreasury", "RefundCommittee"}
    assert roles >= {"PoolGuarantor", "FoodAgency", "Importer", "Feeders", "Maltsters", "GrowerGroup"}


def test_a_broken_identity_stops_the_run_and_names_itself(history):
    market = run_market(history, draws=2, periods=3, sets=SHORT)
    market.boards["cwb"].desk.stock_kt = market.boards["cwb"].desk.stock_kt + 1.0
    with pytest.raises(IdentityError, match=r"opening stock \+ harvest .*canada"):
        market.step()
    market = run_market(history, draws=2, periods=3, sets=SHORT)
    market.buyers["saudi_arabia"].pay = lambda tender: None
    with pytest.raises(IdentityError, match="buyers' payments"):
        market.step()


def test_numbers_that_cannot_be_computed_with_stop_the_run_and_say_where():
    market = BarleyMarket(load_text("small", SMALL), draws=1)
    market.step()
    market.sellers["firm"].places[0].sold_kt = np.full(1, 1e308)
    where = r"\(1980-09, sellers offer, firm, buyer:feed\): overflow .*too large, or too small"
    with np.errstate(all="warn"), pytest.raises(NotComputable, match=where):
        market.step()


def test_pool_accounts_close_every_year(history):
    ledger = run_market(history, draws=4, sets=("calendar.start=1986/87", "calendar.crop_years=2")).ledger

    def get(name):
        return ledger.state(f"pool_{name}_cad_k", "cwb:feed")

    net = get("receipts") - get("costs")
    np.testing.assert_allclose(net, get("initial") + get("final") - get("deficit"), rtol=1e-12)
    assert (net > 0).all() and (np.minimum(get("final"), get("deficit")) == 0).all()


def test_initial_payment_never_falls_within_a_pool_year(history):
    ledger = run_market(history, draws=3, sets=("calendar.crop_years=3",)).ledger
    initial = ledger.state("initial_payment_cad_t", "cwb").reshape(3, 12, -1)
    assert (np.diff(initial, axis=1) >= 0).all() and (initial[:, -1] > initial[:, 0]).any()


def test_board_equalises_perceived_marginal_revenue(history):
    market = run_market(history, draws=2, periods=20, sets=(*SHORT, *QUIET, "boards.cwb.adjustment=1"))
    desk = market.boards["cwb"].desk
    # At full adjustment the plan is the optimum: what was offered in any two interior markets has one marginal revenue.
    market.steps += 1
    market.advance_calendar()
    for verb in ("harvest", "treasuries_announce", "boards_announce", "farmers_deliver", "importers_open_tenders"):
        getattr(market, verb)()
    points = {id(c): (c.belief.own_kt.copy(),) for c in desk.counters}
    market.sellers_offer()
    revenues = []
    for counter in desk.counters:
        tender, kt = counter.tender, counter.tender.quantity_kt[counter.seat]
        if not tender.is_open or (kt < 1).any():
            continue
        slope = counter.belief.slope(tender.slope_cad_t_kt, tender.size_kt)
        price = counter.belief.price_cad_t + slope * (points[id(counter)][0] - kt)
        revenues.append(price - slope * kt - tender.freight_cad_t[counter.seat] - tender.grade_cost_cad_t)
    assert len(revenues) >= 5
    assert np.ptp(np.array(revenues), axis=0).max() < 1e-6


def test_agreement_price_lies_between_netback_and_outside_option(history):
    for weight, closer in ((0.0, "netback"), (1.0, "outside")):
        sets = (*SHORT, *QUIET, f"state_importers.japan_food_agency.agreement.bargaining_weight={weight}")
        market = run_market(history, draws=1, periods=8, sets=sets)
        seen = {}
        agency = market.buyers["japan_food_agency"]
        original = agency.bargain

        def watched(*values, seen=seen, original=original):
            seen.update(netback=values[0], outside=values[1])
            original(*values)

        agency.bargain = watched
        market.step()
        np.testing.assert_allclose(agency.agreement.last_price_cad_t, seen[closer])


def test_agreement_lapses_with_the_single_desk(history):
    sets = (*SHORT, "marketing.canada.feed=multiple_sellers", "marketing.canada.malting=multiple_sellers")
    ledger = run_market(history, draws=1, sets=sets).ledger
    assert not ledger.rows["agreement"].any()
    sold = ledger.to_pandas()
    assert set(sold.loc[(sold["origin"] == "canada") & (sold["role"] != "growers"), "role"]) == {"trader"}


def test_mixed_systems_run(history):
    for system in ("open_feed", "continental"):
        sets = (*SHORT, f"marketing.canada.feed={system}", "marketing.canada.continental_market=united_states")
        sold = run_market(history, draws=1, sets=sets).ledger.to_pandas()
        mine = sold[(sold["origin"] == "canada") & (sold["grade"] == "feed") & (sold["role"] != "growers")]
        assert {"board"} <= set(mine["role"])
        if system == "continental":
            assert set(mine.loc[mine["role"] == "trader", "market"]) <= {"united_states"}
        else:
            assert "trader" in set(mine["role"])


def test_weekly_periods_and_pay_as_bid_run(history):
    sets = (
        "calendar.start=1985/86",
        "calendar.crop_years=1",
        "calendar.periods_per_year=52",
        "tender.format=pay_as_bid",
    )
    market = run_market(history, draws=2, sets=sets)
    assert market.period == 51
    sold = market.ledger.to_pandas()
    assert sold["kt"].sum() > 10_000


def test_mesa_batch_run_works_for_people_who_know_it(history, tmp_path):
    results = mesa.batch_run(
        BarleyMarket,
        parameters={"loaded": [str(history)], "draws": [1], "seed": [1, 2]},
        number_processes=1,
        iterations=1,
        max_steps=3,
        display_progress=False,
        data_collection_period=1,
    )
    assert {r["seed"] for r in results} == {1, 2}
    assert all(r["export_price_cad_t"] > 0 and r["export_kt"] > 0 for r in results)


@pytest.fixture(scope="module")
def worlds(history):
    """Three worlds over four subsidy years, twenty draws on common random numbers."""
    from sim.shipped import scenario_path

    sets = ("calendar.start=1985/86", "calendar.crop_years=4")
    with np.errstate(all="raise"):
        return {
            "history": run_market(history, draws=20, sets=sets).ledger,
            "sellers": run_market(scenario_path("multiple_sellers"), draws=20, sets=sets).ledger,
            "peace": run_market(scenario_path("no_export_subsidies"), draws=20, sets=sets).ledger,
        }


def feed_price(ledger, market):
    """Mean f.o.b. price of Canadian feed in a market over the run, (draw,)."""
    values, _, markets = measures.market_prices(ledger, "canada", "feed", by="crop_year")
    return np.nanmean(values[:, list(markets).index(market)], axis=0)


def share_of_draws(condition):
    return float(np.mean(condition))


def test_without_subsidies_the_world_price_is_higher_and_the_japan_gap_smaller(worlds):
    base, peace = worlds["history"], worlds["peace"]
    assert share_of_draws(feed_price(peace, "offshore") > feed_price(base, "offshore")) == 1
    gap = [feed_price(w, "japan") - feed_price(w, "offshore") for w in (base, peace)]
    assert share_of_draws(gap[1] < gap[0]) >= 0.95


def test_the_bonus_lifts_the_us_price_and_presses_the_world_price(history):
    # The two years of full programmes: later the drought and the grain saved up without exports blur the comparison.
    sets = ("calendar.start=1986/87", "calendar.crop_years=2")
    base = run_market(history, draws=20, sets=sets).ledger
    no_bonus = run_market(history, draws=20, sets=(*sets, "eep.max_bonus_usd_t=0")).ledger
    us = [w.state("cash_price_cad_t", "united_states").mean(axis=0) for w in (base, no_bonus)]
    assert share_of_draws(us[1] < us[0]) == 1
    assert share_of_draws(feed_price(no_bonus, "offshore") > feed_price(base, "offshore")) >= 0.95
    assert base.states["programme_spend_cad_k"].values[:, 0].sum() > 0
    assert no_bonus.states["programme_spend_cad_k"].values[:, 0].sum() == 0


def test_many_sellers_lose_the_premiums_and_prices_come_together(worlds):
    base, sellers = worlds["history"], worlds["sellers"]
    gap = [np.abs(feed_price(w, "japan") - feed_price(w, "offshore")).mean() for w in (base, sellers)]
    assert gap[1] < 0.6 * gap[0]
    effect = measures.regime_effect(base, sellers, "canada")
    average = dict(zip(effect.columns, effect.values[effect.rows.index("average")], strict=True))
    for column in ("six_row_price_cad_t", "two_row_price_cad_t"):
        assert share_of_draws(average[column] < 0) == 1
    assert share_of_draws(average["producer_revenue_million_cad"] < 0) >= 0.9


@pytest.mark.parametrize("number", [1, 4, 16])
def test_number_of_companies_is_a_parameter(history, number):
    sets = (
        *SHORT,
        "marketing.canada.feed=multiple_sellers",
        "marketing.canada.malting=multiple_sellers",
        f"traders.number={number}",
    )
    market = BarleyMarket(load(history, sets=list(sets)), draws=1)
    assert len(market.companies) == number
    market.step()


def test_a_switch_of_system_and_back_leaves_no_grain_behind(history, tmp_path):
    switching = tmp_path / "switching.yaml"
    switching.write_text(
        f"extends: {history}\ntitle: Open for a year\ncalendar: {{start: 1985/86, crop_years: 3}}\nevents:\n"
        "  - {from: 1986-02, to: 1987-01, marketing: {canada: {feed: multiple_sellers, malting: multiple_sellers}}}\n"
    )
    market = run_market(switching, draws=2, periods=18)

    def held():
        return sum(
            company.stock["canada"].stock_kt for company in market.companies.values() if "canada" in company.stock
        )

    at_the_end_of_the_open_year = held()
    while market.running:
        market.step()
    assert (held() < 0.25 * at_the_end_of_the_open_year).all()
    sold = market.ledger.to_pandas()
    canadian = sold[(sold["origin"] == "canada") & (sold["role"] != "growers")].groupby(["month", "role"])["kt"].sum()
    board, traders = canadian.xs("board", level="role"), canadian.xs("trader", level="role")
    assert traders.index.min() >= "1986-02" and board.loc["1987-06":].min() > 100
    assert board.loc["1986-08":"1986-12"].sum() < 0.2 * traders.loc["1986-08":"1986-12"].sum()
    assert sold.loc[sold["agreement"], "month"].between("1986-02", "1987-01").sum() == 0
