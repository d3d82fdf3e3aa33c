"""A scenario as plain data, and the fingerprint of what a run depends on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sim.scenario.schema import Scenario
from sim.scenario.series import SeriesTable


def resolved_data(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as plain data: defaults filled in, keys as in YAML, absent options left out."""
    resolved_data: dict[str, Any] = _without_none(scenario.model_dump(mode="python", by_alias=True))
    return resolved_data


def _without_none(data: Any, inside_event: bool = False) -> Any:
    if isinstance(data, dict):
        own = ("from", "to", "name")
        return {
            key: value if inside_event and key not in own else _without_none(value, key == "events")
            for key, value in data.items()
            if value is not None or (inside_event and key not in own)
        }
    return [_without_none(each, inside_event) for each in data] if isinstance(data, list) else data


def fingerprint(resolved: dict[str, Any], table: SeriesTable) -> str:
    """SHA-256 of what a run depends on: the scenario but for its texts, and every value of the data tables.

    The order in which entries are written counts too. It makes no rule, but for the trading companies, of which
    ``number`` takes the first ones; yet it is the order in which amounts are added up, and the last bit of a sum can
    tip a decision between two offers that are as good as equal. The order of the data tables and their rows does not.
    """
    data = {key: value for key, value in resolved.items() if key not in ("title", "description", "data")}
    series = {name: sorted(values.items()) for name, values in sorted(table.values.items())}
    text = json.dumps({"scenario": data, "series": series}, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
