"""How much an experiment may load to find mistakes before anything runs."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.loader import Loaded

MOST_VALUES = 120_000
"""Values that all scenarios of an experiment state together, each as often as it is loaded; some seconds of work."""


def loads_within(values: int) -> int:
    """How many scenarios with so many values may be loaded."""
    return MOST_VALUES // max(values, 1)


def values_in(scenarios: Iterable[Loaded]) -> int:
    """Values that scenarios state."""
    return sum(len(each.origins) for each in scenarios)
