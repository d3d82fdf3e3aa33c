"""Changes of a scenario's plain data (``Loaded.resolved``): levels scaled, keys set, in the base and in its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Data = dict[str, Any]
EVENT_KEYS = ("from", "to", "name")


def scaled(level: Any, factor: float) -> Any:
    """Level times a factor, a number or a series with its ``scale`` and ``plus``; None stays None."""
    if level is None:
        return None
    if isinstance(level, dict):
        return {**level, "scale": level.get("scale", 1.0) * factor, "plus": level.get("plus", 0.0) * factor}
    return level * factor


def places(data: Data, *path: str) -> Iterator[Data]:
    """Mappings at a path, ``*`` for every entry: in the base, then in each event that states it."""
    for top in (data, *data.get("events", [])):
        found = [top]
        for step in path:
            below = [list(each.values()) if step == "*" else [each.get(step)] for each in found]
            found = [entry for entries in below for entry in entries if isinstance(entry, dict)]
        yield from found


def scale_at(data: Data, factor: float, key: str, *path: str) -> None:
    """Scale a key of every mapping at a path, wherever it is stated."""
    for section in places(data, *path):
        if key in section:
            section[key] = scaled(section[key], factor)


def strike(data: Data, *path: str) -> None:
    """Remove a key from the base and from events; an event that changes nothing any more goes too."""
    *above, last = path
    for section in places(data, *above):
        section.pop(last, None)
    events = []
    for event in data.get("events", []):
        rest = {key: value for key, value in event.items() if key in EVENT_KEYS or value != {}}
        if any(key not in EVENT_KEYS for key in rest):
            events.append(rest)
    data["events"] = events


def setter(*path: str) -> Callable[[Data, Any], None]:
    """Edit that sets a key of the base; an event that states it keeps its own."""

    def edit(data: Data, value: Any) -> None:
        *above, last = path
        for step in above:
            data = data[step]
        data[last] = value

    return edit


def stated(data: Data, *path: str) -> Any:
    """What the base states at a path; None where it states nothing."""
    found: Any = data
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found
