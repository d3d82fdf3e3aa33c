"""Delivery contracts, agreed sales, cash trading: limits of each rule, directions in runs, and the accounts."""

import numpy as np
import pytest
from handmade import calendar, make_ledger

from agents.cash_account import CashAccount
from agents.delivery import signed_share, willing_share
from agents.sales_programme import SalesProgramme
from sim.contracts import contract_series
from sim.market import BarleyMarket
from sim.measures.deliveries import deliveries, misallocation_cad_k
from sim.scenario import ScenarioError, load
from sim.shipped import scenario_path


def kt(*values):
    return np.array(values, float)


def run(*sets, draws=1):
    market = BarleyMarket(load(scenario_path("history"), sets), draws=draws)
    while market.running:
        market.step()
    return market


def measured(market):
    table = deliveries(market.ledger)
    return {c.removeprefix("cwb:"): table.values[:, i, 0] for i, c in enumerate(table.columns) if c.startswith("cwb:")}


@pytest.mark.parametrize("gap, share", [(-50, 1), (0, 1), (3, 1), (6, 0.5), (9, 0), (40, 0)])
def test_calls_are_kept_up_to_the_inertia_and_not_beyond_three_times_it(gap, share):
    assert willing_share(kt(gap), 3.0)[0] == pytest.approx(share)
    assert signed_share(kt(gap), 3.0, 0.5)[0] == pytest.approx(0.5 + 0.5 * share)
    assert signed_share(kt(gap), 3.0, 1.0)[0] == 1.0


@pytest.mark.parametrize("gap, share", [(-1, 1), (0, 1), (1, 0)])
def test_without_inertia_it_is_all_or_nothing(gap, share):
    assert willing_share(kt(gap), 0.0)[0] == share


@pytest.mark.parametrize("periods", [12, 52])
@pytest.mark.parametrize("series", [1, 3, 4])
def test_a_pool_year_has_its_series_evenly(series, periods):
    numbers = [contract_series(period, series, periods) for period in range(periods)]
    assert sorted(set(numbers)) == list(range(series)) and numbers == sorted(numbers)
    lengths = np.bincount(numbers)
    assert lengths.max() - lengths.min() <= 1


@pytest.mark.parametrize("series, dates", [(1, [0, 12]), (2, [0, 6, 12])])
def test_contracts_are_signed_anew_at_every_series_of_every_pool_year(series, dates):
    settings = ("calendar.crop_years=2", f"boards.cwb.contract_series={series}")
    market, signed = BarleyMarket(load(scenario_path("history"), settings), draws=1), []
    for _ in range(14):
        market.step()
        signed.append(float(market.growers["manitoba"].signed_kt[0]))
    changed = [0, *(t for t in range(1, 14) if signed[t] != signed[t - 1])]
    assert changed == dates


def test_a_programme_promises_a_share_with_the_first_buyer_in_it():
    programme = SalesProgramme(2)
    programme.agree(kt(100, 20), 30.0, 0.5, kt(120, 120))
    np.testing.assert_allclose(programme.agreed_kt, [20, 0])


def test_missed_promises_are_paid_for():
    programme = SalesProgramme(3)
    programme.agree(kt(100, 100, 100), 0.0, 0.5, kt(120, 120, 120))
    np.testing.assert_allclose(programme.promise(programme.agreed_kt, kt(80, 10, -5)), [50, 10, 0])
    np.testing.assert_allclose(programme.missed_kt, [0, 40, 50])
    # C$5 a tonne, and the rise of the price since the promise where it rose.
    np.testing.assert_allclose(programme.compensate(kt(150, 150, 90), 5.0), [0, 40 * 35, 50 * 5])


def test_failure_is_counted_by_group():
    programme = SalesProgramme(1)
    programme.enter(kt(10), kt(4))
    programme.enter(kt(10), kt(18))  # what one brings beyond its call does not excuse the other
    assert (programme.called_kt[0], programme.delivered_kt[0], programme.failed_kt[0]) == (20, 22, 6)


def test_cash_grain_is_sold_pro_rata_at_its_average_cost():
    account = CashAccount(1)
    account.buy(kt(10), kt(100))
    account.buy(kt(10), kt(140))
    sold, cost = account.sell(kt(50), kt(50 * 130), kt(100))
    assert (sold[0], cost[0], account.receipts_cad_k[0]) == pytest.approx((10, 1200, 1300))
    assert (account.stock_kt[0], account.cost_cad_k[0]) == pytest.approx((10, 1200))
    sold, cost = account.sell(kt(0), kt(0), kt(0))
    assert (sold[0], cost[0]) == (0, 0)


def test_misallocation_is_selling_more_in_cheap_months():
    def lost(tonnes):
        prices = (90, 110)
        sales = [{"period": t, "kt": tonnes[t], "price_cad_t": prices[t]} for t in range(2)]
        return misallocation_cad_k(make_ledger(calendar(1990, 1, length=2), sales, 1), "wheat_board")[0, 0]

    assert lost((50, 50)) == pytest.approx(0)
    assert lost((80, 20)) == pytest.approx(600)
    assert lost((20, 80)) == pytest.approx(-600)


YEARS = ("calendar.start=1994/95", "calendar.crop_years=2")


@pytest.fixture(scope="module")
def history():
    return measured(run(*YEARS))


def test_a_slower_outlook_loses_more_deliveries(history):
    slow = measured(run(*YEARS, "boards.cwb.published_lag=0.97"))
    assert slow["delivery_failure_share"][1] > history["delivery_failure_share"][1] + 0.05


def test_without_an_outlook_growers_follow_the_news_and_deliver(history):
    none = measured(run(*YEARS, "boards.cwb.outlook_from=null"))
    assert none["delivery_failure_share"][1] < 0.5 * history["delivery_failure_share"][1]


def test_growers_who_all_need_the_money_deliver(history):
    captive = [f"growers.{g}.captive_share=1" for g in ("southern_alberta", "northern_alberta", "western_saskatchewan",
                                                        "eastern_saskatchewan", "manitoba")]  # fmt: skip
    assert measured(run(*YEARS, *captive))["delivery_failure_share"][1] < 0.3 * history["delivery_failure_share"][1]


def test_cash_trading_brings_grain_when_the_pool_lags(history):
    cash = measured(run(*YEARS, "marketing.canada.feed=cash_trading"))
    assert cash["cash_bought_kt"][1] > 100
    assert cash["delivered_kt"][1] + cash["cash_bought_kt"][1] > history["delivered_kt"][1]
    assert cash["missed_kt"].sum() <= history["missed_kt"].sum()
    assert history["cash_bought_kt"].sum() == 0


def test_weekly_runs_lose_deliveries_in_the_year_of_the_price_rise():
    # Money and tonnes are checked in every period of every run; a broken account would raise.
    weekly = measured(run("calendar.start=1994/95", "calendar.crop_years=2", "calendar.periods_per_year=52"))
    assert weekly["delivery_failure_share"][1] > 0.2
    assert weekly["cash_less_pool_max_cad_t"][1] > weekly["cash_less_pool_mean_cad_t"][1] > 5


def test_accounts_close_when_promises_are_missed_and_grain_is_bought_for_cash():
    sets = ("boards.cwb.agreed_share=1", "boards.cwb.default_cost_cad_t=50", "boards.cwb.outlook_lag=0.9")
    pooled = run(*YEARS, *sets, draws=2)
    found = measured(pooled)
    assert found["missed_kt"].sum() > 0 and found["compensation_million_cad"].sum() > 0
    costs = pooled.ledger.state("board_cost_cad_k", "cwb").sum(axis=0)
    np.testing.assert_allclose(costs, pooled.ledger.state("compensation_cad_k", "cwb").sum(axis=0))
    cash = run(*YEARS, *sets, "marketing.canada.feed=cash_trading", draws=2)
    bought, sold = (cash.ledger.state(name, "cwb").sum(axis=0) for name in ("cash_bought_kt", "cash_sold_kt"))
    np.testing.assert_allclose(bought - sold, cash.boards["cwb"].cash.stock_kt, atol=1e-9)


def test_the_system_may_change_by_a_dated_event(tmp_path):
    path = tmp_path / "switched.yaml"
    path.write_text(
        f"extends: {scenario_path('history')}\ntitle: Cash trading for half a year\n"
        "calendar: {start: 1995/96, crop_years: 1}\n"
        "events:\n  - {from: 1995-08, to: 1996-01, marketing: {canada: {feed: cash_trading}}}\n",
        encoding="utf-8",
    )
    market = BarleyMarket(load(path), draws=1)
    while market.running:
        market.step()
    bought = market.ledger.state("cash_bought_kt", "cwb")[:, 0]
    assert bought[:6].sum() > 0 and bought[6:].sum() == 0


@pytest.mark.parametrize(
    "change, message",
    [
        ("boards.cwb.agreed_share=1.2", "agreed_share"),
        ("boards.cwb.contract_series=0", "contract_series"),
        ("boards.cwb.default_cost_cad_t=-1", "default_cost_cad_t"),
        ("growers.manitoba.captive_share=2", "captive_share"),
        ("marketing.canada.malting=cash_trading", "does not exist"),
    ],
)
def test_what_does_not_make_sense_is_refused(change, message):
    with pytest.raises(ScenarioError, match=message):
        load(scenario_path("history"), [change])
