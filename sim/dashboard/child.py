"""A scenario written as what differs from a shipped one, so that it can be read, kept and run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.dashboard.resolved_text import load_resolved
from sim.scenario import Loaded, ScenarioError, load, write_yaml
from sim.scenario.text import load_text
from sim.scenario.writer import block_text
from sim.shipped import shipped_file, shipped_folder, shipped_names, shipped_path

MOST_TRIED = 4  # parents; each that does not fit costs a loading


def child_text(loaded: Loaded, title: str, description: str, near: str = "") -> str:
    """YAML of a scenario: what differs from the shipped one it is nearest to, or all of it where there is none.

    Whatever is written has been loaded again and found to be the same scenario.

    Parameters
    ----------
    loaded : Loaded
    title, description : str
    near : str
        Name of a shipped scenario that is likely to be its parent.
    """
    data = {**loaded.resolved, "title": title, "description": description}
    parents = {name: load(shipped_file(name)).resolved for name in _parents(loaded, near)}
    texts = [
        block_text({"extends": name, **_with_events(_difference(data, parent), data, parent, short)})
        for name, parent in parents.items()
        for short in (True, False)
    ]
    for text in sorted(texts, key=len):
        if _same(text, loaded):
            return text
    return write_yaml(data)


def _parents(loaded: Loaded, near: str) -> list[str]:
    """Shipped scenarios it may be a child of: itself, files it inherits from, or one that reads its tables."""
    folder = shipped_folder()
    files = dict.fromkeys([loaded.path, *(file for file, _ in loaded.origins.values())])
    names = [Path(file).stem for file in files if Path(file).parent == folder]
    if not names and near and shipped_path(near):
        names.append(Path(near).stem)
    tables = loaded.resolved["data"]
    if not names and tables and all(Path(file).parent == folder / "data" for file in tables):
        names = _roots()
    return list(dict.fromkeys(names))[:MOST_TRIED]


def _roots() -> list[str]:
    """Shipped scenarios that extend no other."""
    texts = {name: shipped_file(name).read_text(encoding="utf-8") for name in shipped_names()}
    return [name for name, text in texts.items() if not re.search(r"^extends:", text, re.MULTILINE)]


def _difference(own: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """Keys that a child of ``parent`` has to state; null removes what it does not have."""
    found: dict[str, Any] = {}
    for key, value in own.items():
        before = parent.get(key)
        if key in ("events", "data") or value == before:
            continue
        if not isinstance(value, dict) or not isinstance(before, dict):
            found[key] = value
        else:
            whole = "series" in value or "series" in before  # a level stands for itself
            found[key] = value if whole else _difference(value, before)
    return found | {key: None for key in parent if key not in own and key not in ("events", "data")}


def _with_events(found: dict[str, Any], own: dict[str, Any], parent: dict[str, Any], short: bool) -> dict[str, Any]:
    """Add the events: the parent's that do not happen and others that do, or where ``short`` is not set all of them."""
    events, before = own["events"], parent["events"]
    if events == before:
        return found
    gone = [event.get("name") for event in before if event not in events]
    more = [event for event in events if event not in before]
    if not short or None in gone:
        return {**found, "events": events}
    lists = {"without_events": list(dict.fromkeys(gone)), "more_events": more}
    return {**found, **{key: entries for key, entries in lists.items() if entries}}


def _same(text: str, loaded: Loaded) -> bool:
    try:
        return load_text("child", text.encode("utf-8")).hash == loaded.hash
    except ScenarioError:
        return False


def with_numbers(loaded: Loaded, draws: int | None, seed: int | None) -> Loaded:
    """The scenario with other draws and another seed, where they are given."""
    wanted = {key: value for key, value in (("draws", draws), ("seed", seed)) if value is not None}
    if all(loaded.resolved[key] == value for key, value in wanted.items()):
        return loaded
    new = load_resolved({**loaded.resolved, **wanted}, "numbers")
    return replace(new, path=loaded.path, origins=loaded.origins, changes=loaded.changes)
