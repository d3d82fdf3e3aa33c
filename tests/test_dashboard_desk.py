"""What one page holds: choices, levers that wait for a restart, errors that leave the market as it was."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.dashboard import market as market_room
from sim.dashboard.desk import NOTHING, OWN, SHIPPED, Desk
from sim.dashboard.flows import flow_frame
from sim.dashboard.frames import legend_rows, month_name, policies, shaded_text
from sim.dashboard.lever_panel import wrong_number
from sim.dashboard.levers import levers_of
from sim.dashboard.lines import nice, short, spread, value_range
from sim.dashboard.pictures import PICTURES, scenario_of
from sim.dashboard.plans import open_shipped
from sim.dashboard.sheets import cell, heading, table_html
from sim.dashboard.side_by_side import SideBySide
from sim.dashboard.start import Start

BROKEN = b"extends: history.yaml\ntitle: Broken\ndrawz: 20\n"


@pytest.fixture
def desk():
    return Desk(Start("history", open_shipped("history"), draws=2))


def test_a_lever_waits_for_the_restart(desk):
    market = desk.model.value
    assert not desk.pending
    desk.move("A", "eep_max_bonus_usd_t", 30.0)
    assert desk.pending and desk.model.value is market
    desk.put_back("A")
    assert not desk.pending
    desk.move("A", "eep_max_bonus_usd_t", 30.0)
    desk.restart()
    assert not desk.pending and desk.model.value is not market
    assert desk.model.value.plans[0].values == {"eep_max_bonus_usd_t": 30.0}


def test_a_lever_out_of_range_is_explained_and_changes_nothing(desk):
    parameters = desk.parameters.value
    desk.move("A", "eep_max_bonus_usd_t", 1e6)
    assert "out of range" in desk.problem.value and desk.parameters.value is parameters


def test_a_broken_file_leaves_the_market(desk):
    market = desk.model.value
    desk.upload("mine.yaml", BROKEN)
    assert "mine.yaml:3:1" in desk.upload_problem.value and desk.model.value is market
    desk.upload("large.yaml", None)
    assert "larger than" in desk.upload_problem.value and desk.model.value is market
    desk.upload("mine.yaml", b"extends: history.yaml\ntitle: Mine\n")
    assert (desk.upload_problem.value, desk.model.value.worlds[0].title) == ("", "Mine")


def test_comparisons(desk):
    desk.compare("without_subsidies")
    assert [world.title for world in desk.model.value.worlds][1] == "Without all export subsidies"
    desk.compare(SHIPPED + "no_eep")
    assert desk.model.value.plans[1].name == "no_eep"
    desk.compare(OWN)
    desk.move("B", "eep_on", False)
    assert desk.pending and desk.parameters.value["plans"][1].values == {"eep_on": False}
    desk.compare(NOTHING)
    assert len(desk.model.value.worlds) == 1
    desk.compare("without_subsidies")
    desk.choose("no_export_subsidies")  # has nothing to be without
    assert (desk.against.value, len(desk.model.value.worlds)) == (NOTHING, 1)


def test_scenarios_of_other_calendars_do_not_stand_beside_each_other(desk):
    market = desk.model.value
    desk.compare(SHIPPED + "weekly")
    assert "same start and the same length of period" in " ".join(desk.problem.value.split())
    assert desk.against.value == NOTHING and desk.model.value is market


def test_an_error_in_a_step_ends_the_market_and_is_kept(desk, monkeypatch):
    def broken(self):
        raise ZeroDivisionError("nothing to divide by")

    market = desk.model.value
    monkeypatch.setattr(SideBySide, "step", broken)
    market.step()
    desk.take_note(market)
    assert desk.error.value == "ZeroDivisionError: nothing to divide by" and not desk.running.value
    monkeypatch.undo()
    desk.restart()
    assert desk.round.value == 1 and desk.model.value.running and not desk.model.value.error


def test_a_crop_year_and_what_charts_show_of_it(desk):
    market = desk.model.value
    market.step_crop_year()
    assert (market.done_periods, market.years_read) == (12, 1)
    world = market.worlds[0]
    for picture in PICTURES:
        lines = picture.lines(world, "feed")
        assert all(len(line["p50"]) == 12 for line in lines), picture.name
        assert lines or picture.name in ("rate", "spending")
    frame = flow_frame(world.flows(12), scenario_of(world))
    assert {link["target"] for link in frame["series"][0]["links"]} >= {"to Japan", "to Other offshore"}


def test_policies_of_a_scenario():
    loaded = open_shipped("history")
    found = policies(loaded)
    assert found[0] == ("Export Enhancement Program", 57, 102)
    assert "Export Enhancement Program (May 1985 to February 1989)" in shaded_text(loaded.timeline, found)
    assert shaded_text(loaded.timeline, []) == ""


def test_numbers_as_they_are_sent():
    assert short(np.array([123.456, np.nan, 0.0])) == [123.5, None, 0.0]
    assert short(np.array([np.nan])) == [None]
    assert short([0.0123456]) == [0.01235]
    assert spread([1.0, 2.0], 5, 2) == [1.0, 1.0, 2.0, 2.0, None]


def test_axes_hold_their_lines_and_never_shrink():
    low, high = value_range([{"p50": [20.0, 133.0], "p05": [11.0, 90.0], "p95": [25.0, 171.0]}])
    assert low == 0.0 and 171 <= high <= 250
    assert value_range([{"p50": [1.0]}], (low, high)) == (low, high)
    assert value_range([]) == (0.0, 1.0)
    assert value_range([{"p50": [-3.0, None]}])[0] <= -3.0
    assert [nice(each) for each in (0.11, 2.4, 26.0)] == [0.2, 2.5, 50.0]


def test_typed_numbers():
    lever = next(each for each in levers_of(open_shipped("history")) if each.name == "eep_max_bonus_usd_t")
    assert wrong_number(lever, "57,5") == ""
    assert "not a number" in wrong_number(lever, "much")
    assert "0 to 120 US$/t" in wrong_number(lever, "121")
    assert wrong_number(lever, "nan") != ""


def test_texts():
    assert month_name("1985-05") == "May 1985"
    assert heading("mean_cad_t") == "Mean (C$/t)" and heading("row") == ""
    assert (cell(math.nan), cell(1234.5), cell(True), cell("a_b")) == ("-", "1,234", "yes", "a b")
    assert "<b>" not in table_html(["<b>"], [["<b>"]])
    assert (legend_rows(["a", "b"]), legend_rows(["a name that is long"] * 4)) == (1, 2)


def test_a_closed_page_and_a_market_begun_anew_free_what_they_held(desk, monkeypatch):
    later = []
    monkeypatch.setattr(market_room.threading, "Timer", lambda seconds, work: FakeTimer(later, work))
    first = desk.model.value
    desk.model.value.step()
    desk.restart()
    (world,) = first.worlds
    assert not first.running and world._market is None, "the agents go at once"
    assert world.done == 1, "what has been read stays for charts in the middle of it"
    later.pop()()
    assert vars(world) == {"_market": None}
    desk.close()
    assert not desk.model.value.running and desk.model.value.worlds[0]._market is None
    before = desk.model.value.done_periods
    desk.model.value.step()
    assert desk.model.value.done_periods == before, "a player still running plays nothing"


class FakeTimer:
    def __init__(self, later, work):
        self.later, self.work = later, work

    def start(self):
        self.later.append(self.work)
