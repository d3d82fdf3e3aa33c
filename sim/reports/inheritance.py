"""What a run's scenario states otherwise than its parent: read from the file the run was made of, where it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario import ScenarioError, explain, load
from sim.scenario.chain import read_chain
from sim.scenario.problems import Report, dotted
from sim.scenario.tree import leaves_of
from sim.scenario.writer import write_yaml
from sim.shipped import shipped_path

TEXTS = ("title", "description", "data")  # say something about a scenario; no run depends on them
LONGEST = 160  # characters of a value in the table
SHORT = 160  # of a section that is written out
NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """One key that differs: dotted path, the parent's value, the run's value, and where that is stated."""

    key: str
    before: str
    after: str
    place: str


@dataclass(frozen=True)
class Inheritance:
    """What a scenario's own part is.

    Attributes
    ----------
    file : str
        Name of the scenario's file.
    parent : str
        Name of the file it extends; empty where it has none or it cannot be found.
    parent_title : str
    differences : list of Difference
    note : str
        What a reader has to know about the comparison; empty when nothing.
    """

    file: str
    parent: str
    parent_title: str
    differences: list[Difference]
    note: str


def inheritance(meta: dict[str, Any], scenario: dict[str, Any], file: str, stated_hash: str) -> Inheritance:
    """Compare the scenario of a run with its parent, or, where it has none, with its own file.

    Parameters
    ----------
    meta : dict
        ``run.json``, for the ``--set`` of the command.
    scenario : dict
        Resolved scenario of the run.
    file : str
        Where its file was, empty where the manifest does not say.
    stated_hash : str
        Hash of what was run.
    """
    name = Path(file).name
    path = _found(file)
    if not path:
        return Inheritance(name, "", "", [], "The scenario's file is not here, so its parent is not known.")
    documents = read_chain(path, Report())
    try:
        own = load(path)
        parent_file = documents[-2].file if len(documents) > 1 else ""
        parent = load(parent_file) if parent_file else own
    except (ScenarioError, OSError, IndexError):
        return Inheritance(name, "", "", [], "The scenario's file or its parent cannot be read any more.")
    places = {key: place for key, _, place in explain(own)} if own.hash == stated_hash else {}
    found = differences(parent.resolved, scenario, {key: _short(place) for key, place in places.items()})
    note = ""
    if own.hash != stated_hash:
        sets = "--set" in " ".join(map(str, meta.get("command") or []))
        note = (
            "The run changed keys by --set; they are in the table." if sets
            else "The file, its parents or their data have changed since the run; the table compares what was run."
        )  # fmt: skip
    if not parent_file and not found:
        note = note or "It extends no other scenario: its file states everything."
    title = str(parent.resolved["title"]) if parent_file else ""
    return Inheritance(name, Path(parent_file).name, title, found, note)


def differences(
    before: dict[str, Any], after: dict[str, Any], places: dict[str, str] | None = None
) -> list[Difference]:
    """Compare two resolved scenarios key by key; events as wholes, since their numbers say nothing."""
    places = places or {}
    one, other = (
        {key: value for key, value in each.items() if key not in (*TEXTS, "events")} for each in (before, after)
    )
    found = [
        Difference(dotted(path), _text(old), _text(new), places.get(dotted(path), ""))
        for path, old, new in _changed(one, other, ())
    ]
    events = [[_text(event) for event in side.get("events") or []] for side in (before, after)]
    found += [Difference("events", text, "", "") for text in events[0] if text not in events[1]]
    found += [Difference("events", "", text, "") for text in events[1] if text not in events[0]]
    return found


def yaml_of(scenario: dict[str, Any]) -> str:
    """The scenario as YAML; data tables by name, since their folders are nobody else's business."""
    own = {**scenario, "data": [Path(str(file)).name for file in scenario.get("data") or []]}
    return write_yaml(own, folder=os.getcwd())


def _changed(before: Any, after: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Keys whose values differ; an entry that only one side has is one line, however much is in it."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield path, before, after
        return
    for key in dict.fromkeys([*before, *after]):
        yield from _changed(before.get(key, NOTHING), after.get(key, NOTHING), (*path, str(key)))


def _text(value: Any) -> str:
    if value is NOTHING or value == {}:
        return ""
    if isinstance(value, dict) and len(text := json.dumps(value, ensure_ascii=False)) > SHORT:
        count = sum(1 for _ in leaves_of(value))
        return f"{value.get('title') or 'a section'} ({count} keys)" if "from" not in value else _cut(text)
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _short(place: str) -> str:
    return Path(place).name if place != "default" else place


def _found(file: str) -> str:
    """The scenario's file, or the shipped one of that name where the folder has moved."""
    try:
        if file and os.path.isfile(file):
            return file
        shipped = shipped_path(Path(file).name) if file else None
    except (OSError, ValueError):
        return ""
    return str(shipped) if shipped else ""
