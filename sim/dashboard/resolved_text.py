"""A scenario's plain data through the loader again, as if somebody had written it down."""

from __future__ import annotations

from typing import Any

from sim.scenario import Loaded, write_yaml
from sim.scenario.text import load_text


def load_resolved(data: dict[str, Any], name: str) -> Loaded:
    """Load ``Loaded.resolved``, changed or not; its data tables are those it names.

    Raises
    ------
    ScenarioError
        Where the changes made it one that cannot run.
    """
    return load_text(name, write_yaml(data).encode("utf-8"), tables_as_named=True)
