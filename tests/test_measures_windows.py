"""Windows, pairs and bases of the study's tables at their edges: what counts and what is left out."""

import numpy as np
import pytest
from handmade import calendar, make_ledger, random_ledger

from sim.measures import paired_test, price_gaps, price_movement, volatility
from sim.measures.price_gaps import crop_years_between, yearly_gaps
from sim.measures.price_movement import base_periods
from sim.measures.study_tables import StudyPoints, study_tables, years
from sim.measures.volatility import season_deviation, subsequent_deviation

NAN = np.nan
OFF = {"buyer": "algiers", "market": "off-shore", "country": "algeria"}
HOME = {"buyer": "feeders", "market": "canada", "country": "canada"}


def sale(period, kt, price, **more):
    return {"period": period, "kt": kt, "price_cad_t": price, **more}


def cells(table, row):
    return dict(zip(table.columns, table.row(row)[:, 0].tolist(), strict=True))


# Table 1 -------------------------------------------------------------------------------------------------------------


def gaps_ledger(gaps=(0.4, 2.0, 3.0, 4.0)):
    """Japan pays so much more than the port off shore in the first months, one of two years; then one market only."""
    sales = [sale(t, 2, 100 + gap) for t, gap in enumerate(gaps)] + [sale(t, 1, 100, **OFF) for t in range(len(gaps))]
    more = [sale(len(gaps), 1, 500), sale(len(gaps) + 1, 1, 50, **OFF), sale(0, 1, 80, **HOME)]
    return make_ledger(calendar(1980, 2, length=4), sales + more, 2)


def test_the_star_has_one_degree_of_freedom_less_than_months_and_two_sides():
    found = price_gaps(gaps_ledger(), "canada", "feed", ["japan-off-shore", ("off-shore", "japan")])
    assert found.periods == ("1980/81-1981/82",) and found.pairs == ("japan-off-shore", "off-shore-japan")
    assert found.months[0, :, 0].tolist() == [4, 4]
    assert found.mean_cad_t[0, :, 0] == pytest.approx([2.35, -2.35])
    spread = np.sqrt((1.95**2 + 0.35**2 + 0.65**2 + 1.65**2) / 3)
    assert found.t[0, :, 0] == pytest.approx(np.array([1, -1]) * 2.35 / (spread / 2))  # 3.06
    # with three degrees of freedom 3.18 is the limit at 95 % and 2.35 at 90; with four, 2.78 would do
    assert not found.significant.any()
    differences = np.array([[0.4], [2.0], [3.0], [4.0]])
    assert [paired_test(differences)[3][0], paired_test(differences, 0.9)[3][0]] == [False, True]
    assert paired_test(differences + 0.2)[3].tolist() == [True]  # a t of 3.32
    constant = np.array([[0.0, 1.0, -1.0], [0.0, 1.0, -1.0]])  # without spread a gap is one unless it is zero
    assert paired_test(constant)[3].tolist() == [False, True, True]
    at_90 = price_gaps(gaps_ledger(), "canada", "feed", ["japan-off-shore"], level=0.9)
    assert at_90.significant.all()
    table = found.table()
    assert table.name == "table1"
    assert table.rows == ("1980/81-1981/82 japan-off-shore", "1980/81-1981/82 off-shore-japan")
    assert table.columns == ("mean_difference_cad_t", "t", "months", "significant_95")
    assert table.units == ("C$/t", "dimensionless", "months", "1 = yes")
    assert table.row(table.rows[0])[:, 1] == pytest.approx([2.35, found.t[0, 0, 1], 4, 0])


def test_a_period_is_from_its_first_to_its_last_crop_year():
    ledger = make_ledger(calendar(1979, 4, length=1), [sale(0, 1, 1)])
    assert crop_years_between(ledger, "1980/81-1981/82") == ["1980/81", "1981/82"]
    assert crop_years_between(ledger, "1981/82") == ["1981/82"] and crop_years_between(ledger, "1990/91") == []
    assert [years(period) for period in ("1980/81-1985/86", "1980/81")] == [6, 1]
    found = price_gaps(gaps_ledger(), "canada", "feed", ["japan-off-shore"], ["1981/82", "1980/81", "1990/91"])
    assert found.months[:, 0, 0].tolist() == [0, 4, 0] and np.isnan(found.mean_cad_t[[0, 2]]).all()


def test_yearly_gaps_are_of_the_markets_asked_for_in_that_order():
    table = yearly_gaps(gaps_ledger(), "canada", "feed", ["off-shore", "japan"])
    assert (table.name, table.columns, table.units) == ("price_gap", ("off-shore-japan",), ("C$/t",))
    assert table.values[:, 0, 0] == pytest.approx([-2.35, NAN], nan_ok=True)
    whole = cells(yearly_gaps(gaps_ledger(), "canada", "feed"), "1980/81")
    expected = {"canada-japan": -20.4, "canada-off-shore": -20, "japan-off-shore": 2.35}
    assert whole == pytest.approx(expected)


# Table 3 -------------------------------------------------------------------------------------------------------------

REFERENCES = {"home": [100, 0.5, 0.8, 10, 20, 0], "great_falls_barley": [50, 1, 2, 1, 1, 1],
              "portland_barley": [5, 1, 1, 0, 0, 0]}  # fmt: skip


def movement(**more):
    sales = [sale(2, 10, 1, **HOME), sale(5, 10, 1, **HOME), sale(2, 99, 1), sale(2, 99, 1, **HOME, grade="malt")]
    ledger = make_ledger(calendar(1980, 2, length=3), sales, 1, reference_price_cad_t=REFERENCES)
    return price_movement(ledger, "home", ["great_falls_barley", "portland_barley"], "canada", "feed", 0.4, **more)


def test_the_loss_is_a_triangle_at_the_home_price_from_the_base_on():
    table = movement()
    assert table.name == "table3" and table.rows == ("1980/81", "1981/82", "average")
    assert table.columns == ("loss_great_falls_million_cad", "loss_portland_million_cad", "movement_great_falls_cad_t",
                             "movement_portland_cad_t")  # fmt: skip
    assert table.units == ("million C$", "million C$", "C$/t", "C$/t")
    # from September on 0 and -0.7 against Great Falls, 0 and 0.3 against Portland; half x 0.4 x 10 / 0.8 x square
    assert table.row("1980/81")[:, 0] == pytest.approx([0.001225, 0.000225, -0.35, 0.15])
    assert table.row("1981/82")[:, 0] == pytest.approx([0, 0, -10, -10])  # a price of zero has no elasticity
    assert movement(crop_years=["1981/82", "1999/00"]).rows == ("1981/82", "average")
    august = movement(base_month=8).row("1980/81")[:, 0]
    assert august[2] == pytest.approx((0 - 50.5 - 51.2) / 3)


def test_the_base_is_the_first_period_of_its_month():
    ledger = make_ledger(calendar(1980, 2, 24, 5), [sale(0, 1, 1)])
    assert (
        base_periods(ledger) == [2, 7] and base_periods(ledger, 10) == [4, 9] and base_periods(ledger, 1) == [None] * 2
    )


# Table 4 -------------------------------------------------------------------------------------------------------------


def test_volatility_of_chosen_years_joins_them():
    price = np.repeat([100.0, 777.0, 50.0], 12)
    price[0] = 112
    ledger = make_ledger(calendar(1980, 3), [sale(0, 1, 1)], 1, reference_price_cad_t={"b": price, "corn": price + 10})
    chosen = {"crop_years": ["1980/81", "1982/83"]}
    table = volatility(ledger, ["b"], "corn", **chosen)
    assert (table.name, table.rows, table.units) == ("table4", ("b",), ("C$/t",) * 4)
    assert table.columns == ("crop_year_cad_t", "subsequent_six_months_cad_t", "corn_basis_cad_t", "crop_year_sd_cad_t")
    # the first year is 1 above its September; 12 in August, and 50 (1 + ... + 6) / 6 around the end of the first year
    assert table.values[0, :, 0] == pytest.approx([0.5, (12 + 175) / 18, 0, np.sqrt(0.5)])
    august = volatility(ledger, ["b"], "corn", 8, **chosen).values[0, :, 0]
    assert august == pytest.approx([5.5, (12 + 175) / 18, 0, 11 / np.sqrt(2)])


def test_what_follows_must_be_there_in_full():
    price = np.array([[1.0], [2.0], [4.0], [7.0]])
    assert subsequent_deviation(price, 3).tolist() == [pytest.approx(10 / 3)]
    assert subsequent_deviation(price, 1).tolist() == [2.0]
    assert np.isnan(subsequent_deviation(price, 4)).all() and np.isnan(subsequent_deviation(price, 5)).all()
    absolute, standard = season_deviation(price, np.array([0, 0, 1, 1]), np.array([True, False, False, True]))
    assert (absolute.tolist(), standard.tolist()) == ([1.0], [pytest.approx(np.sqrt(2))])  # +0.5 and -1.5


# all of them -------------------------------------------------------------------------------------------------------


def test_the_studys_tables_need_their_points():
    ledger = random_ledger(draws=2)
    pairs, periods = ("japan-offshore",), ("1980/81-1981/82", "1979/80-1980/81", "1982/83", "1982/83-1983/84")
    places = {"home": ("lethbridge_barley",), "outside": ("great_falls_barley",), "corn": ("pnw_corn",)}
    points = StudyPoints("canada", "feed", pairs, periods, **places, elasticity=0.5, seasons=("1981/82",))
    one, three, four = study_tables(ledger, points)
    assert one.rows == ("1980/81-1981/82 japan-offshore", "1982/83 japan-offshore")
    assert three.rows == ("1981/82", "average") and four.rows == ("lethbridge_barley", "great_falls_barley", "pnw_corn")
    where = ("lethbridge_barley", ["great_falls_barley"], "canada", "feed", 0.5)
    assert np.array_equal(three.values, price_movement(ledger, *where, crop_years=["1981/82"]).values)
    assert np.array_equal(four.values, volatility(ledger, four.rows, "pnw_corn", crop_years=["1981/82"]).values,
                          equal_nan=True)  # fmt: skip
    names = {
        ("home", "outside"): ["table3"], ("home",): [], ("outside",): [], ("corn",): ["table4"]
    }  # fmt: skip
    for kept, expected in names.items():
        some = StudyPoints("canada", "feed", **{name: places[name] for name in kept}, elasticity=0.5)
        assert [table.name for table in study_tables(ledger, some)] == expected
    assert study_tables(ledger, StudyPoints("canada", "feed", pairs=pairs)) == []
    assert study_tables(ledger, StudyPoints("canada", "feed", periods=periods)) == []
    assert study_tables(ledger, StudyPoints("canada", "feed", pairs, ("1979/80-1980/81",))) == []
