"""The charts: each for A alone, or for A and B beside each other on the same axes."""

from __future__ import annotations

import solara

from sim.dashboard.desk import Desk
from sim.dashboard.flows import flow_frame
from sim.dashboard.frames import over_time, policies, shaded_text
from sim.dashboard.lines import value_range
from sim.dashboard.market import Market
from sim.dashboard.pictures import PICTURES, Picture, grades_of, price_differences, scenario_of, told
from sim.dashboard.widgets import ChartWidget, headline, show_chart, use_beat, use_widgets
from sim.wording import words

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
    scenario = scenario_of(market.worlds[0])
    Shaded(market)
    with solara.Div(classes=["sd-charts", "sd-pair" if pair else "sd-single"]):
        for picture in PICTURES:
            with solara.Div(classes=["sd-section"]):
                with solara.Div(classes=["sd-section-head"]):
                    headline("h2", picture.title)
                    if picture.graded and len(grades) > 1:
                        items = [{"text": title, "value": name} for name, title in grades.items()]
                        solara.v.Select(
                            items=items, v_model=chosen, on_v_model=grade.set, dense=True, hide_details=True,
                            style_="max-width: 150px", class_="sd-grade",
                        )  # fmt: skip
                solara.Text(told(picture, scenario), classes=["sd-help"])
                Drawn(desk, picture, chosen if picture.graded else "").key(f"{picture.name}-{pair}")
        if pair:
            with solara.Div(classes=["sd-section"]):
                headline("h2", "What B changes: prices, B minus A")
                solara.Text(f"{grades[chosen]}. Both meet the same luck, so the difference comes from what you chose; "
                            "mean of the draws.", classes=["sd-help"])  # fmt: skip
                Differences(desk, chosen).key("difference")
        with solara.Div(classes=["sd-section"]):
            headline("h2", "Trade: who sells where")
            solara.Text("Exports of the last twelve months, sellers (left) to markets (right): kt, mean of the draws.",
                        classes=["sd-help"])  # fmt: skip
            Flows(desk).key(f"flows-{pair}")


@solara.component
def Shaded(market: Market) -> None:
    """What the shaded periods are."""
    texts = [shaded_text(world.loaded.timeline, policies(world.loaded)) for world in market.worlds]
    with solara.Div(classes=["sd-shaded"]):
        if len(set(texts)) == 1:
            solara.Text(texts[0], classes=["sd-help"])
        else:
            for side, text in zip(SIDES, texts, strict=False):
                solara.Text(f"{side}: {text or 'no policy dates.'}", classes=["sd-help"])


@solara.component
def Drawn(desk: Desk, picture: Picture, grade: str) -> None:
    """One picture of every market, on one value axis."""
    market: Market = desk.model.value
    events = solara.use_memo(lambda: [policies(world.loaded) for world in market.worlds], [market.number])
    charts = use_charts(market, picture.title)
    key = f"{picture.name} {grade}"

    def show() -> None:
        found = [picture.lines(world, grade) for world in market.worlds]
        bounds = market.bounds[key] = value_range([line for lines in found for line in lines], market.bounds.get(key))
        for widget, world, lines, named in zip(charts, market.worlds, found, events, strict=True):
            names = [line["name"] for line in lines]
            unit = words(scenario_of(world))(picture.unit)
            frame = over_time(world.loaded.timeline, named, bounds, unit, names)
            show_chart(widget, {**frame, "empty": "" if lines else empty(market)}, lines)

    use_beat(show, [market.number, key])


def use_charts(market: Market, title: str) -> list[ChartWidget]:
    """Charts beside each other, each under the letter of its scenario."""
    sides = SIDES[: len(market.worlds)]
    charts = use_widgets(
        lambda: [ChartWidget(height=HEIGHT, label=f"{title} {side}") for side in sides], [len(sides), title]
    )
    with solara.Div(classes=["sd-beside"]):
        for side, chart in zip(sides, charts, strict=True):
            letter = [headline("span", side, classes=("sd-letter", f"sd-letter-{side}"))] if len(sides) > 1 else []
            solara.Div(classes=["sd-one"], children=[*letter, chart])
    return charts


def empty(market: Market) -> str:
    """What stands in a chart without lines."""
    return "Nothing of this so far." if market.done_periods else "Play to see it grow."


@solara.component
def Differences(desk: Desk, grade: str) -> None:
    """Prices of B less those of A."""
    market: Market = desk.model.value
    (chart,) = use_widgets(lambda: [ChartWidget(height=HEIGHT, label="Prices, B minus A")], [])
    solara.Div(children=[chart])

    def show() -> None:
        first, second = market.worlds
        lines = price_differences(first, second, grade)
        bounds = market.bounds[grade] = value_range(lines, market.bounds.get(grade))
        names = [line["name"] for line in lines]
        frame = over_time(market.timeline, policies(first.loaded), bounds, words(first.loaded.resolved)("C$/t"), names)
        show_chart(chart, {**frame, "empty": "" if lines else empty(market)}, lines)

    use_beat(show, [market.number, grade])


@solara.component
def Flows(desk: Desk) -> None:
    """Sellers to markets."""
    market: Market = desk.model.value
    charts = use_charts(market, "Who sells where")

    def show() -> None:
        for widget, world in zip(charts, market.worlds, strict=True):
            frame = flow_frame(world.flows(world.loaded.timeline.periods_per_year), scenario_of(world))
            words = "" if frame["series"] else empty(market)
            show_chart(widget, {**frame, "empty": words}, [])

    use_beat(show, [market.number])
