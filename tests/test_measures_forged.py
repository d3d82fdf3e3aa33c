"""Accounts of one forged year in which every term is on the books, worked out on paper; a year without sales follows.

Canada has a board, a trader, growers who sell themselves, an intervention agency and two malting grades; the States a
board and an exporter who is paid a bonus in Japan, pays a tax in the Gulf and sells to Canadian feeders too.
"""

import numpy as np
import pytest
from handmade import calendar, make_ledger

from sim.measures import by_country, producer_account, regime_effect, summary, welfare
from sim.measures.incidence import Followed, gains_tables, incidence_tables
from sim.measures.regime_effect import intervention_account, stock_change

NAN = np.nan
TRADER = {"seller": "house", "role": "trader"}
GROWERS = {"seller": "farmers", "role": "growers"}
STATES = {"seller": "shipper", "role": "exporter", "origin": "states"}
US_BOARD = {"seller": "us_board", "role": "board", "origin": "states"}
FEEDERS = {"buyer": "feeders", "market": "canada", "country": "canada"}
RIYADH = {"buyer": "riyadh", "market": "gulf", "country": "gulf"}
MALTSTERS = {**FEEDERS, "buyer": "maltsters", "grade": "six_row", "pool": "malting"}
BREWERS = {"buyer": "brewers", "market": "states", "country": "states", "grade": "two_row", "pool": "malting"}
COLUMNS = ("feed_price_cad_t", "six_row_price_cad_t", "two_row_price_cad_t", "producer_revenue_million_cad")
FOLLOWED = Followed("canada", (("asia", ("tokyo", "riyadh")), ("nobody", ("monaco",))))


def forged(spent_cad_k=30.0, tokyo_cad_t=130.0, brewers=True):
    def sale(period, kt, price, **more):
        return {"period": period, "kt": kt, "price_cad_t": price, **more}

    def first(value):
        return [value, 0.0, 0.0, 0.0]

    sales = [
        sale(0, 10, tokyo_cad_t, freight_cad_t=10),
        sale(0, 20, 120, **TRADER),
        sale(0, 10, 100, subsidy_cad_t=4, **STATES),
        sale(0, 1, 100, **US_BOARD),
        sale(0, 30, 90, **TRADER, **FEEDERS),
        sale(0, 40, 80, **GROWERS, **FEEDERS),
        sale(0, 2, 95, freight_cad_t=3, **STATES, **FEEDERS),
        sale(0, 5, 150, **TRADER, **MALTSTERS),
        *([sale(0, 8, 160, **BREWERS)] if brewers else []),
        sale(1, 5, 100, subsidy_cad_t=-2, **STATES, **RIYADH),
        sale(3, 1, 50, **STATES),
    ]
    return make_ledger(
        calendar(1980, 2, length=2), sales, 1,
        choke_cad_t={"monaco:feed": 0, "tokyo:feed": 200, "feeders:feed": 100, "maltsters:six_row": 200,
                     "brewers:two_row": 0.5,
                     "riyadh:feed": 300},
        slope_cad_t_kt={"monaco:feed": 0, "tokyo:feed": 1, "feeders:feed": 0.2, "maltsters:six_row": 2,
                        "brewers:two_row": 0,
                        "riyadh:feed": 0},
        merchant_margin_cad_k={"canada:feed": [60, 40, 0, 0], "canada:six_row": first(15), "canada:two_row": 0,
                               "states:feed": first(16)},
        board_cost_cad_k={"wheat_board": [3, 4, 0, 0], "us_board": first(1000)},
        opening_kt={"canada": [100, 104, 109, 95], "states": 0}, closing_kt={"canada": [104, 109, 95, 90], "states": 0},
        handling_cost_cad_k={"canada": [5, 4, 0, 0]}, grade_cost_cad_k={"canada": first(11)},
        production_cost_cad_k={"canada": [150, 50, 0, 0]},
        pool_deficit_cad_k={"wheat_board:feed": [30, 0], "wheat_board:malting": [12, 0], "us_board:feed": [5, 0]},
        programme_spend_cad_k={"eep": first(spent_cad_k)},
        intervention_stock_kt={"canada": [5, 3, 3, 3]}, intervention_loss_cad_k={"canada": first(4)},
        intervention_paid_cad_k={"canada": first(50)}, intervention_proceeds_cad_k={"canada": first(20)},
        intervention_bought_kt={"canada": first(6)}, intervention_home_kt={"canada": first(2)},
        intervention_exported_kt={"canada": first(1)},
    )  # fmt: skip


def cells(table, row="1980/81"):
    return dict(zip(table.columns, table.row(row)[:, 0].tolist(), strict=True))


@pytest.fixture
def accounts():
    return welfare(forged())


def test_producers_prices_bear_the_merchants_margin_and_no_other():
    account = producer_account(forged(), "canada")
    assert account.crop_years == ("1980/81", "1981/82")
    assert account.grades == ("feed", "six_row", "two_row") and account.malting == ("six_row", "two_row")
    # a margin of 100 on the trader's 50 kt of feed: 2 a tonne; 15 on its 5 kt of malting barley: 3 a tonne
    assert account.export_kt[0, :, 0].tolist() == [30, 0, 8] and account.home_kt[0, :, 0].tolist() == [70, 5, 0]
    assert account.feed_price_cad_t[:, 0] == pytest.approx([(1300 + 2400 - 40) / 30, NAN], nan_ok=True)
    assert account.home_feed_price_cad_t[:, 0] == pytest.approx([(2700 + 3200 - 60) / 70, NAN], nan_ok=True)
    assert account.malting_price_cad_t[0, :, 0] == pytest.approx([147, 160])
    assert np.isnan(account.malting_price_cad_t[1]).all()
    # all feed, 100 kt, brings 3,660 + 5,840; a year without sales values its stocks at nothing
    assert account.stock_price_cad_t[:, 0] == pytest.approx([95, 0])
    assert account.margin_cad_k[:, 0].tolist() == [115, 0] and account.board_cost_cad_k[:, 0].tolist() == [7, 0]
    assert account.marketed_kt[:, 0].tolist() == [113, 0]


def test_what_an_agency_buys_is_received_and_not_held():
    ledger = forged()
    assert [part[:, 0].tolist() for part in intervention_account(ledger, "canada")] == [[30, 0], [3, 0]]
    assert not any(part.any() for part in intervention_account(ledger, "states"))
    assert stock_change(ledger, "canada")[:, 0].tolist() == [9, -19]
    account = producer_account(ledger, "canada")
    assert account.stock_change_kt[:, 0].tolist() == [6, -19]  # 9, of which 3 are the agency's
    assert account.stock_change_cad_k[:, 0] == pytest.approx([570, 0])
    assert account.receipts_cad_k[:, 0] == pytest.approx([11630 - 115 - 7 + 30, 0])
    assert account.revenue_million_cad[:, 0] == pytest.approx([12.108, 0])
    table = account.table()
    assert (table.name, table.columns, table.units) == ("producer_account", COLUMNS, ("C$/t",) * 3 + ("million C$",))
    assert cells(table) == pytest.approx(dict(zip(COLUMNS, (122, 147, 160, 12.108), strict=True)))


def test_a_change_may_be_asked_for_some_years_and_prices_may_be_missing():
    base, other = forged(), forged(tokyo_cad_t=133.0)
    table = regime_effect(base, other, "canada", ["1981/82", "1999/00"])
    assert table.rows == ("1981/82", "average") and table.name == "table2"
    assert np.isnan(table.row("1981/82")[:3]).all() and table.row("1981/82")[3].tolist() == [0]
    without = regime_effect(base, forged(brewers=False), "canada")
    assert without.columns == COLUMNS and np.isnan(without.cell("1980/81", "two_row_price_cad_t")).all()
    assert without.cell("1980/81", COLUMNS[-1]) == pytest.approx(-1.28)
    whole = regime_effect(base, other, "canada")
    assert whole.rows == ("1980/81", "1981/82", "average")
    # 10 kt at C$ 3 more: 1 a tonne of exports, and 0.3 a tonne of all feed in which 6 kt of stock are valued
    assert cells(whole) == pytest.approx(dict(zip(COLUMNS, (1, 0, 0, 0.0318), strict=True)), abs=1e-12)
    assert cells(whole, "average") == pytest.approx(dict(zip(COLUMNS, (1, 0, 0, 0.0159), strict=True)), abs=1e-12)


def test_every_side_of_the_welfare_accounts(accounts):
    assert cells(accounts.producers) == pytest.approx({"canada": 12.108 + 0.042 - 0.011 - 0.2, "states": 0.809})
    # Japan: 200 x 41 - 41^2 / 2 - 4900; feeders: 100 x 72 - 0.1 x 72^2 - 6096; maltsters: 1000 - 25 - 750
    consumers = {"canada": 0.5856 + 0.225, "gulf": 1.0, "japan": 2.4595, "states": 0.004 - 1.28}
    assert cells(accounts.consumers) == pytest.approx(consumers)
    assert cells(accounts.consumers, "1981/82")["japan"] == pytest.approx(0.1495)
    assert cells(accounts.merchants) == pytest.approx({"canada": 0.106, "states": 0.016})
    assert cells(accounts.taxpayers) == pytest.approx({"canada": 0.042 + 0.004, "states": 0.04 - 0.01 + 0.005})
    assert cells(accounts.programmes) == pytest.approx({"eep": 0.03})
    assert cells(accounts.deficits) == pytest.approx({"us_board": 0.005, "wheat_board": 0.042})
    assert cells(accounts.freight) == pytest.approx({"canada": 0.006, "gulf": 0, "japan": 0.1, "states": 0})
    assert cells(accounts.whole) == pytest.approx({"total": 15.7831})
    assert {table.units for table in accounts.tables()} == {("million C$",) * n for n in (1, 2, 4)}


def test_a_country_has_four_sides_and_middlemen_are_where_the_grain_is_from(accounts):
    found = cells(by_country(accounts))
    assert list(found)[:5] == ["canada:producers", "canada:buyers", "canada:middlemen", "canada:taxpayers",
                               "gulf:producers"]  # fmt: skip
    states = {"producers": 0.809, "buyers": -1.276, "middlemen": 0.016, "taxpayers": -0.035}
    assert found == pytest.approx(
        {"canada:producers": 11.939, "canada:buyers": 0.8106, "canada:middlemen": 0.106, "canada:taxpayers": -0.046}
        | {f"states:{side}": value for side, value in states.items()}
        | {f"{place}:{side}": 0.0 for place in ("gulf", "japan") for side in states}
        | {"gulf:buyers": 1.0, "japan:buyers": 2.4595}
    )


def test_money_is_followed_from_the_buyer_to_the_grower():
    _, money, stocks, groups, exports, _ = incidence_tables(forged(), FOLLOWED)
    expected = {"buyers_paid": 13.526, "treasuries_paid": 0.107, "producers_received": 12.389,
                "middlemen_received": 0.131, "boards_cost": 1.007, "freight": 0.106}  # fmt: skip
    assert cells(money) == pytest.approx(expected | {"imbalance": 0}, abs=1e-12)
    assert cells(stocks) == pytest.approx({"canada:change_kt": 6, "canada:price_cad_t": 95, "states:change_kt": 0,
                                           "states:price_cad_t": (1040 + 100 + 190 + 490 - 16) / 18})  # fmt: skip
    assert stocks.units == ("kt", "C$/t") * 2
    assert cells(groups) == pytest.approx({"asia": 3.4595, "nobody": 0})
    assert cells(exports) == {"canada": 38, "states": 18} and cells(exports, "1981/82") == {"canada": 0, "states": 1}
    assert [table.name for table in gains_tables(forged())] == ["gains", "stocks", "exports"]
    odd = incidence_tables(forged(spent_cad_k=35.0), FOLLOWED)[1]  # five more than was granted: nobody has them
    assert cells(odd)["imbalance"] == pytest.approx(0.005) and cells(odd)["treasuries_paid"] == pytest.approx(0.112)


def test_prices_that_are_followed_are_of_the_grain_they_name():
    prices = incidence_tables(forged(), FOLLOWED)[-1]
    expected = {
        "internal:canada": 5900 / 70, "landed:canada": 98, "landed:gulf": 100, "landed:japan": 4900 / 41,
        "landed:asia": 5400 / 46, "fob:japan": 3700 / 30, "producers:six_row": 147, "producers:two_row": 160,
    }  # fmt: skip
    assert cells(prices) == pytest.approx(expected)
    late = cells(prices, "1981/82")
    assert late.pop("landed:japan") == late.pop("landed:asia") == 50 and np.isnan(list(late.values())).all()
    malt = make_ledger(calendar(1980, 1, length=1), [{"period": 0, "kt": 1, "grade": "malt", "pool": "malting"}], 2)
    assert incidence_tables(malt, Followed("moon"))[-1].values.shape == (1, 0, 2)


def test_tables_of_origins_follow_the_accounts():
    found = summary(forged(), tables=("producers", "closing_stock", "programme_spend"))
    assert found.get("producers", "1980/81", "canada:home_feed_price_cad_t") == pytest.approx(5840 / 70)
    assert found.get("producers", "1980/81", "states:producer_revenue_million_cad") == pytest.approx(0.804)
    assert found.get("producers", "1980/81", "canada") == pytest.approx(11.939)
    units = {key[2]: key[3] for key in found.keys}
    assert units["canada:home_feed_price_cad_t"] == "C$/t" and units["states"] == "million C$"
    assert found.get("closing_stock", "1980/81", "canada").tolist() == [109]
    assert found.get("closing_stock", "1981/82", "canada").tolist() == [90]
    assert found.get("programme_spend", "1980/81", "eep") == pytest.approx(0.03)
