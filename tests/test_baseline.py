"""Headline results are what they were; ``python -m tests.baseline`` writes them anew (see ``tests/baseline``)."""

import numpy as np
import pandas as pd
import pytest
from baseline.lines import ABSOLUTE, KEYS, NUMBERS, RELATIVE, joined, moved, of_array, read, write
from baseline.runs import RUNS, path_of, tolerance

SHOWN = 25


@pytest.mark.parametrize("name", RUNS)
def test_results_are_what_they_were(name):
    lines = RUNS[name]()
    changes = moved(read(path_of(name)), lines, tolerance(name))
    if changes:
        more = [f"... and {len(changes) - SHOWN:,} more"] if len(changes) > SHOWN else []
        pytest.fail(
            "\n".join(
                [
                    f"{len(changes):,} of {len(lines):,} results of `{name}` have moved:",
                    *changes[:SHOWN],
                    *more,
                    "If this is meant: `make baseline` (python -m tests.baseline) writes them anew, and the commit "
                    "says why they moved.",
                ]
            ),
            pytrace=False,
        )


def test_every_file_has_its_run():
    assert {path.stem for path in path_of("any").parent.glob("*.csv")} == set(RUNS)


def test_every_measure_of_the_small_market_is_kept():
    """The tables a run can have are all there in some run: a new one asks for a line of the baseline."""
    from sim.measures.summary import table_names

    kept = set().union(*(read(path_of(name))["table"] for name in RUNS))
    assert table_names() <= kept
    assert {"table1_of_the_run", "table3", "table4", "table2", "break_even_cost", "bonus_pass_through"} <= kept


@pytest.fixture
def lines():
    return joined([of_array("price", np.array([100.0, 0.0, np.nan])), of_array("tonnes", np.array([7.0]))])


def test_lines_survive_their_file(lines, tmp_path):
    write(lines, tmp_path / "a.csv")
    assert moved(read(tmp_path / "a.csv"), lines) == []
    assert list(read(tmp_path / "a.csv").columns) == KEYS + NUMBERS


def test_rounding_is_no_move_and_everything_else_is(lines):
    def with_value(place, value):
        other = lines.copy()
        other.loc[place, "value"] = value
        return moved(lines, other)

    assert with_value(0, 100.0 * (1 + RELATIVE / 2)) == with_value(1, ABSOLUTE / 2) == []
    assert with_value(0, 100.0 * (1 + 3 * RELATIVE)) == ["price | 0 value: 100 -> 100.0000003 (3e-09)"]
    assert len(with_value(2, 1.0)) == len(with_value(0, np.nan)) == 1
    assert moved(lines, lines[:-1]) == ["tonnes | 0: gone"] and moved(lines[:-1], lines) == ["tonnes | 0: new"]


def test_the_largest_moves_come_first(lines):
    other = lines.assign(value=[100.1, 0.0, np.nan, 14.0])
    assert [text.split()[0] for text in moved(lines, other)] == ["tonnes", "price"]


def test_two_lines_of_one_name_are_refused(lines):
    with pytest.raises(ValueError, match="two lines for"):
        joined([lines, lines])


def test_without_a_file_every_line_is_new(lines, tmp_path):
    assert moved(read(tmp_path / "none.csv"), lines) == [
        "price | 0: new", "price | 1: new", "price | 2: new", "tonnes | 0: new"
    ]  # fmt: skip
    assert isinstance(read(tmp_path / "none.csv"), pd.DataFrame)
