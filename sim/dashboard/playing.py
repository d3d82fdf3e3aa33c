"""The bar at the top: Mesa's controller (reset, play, step) with a button for a crop year, speed, date and policies."""

from __future__ import annotations

import solara
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import force_update

from sim.dashboard.desk import Desk
from sim.dashboard.frames import month_name
from sim.dashboard.market import Market
from sim.dashboard.widgets import WhenWidget, use_beat, use_widgets

SPEEDS = {"slow": 900, "normal": 250, "fast": 1}
"""Milliseconds between two periods, beside what a period takes."""
UNITS = {12: "month", 52: "week"}


@solara.component
def Playing(desk: Desk) -> None:
    """Controls and date."""
    speed = solara.use_reactive("normal")
    interval = solara.use_reactive(SPEEDS["normal"])
    every, threads = solara.use_reactive(1), solara.use_reactive(False)  # Mesa's controller takes nothing else
    market = desk.model.value
    unit = UNITS.get(market.timeline.periods_per_year, "period")

    def choose(name: str) -> None:
        speed.value = name
        interval.value = SPEEDS[name]

    with solara.Div(classes=["sd-bar"]):
        with solara.Div(classes=["sd-controls", f"sd-unit-{unit}", "" if desk.running.value else "sd-ended"]):
            ModelController(
                desk.model, model_parameters=desk.parameters, play_interval=interval, render_interval=every,
                use_threads=threads,
            ).key(f"controller-{desk.round.value}")  # fmt: skip
            CropYear(desk)
            with solara.ToggleButtonsSingle(value=speed.value, on_value=choose, dense=True, classes=["sd-speed"]):
                for name in SPEEDS:
                    solara.Button(name.capitalize(), value=name, text=True, small=True)
        Progress(desk)
    Pending(desk)
    Trouble(desk)


@solara.component
def CropYear(desk: Desk) -> None:
    """Button that plays to the end of the crop year."""
    market = desk.model.value

    def play() -> None:
        market.step_crop_year()
        force_update()

    solara.Button("+ 1 crop year", on_click=play, disabled=not desk.running.value, outlined=True, color="primary")


@solara.component
def Progress(desk: Desk) -> None:
    """Date, crop year, how far the calendar is, and the policies in force."""
    market: Market = desk.model.value
    unit = UNITS.get(market.timeline.periods_per_year, "period")
    (widget,) = use_widgets(lambda: [WhenWidget()], [])
    solara.Div(classes=["sd-when-place"], children=[widget])

    def show() -> None:
        done, periods = market.done_periods, market.periods
        where = "the end" if market.finished else f"crop year {market.crop_year}"
        with widget.hold_sync():
            widget.date = month_name(market.date)
            widget.text = f"{where} · {done} of {periods} {unit}s played"
            widget.percent = round(100 * done / periods, 2)
            widget.policies = in_force(market)
        desk.take_note(market)

    use_beat(show, [market.number])


def in_force(market: Market) -> list[str]:
    """Policy events of the month; of two scenarios with the letter of the one that has it alone."""
    letters: dict[str, list[str]] = {}
    for world, name in market.events():
        at = next((place for place, each in enumerate(market.worlds) if each.name == world), 0)
        letters.setdefault(name, []).append("AB"[at])
    alone = len(market.worlds) > 1
    return [f"{found[0]}: {name}" if alone and len(set(found)) == 1 else name for name, found in letters.items()]


@solara.component
def Pending(desk: Desk) -> None:
    """Note that levers wait for a reset."""
    with solara.Div(classes=["sd-note"]):
        if desk.pending:
            solara.Text("Levers changed. They take effect when the market begins anew: press Reset, or")
            solara.Button("Apply and restart", on_click=desk.restart, color="primary", small=True)


@solara.component
def Trouble(desk: Desk) -> None:
    """What went wrong: with what was chosen, or in the market."""
    with solara.Div(classes=["sd-trouble"]):
        if desk.upload_problem.value:
            solara.Text("This file is no scenario that can run. The market stays as it was.")
            solara.Preformatted(desk.upload_problem.value)
            solara.Button("Close", on_click=lambda: desk.upload_problem.set(""), outlined=True, small=True)
        if desk.problem.value:
            solara.Text("This cannot be: the market stays as it was.")
            solara.Preformatted(desk.problem.value)
        if desk.error.value:
            solara.Text("The market stopped with an error. Reset starts it again.")
            solara.Preformatted(desk.error.value)
