"""The manifest of each result for people, and its scenario with what differs from its parent."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reports.gather import Shown
from sim.reports.inheritance import Inheritance, differences, inheritance, yaml_of
from sim.reports.tables import Grid, grid_of
from sim.verbs.results_list import size

SHARED = (
    ("Result", "run_id"), ("Kind", "kind"), ("Scenario file", "scenario_file"),
    ("Scenario hash (SHA-256)", "scenario_hash"), ("Seed", "seed"), ("Draws", "draws"), ("Started (UTC)", "started"),
    ("Finished (UTC)", "finished"),
)  # fmt: skip
OTHERS = {"other": "Other scenario", "weekly": "Weekly scenario"}


@dataclass(frozen=True)
class ScenarioPart:
    """What the page says of one scenario."""

    letters: str
    title: str
    description: str
    notes: list[str]
    grid: Grid | None
    yaml: str


def manifest_of(shown: Shown) -> tuple[Shown, list[tuple[str, str]], list[str], Grid]:
    """Entries of the manifest, its warnings and its files; folders of the machine stay out of the page."""
    meta = shown.meta
    entries = [(name, _text(key, meta[key])) for name, key in SHARED if meta.get(key) not in (None, "")]
    if meta.get("wall_seconds") is not None:
        entries.append(("Took", f"{meta['wall_seconds']} s"))
    if meta.get("command"):
        entries.append(("Command", " ".join(_bare(str(each)) for each in meta["command"])))
    versions = meta.get("versions") or {}
    entries.append(("Versions", ", ".join(f"{name} {text}" for name, text in versions.items()) or "not stated"))
    for key, name in OTHERS.items():
        if meta.get(f"{key}_hash"):
            entries.append((name, f"{meta.get(key)}, SHA-256 {meta[f'{key}_hash']}"))
    files = [
        [name, size(entry.get("bytes", 0)), entry["sha256"]] for name, entry in sorted(meta["files"].items())
    ]  # fmt: skip
    warnings = [str(each) for each in meta.get("warnings") or []]
    return shown, entries, warnings, grid_of("Files of the result", ["File", "Size", "SHA-256"], files, texts=(0, 2))


def scenario_parts(shown: Sequence[Shown]) -> list[ScenarioPart]:
    """Every scenario behind the results, each once."""
    parts: dict[str, tuple[list[str], ScenarioPart]] = {}
    for each in shown:
        meta = each.meta
        for key in ("", *(f"{name}_" for name in OTHERS)):
            scenario, hashed = meta.get(f"{key}scenario"), str(meta.get(f"{key}hash" if key else "scenario_hash"))
            if not isinstance(scenario, dict) or "calendar" not in scenario:
                continue
            known = parts.get(hashed + str(scenario.get("title")))
            if known:
                known[0].append(each.letter)
                continue
            part = _part(meta, scenario, key, hashed)
            parts[hashed + str(scenario.get("title"))] = ([each.letter], part)
    return [
        ScenarioPart(
            ", ".join(dict.fromkeys(letters)), part.title, part.description, part.notes, part.grid, part.yaml
        )
        for letters, part in parts.values()
    ]  # fmt: skip


def _part(meta: dict[str, Any], scenario: dict[str, Any], key: str, hashed: str) -> ScenarioPart:
    stem = str(meta.get(key.rstrip("_")) or "")
    file = str(meta.get("scenario_file") or "") if not key else f"{stem}.yaml"
    found = inheritance(meta, scenario, file, hashed)
    notes = [found.note] if found.note else []
    grid = _grid(found)
    if grid is None and found.parent:
        notes.append(f"No key differs from its parent, {found.parent}.")
    if key and not found.parent and not found.differences:
        changed = differences(meta["scenario"], scenario)
        found = Inheritance(found.file, str(meta.get("base") or "the first scenario"), "", changed, "")
        grid = _grid(found)
        notes = ["Its parent is not known here; compared with the first scenario of the result."]
    text = " ".join(str(scenario.get("description") or "").split())
    return ScenarioPart("", str(scenario["title"]), text, notes, grid, yaml_of(scenario))


def _grid(found: Inheritance) -> Grid | None:
    if not found.differences:
        return None
    against = found.parent or found.file
    title = f"What differs from {against}" + (f" ({found.parent_title})" if found.parent_title else "")
    stated = any(each.place for each in found.differences)
    rows = [
        [each.key, each.before or "(not there)", each.after or "(taken out)", *([each.place] if stated else [])]
        for each in found.differences
    ]
    headings = ["Key", "Parent" if found.parent else "File", "This run", *(["Stated in"] if stated else [])]
    return grid_of(title, headings, rows, texts=(0, 1, 2, 3))


def _text(key: str, value: Any) -> str:
    if key == "scenario_file":
        return Path(str(value)).name
    return str(value)[:19].replace("T", " ") if key in ("started", "finished") else str(value)


def _bare(argument: str) -> str:
    """An argument of a command without the folders in front of a file."""
    return Path(argument).name or argument if os.path.isabs(argument) else argument
