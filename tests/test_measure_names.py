"""Names of measures and labelled tables: what a pattern asks for, which cell a label is, how tables are joined."""

import numpy as np
import pandas as pd
import pytest

from sim.measures import Measures, Table, UnknownTable
from sim.measures.names import MEAN, WHOLE_RUN, Named, in_order, named, tables_wanted, unmatched, wanted
from sim.measures.picking import keep_columns, pick
from sim.measures.summary import check_names, table_names

PRICES = Table(
    "price", ("1980/81", "1981/82"), ("japan:feed", "canada:feed", "japan:malt"), ("C$/t", "US$/t", "kt"),
    np.arange(12.0).reshape(2, 3, 2),
)  # fmt: skip
OTHER = Table("tonnes", ("1980/81",), ("japan",), ("kt",), np.array([[[90.0, 91.0]]]))


@pytest.mark.parametrize(
    "pattern, table, column, expected",
    [
        ("price", "price", "japan:feed", True),
        ("price", "price_gap", "japan:feed", False),
        ("price*", "price_gap", "japan:feed", True),
        ("Price", "price", "japan:feed", False),
        ("price:japan:*", "price", "japan:feed", True),
        ("price:japan", "price", "japan:feed", False),
        ("price:japan:*", "price", "canada:feed", False),
        ("tonnes:japan:*", "price", "japan:feed", False),
        ("price:", "price", "japan:feed", False),
    ],
)
def test_a_pattern_asks_for_a_table_or_for_columns_of_it(pattern, table, column, expected):
    assert wanted([pattern], table, column) is expected
    assert wanted(["moon", pattern], table, column) is expected
    assert wanted([pattern, "moon"], table, column) is expected


def test_lines_come_in_the_order_of_the_patterns_and_the_rest_last():
    lines = [("taxpayers", "eu", "m"), ("rest", "x", "kt"), ("market_price", "japan", "C$/t"), ("rest", "a", "kt"),
             ("market_price", "canada", "C$/t")]  # fmt: skip
    keys = pd.DataFrame(lines, columns=["table", "column", "unit"], index=[7, 5, 3, 1, 0])
    assert in_order(["rest", "market_price:canada", "market_price"], keys) == [
        lines[1], lines[3], lines[4], lines[2], lines[0]
    ]  # fmt: skip
    for nothing_said in (None, []):  # then prices come before treasuries
        assert in_order(nothing_said, keys) == [lines[2], lines[4], lines[0], lines[1], lines[3]]


def test_tables_of_which_a_column_may_be_asked_for():
    assert tables_wanted(["price:moon", "ton*"], ["price", "price_gap", "tonnes"]) == {"price", "tonnes"}
    assert tables_wanted([], ["price"]) == set()


def test_a_measure_has_a_place_for_each_crop_year_and_other_rows_join_its_column():
    keys = [("price", "1980/81", "japan", "C$/t"), ("table1", "1980/81-1981/82", "t", "1"),
            ("price", "average", "japan", "C$/t"), ("price", "1981/82", "japan", "C$/t"),
            ("table4", "1980/81", "sd", "C$/t"), ("table4", "corn", "sd", "C$/t")]  # fmt: skip
    assert (WHOLE_RUN, MEAN) == ("all", "mean")
    assert named(keys, ["1980/81", "1981/82"]) == {
        ("price", "japan"): Named("C$/t", {"1980/81": 0, "1981/82": 3}),
        ("table1", "1980/81-1981/82:t"): Named("1", {"all": 1}),
        ("table4", "sd"): Named("C$/t", {"1980/81": 4}),
        ("table4", "corn:sd"): Named("C$/t", {"all": 5}),
    }


def test_a_pattern_that_asks_for_nothing_is_told_what_there_is():
    known = {"price": {"japan:feed": "C$/t", "canada:feed": "C$/t"}, "tonnes": {"moon": "kt"}}
    assert unmatched(["price", "price:*:feed", "t*:moon", "*"], known) == {}
    assert unmatched(["prise", "tonnes", "ton*:japan", "pri*:japan:fed"], known) == {
        "prise": "no run has a table `prise`; did you mean `price`?",
        "ton*:japan": "table `tonnes` has no column `japan`; known: moon",
        "pri*:japan:fed": "table `price` has no column `japan:fed`; did you mean `japan:feed`?",
    }


def test_every_cell_of_a_list_of_measures_is_found_by_its_labels():
    measures = Measures.from_tables([PRICES, OTHER], 40)
    assert measures.draw_numbers == (40, 41) and len(measures.keys) == 7
    assert measures.keys[1] == ("price", "1980/81", "canada:feed", "US$/t")
    assert measures.keys[6] == ("tonnes", "1980/81", "japan", "kt")
    for row in PRICES.rows:
        for column in PRICES.columns:
            assert measures.get("price", row, column).tolist() == PRICES.cell(row, column).tolist()
    assert measures.get("tonnes", "1980/81", "japan").tolist() == [90.0, 91.0]
    with pytest.raises(KeyError, match="no measure tonnes / 1981/82 / japan"):
        measures.get("tonnes", "1981/82", "japan")
    assert measures.lines([6, 0]).tolist() == [[90.0, 91.0], [0.0, 1.0]]
    frame = measures.to_frame()
    assert frame.columns.tolist() == [40, 41] and frame.columns.name == "draw"
    assert frame.index.names == ["table", "row", "column", "unit"]
    assert frame.loc[("price", "1981/82", "japan:malt", "kt")].tolist() == [10.0, 11.0]


def test_without_tables_there_are_no_measures():
    nothing = Measures.from_tables([])
    assert nothing.keys == () and nothing.values.shape == (0, 0) and nothing.draw_numbers == ()
    assert Measures.from_tables([OTHER]).draw_numbers == (0, 1)


def test_parts_are_joined_in_the_order_of_their_draws():
    first, second = (Measures((("a", "b", "c", "kt"),), np.array([line]), numbers)
                     for line, numbers in (([1.0, 2.0], (0, 1)), ([3.0, 4.0], (2, 3))))  # fmt: skip
    for parts in ([first, second], [second, first]):
        joined = Measures.concat(parts)
        assert joined.values.tolist() == [[1.0, 2.0, 3.0, 4.0]] and joined.draw_numbers == (0, 1, 2, 3)
    mixed = Measures(first.keys, np.array([[5.0, 6.0]]), (7, 5))
    assert Measures.concat([mixed, first]).values.tolist() == [[1.0, 2.0, 6.0, 5.0]]
    assert Measures.concat([mixed, first]).draw_numbers == (0, 1, 5, 7)


def test_a_table_is_taken_out_of_the_list_by_name_and_prefix():
    measures = Measures.from_tables([OTHER, PRICES])
    whole = pick(measures, "price")
    assert (whole.rows, whole.columns, whole.units) == (PRICES.rows, PRICES.columns, PRICES.units)
    assert whole.name == "price" and np.array_equal(whole.values, PRICES.values)
    japan = pick(measures, "price", "japan:")
    assert japan.columns == ("feed", "malt") and japan.units == ("C$/t", "kt")
    assert np.array_equal(japan.values, PRICES.values[:, [0, 2]])
    none = pick(measures, "price", "moon:")
    assert none.columns == () and none.values.shape == (2, 0, 2)
    kept = keep_columns(PRICES, ["japan:malt", "japan:feed"])
    assert kept.columns == ("japan:malt", "japan:feed") and kept.units == ("kt", "C$/t") and kept.name == "price"
    assert kept.rows == PRICES.rows and np.array_equal(kept.values, PRICES.values[:, [2, 0]])


def test_a_table_gives_its_rows_columns_and_cells():
    assert PRICES.column("canada:feed").tolist() == [[2, 3], [8, 9]]
    assert PRICES.row("1981/82").tolist() == [[6, 7], [8, 9], [10, 11]]
    assert PRICES.cell("1981/82", "japan:feed").tolist() == [6, 7]
    turned = PRICES.only(["1981/82", "1980/81"])
    assert turned.rows == ("1981/82", "1980/81") and np.array_equal(turned.values, PRICES.values[::-1])
    assert (turned.name, turned.columns, turned.units) == ("price", PRICES.columns, PRICES.units)


@pytest.mark.parametrize(
    "rows, columns, units, shape",
    [("ab", "xy", "uv", (2, 1, 3)), ("ab", "xy", "uv", (1, 2, 3)), ("ab", "xy", "u", (2, 2, 3)),
     ("ab", "xy", "uvw", (2, 2, 3))],
)  # fmt: skip
def test_a_table_whose_labels_do_not_fit_is_refused(rows, columns, units, shape):
    with pytest.raises(ValueError, match="table odd: values .* do not fit"):
        Table("odd", tuple(rows), tuple(columns), tuple(units), np.zeros(shape))


def test_the_average_leaves_out_what_is_missing():
    table = Table("a", ("x", "y", "z"), ("p", "q"), ("kt", "C$/t"),
                  np.array([[[1.0], [np.nan]], [[2.0], [np.nan]], [[6.0], [np.nan]]]))  # fmt: skip
    averaged = table.with_average()
    assert averaged.rows == ("x", "y", "z", "average")
    assert (averaged.columns, averaged.units) == (table.columns, table.units)
    assert averaged.name == "a" and np.array_equal(averaged.values[:3], table.values, equal_nan=True)
    assert averaged.cell("average", "p").tolist() == [3.0] and np.isnan(averaged.cell("average", "q")).all()
    assert table.with_average("mean").rows[-1] == "mean"


def test_a_difference_is_over_shared_rows_and_all_columns():
    base = Table("p", ("80", "81"), ("a", "b"), ("u", "v"), np.array([[[1.0], [2.0]], [[3.0], [4.0]]]))
    other = Table("p", ("81", "82"), ("c", "a"), ("w", "u"), np.array([[[10.0], [20.0]], [[30.0], [40.0]]]))
    change = other.minus(base)
    assert (change.name, change.rows, change.columns, change.units) == ("p", ("81",), ("a", "b", "c"), ("u", "v", "w"))
    assert change.values[0, :, 0].tolist() == [17.0, -4.0, 10.0]
    missing = other.minus(base, "new", np.nan)
    assert missing.name == "new"
    assert np.array_equal(missing.values[0, :, 0], [17.0, np.nan, np.nan], equal_nan=True)
    late = Table("p", ("90",), ("a",), ("u",), np.zeros((1, 1, 1)))
    with pytest.raises(ValueError, match="table p: the two runs have no crop year in common"):
        late.minus(base)
    more = Table("p", ("80", "81"), ("a",), ("u",), np.zeros((2, 1, 3)))
    with pytest.raises(
        ValueError, match="^tables of 3 and 1 draws cannot be compared; run both scenarios with the same"
    ):
        more.minus(base)


def test_bands_of_a_table_are_those_of_its_draws():
    frame = PRICES.bands((0.0, 0.5))
    assert frame.columns.tolist() == ["table", "row", "column", "unit", "mean", "p00", "p50", "missing"]
    assert frame["column"].tolist() == [*PRICES.columns] * 2 and frame["unit"].tolist() == [*PRICES.units] * 2
    assert frame["row"].tolist() == ["1980/81"] * 3 + ["1981/82"] * 3 and set(frame["table"]) == {"price"}
    assert frame["mean"].tolist() == [0.5, 2.5, 4.5, 6.5, 8.5, 10.5] and frame["p00"].tolist() == [0, 2, 4, 6, 8, 10]
    assert PRICES.bands().columns.tolist()[4:] == ["mean", "p05", "p25", "p50", "p75", "p95", "missing"]


def test_names_of_tables_are_checked():
    check_names(["bonus", "price_gap"])
    assert {"bonus", "bonus_fiscal_year", "price_gap", "total_surplus"} <= table_names()
    with pytest.raises(
        UnknownTable, match="^no table moon, prise; the tables are bonus, bonus_fiscal_year, .*price_gap"
    ):
        check_names(["prise", "bonus", "moon"])
