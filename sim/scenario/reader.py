"""YAML 1.2 to a tree of nodes that know their file, line and column.

The tree is built from parser events rather than from constructed objects: no tag can create an object, aliases are
counted before they are expanded, and duplicate keys are seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.scenario.problems import Mark, Path, Report, nearest, printable
from sim.scenario.scalars import MAX_DIGITS, is_too_long, plain_scalar

MAX_NODES = 25_000  # far more than the shipped history; aliases count as many times as they are used
MAX_DEPTH = 40
_CORE = "tag:yaml.org,2002:"


@dataclass(eq=False)
class Node:
    """A value with its place. ``value`` is a scalar, a list of nodes or a dict of str to node.

    Attributes
    ----------
    value : scalar, list of Node or dict of str to Node
        The value.
    mark : Mark
        Where it starts.
    keys : dict of str to Mark
        Where each key of a mapping is.
    bad : bool
        Already reported; later checks leave it alone.
    blank : bool
        Nothing was written (``eep:``), as opposed to an explicit null.
    size : int
        Number of nodes in it, aliases expanded.
    """

    value: Any
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    bad: bool = False
    blank: bool = False
    size: int = 1


class _Stop(Exception):
    """The rest of the file is not worth reading."""


def parse(text: str, file: str, report: Report, line: int = 1, column: int = 1) -> Node | None:
    """Tree of one YAML document, or None when there is none; problems go to the report.

    ``line`` and ``column`` say where the text starts in ``file`` (a ``--set`` value is a piece of its line).
    """
    builder = _Builder(file, report, line, column)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop:
        return None
    except MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = builder.mark(place) if place else Mark(file)
        context = f" {error.context}" if error.context else ""
        report.add(mark, "", f"not valid YAML{context}: {error.problem or 'cannot be read'}".replace("\n", " "))
        return None
    except (YAMLError, ValueError, OverflowError) as error:
        report.add(Mark(file), "", f"not valid YAML: {printable(str(error), 200)}")
        return None
    return builder.root


class _Builder:
    """Turns parser events into nodes, with limits on depth and size."""

    def __init__(self, file: str, report: Report, line: int, column: int) -> None:
        self.file, self.report, self.line, self.column = file, report, line, column
        self.root: Node | None = None
        self.documents = 0
        self.open: list[tuple[Node, str | None]] = []  # collection being filled, its anchor
        self.pending: list[tuple[str, Mark] | None] = []  # key that waits for its value, per open mapping
        self.anchors: dict[str, Node | None] = {}  # None while the anchored collection is still open
        self.nodes = 0

    def mark(self, place: Any) -> Mark:
        column = place.column + (self.column if place.line == 0 else 1)
        return Mark(self.file, place.line + self.line, column)

    def stop(self, mark: Mark, message: str) -> NoReturn:
        self.report.add(mark, self.path(), message)
        raise _Stop

    def path(self) -> Path:
        """Path of the value that comes next."""
        steps: list[str | int] = []
        for (node, _), key in zip(self.open, self.pending, strict=True):
            if isinstance(node.value, list):
                steps.append(len(node.value))
            elif key and key[0]:
                steps.append(key[0])
        return tuple(steps)

    def take(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(self.mark(event.start_mark), "more than one YAML document in the file; keep one")
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self.begin(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            node, anchor = self.open.pop()
            self.pending.pop()
            if anchor:
                self.anchors[anchor] = node
            self.place(node)
        elif isinstance(event, AliasEvent):
            self.place(self.alias(event), alias=True)
        elif isinstance(event, ScalarEvent):
            node = self.scalar(event)
            if event.anchor:
                self.anchors[event.anchor] = node
            self.place(node)

    def begin(self, event: Any) -> None:
        mapping = isinstance(event, MappingStartEvent)
        mark = self.mark(event.start_mark)
        if len(self.open) >= MAX_DEPTH:
            self.stop(mark, f"nested more than {MAX_DEPTH} levels deep")
        node = Node({} if mapping else [], mark)
        if event.tag and event.tag not in ("!", _CORE + ("map" if mapping else "seq")):
            self.unknown_tag(node, event.tag)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append((node, event.anchor))
        self.pending.append(None)

    def alias(self, event: Any) -> Node:
        mark = self.mark(event.start_mark)
        name = printable(str(event.anchor), 40)
        if event.anchor not in self.anchors:
            known = nearest(event.anchor, self.anchors)
            self.report.add(mark, self.path(), f"alias `*{name}` points to no anchor{known}")
            return Node(None, mark, bad=True)
        node = self.anchors[event.anchor]
        if node is None:
            self.stop(mark, f"alias `*{name}` stands inside the value it repeats")
        return node

    def scalar(self, event: Any) -> Node:
        mark, text, tag = self.mark(event.start_mark), event.value, event.tag
        node = Node(text, mark)
        if tag and tag not in ("!", *(_CORE + kind for kind in ("str", "int", "float", "bool", "null"))):
            self.unknown_tag(node, tag)
        elif any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            self.report.add(mark, self.path(), "half of a surrogate pair is not a character")
            node.bad = True
        elif tag in ("!", _CORE + "str") or (not tag and event.style is not None):
            pass  # text as it stands
        elif is_too_long(text):
            self.report.add(mark, self.path(), f"a whole number of more than {MAX_DIGITS} digits")
            node.bad = True
        elif not tag:
            node.value, node.blank = plain_scalar(text), text == ""
        else:
            node.value = plain_scalar(text)
            names = {int: "int", float: "float", bool: "bool", type(None): "null"}
            if names.get(type(node.value)) != tag.removeprefix(_CORE) and tag != _CORE + "float":
                message = f"the text '{printable(text, 40)}' is not of type {tag.removeprefix(_CORE)}"
                self.report.add(mark, self.path(), message)
                node.bad = True
        return node

    def unknown_tag(self, node: Node, tag: str) -> None:
        name = printable(tag.replace(_CORE, "!!"), 60)
        self.report.add(node.mark, self.path(), f"tag `{name}` is not allowed; write plain values")
        node.bad = True

    def place(self, node: Node, alias: bool = False) -> None:
        """Put a finished node where it belongs: under its key, in its list, or at the top."""
        self.nodes += node.size if alias or not isinstance(node.value, (dict, list)) else 1
        if self.nodes > MAX_NODES:
            self.stop(node.mark, f"more than {MAX_NODES:,} values, counting aliases as often as they are used")
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        parent.size += node.size
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif self.pending[-1] is None:
            self.pending[-1] = self.key(node, alias)
        else:
            name, mark = self.pending[-1]
            path, self.pending[-1] = self.path(), None
            if name in parent.value:
                first = parent.keys[name].line
                self.report.add(mark, path, f"key `{printable(name, 60)}` is given twice; first on line {first}")
            elif name:
                parent.value[name] = node
                parent.keys[name] = mark

    def key(self, node: Node, alias: bool) -> tuple[str, Mark]:
        if isinstance(node.value, (dict, list)) or alias or node.bad:
            if not node.bad:
                self.report.add(node.mark, self.path(), "a key must be a plain name")
            return "", node.mark
        text = node.value
        if text == "<<":
            self.report.add(node.mark, self.path(), "merge key `<<` is not part of YAML 1.2; use `extends`")
            return "", node.mark
        if not isinstance(text, str) or not text:
            self.report.add(node.mark, self.path(), f"{_shown(text)} cannot be a key; a key must be a name")
            return "", node.mark
        return text, node.mark


def _shown(value: Any) -> str:
    return "an empty name" if value in ("", None) else str(value).lower()
