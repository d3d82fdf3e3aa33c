"""A second opinion on what was accepted: JSON Schema, read in a few lines that share nothing with the loader."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list, tuple), "string": (str,), "number": (int, float), "integer": (int,),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """What in a value the schema does not allow."""
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in schema and not any(not list(faults(value, each, root, path)) for each in schema["anyOf"]):
        yield f"{path}: {value!r:.80} fits none of its forms"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind in ("number", "integer"))):
        yield f"{path}: {value!r:.80} is no {kind}"
        return
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{path}: {value} is not finite"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r:.80} is no choice"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{path}: {value!r:.80} does not match"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _range(value, schema, path)
    if isinstance(value, dict):
        yield from _keys(value, schema, root, path)
    if isinstance(value, (list, tuple)) and "items" in schema:
        for at, each in enumerate(value):
            yield from faults(each, schema["items"], root, f"{path}[{at}]")


def _range(value: float, schema: dict[str, Any], path: str) -> Iterator[str]:
    low, above = schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf)
    high, below = schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf)
    if not (low <= value <= high and (above < value < below)):
        yield f"{path}: {value} is out of range"


def _keys(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{path}.{key}: missing"
    for key, each in value.items():
        here = f"{path}.{key}"
        matched = [below for pattern, below in patterns.items() if re.search(pattern, key)]
        if key in known:
            yield from faults(each, known[key], root, here)
        elif matched:
            yield from faults(each, matched[0], root, here)
        elif rest is False:
            yield f"{here}: unknown key"
        elif isinstance(rest, dict):
            yield from faults(each, rest, root, here)


def unknown_keys(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Keys that no form of the schema has; what is missing or wrong otherwise is passed over."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        forms = [list(unknown_keys(value, each, root, path)) for each in schema["anyOf"]]
        yield from min(forms, key=len)
        return
    if isinstance(value, dict):
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        rest = schema.get("additionalProperties", not known and not patterns)
        for key, each in value.items():
            below = known.get(key) or next((s for pattern, s in patterns.items() if re.search(pattern, key)), rest)
            if below is False:
                yield f"{path}.{key}"
            elif isinstance(below, dict):
                yield from unknown_keys(each, below, root, f"{path}.{key}")
    elif isinstance(value, list) and "items" in schema:
        for at, each in enumerate(value):
            yield from unknown_keys(each, schema["items"], root, f"{path}[{at}]")
