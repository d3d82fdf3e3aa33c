"""Intervention: an agency's accounts, what growers sell to it, and what it does to a home market."""

from pathlib import Path

import mesa
import numpy as np
import pytest
from conftest import run_market

from agents.intervention import InterventionAgency
from agents.terms import CashMarket
from sim.checks import IdentityError
from sim.measures import intervention, producer_account, welfare
from sim.scenario import load

SCENARIO = Path(__file__).parent / "scenarios" / "refunds.yaml"
ORIGIN = "united_states"


def kt(*values):
    return np.array(values, dtype=float)


@pytest.fixture(scope="module")
def base():
    return run_market(SCENARIO)


def account(market):
    (table,) = intervention(market.ledger)
    return {name.split(":")[1]: table.values[:, place, 0] for place, name in enumerate(table.columns)}


def agency(stock=100.0, book=50.0, cash_price=80.0):
    made = InterventionAgency(mesa.Model(), "home_intervention", CashMarket("home", *(kt(0) for _ in range(5))), 1)
    made.cash.price_cad_t = kt(cash_price)
    made.take_over(kt(stock), kt(book))
    made.open_period()
    return made


def test_stock_stands_at_average_cost_and_a_sale_below_it_is_a_loss():
    made = agency(stock=100, book=60)
    made.buy(kt(100), kt(100))  # the book price is now 80
    made.serve_exporters(kt(50), 0.4)
    made.sell(kt(30), kt(30 * 70))
    assert (made.exported_kt[0], made.home_kt[0], made.stock_kt[0]) == (20, 30, 150)
    assert made.book_cad_k[0] == pytest.approx(150 * 80)
    assert made.proceeds_cad_k[0] == 30 * 70 + 20 * 80 and made.loss_cad_k[0] == pytest.approx(30 * 10)


@pytest.mark.parametrize("stock, share, served", [(100, 0.0, 0), (100, 0.5, 25), (10, 0.5, 10), (0, 1.0, 0)])
def test_exporters_are_served_as_far_as_the_stock_goes(stock, share, served):
    made = agency(stock=stock)
    made.serve_exporters(kt(50), share)
    assert made.exported_kt[0] == served
    made.sell(kt(0), kt(0))
    assert made.stock_kt[0] == stock - served and made.loss_cad_k[0] == pytest.approx(-30 * served)


def test_the_home_price_keeps_between_support_and_the_resale_price_while_stocks_last(base):
    support = 88 * base.ledger.state("exchange", "cad_per_usd")[:, 0]
    cash = base.ledger.state("cash_price_cad_t", ORIGIN)[:, 0]
    stock = base.ledger.state("intervention_stock_kt", ORIGIN)
    assert (cash >= support - 1e-9).all()
    assert (cash <= 1.05 * support + 1e-9)[stock[:, 0] > 1].all()
    bought = base.ledger.state("intervention_bought_kt", ORIGIN)[:, 0] > 1e-6
    home = base.ledger.state("intervention_home_kt", ORIGIN)[:, 0] > 1e-6
    assert bought.any() and home.any() and not (bought & home).any()
    assert cash[bought] == pytest.approx(support[bought]) and (cash[home] > support[home]).all()


def test_without_an_agency_growers_keep_what_they_do_not_sell():
    made = run_market(SCENARIO, periods=2, sets=(f"origins.{ORIGIN}.intervention=null",))
    assert intervention(made.ledger) == [] and not made.agencies
    assert (made.ledger.rows["role"] != "agency").all()


def test_tonnes_and_money_of_the_agency_add_up_over_the_years(base):
    year, state = account(base), base.ledger.state
    opening = 0.4 * 3000
    sold = year["sold_home_kt"] + year["sold_abroad_kt"]
    assert opening + np.cumsum(year["bought_kt"] - sold) == pytest.approx(year["closing_stock_kt"])
    rows = (base.ledger.rows["role"] == "agency").to_numpy()
    assert base.ledger.sales["kt"][rows].sum() == pytest.approx(year["sold_home_kt"].sum())
    paid = (base.ledger.sales["kt"] * base.ledger.sales["price_cad_t"])[rows].sum()
    assert state("intervention_home_cad_k", ORIGIN).sum() == pytest.approx(paid)
    cash = state("intervention_exported_kt", ORIGIN) * state("cash_price_cad_t", ORIGIN)
    assert 1000 * year["proceeds_million_cad"].sum() == pytest.approx(paid + cash.sum())
    usd = state("exchange", "cad_per_usd")  # the books are in US dollars, the support price's currency
    change = sum(sign * (state(f"intervention_{name}_cad_k", ORIGIN) / usd).sum()
                 for sign, name in ((1, "paid"), (-1, "proceeds"), (-1, "loss")))  # fmt: skip
    assert base.agencies[ORIGIN].book_cad_k[0] / usd[-1, 0] == pytest.approx(opening * 88 + change)


def test_an_exchange_rate_makes_no_loss():
    made = agency(stock=100, book=40, cash_price=80)
    made.revalue(kt(2))
    made.serve_exporters(kt(50), 1.0)
    made.sell(kt(0), kt(0))
    assert made.loss_cad_k[0] == pytest.approx(0) and made.book_cad_k[0] == pytest.approx(50 * 80)


def test_taxpayers_bear_the_loss_and_producers_get_what_the_agency_paid(base):
    ledger = base.ledger
    accounts, year = welfare(ledger), account(base)
    taxpayers = accounts.taxpayers.values[:, accounts.taxpayers.columns.index(ORIGIN), 0]
    refunds = ledger.state("programme_spend_cad_k", "restitution").reshape(2, 12).sum(axis=1) / 1000
    assert taxpayers == pytest.approx(refunds + year["loss_million_cad"])
    made = producer_account(ledger, ORIGIN)
    rows = (ledger.rows["origin"] == ORIGIN).to_numpy()
    sales = ledger.sales["kt"] * (ledger.sales["price_cad_t"] + ledger.sales["subsidy_cad_t"])
    by_year = [sales[rows & (ledger.rows["year"] == y).to_numpy()].sum() / 1000 for y in (0, 1)]
    expected = np.array(by_year) + year["purchases_million_cad"] - year["proceeds_million_cad"]
    assert made.receipts_cad_k[:, 0] / 1000 + made.margin_cad_k[:, 0] / 1000 == pytest.approx(expected)
    growers = ledger.state("closing_kt", ORIGIN)[-1, 0] - year["closing_stock_kt"][-1]
    assert growers == pytest.approx(base.growers["us_growers"].stock_kt[0])
    assert made.stock_change_kt[:, 0].sum() == pytest.approx(growers - 0.6 * 3000)


def test_a_larger_crop_goes_into_intervention():
    bought = [account(run_market(SCENARIO, sets=("calendar.crop_years=1", f"origins.{ORIGIN}.production_kt.scale={f}")))
              ["bought_kt"][0] for f in (1.0, 1.2)]  # fmt: skip
    assert bought[1] > bought[0] + 500


def test_a_lost_tonne_in_store_stops_the_run():
    from sim.market import BarleyMarket

    market = BarleyMarket(load(SCENARIO), draws=1)
    market.step()
    store = market.agencies[ORIGIN]
    store.buy = lambda tonnes, price: type(store).buy(store, tonnes + 1.0, price)
    with pytest.raises(IdentityError, match="united_states"):
        market.step()
