"""Single values changed by their dotted path: the ``overrides`` of a file and ``--set`` on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.fields import ROOT, Slot
from sim.scenario.merge import log_changes, merge
from sim.scenario.problems import Mark, Path, Report, dotted, nearest
from sim.scenario.reader import Node, parse
from sim.scenario.tree import child, elements, find, items, leaves, mark_of, replace_at, split_path

SET_FILE = "--set"
MAX_OVERRIDES = 500


def apply_overrides(tree: Node, overrides: Node | None, body: Node, report: Report) -> Node:
    """Tree with the overrides of a file; one that meets a key set in the same file's ``body`` is a problem."""
    if overrides is None or overrides.bad or overrides.value is None:
        return tree
    if not isinstance(overrides.value, dict):
        message = "allowed here: a mapping of dotted path to value, such as `eep.enabled: false`"
        report.add(overrides.mark, "overrides", message)
        return tree
    if len(overrides.value) > MAX_OVERRIDES:
        message = f"{len(overrides.value)} overrides; at most {MAX_OVERRIDES} are allowed"
        report.add(overrides.mark, "overrides", message)
        return tree
    taken, above = _set_in(body)
    for key, value in overrides.value.items():
        mark = overrides.keys[key]
        path = split_path(key)
        if path is None:
            report.add(mark, "overrides", "not a dotted path such as `eep.enabled`")
            continue
        for leaf in _stated(value, path):
            starts = [leaf[:length] for length in range(1, len(leaf) + 1)]
            clash = next((taken[start] for start in starts if start in taken), None) or above.get(leaf)
            if clash:
                message = f"the override meets the same key on line {clash.line} of this file; state it once"
                report.add(mark, ("overrides", dotted(leaf)), message)
                break
        else:
            for leaf in _stated(value, path):
                _take(leaf, mark, taken, above)
            tree = _apply(tree, path, value, mark, report)
    return tree


def apply_sets(tree: Node, sets: Sequence[str], report: Report, changes: list[str]) -> Node:
    """Tree with the ``--set path=value`` strings in order; a later one wins. What they change goes to ``changes``."""
    if sets:
        report.sources[SET_FILE] = [str(each) for each in sets]
    for line, text in enumerate(report.sources.get(SET_FILE, []), start=1):
        mark = Mark(SET_FILE, line, 1)
        name, equals, value_text = text.partition("=")
        path = split_path(name.strip())
        if not equals or path is None:
            report.add(mark, "", "write a dotted path, an equals sign and a value, such as eep.enabled=false")
            continue
        if not text.isprintable():
            report.add(mark, path, "a character that cannot be printed")
            continue
        value = parse(value_text, SET_FILE, report, line, len(name) + 2)
        if value is None or value.blank:
            if value is not None or not value_text.strip() or value_text.lstrip().startswith("#"):
                report.add(Mark(SET_FILE, line, len(name) + 2), path, "no value; write null to remove the entry")
            continue
        before = tree
        tree = _apply(tree, path, value, mark, report)
        lines = log_changes(before, tree, path)
        changes += lines
        if not lines and not report.problems:
            report.warn(mark, path, "sets the value it already has")
    return tree


def overlap(one: Path, other: Path) -> bool:
    """Whether two leaves are the same key, or one stands inside the other."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _stated(value: Node, path: Path) -> list[Path]:
    return [leaf for leaf, _ in leaves(value, path)]


def _set_in(body: Node) -> tuple[dict[Path, Mark], dict[Path, Mark]]:
    """Leaves that a file states and the sections above them, each with the place of the (first) leaf."""
    taken: dict[Path, Mark] = {}
    above: dict[Path, Mark] = {}
    for leaf, _ in leaves(body):
        if leaf:
            _take(leaf, mark_of(body, leaf), taken, above)
    return taken, above


def _take(leaf: Path, mark: Mark, taken: dict[Path, Mark], above: dict[Path, Mark]) -> None:
    taken[leaf] = mark
    for length in range(1, len(leaf)):
        above.setdefault(leaf[:length], mark)


def _apply(tree: Node, path: Path, value: Node, mark: Mark, report: Report) -> Node:
    slot = _known_slot(tree, path, value, mark, report)
    if slot is None:
        return tree
    existing = find(tree, path)
    if value.value is None and existing is None and not value.bad:
        return tree
    return replace_at(tree, path, merge(existing, value, slot, path, report), mark)


def _known_slot(tree: Node, path: Path, value: Node, mark: Mark, report: Report) -> Slot | None:
    """Slot at the path; None and a problem with the nearest name when a step leads nowhere."""
    slot = ROOT
    node: Node | None = tree
    column = mark.column
    for index, key in enumerate(path):
        below = slot.child(key)
        place = Mark(mark.file, mark.line, column)
        if isinstance(key, int) or slot.is_list:
            if below is None or not isinstance(key, int) or key >= len(elements(node)):
                report.add(place, path, f"there is no element [{key}] ({len(elements(node))} in the list)")
                return None
        elif below is None:
            report.add(place, path, f"unknown key `{key}`{nearest(key, slot.keys)}")
            return None
        elif slot.is_dict and key not in dict(items(node)):
            adds = index == len(path) - 1 and (isinstance(value.value, dict) or below.model is None or below.is_level)
            if value.value is None or not adds:
                report.add(place, path, f"unknown entry `{key}`{nearest(key, dict(items(node)))}")
                return None
        slot, node = below, child(node, key)
        column += len(str(key)) + (1 if not isinstance(key, int) else 2)
    return slot
