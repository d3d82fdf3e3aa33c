"""Walking the tree of nodes: paths, leaves, plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.scenario.problems import Mark, Path
from sim.scenario.reader import Node

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def split_path(text: str) -> Path | None:
    """Path from text (``eep.enabled``, ``events[0].eep``); None when it is not one."""
    steps = re.fullmatch(r"[^.\[\]]+(\.[^.\[\]]+|\[\d{1,6}\])*", text)
    if not steps:
        return None
    return tuple(int(index) if index else name for name, index in _STEP.findall(text))


def child(node: Node | None, key: str | int) -> Node | None:
    """Node under ``key``, or None."""
    if node is None:
        return None
    if isinstance(node.value, dict):
        return node.value.get(str(key))
    if isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
        child: Node | None = node.value[key]
        return child
    return None


def find(root: Node, path: Path) -> Node | None:
    """Node at ``path``, or None."""
    node: Node | None = root
    for key in path:
        node = child(node, key)
    return node


def mark_of(root: Node, path: Path) -> Mark:
    """Place of the key at ``path``, or of the nearest thing above it that is written down."""
    mark, node = root.mark, root
    for key in path:
        below = child(node, key)
        if below is None:
            break
        mark, node = node.keys.get(str(key), below.mark), below
    return mark


def place_of(root: Node, path: Path) -> Mark:
    """Place of the value at ``path``, or of the key or the nearest thing above it that is written down."""
    node = find(root, path)
    return mark_of(root, path) if node is None else node.mark


def items(node: Node | None) -> list[tuple[str, Node]]:
    """Entries of a mapping; none when it is something else."""
    return list(node.value.items()) if node is not None and isinstance(node.value, dict) else []


def text_of(node: Node | None) -> str | None:
    """Text of a node; None when it is something else."""
    return node.value if node is not None and isinstance(node.value, str) else None


def elements(node: Node | None) -> list[Node]:
    """Elements of a list; none when it is something else."""
    return node.value if node is not None and isinstance(node.value, list) else []


def plain(node: Node) -> Any:
    """Plain data: dict, list and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(below) for key, below in node.value.items()}
    if isinstance(node.value, list):
        return [plain(below) for below in node.value]
    return node.value


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every leaf with its path; a list of scalars and an empty collection are leaves."""
    if isinstance(node.value, dict) and node.value:
        for key, below in node.value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(node.value, list) and any(isinstance(below.value, (dict, list)) for below in node.value):
        for index, below in enumerate(node.value):
            yield from leaves(below, (*path, index))
    else:
        yield path, node


def leaves_of(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the same for plain data."""
    if isinstance(data, dict) and data:
        for key, below in data.items():
            yield from leaves_of(below, (*path, key))
    elif isinstance(data, list) and any(isinstance(below, (dict, list)) for below in data):
        for index, below in enumerate(data):
            yield from leaves_of(below, (*path, index))
    else:
        yield path, data


def matches(root: Node, pattern: str) -> Iterator[tuple[Path, Node]]:
    """Nodes under a pattern such as ``boards.*.growers.*``; ``*`` stands for any entry or element."""
    found: list[tuple[Path, Node]] = [((), root)]
    for step in pattern.split("."):
        below: list[tuple[Path, Node]] = []
        for path, node in found:
            if step == "*":
                below += [((*path, key), entry) for key, entry in items(node)]
                below += [((*path, index), entry) for index, entry in enumerate(elements(node))]
            elif (entry := child(node, step)) is not None:
                below.append(((*path, step), entry))
        found = below
    yield from found


def replace_at(root: Node, path: Path, value: Node, key: Mark) -> Node:
    """Copy of the tree with ``value`` at ``path``; the nodes on the way are copied, mappings that lack are made."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        entries = list(elements(root))
        entries[step] = replace_at(entries[step], rest, value, key)
        return Node(entries, root.mark)
    below = dict(items(root))
    marks = dict(root.keys)
    marks[step] = marks.get(step, key) if rest else key
    below[step] = replace_at(below.get(step, Node({}, key)), rest, value, key)
    return Node(below, root.mark, marks)
