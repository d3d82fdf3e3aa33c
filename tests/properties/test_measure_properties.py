"""Measures beside plain-number versions of their definitions, and identities of the measures of a whole run."""

import math
from statistics import fmean, stdev

import numpy as np
import pytest
from conftest import run_market
from drawn import DRAWS, SCENARIOS, arrays, column, examples, numbers, same_bits
from handmade import calendar, make_ledger
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from sim.measures import concentration, market_shares, misallocation_cad_k, prices, tonnes, welfare
from sim.measures.arrays import deviation, divide, group_mean, group_total, mean, total
from sim.measures.bands import QUANTILES, bands
from sim.measures.incidence import Followed, incidence_tables
from sim.measures.price_gaps import paired_test
from sim.measures.settling import rolling_mean, settling_time
from sim.measures.trade import average_bonus, exports_kt, subsidy_per_additional_tonne
from sim.measures.volatility import season_deviation, subsequent_deviation
from sim.measures.welfare import by_country, surplus_change

VALUE = st.sampled_from([np.nan, 0.0, 100.0]) | numbers(-200.0, 300.0)
PRESENT = st.sampled_from([0.0, 100.0]) | numbers(-200.0, 300.0)


def grids(item, most=7):
    return st.integers(1, most).flatmap(lambda rows: arrays(item, rows, DRAWS))


def known(values):
    return [x for x in values.tolist() if not math.isnan(x)]


def same(found, expected):
    np.testing.assert_allclose(found, np.array(expected, dtype=float), rtol=1e-9, atol=1e-9)


@examples(40)
@given(grids(VALUE))
def test_sums_means_and_deviations_leave_gaps_out(values):
    columns = [known(values[:, draw]) for draw in range(DRAWS)]
    same(mean(values), [fmean(c) if c else np.nan for c in columns])
    same(deviation(values), [stdev(c) if len(c) > 1 else np.nan for c in columns])
    filled = np.nan_to_num(values)
    same(total(filled), [math.fsum(filled[:, draw]) for draw in range(DRAWS)])
    for draw in range(DRAWS):
        alone = values[:, [draw]]
        found = [f(alone)[0] for f in (mean, deviation)], [f(values)[draw] for f in (mean, deviation)]
        assert np.array_equal(*found, equal_nan=True)
    assert same_bits(total(np.zeros((0, 2))), np.zeros(2))


@examples(30)
@given(grids(VALUE), st.integers(1, 4), st.randoms(use_true_random=False))
def test_groups_are_added_and_averaged_each_by_itself(values, groups, random):
    codes = np.array([random.randrange(groups) for _ in values])
    filled = np.nan_to_num(values)
    for group in range(groups):
        own = codes == group
        same(group_total(filled, codes, groups)[group], filled[own].sum(axis=0))
        expected = [fmean(c) if (c := known(values[own, draw])) else np.nan for draw in range(DRAWS)]
        same(group_mean(values, codes, groups)[group], expected)


def test_a_quotient_is_empty_where_the_denominator_is_zero_and_only_there():
    found = divide(np.array([1.0, 1.0, np.nan, 0.0]), np.array([2.0, 0.0, 1.0, -4.0]), empty=7.0)
    assert np.array_equal(found, [0.5, 7.0, np.nan, 0.0], equal_nan=True)
    assert np.isnan(divide(np.array([1.0]), np.array([0.0])))[0]


@examples(30)
@given(arrays(VALUE, 3, 9))
def test_bands_are_means_and_quantiles_of_the_draws_that_have_a_value(values):
    found = bands(values)
    for line in range(3):
        own = known(values[line])
        assert found["missing"][line] == 9 - len(own)
        same(found["mean"][line], fmean(own) if own else np.nan)
        for name, quantile in zip(("p05", "p25", "p50", "p75", "p95"), QUANTILES, strict=True):
            same(found[name][line], np.quantile(own, quantile) if own else np.nan)


@examples(40)
@given(
    st.integers(3, 12).flatmap(lambda rows: arrays(VALUE, rows, DRAWS)),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([0.05, 0.5]),
)
def test_settling_is_the_first_window_from_which_on_all_are_near(values, window, last, tolerance):
    moving = rolling_mean(values, window)
    found = settling_time(values, window, last, tolerance)
    for draw in range(DRAWS):
        windows = [known(values[start : start + window, draw]) for start in range(len(values) - window + 1)]
        means = [fmean(w) if w else np.nan for w in windows]
        same(moving[:, draw], means)
        end = known(values[-last:, draw])
        near = [
            bool(end and w) and abs(m - fmean(end)) <= tolerance * abs(fmean(end))
            for m, w in zip(means, windows, strict=True)
        ]
        away = max((n + 1 for n, is_near in enumerate(near) if not is_near), default=0)
        settles = away <= max(len(values) - last, 0) and any(bool(end and w) for w in windows)
        edge = any(
            w and end and abs(abs(m - fmean(end)) - tolerance * abs(fmean(end))) < 1e-9
            for m, w in zip(means, windows, strict=True)
        )
        if not edge or tolerance * abs(fmean(end)) == 0:  # where rounding decides, either side is right
            same(found[draw], away if settles else np.nan)


@examples(30)
@given(arrays(PRESENT, 9, DRAWS), st.integers(1, 4), st.integers(1, 9))
def test_volatility_is_the_mean_distance_from_what_follows_and_from_the_base(price, ahead, length):
    price = price[:length]
    for draw in range(DRAWS):
        p = price[:, draw].tolist()
        gaps = [abs(p[t] - fmean(p[t + 1 : t + 1 + ahead])) for t in range(len(p) - ahead)]
        same(subsequent_deviation(price, ahead)[draw], fmean(gaps) if gaps else np.nan)
    year = np.arange(length) // 3
    in_base = np.arange(length) % 3 == 1
    if length in (3, 6, 9):
        absolute, standard = season_deviation(price, year, in_base)
        for draw in range(DRAWS):
            gaps = [fmean(price[year == y, draw]) - price[3 * y + 1, draw] for y in range(length // 3)]
            same(absolute[draw], fmean([abs(x) for x in gaps]))
            same(standard[draw], stdev(gaps) if len(gaps) > 1 else np.nan)


@examples(30)
@given(arrays(VALUE, 8, DRAWS), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_paired_test_is_the_one_of_the_textbook(differences, level):
    centre, t, months, significant = paired_test(differences, level)
    for draw in range(DRAWS):
        own = known(differences[:, draw])
        assert months[draw] == len(own)
        same(centre[draw], fmean(own) if own else np.nan)
        if len(own) > 1 and stdev(own) > 1e-9:
            expected = ttest_1samp(own, 0.0)
            same(t[draw], expected.statistic)
            if abs(expected.pvalue - (1 - level)) > 1e-9:
                assert significant[draw] == (expected.pvalue < 1 - level)
        elif len(own) < 2 or len(set(own)) == 1:
            assert np.isnan(t[draw])
            assert significant[draw] == (len(own) > 1 and own[0] != 0)


# ledgers ------------------------------------------------------------------------------------------------------------

SALE = st.fixed_dictionaries({
    "period": st.integers(0, 23), "seller": st.sampled_from(["wheat_board", "trader", "eu_trade"]),
    "market": st.sampled_from(["japan", "offshore"]), "grade": st.sampled_from(["feed", "six_row"]),
    "kt": st.sampled_from([0.0, 10.0]) | numbers(0.5, 90.0), "price_cad_t": numbers(40.0, 200.0),
    "freight_cad_t": numbers(-5.0, 30.0), "subsidy_cad_t": st.sampled_from([0.0, 20.0]),
})  # fmt: skip
HOMES = {"wheat_board": "canada", "trader": "canada", "eu_trade": "eu"}


def ledger_of(sales):
    rows = [
        {**sale, "origin": HOMES[sale["seller"]], "buyer": sale["market"], "country": sale["market"]} for sale in sales
    ]
    rows = list({(r["period"], r["seller"], r["market"], r["grade"]): r for r in rows}.values())
    return make_ledger(calendar(1980, 2), rows, draws=1), rows


@examples(30)
@given(st.lists(SALE, min_size=1, max_size=12))
def test_tonnes_shares_prices_and_concentration_are_those_of_the_sales(sales):
    ledger, rows = ledger_of(sales)
    share, markets, names = market_shares(ledger)
    index, sold, price = concentration(ledger), tonnes(ledger, ("market",)), prices(ledger, ("market",))
    for year in range(2):
        for place, market in enumerate(markets):
            own = [r for r in rows if r["market"] == market and r["period"] // 12 == year]
            whole = sum(r["kt"] for r in own)
            same(sold.column(market)[year], [whole])
            parts = [sum(r["kt"] for r in own if r["seller"] == name) for name in names]
            same(share[year, place, :, 0], [p / whole if whole else np.nan for p in parts])
            same(index.column(market)[year], [sum((p / whole) ** 2 for p in parts) if whole else np.nan])
            value = sum(r["kt"] * r["price_cad_t"] for r in own)
            same(price.column(market)[year], [value / whole if whole else np.nan])
        same(
            exports_kt(ledger, "canada")[year],
            [sum(r["kt"] for r in rows if r["origin"] == "canada" and r["period"] // 12 == year)],
        )
        granted = [r for r in rows if r["origin"] == "canada" and r["period"] // 12 == year and r["subsidy_cad_t"] > 0]
        paid, kt = (sum(r["kt"] * x for r, x in zip(granted, each, strict=True)) for each in
                    ([r["subsidy_cad_t"] for r in granted], [1.0] * len(granted)))  # fmt: skip
        same(average_bonus(ledger, "canada")[year], [paid / kt if kt else 0.0])


@examples(30)
@given(st.lists(SALE, min_size=1, max_size=12))
def test_misallocation_is_what_was_lost_by_selling_more_when_it_was_cheap(sales):
    ledger, rows = ledger_of(sales)
    found = misallocation_cad_k(ledger, "wheat_board")
    for year in range(2):
        lost = 0.0
        own = [r for r in rows if r["seller"] == "wheat_board" and r["period"] // 12 == year and r["kt"] > 0]
        for group in {(r["market"], r["grade"]) for r in own}:
            sold = [r for r in own if (r["market"], r["grade"]) == group]
            usual = fmean([r["price_cad_t"] for r in sold])
            lost += sum(r["kt"] * (usual - r["price_cad_t"]) for r in sold)
        assert found[year, 0] == pytest.approx(lost, rel=1e-9, abs=1e-6)


@pytest.fixture(scope="module")
def runs():
    """Two runs on the same draws: with bonuses and without."""
    sets = ("calendar.crop_years=2", "events=[]", "origins.united_states.fob_cost_usd_t=50", "eep.bonus_tolerance=2")
    on = (*sets, "eep.enabled=true", "eep.tonnage_kt=3000")
    return tuple(run_market(SCENARIOS / "tiny.yaml", draws=DRAWS, sets=each).ledger for each in (on, sets))


def test_gains_of_all_sides_add_up_and_no_money_is_lost(runs):
    for ledger in runs:
        accounts = welfare(ledger)
        sides = (accounts.producers, accounts.consumers, accounts.merchants)
        whole = sum(side.values.sum(axis=1) for side in sides) - accounts.taxpayers.values.sum(axis=1)
        np.testing.assert_allclose(accounts.whole.column("total"), whole, rtol=1e-9)
        np.testing.assert_allclose(by_country(accounts).values.sum(axis=1), whole, rtol=1e-9)
        money = next(table for table in incidence_tables(ledger, Followed("canada")) if table.name == "money")
        assert np.abs(money.column("imbalance")).max() < 1e-9 * np.abs(money.column("buyers_paid")).max()
        kt, price, freight, subsidy = (
            ledger.sales[name] for name in ("kt", "price_cad_t", "freight_cad_t", "subsidy_cad_t")
        )
        for name, amount in (("buyers_paid", kt * (price + freight)), ("freight", kt * freight)):
            np.testing.assert_allclose(money.column(name).sum(axis=0), amount.sum(axis=0) / 1000, rtol=1e-9)
        paid = accounts.programmes.values.sum(axis=(0, 1))
        np.testing.assert_allclose(paid, (kt * subsidy).sum(axis=0) / 1000, rtol=1e-9, atol=1e-12)
        surplus = np.zeros(DRAWS)
        for label in ledger.states["choke_cad_t"].labels:
            buyer, grade = label.split(":")
            own = ((ledger.rows["buyer"] == buyer) & (ledger.rows["grade"] == grade)).to_numpy()
            choke, slope = ledger.state("choke_cad_t", label), ledger.state("slope_cad_t_kt", label)
            for period in range(len(ledger.periods)):
                at = own & (ledger.rows["period"] == period).to_numpy()
                bought = kt[at].sum(axis=0)
                surplus += (
                    choke[period] * bought - slope[period] * bought**2 / 2 - (kt * (price + freight))[at].sum(axis=0)
                )
        np.testing.assert_allclose(accounts.consumers.values.sum(axis=(0, 1)), surplus / 1000, rtol=1e-9)


def test_a_change_is_a_difference_in_either_direction(runs):
    there, back, none = (surplus_change(*pair) for pair in (runs, runs[::-1], (runs[0], runs[0])))
    for one, other, zero in zip(there.tables(), back.tables(), none.tables(), strict=True):
        assert same_bits(one.values, -other.values) and not zero.values.any()
    assert there.whole.values.any()
    cost = subsidy_per_additional_tonne(*runs, "united_states")
    spent, added, each = (cost.column(name) for name in cost.columns)
    np.testing.assert_allclose(each * added, spent * 1000, rtol=1e-9)
    np.testing.assert_allclose(spent[:-1].sum(axis=0), spent[-1], rtol=1e-9)
    np.testing.assert_allclose(added[-1], added[:-1].sum(axis=0), rtol=1e-9)
    assert (spent[-1] > 0).all()


def test_a_draw_is_measured_alone_as_among_others(runs):
    sets = ("calendar.crop_years=2", "events=[]", "origins.united_states.fob_cost_usd_t=50", "eep.bonus_tolerance=2")
    for draw in range(DRAWS):
        ledger = run_market(SCENARIOS / "tiny.yaml", first_draw=draw, sets=sets).ledger
        for alone, among in zip(welfare(ledger).tables(), welfare(runs[1]).tables(), strict=True):
            assert same_bits([alone.values], column([among.values], draw))
