"""Sums of sale rows are the same bits whether found one by one or all at once, and only what is asked for is found."""

import numpy as np
import pytest
from fake_ledger import fake_ledger
from handmade import calendar, random_ledger, shuffle_rows

from sim.ledger import Ledger, untouched_zeros
from sim.measures import Measures, UnknownTable, reading, summary
from sim.measures.arrays import total
from sim.measures.reading import AMOUNTS, Reading
from sim.measures.sales import labels, select, tabulate


def at_once(ledger, read, monkeypatch, draws):
    """What ``read`` gives for a ledger, in rehearsed parts of at most ``draws`` draws."""
    monkeypatch.setattr(reading, "REHEARSED_FROM_DRAWS", 1)
    monkeypatch.setattr(reading, "AT_ONCE", 8 * len(ledger.rows) * draws)
    return [read(part) for part in Reading.of(ledger).parts(read)]


@pytest.mark.parametrize("draws", [1, 2, 5])
@pytest.mark.parametrize(
    "made", [random_ledger, fake_ledger, lambda: shuffle_rows(random_ledger(), np.arange(323, -1, -1))]
)
def test_one_pass_gives_the_same_bits(made, draws, monkeypatch):
    ledger = made()
    apart = summary(Reading.of(ledger))
    together = Measures.concat(at_once(ledger, summary, monkeypatch, draws))
    assert together.keys == apart.keys
    assert together.values.tobytes() == apart.values.tobytes()


def test_sums_follow_the_rows():
    ledger = random_ledger()
    index = select(ledger, market="japan", agreement=False)
    sums = tabulate(ledger, index, tuple(AMOUNTS), ("seller", "crop_year"))
    for row, seller in enumerate(labels(ledger, "seller")):
        own = np.flatnonzero((ledger.rows["seller"] == seller) & (ledger.rows["market"] == "japan"))
        own = own[(ledger.rows["crop_year"].iloc[own] == "1981/82").to_numpy()]
        kt, price = ledger.sales["kt"][own], ledger.sales["price_cad_t"][own]
        assert np.array_equal(sums["kt"][row, 1], total(kt))
        assert np.array_equal(sums["value_cad_k"][row, 1], total(price * kt))


def test_a_rehearsed_part_adds_nothing_up_again(monkeypatch):
    ledger = random_ledger()
    for part in at_once(ledger, lambda part: part, monkeypatch, 5):
        part._add_up_at_once(part._plan(part._rehearsed(summary)))
        part.sales = None  # nothing is left to be read there, but for the spread of bonuses, which this market lacks
        assert len(summary(part).keys) > 100


def test_sums_that_belong_to_no_year_and_those_of_passing_selections_are_found_too(monkeypatch):
    def read(part):
        passing = np.flatnonzero((part.rows["grade"] == "feed").to_numpy())  # an array of its own for each who asks
        sums = [
            tabulate(part, select(part, market="japan"), ("kt",), ("seller",))["kt"],
            tabulate(part, passing, ("kt", "value_cad_k"), ("crop_year",))["value_cad_k"],
            tabulate(part, select(part), ("kt",), ("month", "seller"))["kt"][:, 1],
        ]
        return np.concatenate(sums)

    ledger = random_ledger()
    expected = read(Reading.of(ledger))
    assert expected[:4].all() and len(expected) == 4 + 3 + 36
    for draws in (2, 5):
        found = np.concatenate(at_once(ledger, read, monkeypatch, draws), axis=-1)
        assert found.tobytes() == expected.tobytes()


def test_only_what_stays_is_remembered():
    reading, sellers = Reading.of(random_ledger()), {"seller": ["house", "wheat_board"]}
    rows = np.flatnonzero((reading.rows["market"] == "japan").to_numpy())
    first = reading.add_up(rows, sellers, ["kt"])["kt"].copy()
    rows[:] = np.flatnonzero((reading.rows["market"] == "offshore").to_numpy())  # the same array, other rows
    second = reading.add_up(rows, sellers, ["kt"])["kt"]
    assert not np.isclose(first, second).any()
    assert np.array_equal(second, reading.add_up(select(reading, market="offshore"), sellers, ["kt"])["kt"])


@pytest.mark.parametrize("draws, most, parts", [(5, 2, [2, 2, 1]), (6, 4, [3, 3]), (6, 6, [6]), (3, 0, [1, 1, 1])])
def test_parts_hold_no_more_draws_than_memory_allows_and_are_even(draws, most, parts, monkeypatch):
    ledger = random_ledger(draws=draws, years=1)
    ledger.first_draw = 10
    monkeypatch.setattr(reading, "AT_ONCE", 8 * len(ledger.rows) * most)
    found = list(Reading.of(ledger).parts(lambda part: None))
    assert [part.draws for part in found] == parts
    assert [part.first_draw for part in found] == [10 + sum(parts[:place]) for place in range(len(parts))]
    assert np.array_equal(np.concatenate([part.sales["kt"] for part in found], axis=1), ledger.sales["kt"])


@pytest.mark.parametrize("draws, rehearsals", [(31, []), (32, [1])])
def test_a_reading_is_rehearsed_on_one_draw_where_that_saves_time(draws, rehearsals):
    asked = []
    list(Reading.of(random_ledger(draws=draws, years=1)).parts(lambda part: asked.append(part.draws)))
    assert asked == rehearsals


def test_only_the_tables_asked_for():
    ledger = random_ledger()
    whole, part = summary(ledger), summary(ledger, tables={"price_gap", "producers"})
    wanted = [number for number, key in enumerate(whole.keys) if key[0] in ("price_gap", "producers")]
    assert part.keys == tuple(whole.keys[number] for number in wanted) and len(wanted) > 10
    assert np.array_equal(part.values, whole.values[wanted], equal_nan=True)
    assert summary(ledger, tables=["bonus"]).keys == ()  # a run without the programme
    with pytest.raises(UnknownTable, match="no table prise_gap; the tables are bonus, "):
        summary(ledger, tables={"prise_gap", "producers"})


def test_rows_nobody_sold_in_take_no_memory():
    zeros = untouched_zeros((4, 3, 5))
    assert zeros.shape == (4, 3, 5) and not zeros.any()
    periods = calendar(1980, 1)
    rows = random_ledger(years=1).rows
    ledger = Ledger(rows, periods, draws=1000)
    block = np.zeros((3, 1000))
    block[1] = np.linspace(0, 1, 1000)
    ledger.write_sales(5, kt=block)
    assert np.array_equal(ledger.sales["kt"][5:8], block) and not ledger.sales["kt"][:5].any()
    ledger.add_state("price", ("a", "b"), "C$/t")
    ledger.record("price", 3, block[:2])
    assert np.array_equal(ledger.states["price"].values[3], block[:2])
