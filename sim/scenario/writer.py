"""Scenarios going out: YAML that loads to the same scenario, the list of resolved keys, the JSON Schema."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from pydantic import BaseModel

from sim.scenario.fields import ROOT
from sim.scenario.loader import Loaded
from sim.scenario.problems import dotted
from sim.scenario.scalars import plain_scalar
from sim.scenario.schema import Scenario
from sim.scenario.tree import leaves_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BARE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_yaml(resolved: dict[str, Any], folder: str | None = None) -> str:
    """YAML of a resolved scenario; loading it gives the same hash.

    Parameters
    ----------
    resolved : dict
        ``Loaded.resolved``.
    folder : str, optional
        Folder the text will be saved in: data tables are named relative to it. Absolute paths when absent.
    """
    absolute = [os.path.abspath(file) for file in resolved["data"]]
    files = absolute if folder is None else [os.path.relpath(file, folder) for file in absolute]
    return block_text({**resolved, "data": files})


def block_text(data: dict[str, Any]) -> str:
    """YAML of plain data, a key per line."""
    return "\n".join(_block(data, "")) + "\n"


def _block(data: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{scalar_text(key)}:", *_block(value, indent + "  ")]
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            lines.append(f"{indent}{scalar_text(key)}:")
            for each in value:
                first, *rest = _block(each, indent + "    ")
                lines += [f"{indent}  - {first.lstrip()}", *rest]
        else:
            lines.append(f"{indent}{scalar_text(key)}: {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar_text(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    return scalar_text(value)


def scalar_text(value: Any) -> str:
    """Write a scalar so that it reads back as the same one; quotes only where they are needed."""
    if isinstance(value, str):
        if _BARE.fullmatch(value) and plain_scalar(value) == value:
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return _ESCAPE.sub(lambda char: f"\\u{ord(char.group()):04x}", quoted)
    return json.dumps(value)


def explain(loaded: Loaded) -> list[tuple[str, Any, str]]:
    """Every resolved key: dotted path, value, and ``file:line`` that states it (``default`` when nobody does)."""
    rows = []
    for path, value in leaves_of(loaded.resolved):
        name = dotted(path)
        place = loaded.origins.get(name)
        rows.append((name, value, f"{place[0]}:{place[1]}" if place else "default"))
    return rows


def schema_json() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors.

    A child file states only what it changes and may remove an entry with null, so no key is required here and every
    entry may be null; ``singledesk validate`` says what is missing.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    for section in [schema, *schema.get("$defs", {}).values()]:
        section.pop("required", None)
        for value in section.get("properties", {}).values():
            _allow_null(value)
    for key, slot in ROOT.keys.items():
        schema["properties"][key].setdefault("description", slot.description)
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "Parent scenario: a file relative to this one, or a shipped name.",
    }
    schema["properties"]["overrides"] = {
        "type": "object",
        "description": "Single values by dotted path, applied after the parent and this file are merged.",
    }
    schema["properties"]["without_events"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Names of events of the parent that do not happen.",
    }
    schema["properties"]["more_events"] = {
        **schema["properties"]["events"],
        "description": "Events beyond the parent's.",
    }
    return {"$schema": DIALECT, **schema}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of a file that is no scenario, as it stands."""
    return {"$schema": DIALECT, **model.model_json_schema(by_alias=True)}


def _allow_null(value: dict[str, Any]) -> None:
    below = value.get("additionalProperties")
    if isinstance(below, dict):
        value["additionalProperties"] = {"anyOf": [below, {"type": "null"}]}
        _allow_null(below)
    if isinstance(value.get("patternProperties"), dict):
        for pattern, entry in value["patternProperties"].items():
            value["patternProperties"][pattern] = {"anyOf": [entry, {"type": "null"}]}
            _allow_null(entry)
