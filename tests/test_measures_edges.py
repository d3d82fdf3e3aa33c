"""Bands, settling, trade, surplus by buyer and summaries at their edges, under the names they are asked for by."""

import sys

import numpy as np
import pytest
from handmade import calendar, make_ledger, random_ledger

from sim.measures import (
    Table,
    bands,
    bonus_pass_through,
    concentration,
    market_shares,
    monthly_summary,
    subsidy_per_additional_tonne,
    summary,
)
from sim.measures.settling import rolling_mean, settling_time
from sim.measures.trade import landed_prices, subsidies
from sim.measures.welfare import buyers_surplus, consumers_surplus

NAN = np.nan
OFF = {"buyer": "algiers", "market": "off-shore", "country": "algeria"}
US = {"seller": "shipper", "role": "exporter", "origin": "states"}


def sale(period, kt, price, **more):
    return {"period": period, "kt": kt, "price_cad_t": price, **more}


# sums and bands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 4, 6, 1000])
def test_bands_are_the_same_however_many_lines_are_sorted_at_once(at_once, monkeypatch):
    monkeypatch.setattr(sys.modules[bands.__module__], "AT_ONCE", at_once)
    values = np.random.default_rng(2).normal(size=(7, 3))
    values[2, 1] = values[5] = NAN
    found = bands(values.reshape(7, 1, 3), (0.0, 0.3, 1.0))
    assert list(found) == ["mean", "p00", "p30", "p100", "missing"]
    assert found["missing"].tolist() == [[0], [0], [1], [0], [0], [3], [0]] and np.isnan(found["mean"][5]).all()
    for line in (0, 1, 2, 3, 4, 6):
        own = values[line][~np.isnan(values[line])]
        assert found["mean"][line, 0] == pytest.approx(own.mean())
        assert [found[name][line, 0] for name in ("p00", "p30", "p100")] == np.quantile(own, (0, 0.3, 1)).tolist()


def test_bands_of_no_draws_are_missing():
    found = bands(np.zeros((2, 0)))
    assert np.isnan(found["mean"]).all() and found["missing"].tolist() == [0, 0] and len(found) == 7


def test_a_series_settles_with_its_first_near_window():
    steps = np.array([[9.0], [9.0], [10.5], [9.5], [10.0], [10.0]])
    assert rolling_mean(steps, 6)[:, 0] == pytest.approx([58 / 6]) and rolling_mean(steps, 7).shape == (0, 1)
    assert settling_time(steps, 1, 2).tolist() == [2]  # 10.5 and 9.5 are five per cent from 10, which is near
    assert settling_time(steps, 1, 2, 0.04).tolist() == [4]
    assert np.isnan(settling_time(steps, 1, 3, 0.02)).all()  # 9.5 is one of the last three and too far from their mean
    assert settling_time(np.array([[9.45], [10.0], [10.0]]), 1, 2).tolist() == [1]  # 5.5 per cent is not
    assert np.isnan(settling_time(np.array([[9.0], [5.0], [15.0]]), 1, 2)).all()
    assert settling_time(np.array([[9.0], [10.0]]), 1, 1).tolist() == [1]
    assert np.isnan(settling_time(np.full((3, 1), NAN), 1, 2)).all()


# trade and surplus ---------------------------------------------------------------------------------------------------


def war(bonus, price, market=OFF):
    sales = [sale(0, 10, price, freight_cad_t=7, **OFF), sale(0, 30, 140),
             sale(0, 1, 100, seller="house", role="trader"), sale(0, 20, 90, subsidy_cad_t=bonus, **US, **OFF),
             sale(0, 5, 60, **US, **market), sale(0, 9, 300, grade="malt", pool="malting")]  # fmt: skip
    return make_ledger(calendar(1980, 1, length=1), sales, 1,
                       choke_cad_t={"algiers:feed": 200, "tokyo:feed": 150, "tokyo:malt": 400, "moon:feed": 1},
                       slope_cad_t_kt={"algiers:feed": 2, "tokyo:feed": 0, "tokyo:malt": 0, "moon:feed": 1}
    )  # fmt: skip


def test_pass_through_is_of_the_markets_both_runs_sell_to():
    gulf, states = ({"buyer": name, "market": name, "country": name} for name in ("gulf", "moon"))
    base, other = war(8.0, 96.0, gulf), war(0.0, 100.0, states)
    whole = bonus_pass_through(base, other, "states", "feed")
    assert whole.rows == ("1980/81", "average") and whole.columns == ("japan", "off-shore")
    assert whole.units == ("C$ per C$",) * 2 and whole.name == "bonus_pass_through"
    assert whole.row("1980/81")[:, 0] == pytest.approx([0, -4 * 10 / 30 / 8])
    own = bonus_pass_through(base, other, "states", "feed", "canada")
    assert own.row("average")[:, 0] == pytest.approx([0, -0.5])


def test_money_that_went_with_fewer_exports_counts_below_zero():
    base, other = (make_ledger(calendar(1980, 2, length=1), [sale(1, kt, 90, subsidy_cad_t=bonus, **US)], 1)
                   for kt, bonus in ((10, 6), (15, 0)))  # fmt: skip
    table = subsidy_per_additional_tonne(base, other, "states")
    assert table.columns == ("subsidy_million_cad", "additional_exports_kt", "subsidy_per_additional_tonne_cad_t")
    assert table.units == ("million C$", "kt", "C$/t") and table.rows == ("1980/81", "1981/82", "all")
    assert table.row("1981/82")[:, 0].tolist() == table.row("all")[:, 0].tolist() == [0.06, -5, -12]
    assert np.isnan(table.cell("1980/81", "subsidy_per_additional_tonne_cad_t")).all()


def test_shares_are_of_a_market_by_whoever_is_asked_for():
    share, markets, names = market_shares(war(8.0, 96.0), "role", "feed")
    assert (markets, names) == (["japan", "off-shore"], ["board", "exporter", "trader"])
    assert share[0, :, :, 0].tolist() == [pytest.approx([30 / 31, 0, 1 / 31]), pytest.approx([10 / 35, 25 / 35, 0])]
    table = concentration(war(8.0, 96.0), "origin", ["feed", "malt"])
    assert (table.name, table.columns, table.units) == ("concentration", ("japan", "off-shore"), ("0 to 1",) * 2)
    assert table.values[0, :, 0] == pytest.approx([1, (10**2 + 25**2) / 35**2])


def test_sums_of_sales_carry_their_names_and_units():
    paid = subsidies(war(8.0, 96.0))
    assert (paid.name, paid.columns, set(paid.units)) == ("subsidy", ("japan:feed", "japan:malt", "off-shore:feed"),
                                                          {"million C$"})  # fmt: skip
    assert paid.values[0, :, 0] == pytest.approx([0, 0, 0.16])
    landed = landed_prices(war(8.0, 96.0), ("market",), "landed")
    assert landed.values[0, :, 0] == pytest.approx([(4200 + 100 + 2700) / 40, (1030 + 1800 + 300) / 35])
    assert (landed.name, landed.units, landed.rows) == ("landed", ("C$/t",) * 2, ("1980/81",))


def test_a_buyer_has_a_surplus_of_all_grades_and_a_country_of_all_buyers():
    table = buyers_surplus(war(8.0, 96.0))
    assert (table.name, table.columns, table.units) == ("buyers_surplus", ("algiers", "tokyo"), ("million C$",) * 2)
    # 200 x 35 - 35^2 - (1030 + 1800 + 300); 150 x 31 - 4300 and 100 x 9
    assert table.values[0, :, 0] == pytest.approx([2.645, 0.35 + 0.9])
    assert consumers_surplus(war(8.0, 96.0)).columns == ("algeria", "japan")
    small = make_ledger(calendar(1980, 1, length=1), [sale(0, 0.5, 1)], 1, choke_cad_t={"tokyo:feed": 0},
                        slope_cad_t_kt={"tokyo:feed": 0})  # fmt: skip
    with pytest.raises(ValueError, match="^tokyo:feed bought in a period for which the ledger has no demand; its"):
        buyers_surplus(small)


# summaries -----------------------------------------------------------------------------------------------------------


def test_weeks_are_named_by_month_and_number():
    ledger = make_ledger(calendar(1980, 1, 24, 3), [sale(t, 1, 100 + t) for t in range(3)] + [sale(1, 3, 80, **US)], 2,
                         cash_price_cad_t={"canada": [1, 2, 3]}, reference_price_cad_t={"pit": [4, 5, 6]})  # fmt: skip
    found = monthly_summary(ledger)
    weeks = ("1980-08#0", "1980-08#1", "1980-09#2")
    expected = {"monthly_price": ("canada:japan:feed", "C$/t", (100, 101, 102)),
                "monthly_cash_price": ("canada", "unit", (1, 2, 3)),
                "monthly_reference_price": ("pit", "unit", (4, 5, 6))}  # fmt: skip
    assert found.keys == tuple((name, week, column, unit) for name, (column, unit, _) in expected.items()
                               for week in weeks)  # fmt: skip
    assert found.values[:, 1].tolist() == [number for _, _, numbers in expected.values() for number in numbers]
    states = monthly_summary(ledger, ["states"])
    assert [key[2] for key in states.keys][:3] == ["states:japan:feed"] * 3 and states.values[1].tolist() == [80, 80]


def test_a_summary_takes_other_origins_and_more_tables():
    ledger = random_ledger(draws=2)
    ledger.first_draw = 6
    more = Table("more", ("all",), ("x",), ("kt",), np.array([[[1.0, 2.0]]]))
    found = summary(ledger, ["states"], [more], ["origin_price", "price_gap"])
    assert found.draw_numbers == (6, 7) and found.keys[-1] == ("more", "all", "x", "kt")
    assert found.values[-1].tolist() == [1, 2]
    assert {key[2].split(":")[0] for key in found.keys[:-1]} == {"states"}
    alone = summary(ledger, extra=[more], tables=["bonus"])
    assert alone.keys == (("more", "all", "x", "kt"),) and alone.draw_numbers == (6, 7)
    assert monthly_summary(ledger).draw_numbers == (6, 7)


def test_states_are_told_by_crop_year_each_under_its_own_name():
    names = {"cash_price": "cash_price_cad_t", "initial_payment": "initial_payment_cad_t",
             "pool_return_outlook": "pool_return_outlook_cad_t", "pool_value": "pool_value_cad_t",
             "reference_price": "reference_price_cad_t"}  # fmt: skip
    states = {
        state: {"x": [place, place + 2, 20, 30], "y": 7 * place} for place, state in enumerate(names.values(), start=1)
    }
    programmes = {"programme_spend_cad_k": {"eep": [20, 40, 0, 0]}, "programme_kt": {"eep": [2, 1, 5, 0]}}
    ledger = make_ledger(calendar(1980, 2, length=2), [sale(0, 1, 1)], 1, **states, **programmes,
                         closing_kt={"canada": [1, 2, 3, 4]}, opening_kt={"canada": 0})  # fmt: skip
    found = summary(ledger)
    for place, name in enumerate(names, start=1):
        assert [found.get(name, year, "x")[0] for year in ledger.crop_years] == [place + 1, 25]
        assert [found.get(name, year, "y")[0] for year in ledger.crop_years] == [7 * place] * 2
    eep = {key[:2]: (line[0], key[3]) for key, line in zip(found.keys, found.values, strict=True) if key[2] == "eep"}
    assert eep == {
        ("programme_spend", "1980/81"): (0.06, "million C$"), ("programme_spend", "1981/82"): (0, "million C$"),
        ("programme_tonnes", "1980/81"): (3, "kt"), ("programme_tonnes", "1981/82"): (5, "kt"),
        ("programme_rate", "1980/81"): (20, "C$/t"), ("programme_rate", "1981/82"): (0, "C$/t"),
        ("programmes", "1980/81"): (0.06, "million C$"), ("programmes", "1981/82"): (0, "million C$"),
    }  # fmt: skip
    assert [found.get("closing_stock", year, "canada")[0] for year in ledger.crop_years] == [2, 4]


def test_concentration_is_told_by_pool_and_gaps_by_origin_and_grade():
    more = [sale(0, 5, 150, grade="oats"), sale(0, 5, 120, grade="oats", **OFF), sale(0, 30, 100, **OFF),
            sale(0, 10, 110), sale(0, 1, 90, seller="house", role="trader", grade="malt", pool="malting"),
            sale(0, 3, 90, grade="malt", pool="malting")]  # fmt: skip
    found = summary(make_ledger(calendar(1980, 1, length=1), more, 1), tables=["price_gap", "concentration"])
    values = {(key[0], key[2]): (line[0], key[3]) for key, line in zip(found.keys, found.values, strict=True)}
    assert {key: value for key, (value, _) in values.items()} == pytest.approx({
        ("price_gap", "canada:feed:japan-off-shore"): 10, ("price_gap", "canada:oats:japan-off-shore"): 30,
        ("concentration", "japan:feed"): 1, ("concentration", "off-shore:feed"): 1,
        ("concentration", "japan:malting"): 10 / 16,
    })  # fmt: skip
