"""What a scenario may be compared with at one click: itself with some of its levers elsewhere."""

from __future__ import annotations

from dataclasses import replace

from sim.dashboard.lever import SUBSIDIES
from sim.dashboard.levers import Value, levers_of
from sim.dashboard.plans import Plan
from sim.headings import title_of
from sim.shipped import home_origin

WITHOUT, SELLERS = "without", "many_sellers"
MANY = "multiple_sellers"


def comparisons(plan: Plan) -> dict[str, tuple[str, dict[str, Value]]]:
    """Title and values of levers by name: without each subsidy, without all of them, with many sellers at home."""
    levers = levers_of(plan.loaded)
    found: dict[str, tuple[str, dict[str, Value]]] = {}
    programmes = [lever for lever in levers if lever.group == SUBSIDIES and lever.kind == "switch"]
    if programmes:
        every = {lever.name: False for lever in programmes}
        found[WITHOUT] = ("The same without any export subsidies", every)
    if len(programmes) > 1:
        for lever in programmes:
            title = lever.title.removesuffix(" in force")
            found[f"{WITHOUT}:{lever.name}"] = (f"The same without: {title}", {lever.name: False})
    scenario = plan.loaded.resolved
    name = f"{home_origin(scenario)}_system"
    system = next((lever for lever in levers if lever.name == name), None)
    if system is not None and MANY in dict(system.choices):
        who = title_of(scenario, "origins", home_origin(scenario))
        found[SELLERS] = (f"Many sellers in {who} instead of the desk", {name: MANY})
    return found


def compared(plan: Plan, name: str) -> Plan:
    """Scenario B of a comparison; levers of A that stand elsewhere do so in B."""
    title, values = comparisons(plan)[name]
    short = title.removeprefix("The same ")
    return replace(
        plan, name=f"{plan.name}_{name.replace(':', '_')}", title=f"{plan.title}, {short[0].lower()}{short[1:]}",
        values={**plan.values, **values},
    )  # fmt: skip
