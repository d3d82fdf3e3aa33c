"""Welfare, trade and pools, each against an answer worked out by hand."""

import numpy as np
import pytest
from handmade import calendar, make_ledger, random_ledger

from sim.measures import (
    bonus_pass_through,
    by_country,
    concentration,
    consumers_surplus,
    market_shares,
    pool_accounts,
    prices,
    producer_account,
    subsidy_per_additional_tonne,
    surplus_change,
    tonnes,
    welfare,
)
from sim.measures.arrays import total
from sim.measures.sales import by_crop_year, select, tabulate

ALGIERS = {"buyer": "algiers", "market": "offshore", "country": "offshore"}
US = {"seller": "exporter", "role": "exporter", "origin": "states"}


@pytest.fixture(autouse=True)
def strict():
    with np.errstate(all="raise"):
        yield


def sale(period, kt, price, **more):
    return {"period": period, "kt": kt, "price_cad_t": price, **more}


def war_ledger(bonus=30.0, shipped=40.0, price=100.0):
    """Two crop years of two periods; the board and a subsidised exporter sell to one offshore buyer and to Japan."""
    sales = []
    for period in range(4):
        kt = [shipped, shipped + 5]
        sales += [
            sale(period, 10, price, freight_cad_t=20, **ALGIERS),
            sale(period, 10, 130, freight_cad_t=10),
            sale(period, kt, price, freight_cad_t=20, subsidy_cad_t=bonus, **US, **ALGIERS),
        ]
    return make_ledger(
        calendar(1980, 2, length=2), sales,
        choke_cad_t={"algiers:feed": 200, "tokyo:feed": 150, "nobody:feed": 99},
        slope_cad_t_kt={"algiers:feed": 1, "tokyo:feed": 0.5, "nobody:feed": 1},
        merchant_margin_cad_k={"canada:feed": 0, "states:feed": 25},
        handling_cost_cad_k={"states": 5}, grade_cost_cad_k={"canada": 3},
        pool_deficit_cad_k={"wheat_board:feed": [0, 700]}, board_cost_cad_k={"wheat_board": 10},
        programme_spend_cad_k={"eep": 1200, "restitution": 0},
    )  # fmt: skip


def test_consumers_surplus_is_the_triangle():
    table = consumers_surplus(war_ledger())
    assert table.columns == ("japan", "offshore")
    # offshore, a period: Q = 50: 200 x 50 - 50^2 / 2 - 120 x 50 = 2750; draw 1, Q = 55: 4400 - 1512.5 = 2887.5
    assert np.allclose(table.column("offshore"), [[5.5, 5.775]] * 2)
    # Japan: 150 x 10 - 0.5 x 50 - 140 x 10 = 75
    assert np.allclose(table.column("japan"), 0.15)


def test_a_purchase_without_a_demand_on_record_is_refused():
    ledger = war_ledger()
    ledger.states["choke_cad_t"].values[2] = 0
    with pytest.raises(ValueError, match="feed bought in a period for which the ledger has no demand"):
        consumers_surplus(ledger)


def test_welfare_accounts():
    accounts = welfare(war_ledger())
    # Canada: 2 x (1000 + 1300 - 10 - 3 for better grades), in the second year the treasury adds 700
    assert np.allclose(accounts.producers.column("canada"), [[4.574] * 2, [5.274] * 2])
    # United States: 2 x (130 x 40 - 25); draw 1: 2 x (130 x 45 - 25)
    assert np.allclose(accounts.producers.column("states")[0], [10.35, 11.65])
    assert np.allclose(accounts.merchants.column("states"), 0.04)  # 2 x (25 - 5 for handling)
    assert np.allclose(accounts.taxpayers.column("states")[0], [2.4, 2.7])
    assert np.allclose(accounts.taxpayers.column("canada")[:, 0], [0, 0.7])
    assert np.allclose(accounts.deficits.column("wheat_board")[:, 0], [0, 0.7])
    assert np.allclose(accounts.programmes.column("eep"), 2.4)
    assert np.allclose(accounts.freight.column("offshore")[0], [2, 2.2])
    # 1980/81: 4.574 + 10.35 + 0.15 + 5.5 + 0.04 - 2.4
    assert np.allclose(accounts.whole.cell("1980/81", "total")[0], 18.214)


def test_gains_by_country_add_up_to_the_whole():
    accounts = welfare(war_ledger())
    table = by_country(accounts)
    assert np.allclose(table.column("states:taxpayers")[0], [-2.4, -2.7])
    assert np.allclose(table.column("offshore:buyers")[0], [5.5, 5.775])
    assert np.allclose(table.column("canada:taxpayers")[1], -0.7)
    assert not table.column("japan:producers").any()
    assert np.allclose(table.values.sum(axis=1), accounts.whole.column("total"))


def test_total_surplus_is_worth_less_resources():
    ledger = random_ledger()
    worth = np.zeros((36, 5))
    for name in ledger.states["choke_cad_t"].labels:
        buyer, grade = name.split(":")
        kt = tabulate(ledger, select(ledger, buyer=buyer, grade=grade), ("kt",), ("period",))["kt"]
        worth += ledger.state("choke_cad_t", name) * kt - ledger.state("slope_cad_t_kt", name) * kt**2 / 2
    freight = by_crop_year(ledger, (ledger.sales["freight_cad_t"] * ledger.sales["kt"]).reshape(36, -1, 5).sum(axis=1))
    accounts = [producer_account(ledger, origin) for origin in ("canada", "states")]
    stocks = total(np.stack([account.stock_change_cad_k - account.board_cost_cad_k for account in accounts]))
    expected = by_crop_year(ledger, worth) - freight + stocks
    assert np.allclose(welfare(ledger).whole.column("total"), expected / 1000)


def test_surplus_change_is_other_minus_base():
    change = surplus_change(war_ledger(), war_ledger(bonus=0, shipped=20))
    assert np.allclose(change.taxpayers.column("states")[0], [-2.4, -2.7])
    assert np.allclose(change.producers.column("canada"), 0)
    none = surplus_change(war_ledger(), war_ledger())
    assert not any(table.values.any() for table in none.tables())


def test_subsidy_per_additional_tonne():
    table = subsidy_per_additional_tonne(war_ledger(), war_ledger(bonus=0, shipped=20), "states")
    # draw 0: 2.4 million buy 2 x (40 - 20) = 40 kt more: C$ 60 a tonne; draw 1: 2.7 million for 40 kt
    assert table.rows == ("1980/81", "1981/82", "all")
    assert np.allclose(table.column("subsidy_per_additional_tonne_cad_t"), [[60, 67.5]] * 3)
    assert np.allclose(table.row("all")[:2], [[4.8, 5.4], [80, 80]])
    same = subsidy_per_additional_tonne(war_ledger(), war_ledger(), "states")
    assert np.isnan(same.column("subsidy_per_additional_tonne_cad_t")).all()


def test_pass_through():
    table = bonus_pass_through(war_ledger(), war_ledger(bonus=0, price=112), "states", "feed")
    # 30 of bonus take 12 off the offshore price
    assert np.allclose(table.column("offshore"), -0.4) and np.allclose(table.column("japan"), 0)
    assert np.isnan(bonus_pass_through(war_ledger(), war_ledger(), "states", "feed").values).all()


def test_shares_and_concentration():
    share, markets, sellers = market_shares(war_ledger())
    assert markets == ["japan", "offshore"] and sellers == ["exporter", "wheat_board"]
    assert np.allclose(share[0, 1, :, 0], [0.8, 0.2]) and np.array_equal(share[0, 0, :, 0], [0, 1])
    table = concentration(war_ledger())
    assert np.allclose(table.cell("1980/81", "offshore")[0], 0.68)
    assert np.array_equal(table.column("japan"), np.ones((2, 2)))
    empty = make_ledger(calendar(1980, 1, length=1), [sale(0, 0, 0)])
    assert np.isnan(concentration(empty).values).all()


def test_tonnes_and_prices():
    table = tonnes(war_ledger())
    assert table.columns == ("japan:feed", "offshore:feed")
    assert np.array_equal(table.column("offshore:feed"), [[100, 110]] * 2)
    assert np.array_equal(tonnes(war_ledger(), ("seller",), role="board").column("wheat_board"), np.full((2, 2), 40))
    by_seller = prices(war_ledger(), ("seller", "market"))
    assert by_seller.columns == ("exporter:offshore", "wheat_board:japan", "wheat_board:offshore")
    assert np.allclose(by_seller.row("1980/81")[:, 0], [100, 130, 100])


def test_pools():
    ledger = make_ledger(
        calendar(1980, 1, length=1), [sale(0, 1, 1)],
        pool_kt={"wheat_board:feed": 100, "wheat_board:malting": 0},
        pool_receipts_cad_k={"wheat_board:feed": 9000, "wheat_board:malting": 0},
        pool_costs_cad_k={"wheat_board:feed": 500, "wheat_board:malting": 0},
        pool_initial_cad_k={"wheat_board:feed": 9100, "wheat_board:malting": 0},
        pool_final_cad_k={"wheat_board:feed": 0, "wheat_board:malting": 0},
        pool_deficit_cad_k={"wheat_board:feed": 600, "wheat_board:malting": 0},
    )  # fmt: skip
    items = {name: table.values[0, :, 0] for name, table in pool_accounts(ledger).items()}
    expected = {"tonnes_kt": 100, "receipts_cad_t": 90, "costs_cad_t": 5, "initial_cad_t": 91, "final_cad_t": 0,
                "deficit_cad_t": 6, "return_cad_t": 91, "deficit_million_cad": 0.6}  # fmt: skip
    assert {name: values[0] for name, values in items.items()} == expected
    assert np.isnan(items["return_cad_t"][1]) and items["deficit_million_cad"][1] == 0
    assert pool_accounts(make_ledger(calendar(1980, 1, length=1), [sale(0, 1, 1)])) == {}
