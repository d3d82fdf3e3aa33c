"""One assumption at a time: the study's own values give the study's result, and the rest moves as theory says."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiments.reconstruction import reconstruct
from sim.experiments.study_sensitivity import SURPLUS, VALUES, sensitivity_table, swings
from sim.study import COLUMNS, DEFAULT, Assumptions, single_desk

FEED, REVENUE = COLUMNS[0], COLUMNS[-1]


@pytest.fixture(scope="module")
def made():
    return reconstruct(4, 1)


@pytest.fixture(scope="module")
def table(made):
    return sensitivity_table(made)


def point(table, assumption, column=REVENUE):
    own = table[(table["assumption"] == assumption) & (table["column"] == column)]
    return own.set_index("value")["point"]


def test_every_assumption_is_varied_around_the_studys(table, made):
    assert set(table["assumption"]) == set(VALUES) == set(vars(DEFAULT))
    assert (table.groupby(["assumption", "column"])["default"].sum() == 1).all()
    usual = table[table["default"]]
    for number, column in enumerate(COLUMNS):
        published = made.priors.published[number].mean()
        np.testing.assert_allclose(usual.loc[usual["column"] == column, "point"], published, atol=0.01)


def test_the_desk_gains_more_the_flatter_the_offshore_market(table):
    assert (np.diff(point(table, "reference_elasticity")) < 0).all()


def test_constant_elasticity_takes_the_feed_effect_away(table):
    feed = point(table, "demand", FEED)
    assert feed["linear"] < -3 and abs(feed["constant_elasticity"]) < 0.5


def test_supply_that_reacts_costs_revenue_and_spares_surplus(table):
    revenue, surplus = (point(table, "supply_elasticity", column) for column in (REVENUE, SURPLUS))
    assert (np.diff(revenue) < 0).all() and (np.diff(surplus) > 0).all()
    assert revenue["0"] == pytest.approx(surplus["0"])


def test_intervals_hold_the_mean(table):
    assert (table["low"] <= table["mean"]).all() and (table["mean"] <= table["high"]).all()


def test_infeasible_segments_are_named(table, made):
    words = table[table["infeasible"] != ""]
    assert set(words["assumption"]) == {"reference_elasticity"} and set(words["value"]) == {"30", "40"}
    desk = single_desk(made.segments, Assumptions(reference_elasticity=40.0), strict=False)
    name = made.segments.layout.names[int(np.argwhere(desk.infeasible)[0][0])]
    assert words["infeasible"].str.contains(f"1993/94 {name}: C\\$").all()


def test_swings_rank_the_assumptions(table):
    feed = swings(table, FEED)
    assert list(feed.index[:2]) == ["reference_elasticity", "demand"] and feed.index[-1] == "domestic_elasticity"
    assert swings(table, REVENUE).is_monotonic_decreasing
