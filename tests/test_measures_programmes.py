"""Tables of programmes, pools' deliveries and intervention from forged ledgers, every number worked out on paper."""

import numpy as np
import pytest
from handmade import calendar, make_ledger

from sim.measures import bonus_programme, deliveries, pool_accounts, summary
from sim.measures.deliveries import misallocation_cad_k
from sim.measures.pools import POOL_TABLES
from sim.measures.refund_programme import UNITS, intervention, refund_programme

NAN = np.nan
ALGIERS = {"buyer": "algiers", "market": "offshore", "country": "offshore"}
TUNIS = {**ALGIERS, "buyer": "tunis"}
STATES = {"seller": "shipper", "role": "exporter", "origin": "states"}


def cells(table, row="1980/81"):
    return dict(zip(table.columns, table.row(row)[:, 0].tolist(), strict=True))


def bonus_ledger():
    """Two crop years of two periods; bonuses of half a US dollar on 5 kt and of twenty on 95 in the first."""

    def sale(period, kt, subsidy, **more):
        return {"period": period, "kt": kt, "price_cad_t": 100, "subsidy_cad_t": subsidy, **STATES, **ALGIERS, **more}

    sales = [
        sale(0, 5, 0.65),
        sale(1, 95, 28.0),
        sale(1, 100, 0.0),  # shipped without
        sale(1, 50, 99.0, agreement=True),  # under an agreement: no bid
        sale(1, 50, 99.0, grade="malt", pool="malting"),
        sale(1, 50, 99.0, **TUNIS),  # has no initiative
        sale(3, 10, 0.0),
        {"period": 0, "kt": 4, "price_cad_t": 90, **ALGIERS},
        {"period": 1, "kt": 12, "price_cad_t": 110, **ALGIERS},
        {"period": 1, "kt": 3, "price_cad_t": 120, **TUNIS},
        {"period": 1, "kt": 30, "price_cad_t": 500, **TUNIS, "agreement": True},
        {"period": 1, "kt": 2, "price_cad_t": 70, "seller": "abb", "origin": "australia", **TUNIS},
        {"period": 1, "kt": 7, "price_cad_t": 130},  # in Japan, where nobody has an initiative
    ]
    return make_ledger(
        calendar(1980, 2, length=2), sales, 2,
        exchange={"cad_per_usd": [1.3, 1.4, 1.5, 1.6]},
        bonus_bid_kt={"algiers": [50, 150, 0, 0]}, bonus_accepted_kt={"algiers": [10, 110, 0, 0]},
        bonus_spent_usd_k={"states": [2.5, 1900, 0, 0]},
        bonus_money_left_usd_k={"states": [900, 700, 400, 300]},
        bonus_fiscal_year_opens={"states": [0, 0, 1, 0]},
    )  # fmt: skip


def test_bonuses_are_told_by_tonnes_in_the_programmes_money():
    tonnes, terms, fiscal, eligible = bonus_programme(bonus_ledger())
    assert (tonnes.name, tonnes.columns, tonnes.units) == ("bonus_tonnes", ("algiers",), ("kt",))
    assert tonnes.column("algiers").tolist() == [[100, 100], [0, 0]]
    assert terms.name == "bonus" and terms.rows == ("1980/81", "1981/82")
    assert terms.units == ("kt", "US$/t", "US$/t", "US$/t", "million US$", "0 to 1")
    assert cells(terms) == pytest.approx(
        {"tonnes": 100, "mean": 19.025, "p05_of_tonnes": 0.5, "p95_of_tonnes": 20.0, "spending": 1.9025,
         "accepted_share": 0.6}
    )  # fmt: skip
    late = cells(terms, "1981/82")
    assert (late.pop("tonnes"), late.pop("spending")) == (0, 0) and np.isnan(list(late.values())).all()
    # the fiscal year opens with the third period: what is left is what its last period leaves
    assert fiscal.name == "bonus_fiscal_year" and fiscal.rows == ("1980-08", "1981-08")
    assert fiscal.columns == ("spending", "money_left") and fiscal.units == ("million US$",) * 2
    assert fiscal.values[:, :, 0] == pytest.approx(np.array([[1.9025, 0.7], [0, 0.3]]))
    assert (eligible.name, eligible.columns, eligible.units) == (
        "eligible_price", ("australia:without", "canada:with_initiative", "canada:without"), ("C$/t",) * 3
    )  # fmt: skip
    assert cells(eligible) == pytest.approx(
        {"australia:without": 70, "canada:with_initiative": 105, "canada:without": 120}
    )


def test_a_bonus_in_some_draws_only_has_its_spread_there():
    ledger = bonus_ledger()
    ledger.sales["subsidy_cad_t"][:2, 1] = 0
    terms = bonus_programme(ledger)[1]
    assert np.array_equal(terms.cell("1980/81", "p05_of_tonnes"), [0.5, NAN], equal_nan=True)
    assert np.array_equal(terms.cell("1980/81", "p95_of_tonnes"), [20.0, NAN], equal_nan=True)
    assert terms.cell("1980/81", "tonnes").tolist() == [100, 0]


def refunds(**states):
    def year(*values):
        return {"grain": [values[0], values[1], 0, 0], "malt": [values[2], 0, 0, 0]}

    return make_ledger(
        calendar(1980, 2, length=2), [{"period": 0}], 1,
        refund_bid_kt=year(30, 50, 10), refund_accepted_kt=year(10, 22, 5), refund_accepted_ecu_k=year(200, 760, -35),
        refund_rounds=year(2, 3, 4), refund_rejected_rounds=year(1, 1, 3), refund_spend_ecu_k=year(150, 600, 0),
        refund_tax_ecu_k=year(0, 0, 31),
        refund_maximum_ecu_t={"grain": [28, 33, 12, 14], "malt": [-7, -6, -5, -4]},
    )  # fmt: skip


def test_refunds_are_told_by_programme():
    (table,) = refund_programme(refunds())
    items = ("mean_refund_ecu_t", "maximum_refund_ecu_t", "bids_kt", "accepted_kt", "acceptance_percent", "rounds",
             "rounds_rejected", "spending_million_ecu", "export_tax_million_ecu")  # fmt: skip
    assert tuple(UNITS) == items and table.name == "refund_programme"
    assert table.columns == tuple(f"{name}:{item}" for name in ("grain", "malt") for item in items)
    assert table.units == (*UNITS.values(), *UNITS.values())
    grain, malt = (30, 33, 80, 32, 40, 5, 2, 0.75, 0), (-7, -6, 10, 5, 50, 4, 3, 0, 0.031)
    assert table.row("1980/81")[:, 0] == pytest.approx(np.array(grain + malt))
    nothing = (NAN, 14, 0, 0, NAN, 0, 0, 0, 0, NAN, -4, 0, 0, NAN, 0, 0, 0, 0)
    assert table.row("1981/82")[:, 0] == pytest.approx(np.array(nothing), nan_ok=True)


def test_an_agency_has_its_flows_its_stock_and_its_money():
    flows = {"bought": 8, "home": 2, "exported": 1, "paid": 700, "proceeds": 250, "loss": 40}
    states = {f"intervention_{name}_{'kt' if value < 10 else 'cad_k'}": {"eu": [value, value, 0, 0], "uk": 0}
              for name, value in flows.items()}  # fmt: skip
    ledger = make_ledger(calendar(1980, 2, length=2), [{"period": 0}], 1,
                         intervention_stock_kt={"eu": [5, 10, 9, 7], "uk": 3}, **states)  # fmt: skip
    (table,) = intervention(ledger)
    items = ("bought_kt", "sold_home_kt", "sold_abroad_kt", "closing_stock_kt", "purchases_million_cad",
             "proceeds_million_cad", "loss_million_cad")  # fmt: skip
    assert table.name == "intervention" and table.units == (("kt",) * 4 + ("million C$",) * 3) * 2
    assert table.columns == tuple(f"{origin}:{item}" for origin in ("eu", "uk") for item in items)
    assert table.row("1980/81")[:, 0] == pytest.approx(np.array([16, 4, 2, 10, 1.4, 0.5, 0.08, 0, 0, 0, 3, 0, 0, 0]))
    assert table.row("1981/82")[:, 0] == pytest.approx(np.array([0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]))


def test_without_a_programme_there_is_no_table():
    ledger = make_ledger(calendar(1980, 1, length=1), [{"period": 0}])
    assert bonus_programme(ledger) == refund_programme(ledger) == intervention(ledger) == []
    assert (
        deliveries(ledger) is None and deliveries(make_ledger(calendar(1980, 1), [{"period": 0}], called_kt={})) is None
    )
    bare = make_ledger(
        calendar(1980, 1), [{"period": 0}], bonus_bid_kt={}, programme_spend_cad_k={}, cash_price_cad_t={}
    )
    assert not {"bonus", "programme_rate", "cash_price"} & {key[0] for key in summary(bare).keys}


def test_a_pool_that_sold_less_than_a_tonne_has_no_accounts_per_tonne():
    items = {"receipts": 9, "costs": 2, "initial": 5, "final": 1.5, "deficit": 0.25}
    states = {f"pool_{name}_cad_k": {"cwb:feed": [value, value], "cwb:malt": value} for name, value in items.items()}
    ledger = make_ledger(calendar(1980, 2, length=1), [{"period": 0}, {"period": 1}], 1,
                         pool_kt={"cwb:feed": [0.5, 0.0009], "cwb:malt": 0.25}, **states)  # fmt: skip
    tables = pool_accounts(ledger)
    expected = {"receipts_cad_t": 18, "costs_cad_t": 4, "initial_cad_t": 10, "final_cad_t": 3, "deficit_cad_t": 0.5,
                "return_cad_t": 13}  # fmt: skip
    for name, value in expected.items():
        assert (tables[name].name, tables[name].units) == (f"pool_{name}", ("C$/t", "C$/t"))
        assert tables[name].values[:, :, 0].tolist() == [
            [value, 2 * value],
            [pytest.approx(NAN, nan_ok=True), 2 * value],
        ]
    assert tables["tonnes_kt"].values[1, 0].tolist() == [0.0009] and tables["tonnes_kt"].units == ("kt", "kt")
    deficit = tables["deficit_million_cad"]
    assert deficit.values[:, 0, 0].tolist() == [0.00025] * 2 and deficit.units == ("million C$",) * 2
    assert tuple(table.name for table in tables.values()) == POOL_TABLES


def delivered():
    """Two boards, one of which never sells; the first sells 80 kt at 90 and 20 at 110 in Japan, then nothing."""
    sales = [{"period": t, "kt": kt, "price_cad_t": price} for t, (kt, price) in enumerate([(80, 90), (20, 110)])]
    names = {"called_kt": 40, "delivered_kt": 30, "delivery_failure_kt": 10, "agreed_kt": 25, "missed_kt": 5,
             "compensation_cad_k": 300, "cash_bought_kt": 4, "cash_sold_kt": 3, "cash_receipts_cad_k": 500,
             "cash_sold_cost_cad_k": 260}  # fmt: skip
    states = {name: {"wheat_board": [value, value, 0, 0], "idle": 0} for name, value in names.items()}
    return make_ledger(calendar(1980, 2, length=2), sales, 1, **states,
                       cash_price_cad_t={"states": 1, "canada": [100, 120, 90, 70]},
                       pool_value_cad_t={"wheat_board": [95, 105, 100, 100], "idle": 0})  # fmt: skip


def test_deliveries_of_each_board():
    table = deliveries(delivered())
    assert cells(table) == pytest.approx({
        "wheat_board:called_kt": 80, "wheat_board:delivered_kt": 60, "wheat_board:delivery_failure_kt": 20,
        "wheat_board:agreed_kt": 50, "wheat_board:missed_kt": 10, "wheat_board:compensation_million_cad": 0.6,
        "wheat_board:cash_bought_kt": 8, "wheat_board:cash_sold_kt": 6, "wheat_board:delivery_failure_share": 0.25,
        "wheat_board:missed_share": 0.2, "wheat_board:cash_less_pool_mean_cad_t": 10,
        "wheat_board:cash_less_pool_max_cad_t": 15, "wheat_board:misallocation_million_cad": 0.6,
        "wheat_board:cash_profit_million_cad": 0.48, "idle:called_kt": 0, "idle:delivered_kt": 0,
        "idle:delivery_failure_kt": 0, "idle:agreed_kt": 0, "idle:missed_kt": 0, "idle:compensation_million_cad": 0,
        "idle:cash_bought_kt": 0, "idle:cash_sold_kt": 0, "idle:delivery_failure_share": NAN, "idle:missed_share": NAN,
        "idle:misallocation_million_cad": 0, "idle:cash_profit_million_cad": 0,
    }, nan_ok=True)  # fmt: skip
    units = dict(zip(table.columns, table.units, strict=True))
    named = {"kt": "kt", "share": "share", "cad": "million C$", "t": "C$/t"}
    assert all(units[column] == named[column.rsplit("_", 1)[1]] for column in table.columns)
    late = cells(table, "1981/82")
    assert (late["wheat_board:cash_less_pool_mean_cad_t"], late["wheat_board:cash_less_pool_max_cad_t"]) == (-20, -10)
    assert late["wheat_board:misallocation_million_cad"] == 0


def test_misallocation_is_counted_by_market_and_grade_over_periods_with_sales():
    def sale(period, kt, price, **more):
        return {"period": period, "kt": kt, "price_cad_t": price, **more}

    sales = [
        sale(0, 10, 90), sale(2, 0.5, 110),  # nothing in period 1: the mean is 100; 100 less 5 are lost
        sale(0, 5, 200, **ALGIERS), sale(1, 5, 260, **ALGIERS),  # even
        sale(1, 3, 10, grade="malt", pool="malting"), sale(2, 1, 20, grade="malt", pool="malting"),  # 15 less 5
        sale(0, 99, 1, seller="house", role="trader"),
    ]  # fmt: skip
    ledger = make_ledger(calendar(1980, 1, length=3), sales, 1)
    assert misallocation_cad_k(ledger, "wheat_board").tolist() == [[pytest.approx(95 + 10)]]
