"""The charts: each for A alone, or for A and B beside each other on the same axes."""

from __future__ import annotations

from typing import Any

import solara
from mesa.visualization.utils import update_counter

from sim.dashboard.desk import Desk
from sim.dashboard.flows import flow_frame
from sim.dashboard.frames import over_time, policies
from sim.dashboard.lines import value_range
from sim.dashboard.market import Market
from sim.dashboard.pictures import PICTURES, Picture, grades_of, scenario_of
from sim.dashboard.widgets import Chart

HEIGHT = 270
SIDES = ("A", "B")


@solara.component
def Charts(desk: Desk) -> None:
    """All charts."""
    market = desk.model.value
    grade = solara.use_reactive("")
    grades = grades_of(scenario_of(market.worlds[0]))
    chosen = grade.value if grade.value in grades else next(iter(grades))
    pair = len(market.worlds) > 1
    with solara.Div(classes=["sd-charts", "sd-pair" if pair else "sd-single"]):
        for picture in PICTURES:
            with solara.Div(classes=["sd-section"]):
                with solara.Div(classes=["sd-section-head"]):
                    solara.HTML("h2", picture.title)
                    if picture.graded and len(grades) > 1:
                        items = [{"text": title, "value": name} for name, title in grades.items()]
                        solara.v.Select(
                            items=items, v_model=chosen, on_v_model=grade.set, dense=True, hide_details=True,
                            label="Grade", style_="max-width: 170px", class_="sd-grade",
                        )  # fmt: skip
                solara.Text(picture.tells, classes=["sd-help"])
                Drawn(desk, picture, chosen if picture.graded else "").key(f"{picture.name}-{id(market)}")
        with solara.Div(classes=["sd-section"]):
            solara.HTML("h2", "Who sells where")
            solara.Text("Tonnes of the last twelve months, from sellers (left) to markets (right), mean of the draws.",
                        classes=["sd-help"])  # fmt: skip
            Flows(desk).key(f"flows-{id(market)}")


@solara.component
def Drawn(desk: Desk, picture: Picture, grade: str) -> None:
    """One picture of every market, on one value axis."""
    update_counter.get()
    market: Market = desk.model.value
    events = solara.use_memo(lambda: [policies(world.loaded) for world in market.worlds], [id(market)])
    found = [picture.lines(world, grade) for world in market.worlds]
    key = f"{picture.name} {grade}"
    bounds = market.bounds[key] = value_range([line for lines in found for line in lines], market.bounds.get(key))
    with solara.Div(classes=["sd-beside"]):
        for side, world, lines, named in zip(SIDES, market.worlds, found, events, strict=False):
            names = [line["name"] for line in lines]
            frame = over_time(world.loaded.timeline, named, bounds, picture.unit, names)
            One(side if len(market.worlds) > 1 else "", picture.title, frame, lines, not market.done_periods)


@solara.component
def One(side: str, title: str, frame: dict[str, Any], lines: list[dict[str, Any]], early: bool) -> None:
    """One chart, under the letter of its scenario."""
    with solara.Div(classes=["sd-one"]):
        if side:
            solara.HTML("span", side, classes=["sd-letter", f"sd-letter-{side}"])
        Chart(frame, lines, HEIGHT, f"{title} {side}")
        if not lines:
            solara.Text("Play to see it grow." if early else "Nothing of this so far.", classes=["sd-empty"])


@solara.component
def Flows(desk: Desk) -> None:
    """Sellers to markets."""
    update_counter.get()
    market: Market = desk.model.value
    with solara.Div(classes=["sd-beside"]):
        for side, world in zip(SIDES, market.worlds, strict=False):
            per_year = world.loaded.timeline.periods_per_year
            frame = flow_frame(world.flows(per_year), scenario_of(world))
            One(side if len(market.worlds) > 1 else "", "Who sells where", frame, [], not market.done_periods)
