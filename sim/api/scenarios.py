"""Scenarios in a notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario import Loaded, Scenario, explain
from sim.scenario import load as load_file
from sim.shipped import scenario_path


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that has been read and checked.

    Attributes
    ----------
    loaded : sim.scenario.Loaded
        Everything the simulation needs.
    """

    loaded: Loaded

    @property
    def name(self) -> str:
        """Name of the file without ``.yaml``."""
        return Path(self.loaded.path).stem

    @property
    def scenario(self) -> Scenario:
        """Content of the file, with everything it inherits: ``scenario.eep.max_bonus_usd_t``."""
        return self.loaded.scenario

    @property
    def warnings(self) -> list[str]:
        """What runs but deserves a look."""
        return list(self.loaded.warnings)

    @property
    def crop_years(self) -> list[str]:
        """Crop years of the calendar: ``1980/81`` and on."""
        return list(self.loaded.timeline.crop_years)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One line per key: ``key``, ``value`` and ``origin``, the file and line that state it."""
        return pd.DataFrame(explain(self.loaded), columns=["key", "value", "origin"])

    def __repr__(self) -> str:
        years = self.crop_years
        return f"<scenario {self.name}: {self.scenario.title}, {years[0]} to {years[-1]}, {self.scenario.draws} draws>"


def load(name: str | PathLike[str], set: Sequence[str] = (), **changes: Any) -> LoadedScenario:
    """Load a scenario.

    Parameters
    ----------
    name : str or path
        A YAML file, or the name of a shipped scenario.
    set : sequence of str
        Changes of single keys as after ``--set``: ``["eep.enabled=false"]``.
    **changes
        The same as keywords: ``draws=20``, ``calendar={"crop_years": 5}``, ``**{"eep.enabled": False}``.

    Returns
    -------
    LoadedScenario

    Raises
    ------
    sim.scenario.ScenarioError
        With every problem found, each with file, line and column.
    """
    sets = [set] if isinstance(set, str) else list(set)
    return LoadedScenario(load_file(scenario_path(fspath(name)), [*sets, *_settings(changes)]))


def as_loaded(scenario: LoadedScenario | str | PathLike[str], set: Sequence[str] = ()) -> LoadedScenario:
    """Take a loaded scenario as it is, and load one that is named."""
    if not isinstance(scenario, LoadedScenario):
        return load(scenario, set)
    if set:
        raise TypeError("the scenario is loaded already: give `set` to sim.load")
    return scenario


def provenance_of(scenario: LoadedScenario, draws: int, seed: int) -> dict[str, Any]:
    """What ``run.json`` says of where a result came from; there was no command."""
    from sim.verbs.loading import provenance

    return {**provenance(scenario.loaded, draws, seed), "command": []}


def _settings(changes: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """``key=value`` texts of nested mappings, values in JSON, which YAML reads."""
    for key, value in changes.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{above}{key}.")
        else:
            yield f"{above}{key}={json.dumps(value, ensure_ascii=False)}"
