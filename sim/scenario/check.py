"""The merged tree against the schema: one human message per node, with what is allowed there."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.scenario.fields import NAME, ROOT, Slot
from sim.scenario.names import is_reference
from sim.scenario.problems import Path, Report, nearest, printable, show
from sim.scenario.reader import Node
from sim.scenario.scalars import plain_scalar
from sim.scenario.schema import Scenario
from sim.scenario.tree import child, mark_of, plain

Kind = TypeVar("Kind", bound=BaseModel)
_RANGE = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def validate(tree: Node, report: Report, names_follow: bool = True) -> Scenario | None:
    """Scenario of a tree; None and problems when it does not fit the schema.

    Validation is strict: a text is not a number, true is not a number, 3.5 is not a whole number.
    ``names_follow``: ``check_names`` reports a misspelt reference, with the nearest name, so it is passed over here.
    """
    return conform(Scenario, ROOT, tree, report, names_follow)


def conform(model: type[Kind], root: Slot, tree: Node, report: Report, names_follow: bool = False) -> Kind | None:
    """Do the same for any schema; ``root`` is its slot."""
    try:
        return model.model_validate(plain(tree), strict=True)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            _translate(each, tree, report, names_follow, root)
        if not report.problems and not names_follow:  # nothing may fall through between the schema and its messages
            report.add(tree.mark, "", "does not fit the schema: " + printable(str(error), 300))
        return None


def _translate(error: Any, tree: Node, report: Report, names_follow: bool, root: Slot) -> None:
    path, node, slot, rest, on_key = _locate(tree, error["loc"], root)
    if node.bad:
        return
    kind = error["type"]
    if names_follow and kind == "string_pattern_mismatch" and is_reference(path, on_key):
        return
    if on_key:
        report.add(mark_of(tree, path), path, f"not {NAME}")
    elif kind == "extra_forbidden":
        report.add(mark_of(tree, path), path, f"unknown key{_key_hint(str(path[-1]), slot_above(path, root))}")
    elif kind == "missing":
        missing = slot.child(rest[-1]) if slot else None
        about = f"; wanted: {missing.wanted}" if missing else ""
        about += f" - {missing.description}" if missing and missing.description else ""
        report.add(mark_of(tree, path), (*path, rest[-1]), f"missing{about}")
    elif slot is not None and not (slot.is_level and isinstance(node.value, dict)):
        report.add(node.mark, path, _value_message(kind, node, slot))


def _locate(tree: Node, loc: tuple[Any, ...], root: Slot) -> tuple[Path, Node, Slot | None, list[Any], bool]:
    """Follow a location down the tree; names of union branches on the way are not keys and are passed over."""
    path: Path = ()
    slot: Slot | None = root
    node, rest = tree, []
    for step in loc:
        below = child(node, step)
        if below is None or below.bad:
            if below is not None:
                return path, below, None, [], False
            rest.append(step)
            continue
        path, node, rest = (*path, step), below, []
        slot = slot.child(step) if slot else None
    return path, node, slot, rest, loc[-1:] == ("[key]",)


def _key_hint(key: str, section: Slot) -> str:
    hint = nearest(key, section.keys)
    inside = [name for name, slot in section.keys.items() if key in slot.keys]
    return hint if "did you mean" in hint or not inside else f"; it belongs inside `{'` or `'.join(inside)}`"


def slot_above(path: Path, root: Slot) -> Slot:
    """Slot of the section a key stands in."""
    slot: Slot | None = root
    for key in path[:-1]:
        slot = slot.child(key) if slot else None
    return slot or root


def _value_message(kind: str, node: Node, slot: Slot) -> str:
    value = node.value
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is not a finite number; allowed: {slot.wanted}"
    if kind in _RANGE:
        return f"{show(value)} is out of range; allowed: {slot.wanted}"
    hint = ""
    if isinstance(value, str):
        if get_origin(slot.annotation) is Literal:
            choices = get_args(slot.annotation)
            hint = _choice_hint(value, [str(choice) for choice in choices])
            if plain_scalar(value) in choices and value not in choices:
                hint = "; write it without quotes"
        elif slot.is_number and isinstance(plain_scalar(value), (int, float)):
            hint = "; write it without quotes"
    shown = show({} if isinstance(value, dict) else [] if isinstance(value, list) else value)
    return f"{shown} is not allowed here; allowed: {slot.wanted}{hint}"


def _choice_hint(value: str, choices: list[str]) -> str:
    hint = nearest(value, choices)
    return hint if "did you mean" in hint else ""
