"""A scenario file, its parents by ``extends``, and the merged tree with ``overrides`` and ``--set`` applied."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.kept import exists, is_folder
from sim.scenario.fields import ROOT
from sim.scenario.kinds import wrong_kind
from sim.scenario.known import Known
from sim.scenario.merge import log_changes, merge
from sim.scenario.nearby import near_file
from sim.scenario.overrides import SET_FILE, apply_overrides, apply_sets
from sim.scenario.parent_events import MORE, WITHOUT, change_events
from sim.scenario.problems import Mark, Path, Report, show
from sim.scenario.reader import MAX_NODES, Node, parse
from sim.scenario.source import YAML_BYTES, read_text
from sim.scenario.tree import elements, items, replace_at
from sim.shipped import shipped_names, shipped_path

LOADERS_OWN = ("extends", "overrides", WITHOUT, MORE)


@dataclass
class Document:
    """One YAML file: its scenario keys, and the keys that are the loader's own."""

    file: str
    body: Node
    own: dict[str, Node] = field(default_factory=dict)
    size: int = 0  # values in it


@dataclass
class Layer:
    """Changes laid over a scenario as a child file would, but for events, which join those already there."""

    document: Document
    source: list[str]  # lines of the file they stand in


@dataclass
class Merged:
    """Outcome of a chain: the tree, the tree of the direct parent, and the log of changes."""

    tree: Node
    parent: Node | None = None
    parent_file: str = ""
    changes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # oldest parent first, --set last


_KNOWN: Known[Document] = Known(2 * MAX_NODES, lambda document: document.size)

SCENARIO = "a scenario is a mapping of keys such as `title` and `calendar`"


def read_document(
    file: str,
    report: Report,
    cited: tuple[Mark, Path | str] | None = None,
    wanted: str = SCENARIO,
    known: Callable[[], list[str]] = shipped_names,
) -> Document | None:
    """Read one file; None and problems when it holds no mapping, which say what is ``wanted`` or ``known``."""
    start = os.path.dirname(cited[0].file) if cited else None
    text = read_text(file, report, YAML_BYTES, cited, lambda: near_file(file, start, known))
    if text is None:
        return None
    document = _KNOWN.get((file, wanted, text))
    if document is None:
        document = document_of(text, file, report, wanted)
        if document is not None and not any(each.mark.file == file for each in report.problems):
            _KNOWN.keep((file, wanted, text), document)
    return document


def document_of(text: str, file: str, report: Report, wanted: str = SCENARIO) -> Document | None:
    """Document of a text; ``file`` is what it is called in problems. None and problems when it holds no mapping."""
    before = len(report.problems)
    root = parse(text, file, report)
    if root is None or root.blank:
        if len(report.problems) == before:
            comments = any(line.lstrip().startswith("#") for line in text.splitlines())
            what = "holds only comments" if comments else "is empty"
            report.add(Mark(file), "", f"the file {what}; {wanted}")
        return None
    if not isinstance(root.value, dict):
        if not root.bad:
            keys = wanted.partition(" is ")[2]
            message = f"the top level must be {keys}, not {show_node(root)}"
            report.add(root.mark, "", message)
        return None
    another = wrong_kind(root.value, wanted.partition(" is ")[0].removeprefix("a "))
    if another:
        report.add(root.mark, "", another)
        return None
    refuse_blanks(root, report)
    own = {key: node for key, node in root.value.items() if key in LOADERS_OWN}
    body = {key: node for key, node in root.value.items() if key not in own}
    return Document(file, Node(body, root.mark, root.keys), own, root.size)


def show_node(node: Node) -> str:
    """Kind or value of a node, for messages."""
    return show({} if isinstance(node.value, dict) else [] if isinstance(node.value, list) else node.value)


def refuse_blanks(root: Node, report: Report) -> None:
    """Refuse keys with nothing after the colon: more often a slip of indentation than a wish to remove something."""
    todo: list[tuple[Node, Path]] = [(root, ())]
    seen: set[int] = set()
    while todo:
        node, path = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for key, below in items(node):
            if below.blank:
                message = "nothing after the colon; indent what belongs to it, or write null to remove the entry"
                report.add(node.keys[key], (*path, key), message)
                below.bad = True
            todo.append((below, (*path, key)))
        todo += [(below, (*path, index)) for index, below in enumerate(elements(node))]


def read_chain(file: str, report: Report) -> list[Document]:
    """Read the file and its parents, the oldest first; empty when one of them cannot be used."""
    documents: list[Document] = []
    seen: list[str] = []
    cited: tuple[Mark, str] | None = None
    while True:
        document = read_document(file, report, cited)
        if document is None:
            return []
        documents.append(document)
        seen.append(os.path.realpath(file))
        extends = document.own.get("extends")
        if extends is None or extends.bad or (extends.value is None):
            return documents[::-1]
        if not isinstance(extends.value, str) or not extends.value:
            message = f"{show_node(extends)} is not allowed here; allowed: the name of one file"
            report.add(extends.mark, "extends", message)
            return []
        parent = parent_file(file, extends.value)
        try:
            real = os.path.realpath(parent)
        except (ValueError, OSError):
            real = parent
        if real in seen:
            files = [each.file for each in documents[seen.index(real) :]]
            circle = " -> ".join([*files, files[0]])
            report.add(extends.mark, "extends", f"the files extend each other in a circle: {circle}")
            return []
        file, cited = parent, (extends.mark, "extends")


def parent_file(file: str, extends: str) -> str:
    """File that ``extends`` means: the one beside the file that says it, or else the shipped scenario of that name."""
    beside = os.path.normpath(os.path.join(os.path.dirname(file), extends))
    shipped = shipped_path(extends)
    if shipped is None or (exists(beside) and not is_folder(beside)):
        return beside
    return str(shipped)


def merge_chain(file: str, sets: Sequence[str], report: Report, layers: Sequence[Layer] = ()) -> Merged | None:
    """Tree of a scenario: parents first, each with its own overrides, then layers, then ``--set``."""
    documents = read_chain(file, report)
    return merge_documents(documents, sets, report, layers) if documents else None


def merge_documents(
    documents: Sequence[Document], sets: Sequence[str], report: Report, layers: Sequence[Layer] = ()
) -> Merged:
    """Do the same for documents that have been read, the oldest first."""
    merged = Merged(Node({}, documents[0].body.mark), files=[*(each.file for each in documents), SET_FILE])
    for number, document in enumerate(documents):
        before = merged.tree
        after = merge(before, document.body, ROOT, (), report)
        after.mark = document.body.mark  # a missing key is the fault of the file asked for
        after = change_events(after, document.own, document.body, report)
        after = apply_overrides(after, document.own.get("overrides"), document.body, report)
        if number:
            merged.changes += log_changes(before, after)
            merged.parent, merged.parent_file = before, documents[number - 1].file
        elif items(document.own.get("overrides")):
            merged.changes += log_changes(document.body, after)
        merged.tree = after
    for layer in layers:
        before, document = merged.tree, layer.document
        report.sources.setdefault(document.file, layer.source)
        rest = change_events(before, document.own, Node({}, document.body.mark), report)
        after = merge(rest, _events_joined(rest, document.body), ROOT, (), report)
        merged.tree = apply_overrides(after, document.own.get("overrides"), document.body, report)
        merged.changes += log_changes(before, merged.tree)
        if document.file not in merged.files:
            merged.files.insert(-1, document.file)
    merged.tree = apply_sets(merged.tree, sets, report, merged.changes)
    return merged


def _events_joined(base: Node, over: Node) -> Node:
    """Return ``over`` with the events of ``base`` before its own; two layers may both state events."""
    own = over.value.get("events")
    if own is None or not isinstance(own.value, list):
        return over
    return replace_at(over, ("events",), Node([*elements(base.value.get("events")), *own.value], own.mark), own.mark)
