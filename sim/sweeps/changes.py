"""Keys of a sweep that are replaced from outside its file, as by ``--draws``: checked as those of the file are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sim.scenario.problems import Report
from sim.scenario.reader import Node, parse
from sim.scenario.tree import items
from sim.sweeps.schema import DesignPlan, SweepPlan

FILE = "changes"  # stands for the file in reports


def lay_over(tree: Node, changes: Mapping[str, Any], report: Report) -> Node:
    """Tree of a sweep with some keys replaced.

    Parameters
    ----------
    tree : Node
        What the file says.
    changes : mapping
        Keys of the sweep, or of its design (``points``, ``trajectories``), with plain values; ``settings`` come after
        those of the file.
    report : Report
    """
    text = "\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in changes.items())
    report.sources[FILE] = text.splitlines()
    over = report.needed(parse(text, FILE, report))
    own, design = dict(tree.value), tree.value.get("design")
    marks = dict(tree.keys)
    for name, node in items(over):
        if name in DesignPlan.model_fields and name not in SweepPlan.model_fields:
            inside = Node({}, over.keys[name])
            if isinstance(design, Node) and isinstance(design.value, dict):
                inside = design
            design = Node({**inside.value, name: node}, inside.mark, {**inside.keys, name: over.keys[name]})
            own["design"] = design
        else:
            own[name] = _after(own.get(name), node) if name == "settings" else node
            marks[name] = over.keys[name]
    return Node(own, tree.mark, marks)


def _after(first: Node | None, second: Node) -> Node:
    if first is None or not isinstance(first.value, list) or not isinstance(second.value, list):
        return second
    return Node([*first.value, *second.value], second.mark)
