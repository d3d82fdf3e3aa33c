"""What a child file does to its parent's events without restating them: ``without_events`` and ``more_events``."""

from __future__ import annotations

from sim.scenario.problems import Report, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.tree import child, elements, text_of

WITHOUT, MORE = "without_events", "more_events"


def change_events(tree: Node, own: dict[str, Node], body: Node, report: Report) -> Node:
    """Tree with the named events of the parent dropped and the file's own added at the end.

    Parameters
    ----------
    tree : Node
        The parent with this file laid over it.
    own : dict of str to Node
        The keys of the file that are the loader's own.
    body : Node
        All other keys of the file.
    """
    without, more = own.get(WITHOUT), own.get(MORE)
    stated = [(key, node) for key, node in ((WITHOUT, without), (MORE, more)) if node is not None and not node.bad]
    for key, node in stated:
        if child(body, "events") is not None:
            report.add(
                node.mark, key, "this file states all `events` itself; put everything there, or use only this key"
            )
        elif not isinstance(node.value, list):
            what = "the names of events" if key == WITHOUT else "events as in `events`"
            report.add(node.mark, key, f"allowed here: a list of {what}")
    usable = {key: node for key, node in stated if isinstance(node.value, list)}
    if child(body, "events") is not None or not usable:
        return tree
    kept = list(elements(child(tree, "events")))
    if WITHOUT in usable:
        kept = _dropped(kept, usable[WITHOUT], report)
    if MORE in usable:
        kept += elements(more)
    mark = usable[MORE if MORE in usable else WITHOUT].mark
    return Node({**tree.value, "events": Node(kept, mark)}, tree.mark, {**tree.keys, "events": mark}, bad=tree.bad)


def _dropped(events: list[Node], without: Node, report: Report) -> list[Node]:
    names = [text_of(child(event, "name")) for event in events]
    for index, node in enumerate(elements(without)):
        name = text_of(node)
        if name not in names or name is None:
            shown = printable(str(node.value), 60)
            known = [each for each in names if each]
            hint = nearest(name or "", known) or f"; its named events: {', '.join(known) or 'none'}"
            report.add(node.mark, (WITHOUT, index), f"the parent has no event named `{shown}`{hint}")
    gone = {text_of(node) for node in elements(without)}
    return [event for event, name in zip(events, names, strict=True) if name is None or name not in gone]
