"""The levers of a scenario, by group: moved ones are marked, and can be put back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import solara

from sim.dashboard.desk import Desk
from sim.dashboard.lever import Lever
from sim.dashboard.levers import levers_of
from sim.dashboard.widgets import NumberWidget, headline


@solara.component
def LeverPanel(desk: Desk, side: str) -> None:
    """All levers of A or B."""
    plan = (desk.base if side == "A" else desk.other).value
    levers = solara.use_memo(lambda: levers_of(plan.loaded) if plan else (), [plan and id(plan.loaded)])
    if plan is None:
        return
    groups = list(dict.fromkeys(lever.group for lever in levers))
    with solara.Div(classes=["sd-panel"]):
        heading = "3 · Levers" if desk.against.value != "own" else f"3 · Levers of {side}"
        headline("h2", heading)
        solara.Text("A lever moved takes effect when the market begins anew (Reset).", classes=["sd-help"])
        if plan.values:
            solara.Button(
                f"All as in the scenario ({len(plan.values)} moved)", on_click=lambda: desk.put_back(side), text=True,
                small=True, color="primary",
            )  # fmt: skip
        for number, group in enumerate(groups):
            Group(desk, side, group, [lever for lever in levers if lever.group == group], number == 0).key(
                f"{side}-{group}-{id(plan.loaded)}"
            )


@solara.component
def Group(desk: Desk, side: str, title: str, levers: list[Lever], opened: bool) -> None:
    """A heading that opens on its levers."""
    shown = solara.use_reactive(opened)
    values = (desk.base if side == "A" else desk.other).value.values
    count = sum(lever.name in values for lever in levers)
    sign = "▾" if shown.value else "▸"
    solara.Button(
        f"{sign} {title}" + (f" · {count} moved" if count else ""), on_click=lambda: shown.set(not shown.value),
        text=True, classes=["sd-group"],
    )  # fmt: skip
    if shown.value:
        for lever in levers:
            Control(desk, side, lever).key(lever.name)


@solara.component
def Control(desk: Desk, side: str, lever: Lever) -> None:
    """One lever: its value, what it does, and a way back."""
    plan = (desk.base if side == "A" else desk.other).value
    value = plan.values.get(lever.name, lever.initial)
    changed = lever.name in plan.values

    def move(new: Any) -> None:
        desk.move(side, lever.name, new)

    with solara.Div(classes=["sd-lever", "sd-moved"] if changed else ["sd-lever"]):
        with solara.Div(classes=["sd-lever-head"]):
            solara.Text(lever.title, classes=["sd-lever-title"])
            if changed:
                solara.Button(
                    "as in the scenario", on_click=lambda: desk.put_back(side, lever.name), text=True, x_small=True,
                    color="primary",
                )  # fmt: skip
        if lever.kind == "switch":
            solara.v.Switch(
                v_model=bool(value), on_v_model=move, dense=True, hide_details=True, inset=True,
                label="in force" if value else "switched off",
            )  # fmt: skip
        elif lever.kind == "choice":
            items = [{"text": title, "value": name} for name, title in lever.choices]
            solara.v.Select(items=items, v_model=value, on_v_model=move, dense=True, outlined=True, hide_details=True)
        else:
            Number(lever, float(value), move)
        solara.Text(lever.help, classes=["sd-help"])


@solara.component
def Number(lever: Lever, value: float, move: Callable[[float], None]) -> None:
    """A slider, and a field for the same number that says what is wrong with what is typed."""
    problem = solara.use_reactive("")

    def choose(text: str) -> None:
        problem.value = wrong_number(lever, text)
        if not problem.value:
            move(float(text.replace(",", ".")))

    NumberWidget.element(
        low=lever.low, high=lever.high, step=lever.step, value=value, unit=lever.unit, label=lever.title,
        problem=problem.value, on_text=choose,
    )  # fmt: skip


def written(value: float) -> str:
    """A number as it stands in its field."""
    return f"{value:.6g}"


def wrong_number(lever: Lever, text: str) -> str:
    """What is wrong with a typed number; empty when nothing is."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return f"'{text[:20]}' is not a number"
    low, high = lever.ends
    if not math.isfinite(value) or not low <= value <= high:
        unit = f" {lever.unit}" if lever.unit else ""
        return f"{text[:20]} is out of range: {written(low)} to {written(high)}{unit}"
    return ""
