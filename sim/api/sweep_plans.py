"""Sweeps given as a mapping, written to a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_plan(file: Path, plan: Mapping[str, Any]) -> None:
    """Write a sweep file; files of the current folder are named by their full path."""
    content = dict(plan)
    if isinstance(content.get("scenario"), str):
        content["scenario"] = _absolute(content["scenario"])
    if isinstance(content.get("scenarios"), Mapping):
        content["scenarios"] = {name: _absolute(str(path)) for name, path in content["scenarios"].items()}
    if isinstance(content.get("design"), Mapping) and "file" in content["design"]:
        content["design"] = {**content["design"], "file": _absolute(str(content["design"]["file"]))}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=_number), encoding="utf-8")


def plain_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Keys to replace as plain data; None stands for what the sweep says itself, a text under ``settings`` for one."""
    stated = {key: value for key, value in changes.items() if value is not None}
    if isinstance(stated.get("settings"), str):
        stated["settings"] = [stated["settings"]]
    plain_changes: dict[str, Any] = json.loads(json.dumps(stated, default=_number))
    return plain_changes


def _absolute(path: str) -> str:
    return str(Path(path).resolve()) if Path(path).is_file() else path


def _number(value: Any) -> Any:
    """Python's own form of NumPy's numbers and arrays."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} cannot stand in a sweep")
