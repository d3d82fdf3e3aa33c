"""The study's tables of one run: which they are taken from, and that they are the measures themselves."""

from dataclasses import replace

import numpy as np
from conftest import run_market

from sim import measures
from sim.frames import paired_gaps
from sim.measures.study_tables import StudyPoints, study_tables
from sim.scenario import load
from sim.shipped import published_gaps, scenario_path
from sim.study_points import study_points

HISTORY = scenario_path("history")


def test_points_of_the_history_are_the_studys():
    points = study_points(load(HISTORY))
    assert points.origin == "canada" and points.grade == "feed" and points.elasticity == 0.53
    assert points.pairs == ("japan-united_states", "united_states-offshore", "japan-offshore")
    assert points.periods == ("1980/81-1994/95", "1980/81-1985/86", "1985/86-1994/95")
    assert points.home == ("lethbridge_barley",)
    assert points.outside == ("great_falls_barley", "devils_lake_barley") and points.corn == ("pnw_corn",)


def test_tables_are_the_measures_and_need_what_they_need():
    sets = ("calendar.start=1985/86", "calendar.crop_years=2")
    ledger = run_market(HISTORY, draws=2, sets=sets).ledger
    points = study_points(load(HISTORY, sets=list(sets)))
    whole = replace(points, periods=("1985/86-1986/87", "1985/86", "1980/81-1985/86"))
    table1, table3, table4 = study_tables(ledger, whole)
    gaps = measures.price_gaps(ledger, "canada", "feed", points.pairs, whole.periods[:2])
    assert np.array_equal(table1.column("mean_difference_cad_t"), gaps.mean_cad_t.reshape(6, -1), equal_nan=True)
    assert table3.rows == ("1985/86", "1986/87", "average")
    assert table4.rows == ("lethbridge_barley", "great_falls_barley", "devils_lake_barley", "pnw_corn")
    # The study's own periods are longer than this run, so Table 1 is not claimed.
    assert [table.name for table in study_tables(ledger, points)] == [table3.name, table4.name]
    assert study_tables(ledger, StudyPoints("canada", "feed")) == []


def test_paired_gaps_stand_beside_the_published_ones():
    ledger = run_market(HISTORY, draws=2, sets=("calendar.start=1985/86", "calendar.crop_years=1")).ledger
    points = replace(study_points(load(HISTORY)), periods=("1985/86",))
    summary = measures.summary(ledger, extra=study_tables(ledger, points)).bands()
    published = {"1985/86 japan-offshore": published_gaps()["1985/86-1994/95 japan-offshore"]}
    line = paired_gaps(summary, published).set_index("period and pair").loc["1985/86 japan-offshore"]
    assert line["published_cad_t"] == 23.74 and line["published_significant"]
    assert 0 <= line["share_of_draws_significant"] <= 1
    assert paired_gaps(summary[summary["table"] != "table1"], {}).empty
