"""Laying one scenario over another: what a child file, an override or an event changes in its base.

Mappings are merged key by key; lists and scalars are replaced; null removes an optional entry. A level written with
its own ``series`` replaces the whole level, so that no ``scale`` or ``times`` of the parent lingers; one without
``series`` (``{scale: 1.1}``) changes the parent's.
"""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.fields import ROOT, Slot
from sim.scenario.problems import Path, Report, dotted, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.schema import Event
from sim.scenario.tree import child, elements, items, plain

NOT_SET = "(not set)"


def merge(base: Node | None, over: Node, slot: Slot | None, path: Path, report: Report) -> Node:
    """Tree of ``base`` with ``over`` laid over it; nodes keep the place they come from."""
    if not isinstance(over.value, dict) or (slot is not None and slot.is_level and "series" in over.value):
        return over
    values, keys = dict(items(base)), dict(base.keys) if base is not None else {}
    for key, node in over.value.items():
        below = slot.child(key) if slot else None
        if node.value is None and not node.bad and slot is not None and slot.is_dict and key not in values:
            report.add(over.keys[key], (*path, key), f"there is no entry to remove{nearest(key, values)}")
        values[key] = merge(values.get(key), node, below, (*path, key), report)
        keys[key] = over.keys[key] if not (key in keys and isinstance(node.value, dict)) else keys[key]
    return Node(values, base.mark if base is not None and items(base) else over.mark, keys, bad=over.bad)


def prune(node: Node, slot: Slot | None = ROOT) -> Node:
    """Copy without the entries that null removes; a null the schema cannot drop stays and is reported later."""
    if isinstance(node.value, list):
        below = slot.child(0) if slot else None
        if below is None or below.model is None:
            return node
        return Node([entry if _is_event(below) else prune(entry, below) for entry in elements(node)], node.mark)
    if not isinstance(node.value, dict):
        return node
    kept = {}
    for key, entry in node.value.items():
        below = slot.child(key) if slot else None
        removable = slot is not None and below is not None and (slot.is_dict or below.optional or below.has_default)
        if entry.value is not None or entry.bad or not removable:
            kept[key] = prune(entry, below)
    return Node(kept, node.mark, node.keys, bad=node.bad)


def _is_event(slot: Slot) -> bool:
    return slot.model is Event  # nulls in an event remove entries of the base


def differences(before: Any, after: Any, slot: Slot | None = ROOT, path: Path = ()) -> list[str]:
    """Log lines ``path: old -> new`` between two sets of plain data; lists and levels count as one value."""
    if before == after and type(before) is type(after):
        return []
    whole = slot is not None and (slot.is_level or slot.is_list)
    if isinstance(before, dict) and isinstance(after, dict) and not whole:
        lines = []
        for key in dict.fromkeys([*before, *after]):
            below = slot.child(key) if slot else None
            lines += differences(before.get(key, NOT_SET), after.get(key, NOT_SET), below, (*path, key))
        return lines
    return [f"{dotted(path)}: {_text(before)} -> {_text(after)}"]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return printable(value, 80)
    return printable(json.dumps(value, ensure_ascii=False, default=str), 80)


def log_changes(before: Node, after: Node, path: Path = ()) -> list[str]:
    """Log of what changed between two trees, at or below ``path``; nulls counted as removed."""
    slot = ROOT
    here: Path = ()
    for key in path:  # what stands beside the path is the same in both
        first, second, below = child(before, key), child(after, key), slot.child(key)
        if below is None or below.is_level or below.is_list:
            break
        if first is None or second is None or not items(first) or not items(second):
            break
        before, after, slot, here = first, second, below, (*here, key)
    return differences(plain(prune(before, slot)), plain(prune(after, slot)), slot, here)
