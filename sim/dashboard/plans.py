"""What is to be simulated: a scenario from the shelf, from a text or from a saved run, and where its levers stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from sim.dashboard.levers import Value, with_levers
from sim.scenario import Loaded, load
from sim.scenario.text import load_text
from sim.shipped import shipped_names, shipped_path

_TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """A scenario and the values of its levers.

    Attributes
    ----------
    name, title : str
        What it is called; ``name`` is short enough for a file.
    loaded : Loaded
        The scenario as it came.
    values : mapping
        Values of levers; those that are missing stay where they are.
    """

    name: str
    title: str
    loaded: Loaded
    values: Mapping[str, Value] = field(default_factory=dict)

    @cached_property
    def ready(self) -> Loaded:
        """The scenario with its levers moved; raises ``ScenarioError``."""
        return with_levers(self.loaded, self.values)


@lru_cache(maxsize=1)
def shipped() -> tuple[tuple[str, str], ...]:
    """Name and title of every shipped scenario."""
    found = []
    for name in shipped_names():
        title = _TITLE.search(shipped_path(name).read_text(encoding="utf-8"))
        found.append((name, title.group(1).strip() if title else name))
    return tuple(found)


def open_shipped(name: str) -> Loaded:
    """Load a shipped scenario by its name.

    Raises
    ------
    ScenarioError
        When there is none of that name.
    """
    path = shipped_path(name)
    if path is None:
        return load_text("choice", f"extends: {name!r}".encode())
    return load(path)


def open_text(filename: str, text: bytes) -> Loaded:
    """Load a scenario somebody sent; see :func:`sim.scenario.text.load_text`."""
    return load_text(filename, text)
