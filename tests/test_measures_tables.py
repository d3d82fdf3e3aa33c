"""Tables 1 to 4, each against an answer worked out by hand."""

import numpy as np
import pytest
from handmade import calendar, make_ledger

from sim.measures import (
    break_even_cost,
    market_prices,
    price_gaps,
    price_movement,
    producer_account,
    regime_effect,
    volatility,
    yearly_gaps,
)

OFFSHORE = {"buyer": "riyadh", "market": "offshore", "country": "offshore"}
HOME = {"buyer": "feeders", "market": "canada", "country": "canada", "seller": "farmers", "role": "growers"}
MALT = {
    "buyer": "brewers",
    "market": "united_states",
    "country": "united_states",
    "grade": "six_row",
    "pool": "malting",
}


@pytest.fixture(autouse=True)
def strict():
    with np.errstate(all="raise"):
        yield


def sale(period, kt, price, **more):
    return {"period": period, "kt": kt, "price_cad_t": price, **more}


def gap_ledger():
    """Four periods of 1980/81; Japan always buys, offshore buys in the first three (in draw 1 only in the first)."""
    sales = [
        sale(0, 10, 120), sale(0, 30, 160, seller="house", role="trader"),  # Japan: (1200 + 4800) / 40 = 150
        sale(1, 10, 140), sale(2, 10, 160), sale(3, 10, 500),
        sale(0, 5, 140, **OFFSHORE), sale(1, [5, 0], 120, **OFFSHORE), sale(2, [5, 0], 130, **OFFSHORE),
        sale(2, 99, 1, origin="australia", **OFFSHORE), sale(2, 99, 1, grade="two_row", pool="malting", **OFFSHORE),
    ]  # fmt: skip
    return make_ledger(calendar(1980, 1, length=4), sales)


def test_market_prices_are_weighted_by_tonnage():
    price, periods, markets = market_prices(gap_ledger(), "canada", "feed")
    assert markets == ["japan", "offshore"] and periods == [0, 1, 2, 3]
    assert np.array_equal(price[:, 0], [[150, 150], [140, 140], [160, 160], [500, 500]])
    assert np.array_equal(price[:, 1, 0], [140, 120, 130, np.nan], equal_nan=True)
    assert np.array_equal(price[:, 1, 1], [140, np.nan, np.nan, np.nan], equal_nan=True)
    yearly, years, _ = market_prices(gap_ledger(), "canada", "feed", ["offshore", "nowhere"], by="crop_year")
    assert years == ["1980/81"] and np.allclose(yearly[0, 0], [130, 140]) and np.isnan(yearly[0, 1]).all()


def test_table1_is_paired_by_month():
    gaps = price_gaps(gap_ledger(), "canada", "feed", ["japan-offshore", ("offshore", "japan")])
    # draw 0: differences 10, 20, 30: mean 20, sd 10, t = 20 / (10 / sqrt 3) = 3.46; the bound for 2 degrees is 4.30
    # draw 1: one month, 10; no test
    assert gaps.pairs == ("japan-offshore", "offshore-japan") and gaps.periods == ("1980/81-1980/81",)
    assert np.allclose(gaps.mean_cad_t[0], [[20, 10], [-20, -10]])
    assert np.allclose(gaps.t[0, 0, 0], 2 * np.sqrt(3)) and np.isnan(gaps.t[0, 0, 1])
    assert np.array_equal(gaps.months[0, 0], [3, 1])
    assert not gaps.significant.any()
    assert price_gaps(gap_ledger(), "canada", "feed", ["japan-offshore"], level=0.9).significant[0, 0, 0]
    assert np.allclose(gaps.table().column("mean_difference_cad_t"), [[20, 10], [-20, -10]])
    assert np.allclose(yearly_gaps(gap_ledger(), "canada", "feed").values[0, 0], [20, 10])


def test_table1_periods_overlap_in_the_year_both_name():
    periods = calendar(1980, 3, length=1)
    sales = [sale(t, 1, price) for t, price in enumerate((110, 130, 160))]
    sales += [sale(t, 1, 100, **OFFSHORE) for t in range(3)]
    gaps = price_gaps(make_ledger(periods, sales), "canada", "feed", ["japan-offshore"],
                      ["1980/81-1982/83", "1980/81-1981/82", "1981/82-1982/83", "1990/91-1991/92"])  # fmt: skip
    # differences 10, 30, 60
    assert np.allclose(gaps.mean_cad_t[:3, 0, 0], [100 / 3, 20, 45])
    assert np.array_equal(gaps.months[:, 0, 0], [3, 2, 2, 0]) and np.isnan(gaps.mean_cad_t[3]).all()


def test_table1_weeks_are_joined_into_months():
    periods = calendar(1980, 1, per_year=48, length=4)  # four weeks of August
    sales = [sale(0, 10, 100), sale(1, 30, 200), sale(3, 5, 125, **OFFSHORE)]
    gaps = price_gaps(make_ledger(periods, sales), "canada", "feed", ["japan-offshore"])
    assert gaps.months[0, 0, 0] == 1 and gaps.mean_cad_t[0, 0, 0] == 50  # (1000 + 6000) / 40 - 125


def test_a_constant_gap_is_significant_without_a_t():
    sales = [sale(t, 1, 110) for t in range(3)] + [sale(t, 1, 100, **OFFSHORE) for t in range(3)]
    gaps = price_gaps(make_ledger(calendar(1980, 1, length=3), sales), "canada", "feed", ["japan-offshore"])
    assert gaps.significant.all() and np.isnan(gaps.t).all()


MERCHANT = {"seller": "merchant", "role": "trader"}


def producer_ledger(feed=100.0, margin=75.0, cost=50.0, subsidy=0.0):
    sales = [
        sale(0, 10, feed, subsidy_cad_t=subsidy), sale(1, 30, feed + 20, **MERCHANT), sale(1, 40, 90, **HOME),
        sale(0, 5, 150, **MALT), sale(1, [15, 5], 170, **{**MALT, **MERCHANT, "market": "canada", "country": "canada"}),
        sale(0, 77, 999, origin="australia", seller="barley_board"),
    ]  # fmt: skip
    return make_ledger(
        calendar(1980, 1, length=2), sales,
        opening_kt={"canada": [100, 70]}, closing_kt={"canada": [70, 110]},
        merchant_margin_cad_k={"canada:feed": [0, 4 * margin / 5], "canada:six_row": [margin, 0]},
        board_cost_cad_k={"wheat_board": [0, cost], "barley_board": [1e6, 1e6]},
    )  # fmt: skip


def test_producer_account():
    account = producer_account(producer_ledger(subsidy=8), "canada")
    # feed margin 60, all on merchants' 30 kt abroad: (1000 + 80 + 3600 - 60) / 40 = 115.5; growers at home keep 90
    assert np.allclose(account.feed_price_cad_t, 115.5) and np.allclose(account.home_feed_price_cad_t, 90)
    # six-row: (750 + 2550 - 75) / 20 = 161.25; draw 1: (750 + 850 - 75) / 10 = 152.5
    assert account.malting == ("six_row",) and np.allclose(account.malting_price_cad_t[0, 0], [161.25, 152.5])
    assert np.array_equal(account.export_kt[0], [[40, 40], [5, 5]])
    assert np.array_equal(account.home_kt[0], [[40, 40], [15, 5]])
    # receipts: 4680 + 3600 + 3300 - margins 135 - board 50 = 11395; draw 1 less 1700
    assert np.allclose(account.receipts_cad_k, [[11395, 9695]])
    # stock 110 - 100 = 10 kt at the mean feed price (40 x 115.5 + 40 x 90) / 80 = 102.75
    assert np.allclose(account.stock_change_cad_k, 1027.5)
    assert np.allclose(account.revenue_million_cad, [[12.4225, 10.7225]])
    assert np.allclose(account.marketed_kt, [[100, 90]])


def test_table2_is_other_minus_base_with_an_average():
    table = regime_effect(producer_ledger(), producer_ledger(feed=90, margin=0, cost=0), "canada")
    assert table.rows == ("1980/81", "average")
    assert table.columns == ("feed_price_cad_t", "six_row_price_cad_t", "producer_revenue_million_cad")
    # feed: (900 + 3300) / 40 = 105 against (1000 + 3600 - 60) / 40 = 113.5; six-row: the margin of 75 on 20 and 10 kt
    assert np.allclose(table.column("feed_price_cad_t"), -8.5)
    assert np.allclose(table.cell("1980/81", "six_row_price_cad_t"), [3.75, 7.5])
    # receipts -400 + 135 + 50 = -215; stock 10 x ((105 + 90) / 2 - (113.5 + 90) / 2) = 10 x -4.25 = -42.5
    assert np.allclose(table.column("producer_revenue_million_cad"), -0.2575)
    assert np.allclose(table.row("average"), table.row("1980/81"))


def test_a_ledger_against_itself_has_no_effect():
    assert not regime_effect(producer_ledger(), producer_ledger(), "canada").values.any()


def test_runs_with_other_draws_cannot_be_compared():
    other = make_ledger(calendar(1980, 1, length=2), [sale(0, 1, 1, **MALT), sale(0, 1, 1)], draws=3)
    with pytest.raises(ValueError, match="same number of draws"):
        regime_effect(producer_ledger(), other, "canada")


def test_break_even_cost():
    # a loss of C$ 72 million over 6,000 kt is C$ 12 a tonne
    assert np.allclose(break_even_cost(np.array([-72.0, 6.0]), np.array([6000.0, 6000.0])), [12, -1])


def test_table3_counts_from_september():
    periods = calendar(1980, 2, length=4)
    home = [90, 100, 110, 105, 1, 120, 120, 132]
    point = [50, 100, 104, 109, 1, 130, 130, 132]
    sales = [sale(t, [24, 48], 1, **HOME) for t in range(8)] + [sale(2, 1000, 1)]
    ledger = make_ledger(periods, sales, reference_price_cad_t={"lethbridge_barley": home, "great_falls_barley": point})
    table = price_movement(ledger, "lethbridge_barley", ["great_falls_barley"], "canada", "feed", 0.5)
    assert table.columns == ("loss_great_falls_million_cad", "movement_great_falls_cad_t")
    # 1980/81: d = 0, 6, -4; 1981/82: d = 0, 0, 10 (the August prices do not count)
    assert np.allclose(table.column("movement_great_falls_cad_t")[:2, 0], [2 / 3, 10 / 3])
    # loss 1980/81: 0.25 x 24 x (36 / 110 + 16 / 105); 1981/82: 0.25 x 24 x 100 / 132; thousand C$
    losses = np.array([6 * (36 / 110 + 16 / 105), 600 / 132]) / 1000
    assert np.allclose(table.column("loss_great_falls_million_cad")[:2], losses[:, None] * [1, 2])
    assert np.allclose(table.cell("average", "movement_great_falls_cad_t"), 2)


def test_table3_without_september_is_missing():
    prices = {"a_barley": [1.0], "b_barley": [1.0]}
    ledger = make_ledger(calendar(1980, 1, length=1), [sale(0, 1, 1, **HOME)], reference_price_cad_t=prices)
    assert np.isnan(price_movement(ledger, "a_barley", ["b_barley"], "canada", "feed", 0.5).values).all()


def test_table4():
    # year 1: August to July 100, but 112 in August and 106 in September; year 2: 100 but 92 in September
    price = np.full(24, 100.0)
    price[0], price[1], price[13] = 112, 106, 92
    corn = price + 3 * np.eye(24)[5]
    ledger = make_ledger(calendar(1980, 2), [sale(0, 1, 1)], reference_price_cad_t={"b": price, "corn": corn})
    table = volatility(ledger, ["b", "corn"], "corn")
    assert table.columns[:3] == ("crop_year_cad_t", "subsequent_six_months_cad_t", "corn_basis_cad_t")
    # averages 101.5 and 100 - 8 / 12; less September: -4.5 and 22 / 3, mean size 71 / 12; sd of two = gap / sqrt 2
    assert np.allclose(table.cell("b", "crop_year_cad_t"), 71 / 12)
    assert np.allclose(table.cell("b", "crop_year_sd_cad_t"), (4.5 + 22 / 3) / np.sqrt(2))
    # t = 0: 112 - 101 = 11; t = 1: 6; t = 7..12: 100 - (100 - 8 / 6); t = 13: 92 - 100; else 0; 18 periods
    assert np.allclose(table.cell("b", "subsequent_six_months_cad_t"), (11 + 6 + 6 * 8 / 6 + 8) / 18)
    # basis: 0 but -3 at t = 5; t = 0..4: the next six hold it, 0.5 each; t = 5: 3
    assert np.allclose(table.cell("b", "corn_basis_cad_t"), (5 * 0.5 + 3) / 18)
    assert np.array_equal(table.cell("corn", "corn_basis_cad_t"), [0, 0])


def test_table4_weekly_takes_means_of_months():
    month = np.repeat(np.arange(24), [np.sum(np.arange(52) * 12 // 52 == m) for m in range(12)] * 2)
    price = month.astype(float)
    ledger = make_ledger(calendar(1980, 2, 52), [sale(0, 1, 1)], reference_price_cad_t={"b": price, "corn": 0 * price})
    table = volatility(ledger, ["b"], "corn")
    # a price that climbs by one a month lies 3.5 below the mean of the next six; its year's mean is 4.5 above September
    assert np.allclose(table.cell("b", "subsequent_six_months_cad_t"), 3.5)
    assert np.allclose(table.cell("b", "crop_year_cad_t"), 4.5)


def test_states_have_labels_and_units_as_cubes():
    ledger = make_ledger(calendar(1990, 1, length=2), [{"period": 0}], 3, cash_price_cad_t={"canada": [100, 110]})
    cube = ledger.to_xarray()["cash_price_cad_t"]
    assert cube.dims == ("period", "cash_price_cad_t_label", "draw") and cube.attrs["units"] == "unit"
    assert cube.sel(cash_price_cad_t_label="canada").values.tolist() == [[100.0] * 3, [110.0] * 3]
