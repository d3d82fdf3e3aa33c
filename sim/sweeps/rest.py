"""What can be read of a sweep with mistakes, so that the rest of it is looked at too before they are reported."""

from __future__ import annotations

from sim.scenario.check import conform
from sim.scenario.fields import Slot
from sim.scenario.problems import Report
from sim.scenario.reader import Node
from sim.scenario.tree import child, items
from sim.sweeps.schema import SweepPlan


def what_can_be_read(tree: Node, report: Report) -> SweepPlan:
    """Return the sweep without the keys and factors that the report already has problems of.

    Raises
    ------
    ScenarioError
        With those problems, when nothing is left that could be looked at.
    """
    wrong = [problem.path for problem in report.problems]
    factors = child(tree, "factors")
    kept = {name: node for name, node in items(factors) if not _meets(f"factors.{name}", wrong)}
    rest = {key: node for key, node in items(tree) if key != "factors" and not _meets(key, wrong)}
    factors = report.needed(factors if factors is not None and kept and not factors.bad else None)
    rest["factors"] = Node(kept, factors.mark, factors.keys)
    return report.needed(conform(SweepPlan, Slot.of(SweepPlan), Node(rest, tree.mark, tree.keys), Report()))


def _meets(path: str, wrong: list[str]) -> bool:
    return any(each == path or each.startswith((f"{path}.", f"{path}[")) for each in wrong)
