"""Dated events: what each changes, whether two contradict each other, and the scenario that holds in each period."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass

import numpy as np

from sim.calendar import Timeline, first_day, last_day
from sim.scenario.event_rules import may_change
from sim.scenario.fields import ROOT
from sim.scenario.merge import merge
from sim.scenario.overrides import overlap
from sim.scenario.problems import Mark, Report, dotted, printable
from sim.scenario.reader import Node
from sim.scenario.tree import child, elements, find, items, leaves, mark_of, plain

MAX_EVENTS = 200
MAX_WORK = 400_000  # events times values: every event makes a scenario of its own, which is checked whole
OWN_KEYS = ("from", "to", "start", "end", "name")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", re.ASCII)


@dataclass
class DatedChange:
    """One event: number in the list, first and last date as written and as days, and the keys it lays over."""

    index: int
    first: str
    last: str
    start: str
    end: str
    overlay: Node
    mark: Mark
    label: str


def read_events(tree: Node, timeline: Timeline | None, report: Report) -> list[DatedChange]:
    """Events of a tree that can be applied; what is wrong with the others goes to the report."""
    listed = elements(child(tree, "events"))
    if len(listed) > MAX_EVENTS:
        report.add(mark_of(tree, ("events",)), "events", f"{len(listed)} events; at most {MAX_EVENTS} are allowed")
        return []
    values = sum(1 for _ in leaves(tree))
    if len(listed) * values > MAX_WORK:
        most = MAX_WORK // values
        message = f"{len(listed)} events over {values:,} values; a scenario this long may have at most {most}"
        report.add(mark_of(tree, ("events",)), "events", message)
        return []
    in_base = {node.mark for key, entry in items(tree) if key != "events" for _, node in leaves(entry)}
    changes = []
    for index, event in enumerate(listed):
        if not isinstance(event.value, dict) or event.bad:
            continue  # reported by the schema
        for mark in _marks(event) - in_base:
            report.events[mark] = f"events[{index}]"
        overlay = {key: node for key, node in event.value.items() if key not in OWN_KEYS}
        body = Node(overlay, event.mark, event.keys)
        if not overlay:
            message = "changes nothing; state the keys that hold between the two months"
            report.add(event.mark, ("events", index), message)
        allowed = [may_change(path, node, tree, index, body, report) for path, node in leaves(body) if path]
        change = _dated(index, event, body, timeline, report)
        if change and all(allowed):
            changes.append(change)
    _contradictions(changes, report)
    return changes


def _marks(node: Node) -> set[Mark]:
    found = {node.mark, *node.keys.values()}
    for below in [*(entry for _, entry in items(node)), *elements(node)]:
        found |= _marks(below)
    return found


def _dated(index: int, event: Node, body: Node, timeline: Timeline | None, report: Report) -> DatedChange | None:
    first, last = child(event, "from") or child(event, "start"), child(event, "to") or child(event, "end")
    if first is None or last is None:
        return None
    if not all(isinstance(date.value, str) and _DATE.fullmatch(date.value) for date in (first, last)):
        return None
    path = ("events", index)
    start, end = first_day(first.value), last_day(last.value)
    for key, date in (("from", first), ("to", last)):
        if not _exists(date.value):
            report.add(date.mark, (*path, key), f"{date.value} is not a day of the calendar")
            return None
    if start > end:
        report.add(first.mark, (*path, "from"), f"starts in {first.value}, after its end in {last.value}")
        return None
    held = timeline is not None and timeline.held is not None  # most events lie outside the one year wanted
    if timeline and not held and (end < first_day(timeline.months[0]) or start > last_day(timeline.months[-1])):
        span = f"{timeline.months[0]} to {timeline.months[-1]}"
        report.warn(first.mark, path, f"lies outside the calendar ({span}); it changes nothing")
    elif timeline and not held and not timeline.within(first.value, last.value).any():
        report.warn(first.mark, path, "no period of the run begins between its dates; it changes nothing")
    name = child(event, "name")
    named = f" ({printable(name.value, 40)})" if name is not None and isinstance(name.value, str) else ""
    return DatedChange(index, first.value, last.value, start, end, body, event.mark, f"events[{index}]{named}")


def _exists(date: str) -> bool:
    """Whether a month or day is one of the calendar (1993-02-30 is not)."""
    try:
        datetime.date.fromisoformat(first_day(date))
    except ValueError:
        return False
    return True


def _contradictions(changes: list[DatedChange], report: Report) -> None:
    stated = [[(path, node) for path, node in leaves(change.overlay)] for change in changes]
    for number, later in enumerate(changes):
        for before, earlier in enumerate(changes[:number]):
            if later.start > earlier.end or earlier.start > later.end:
                continue
            for path, node in stated[number]:
                for other, value in stated[before]:
                    if overlap(path, other) and (path != other or plain(node) != plain(value)):
                        since = max(later, earlier, key=lambda change: change.start).first
                        until = min(later, earlier, key=lambda change: change.end).last
                        message = (
                            f"{later.label} and {earlier.label} (line {value.mark.line}) both set `{dotted(other)}`, "
                            f"to different values, and overlap from {since} to {until}"
                        )
                        report.add(mark_of(later.overlay, path), ("events", later.index, *path), message)
                        break


def warn_overruled(tree: Node, changes: list[DatedChange], files: list[str], report: Report) -> None:
    """Warn of a key that a child or ``--set`` states while an event of its parent sets it to something else.

    ``files`` are the files of the chain, the oldest first.
    """
    rank = {file: number for number, file in enumerate(files)}
    for change in changes:
        for path, node in leaves(change.overlay):
            stated = find(tree, path)
            if stated is None or rank.get(stated.mark.file, 0) <= rank.get(node.mark.file, 0):
                continue
            if plain(stated) != plain(node):
                months = f"from {change.first} to {change.last} {change.label} sets another value"
                report.warn(stated.mark, path, f"{months} ({node.mark.file}:{node.mark.line})")


@dataclass
class Regimes:
    """Trees of the distinct scenarios that hold, and which holds in each period, shape (T,)."""

    trees: list[Node]
    of_period: np.ndarray


def lay_out(tree: Node, changes: list[DatedChange], timeline: Timeline, report: Report) -> Regimes:
    """Lay the events over the scenario, period by period; equal outcomes are one regime."""
    active = np.zeros((len(timeline), len(changes)), dtype=bool)
    for column, change in enumerate(changes):
        active[:, column] = timeline.within(change.first, change.last)
    trees: list[Node] = []
    known: dict[tuple[bool, ...], int] = {}
    numbers: dict[str, int] = {}
    of_period = np.zeros(len(timeline), dtype=int)
    for period, row in enumerate(active):
        key = tuple(row.tolist())
        if key not in known:
            effective = tree
            for change in (each for each, on in zip(changes, key, strict=True) if on):
                effective = merge(effective, change.overlay, ROOT, (), report)
            rest = {name: node for name, node in effective.value.items() if name != "events"}
            text = json.dumps(plain(Node(rest, effective.mark)))
            if text not in numbers:
                numbers[text] = len(trees)
                trees.append(effective)
            known[key] = numbers[text]
        of_period[period] = known[key]
    return Regimes(trees, of_period)
