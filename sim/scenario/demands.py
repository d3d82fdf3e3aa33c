"""Demand in one of its two forms: a base point with an elasticity, or an intercept with a slope."""

from __future__ import annotations

from sim.scenario.problems import Report
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.tree import child, items, mark_of

BASE_POINT = ("price", "quantity_kt", "elasticity")
LINE = ("intercept", "slope")


def check_demands(tree: Node, report: Report) -> None:
    """Report every demand that is stated in both forms, in none, or by half."""
    for kind in BUYERS:
        for name, buyer in items(child(tree, kind)):
            for grade, demand in items(child(buyer, "demand")):
                if isinstance(demand.value, dict) and not demand.bad:
                    _check(tree, (kind, name, "demand", grade), demand, report)


def _check(tree: Node, path: tuple[str, ...], demand: Node, report: Report) -> None:
    given = {form: [key for key in form if child(demand, key) is not None] for form in (BASE_POINT, LINE)}
    if given[BASE_POINT] and given[LINE]:
        key = given[LINE][0]
        message = f"demand is stated by `{given[BASE_POINT][0]}` already; give a base point or a line, not both"
        report.add(mark_of(tree, (*path, key)), (*path, key), message)
    elif not given[BASE_POINT] and not given[LINE]:
        both = "`price`, `quantity_kt` and `elasticity` (a base point), or `intercept` and `slope` (a line)"
        report.add(mark_of(tree, path), path, f"missing; wanted: {both}")
    else:
        form = BASE_POINT if given[BASE_POINT] else LINE
        for key in form:
            if key not in given[form]:
                report.add(mark_of(tree, path), (*path, key), f"missing; it belongs with `{given[form][0]}`")
    corn = child(demand, "corn_response")
    if corn is not None and corn.value and child(tree, "corn_usd_t") is None and not corn.bad:
        report.add(corn.mark, (*path, "corn_response"), "the scenario has no `corn_usd_t` to respond to")
