"""Levers: what a scenario has of them, that moving none changes nothing, and that moving one is what its title says."""

import copy

import pytest

from sim.dashboard.lever import AS_STATED, GROUPS
from sim.dashboard.levers import controls_of, levers_of, moved, with_levers
from sim.dashboard.market_levers import SYSTEMS
from sim.dashboard.plans import open_shipped, open_text
from sim.scenario import ScenarioError
from sim.shipped import shipped_folder

NAMES = [
    "weekly",
    "trade_war_escalation",
    "history_reconstructed",
    "farm_bill_1996",
    "steady",
    "games/markets/two_treasuries",
]


@pytest.fixture(scope="module")
def history():
    return open_shipped("history")


def named(loaded):
    return {lever.name: lever for lever in levers_of(loaded)}


@pytest.mark.parametrize("name", NAMES)
def test_levers_stand_in_their_range_and_moving_none_gives_the_scenario_itself(name):
    path = shipped_folder() / f"{name}.yaml"
    loaded = open_shipped(name) if "/" not in name else open_text(path.name, path.read_bytes())
    levers = levers_of(loaded)
    assert len({lever.name for lever in levers}) == len(levers) > 0
    for lever in levers:
        assert lever.group in GROUPS and lever.title and lever.help.endswith(".")
        if lever.kind == "number":
            assert lever.low <= lever.initial <= lever.high and lever.step > 0
        elif lever.kind == "choice":
            assert lever.initial == lever.choices[0][0] == AS_STATED
        else:
            assert lever.initial is True
    assert with_levers(loaded, {lever.name: lever.initial for lever in levers}) is loaded


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({"eep_on": False}, "no_eep"),
        ({"restitution_on": False}, "no_restitution"),
        ({"eep_on": False, "restitution_on": False}, "no_export_subsidies"),
        ({"canada_system": "multiple_sellers"}, "multiple_sellers"),
        ({"canada_system": "multiple_sellers", "traders_number": 16.0}, "traders_16"),
        ({"canada_system": "open_feed"}, "open_feed_market"),
    ],
)
def test_levers_make_the_scenarios_that_ship(history, values, same):
    assert with_levers(history, values).hash == open_shipped(same).hash


def test_levers_only_for_what_a_scenario_has():
    assert not [name for name in named(open_shipped("no_export_subsidies")) if name.startswith(("eep", "restitution"))]
    without_boards = named(open_text("duopoly.yaml", DUOPOLY))
    assert not [name for name in without_boards if "system" in name or "initial" in name or "crop" in name]


def test_a_programme_that_answers_a_rival_has_no_lever_for_its_tonnage():
    levers = named(open_shipped("trade_war_escalation"))
    assert "eep_on" in levers and "eep_tonnage_scale" not in levers and "restitution_target_scale" not in levers


@pytest.mark.parametrize("end", ["low", "high"])
def test_every_number_changes_the_scenario_and_history_runs_with_all_at_one_end(history, end):
    values = {}
    for control in controls_of(history):
        if control.lever.kind == "number" and getattr(control.lever, end) != control.lever.initial:
            values[control.lever.name] = getattr(control.lever, end)
            data = copy.deepcopy(history.resolved)
            control.edit(data, values[control.lever.name])
            assert data != history.resolved, control.lever.name
    assert len(values) > 15 and moved(history, values) == values
    assert with_levers(history, values).regimes[0] != history.regimes[0]


def test_history_runs_under_each_marketing_system(history):
    for value, _ in named(history)["canada_system"].choices[1:]:
        new = with_levers(history, {"canada_system": value, "australia_system": "multiple_sellers"})
        systems = {(rule.feed, rule.malting) for rule in (regime.marketing["canada"] for regime in new.regimes)}
        assert systems == {SYSTEMS[value][1:]}


def test_a_factor_multiplies_levels_in_the_base_and_in_events():
    loaded = open_text("halved.yaml", HALVED)
    new = with_levers(loaded, {"eep_tonnage_scale": 0.5})
    before, after = ([regime.eep.tonnage_kt for regime in each.regimes if regime.eep.enabled] for each in (loaded, new))
    assert len(set(map(str, before))) > 1  # the event is in force at some time
    tonnes = loaded.levels(lambda s: s.eep.tonnage_kt), new.levels(lambda s: s.eep.tonnage_kt)
    assert tonnes[1] == pytest.approx(0.5 * tonnes[0])
    first = [each.scenario.eep.initiatives["israel"].tonnage_kt for each in (loaded, new)]
    assert first[1].scale == pytest.approx(0.5 * first[0].scale)


def test_demand_by_a_line_gets_flatter_when_importers_want_more():
    loaded = open_text("duopoly.yaml", DUOPOLY)
    new = with_levers(loaded, {"importers_demand_scale": 1.6})
    demand = new.scenario.importers["buyer"].demand["feed"]
    assert demand.slope == pytest.approx(0.1 / 1.6) and demand.intercept == 100


def test_the_last_bit_of_a_slider_does_not_count(history):
    assert moved(history, {"cwb_initial_share": 0.1 + 0.78, "yield_sd": 0.05 + 1e-17}) == {}
    assert with_levers(history, {"cwb_initial_share": 0.1 + 0.78}) is history


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"eep_max_bonus_usd_t": 500}, "500 is out of range; allowed: 0 to 120 US$/t"),
        ({"eep_max_bonus_usd_t": "30"}, "the text '30' is not a number"),
        ({"eep_max_bonus_usd_t": float("nan")}, "is not a number"),
        ({"eep_max_bonus_usd_t": True}, "is not a number"),
        ({"eep_on": 1}, "allowed: true or false"),
        ({"canada_system": "anarchy"}, "allowed: as_in_the_scenario, single_desk"),
        ({"canada_system": ["x"]}, "is not allowed here"),
        ({"eep_onn": False}, "no such lever; did you mean `eep_on`?"),
    ],
)
def test_wrong_values_are_explained(history, values, text):
    with pytest.raises(ScenarioError, match="levers:1:1") as caught:
        with_levers(history, values)
    assert text in str(caught.value)


def test_what_could_not_run_is_explained_as_in_a_file():
    loaded = open_text(
        "steep.yaml", b"extends: history\ntitle: Steep\noverrides: {importers.israel.demand.feed.elasticity: 60}\n"
    )
    with pytest.raises(ScenarioError, match="importers.israel.demand.feed.elasticity"):
        with_levers(loaded, {"importers_elasticity_scale": 3.0})


DUOPOLY = b"""
title: Two sellers, one buyer
calendar: {start: 2000/01, crop_years: 2}
money: {cad_per_usd: 1, usd_per_ecu: 1}
shocks: {yield_sd: 0, demand_sd: 0, corn_sd: 0, exchange_sd: 0, freight_sd: 0}
grades: {feed: {title: Feed, pool: feed}}
markets: {third: {title: Third country}}
origins: {home: {title: Home}, rival: {title: Rival}}
freight_usd_t: {home: {third: 0}, rival: {third: 0}}
sellers:
  home_firm: {title: Home firm, origin: home, cost_cad_t: 40}
  rival_firm: {title: Rival firm, origin: rival, cost_cad_t: 40}
importers:
  buyer:
    title: Buyer
    market: third
    region: third
    demand: {feed: {currency: cad, intercept: 100, slope: 0.1}}
"""
HALVED = b"""
extends: history
title: A programme that an event makes smaller
more_events:
  - {from: 1990-08, to: 1991-07, name: Less, eep: {tonnage_kt: 500}}
"""
