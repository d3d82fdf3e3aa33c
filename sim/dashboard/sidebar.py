"""The left side: which scenario, what it is compared with, the ensemble, downloads of scenarios."""

from __future__ import annotations

import solara

from sim.dashboard import plans
from sim.dashboard.closing import Downloads
from sim.dashboard.desk import NOTHING, OWN, SHIPPED, Desk
from sim.dashboard.lever_panel import LeverPanel
from sim.dashboard.limits import MOST_DRAWS
from sim.dashboard.widgets import Upload, headline


@solara.component
def Choosing(desk: Desk) -> None:
    """Everything that is chosen before the market plays."""
    with solara.Div(classes=["sd-side"]):
        ScenarioChoice(desk)
        Comparison(desk)
        LeverPanel(desk, "A")
        if desk.against.value == OWN:
            LeverPanel(desk, "B")
        Ensemble(desk)
        Downloads(desk)


@solara.component
def ScenarioChoice(desk: Desk) -> None:
    """Scenario A: a shipped one, or a file."""
    plan = desk.base.value
    shipped = solara.use_memo(plans.shipped, [])
    titles = dict(shipped)
    with solara.Div(classes=["sd-panel"]):
        headline("h2", "1 · Scenario")
        items = [{"text": title, "value": name} for name, title in shipped]
        if plan.name not in titles:
            items.insert(0, {"text": plan.title, "value": plan.name})
        solara.v.Select(
            label="Scenario A", items=items, v_model=plan.name, on_v_model=desk.choose, dense=True, outlined=True,
            hide_details=True,
        )  # fmt: skip
        description = " ".join((plan.loaded.scenario.description or "").split())
        if description:
            with solara.Details("About this scenario"):
                solara.Text(description, classes=["sd-help"])
        Upload("or drop a scenario (YAML) here", desk.upload)


@solara.component
def Comparison(desk: Desk) -> None:
    """What A is compared with."""
    base = desk.base.value
    presets = solara.use_memo(lambda: plans.presets(base), [id(base)])
    items = [{"text": "Nothing: one market", "value": NOTHING}]
    items += [
        {"text": f"The same: {preset.title[0].lower()}{preset.title[1:]}", "value": preset.name} for preset in presets
    ]
    items += [{"text": "Own levers for B", "value": OWN}]
    items += [{"header": "Another scenario"}]
    items += [{"text": title, "value": SHIPPED + name} for name, title in plans.shipped() if name != base.name]
    with solara.Div(classes=["sd-panel"]):
        headline("h2", "2 · Compare with")
        solara.v.Select(
            label="Scenario B", items=items, v_model=desk.against.value, on_v_model=desk.compare, dense=True,
            outlined=True, hide_details=True,
        )  # fmt: skip
        if desk.other.value is not None:
            solara.Text("Both markets meet the same weather, demand and luck: what differs is what you choose here.",
                        classes=["sd-help"])  # fmt: skip


@solara.component
def Ensemble(desk: Desk) -> None:
    """Number of draws and seed."""
    problem = solara.use_reactive("")

    def change(text: str, low: int, high: int, what: str) -> None:
        try:
            value = int(text)
        except ValueError:
            problem.value = f"{what}: '{text[:20]}' is not a whole number"
            return
        if not low <= value <= high:
            problem.value = f"{what}: {value} is not from {low:,} to {high:,}"
            return
        problem.value = ""
        if what == "Draws":
            desk.ensemble(draws=value)
        else:
            desk.ensemble(seed=value)

    with solara.Div(classes=["sd-panel"]):
        headline("h2", "4 · Luck")
        with solara.Row(gap="8px"):
            solara.v.TextField(
                label="Draws", v_model=str(desk.draws.value), dense=True, outlined=True, hide_details=True,
                on_v_model=lambda text: change(text, 1, MOST_DRAWS, "Draws"),
            )  # fmt: skip
            solara.v.TextField(
                label="Seed", v_model=str(desk.seed.value), dense=True, outlined=True, hide_details=True,
                on_v_model=lambda text: change(text, 0, 2**63 - 1, "Seed"),
            )  # fmt: skip
        if problem.value:
            solara.Text(problem.value, classes=["sd-wrong"])
        solara.Text("The market is played that many times at once, each with other harvests and demand; bands show how "
                    "far they spread. The same seed repeats the same luck.", classes=["sd-help"])  # fmt: skip
