"""Measures in words: titles from the scenario, names without one as words, keys where there are no words."""

import numpy as np
import pandas as pd
import pytest
from figure_checks import check
from figure_results import CASES
from matplotlib.figure import Figure

from sim.figures import KINDS
from sim.figures.ticks import group_thousands
from sim.measure_titles import key_title, measure_title, titles_in
from sim.measures.catalogue import TABLES

SCENARIO = {
    "title": "A market", "origins": {"home": {"title": "Homeland"}}, "markets": {"far": {"title": "Far East"}},
    "grades": {"feed": {"title": "Feed", "pool": "feed"}}, "boards": {"desk": {"title": "The Desk"}},
    "importers": {"mill": {"title": "A mill"}}, "state_importers": {"agency": {"title": "An agency"}},
    "eep": {"title": "Bonus programme", "budget": 3}, "restitution": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("market_price:far:feed", "Feed price, Far East"),
        ("market_price:eu:six_row", "Six-row price, EU"),
        ("buyer_price:agency:feed", "Feed price paid, freight included, An agency"),
        ("origin_tonnes:home:far:feed", "Feed sales, Homeland to Far East"),
        ("origin_price:north_land:north_land:feed", "Feed price, North Land at home"),
        (
            "price_gap:home:feed:far-other_side",
            "Feed price gap, Far East less Other Side (from\N{NO-BREAK SPACE}Homeland)",
        ),
        ("producers:home", "Producers' surplus, Homeland"),
        ("producers:home:producer_revenue_million_cad", "Producer revenue, Homeland"),
        ("producers:home:two_row_price_cad_t", "Two-row price, producers, Homeland"),
        ("programme_spend:eep", "Bonus programme, spending"),
        ("programme_rate:export_subsidy_home", "Export subsidy, Homeland, mean rate"),
        ("programme_tonnes:restitution", "RESTITUTION, subsidised tonnes"),
        ("pool_deficit_million_cad:desk:feed", "Pool deficit, The Desk, feed"),
        ("total_surplus:total", "Total surplus, all countries"),
        ("producers:home:new_measure", "producers:home:new_measure"),
        ("table1:1980/81 far-home:t", "table1:1980/81 far-home:t"),
        ("taxpayers", "taxpayers"),
    ],
)
def test_titles_come_from_the_scenario_and_unknown_measures_keep_their_key(key, title):
    assert key_title(key, titles_in(SCENARIO)) == title
    assert key_title(key, SCENARIO) == title


def test_titles_take_nothing_else_from_a_scenario():
    assert titles_in(SCENARIO)["eep"] == {"title": "Bonus programme"}
    assert titles_in(SCENARIO)["grades"] == {"feed": {"title": "Feed"}}
    assert "restitution" not in titles_in(SCENARIO)


def test_every_table_of_names_by_country_market_or_programme_has_words():
    parts = {"price_gap": "a:feed:b-c", "origin_price": "a:b:feed", "origin_tonnes": "a:b:feed"}
    left = {
        "bonus_tonnes",
        "bonus",
        "bonus_fiscal_year",
        "eligible_price",
        "refund_programme",
        "intervention",
        "deliveries",
    }
    for tables, _ in TABLES:
        for table in set(tables) - left:
            columns = (parts[table],) if table in parts else ("a:feed", "a")
            assert any(not measure_title(table, column).startswith(f"{table}:") for column in columns), table


def test_figures_of_sweeps_and_analyses_have_no_key_in_a_title():
    frames, meta = CASES["sensitivity"]["variance"]()
    meta = {**meta, "run_id": "r", "titles": titles_in(SCENARIO)}
    figure = KINDS["sensitivity"].figures["sensitivity"](frames, meta)
    assert figure.axes[0].get_title(loc="left").startswith("Feed price, Japan\n")


def test_results_that_luck_moves_come_last_and_say_how_large_they_are():
    frames, meta = CASES["sensitivity"]["elementary effects"]()
    measures = list(dict.fromkeys(frames["indices"]["measure"]))
    outcomes = pd.DataFrame({"measure": measures, "crop_year": "mean", "mean": -1234.5, "sd": 2.0,
                             "luck_in_means": [0.9, np.nan, 0.1]})  # fmt: skip
    drawn = KINDS["sensitivity"].figures["elementary_effects"](
        {**frames, "outcomes": outcomes}, {**meta, "run_id": "r"}
    )
    check(drawn, "r")
    titles = [panel.get_title(loc="left") for panel in drawn.axes if panel.get_visible()]
    assert titles[-1].startswith("Feed price, Japan") and "\N{MINUS SIGN}1,234, sd 2" in titles[-1]


def test_parameters_of_a_calibration_are_in_their_unit():
    frames, meta = CASES["calibration"][next(iter(CASES["calibration"]))]()
    meta = {**meta, "run_id": "r", "units": {"bargaining_weight": "share", "importers_elasticity": ""}}
    drawn = KINDS["calibration"].figures["profiles"](frames, meta)
    assert [panel.get_xlabel() for panel in drawn.axes[:2]] == ["Value (share)", "Value (own unit)"]


def test_thousands_are_grouped():
    panel = Figure().subplots()
    panel.set_xlim(-4000, 4000)
    group_thousands(panel, "x")
    assert panel.xaxis.get_major_formatter().format_ticks([-4000.0, 0.0, 2500.0]) == [
        "\N{MINUS SIGN}4,000",
        "0",
        "2,500",
    ]
