"""Numbers of a scenario that differ between draws: where a key's number stands, and putting an array in its place.

A number stands wherever the loader put it: in the scenario itself, and in every regime unless an event sets another
one there. Two loads with other numbers show the places; nothing about the loader has to be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.scenario.loader import Loaded

Place = tuple[int, tuple[str | int, ...]]
"""Number of a regime, -1 for the scenario itself, and the path of a leaf in it."""
APART = 0.01  # how far apart, as a share of its range, the trial numbers of two keys with one range are


class NotANumber(Exception):
    """A key whose number does not stay a number of its own: what it sets cannot differ between draws."""


@dataclass(frozen=True)
class Numbers:
    """A loaded scenario and the places of those of its numbers that may differ between draws.

    Attributes
    ----------
    loaded : Loaded
        The scenario, with trial numbers in those places.
    places : dict of str to list of Place
        Places of each key.
    """

    loaded: Loaded
    places: dict[str, list[Place]]

    @classmethod
    def find(cls, load: Callable[[list[str]], Loaded], ranges: Mapping[str, tuple[float, float]]) -> Numbers:
        """Find the places of keys by loading the scenario twice.

        Parameters
        ----------
        load : callable
            Loads the scenario with settings as after ``--set``.
        ranges : dict of str to (float, float)
            Lowest and highest number of each key that will be asked for.

        Raises
        ------
        NotANumber
            When a key sets something else than numbers, such as a choice or a count.
        ScenarioError
            When the scenario cannot be loaded with numbers inside the ranges.
        """
        trials = [
            {key: low + (share + APART * n / max(len(ranges), 1)) * (high - low) for n, (key, (low, high)) in
             enumerate(ranges.items())}
            for share in (0.3, 0.6)
        ]  # fmt: skip
        one, two = (load([f"{key}={value!r}" for key, value in trial.items()]) for trial in trials)
        if len(one.regimes) != len(two.regimes) or not np.array_equal(one.regime_of_period, two.regime_of_period):
            raise NotANumber("the calendar of events depends on it")
        owner = {(trials[0][key], trials[1][key]): key for key in ranges}
        places: dict[str, list[Place]] = {key: [] for key in ranges}
        pairs = [(one.scenario, two.scenario), *zip(one.regimes, two.regimes, strict=True)]
        for number, (before, after) in enumerate(pairs, start=-1):
            for path, *values in _differences(before, after):
                key = owner.get(tuple(values)) if all(type(value) is float for value in values) else None
                if key is None:
                    raise NotANumber(f"`{'.'.join(map(str, path))}` changes from {values[0]!r} to {values[1]!r}")
                if path[0] != "events":  # already in the regimes
                    places[key].append((number, path))
        return cls(one, places)

    def put(self, columns: Mapping[str, np.ndarray]) -> Loaded:
        """The scenario with an array (draw,) in all places of each key."""
        scenarios = [self.loaded.scenario, *self.loaded.regimes]
        for key, column in columns.items():
            for number, path in self.places[key]:
                scenarios[number + 1] = _with(scenarios[number + 1], path, column)
        return replace(self.loaded, scenario=scenarios[0], regimes=tuple(scenarios[1:]))


def _differences(one: Any, two: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any, Any]]:
    """Paths at which two scenarios differ, with what stands there in each."""
    steps: list[tuple[Any, Any, Any]]
    if isinstance(one, BaseModel) and type(one) is type(two):
        steps = [(key, getattr(one, key), getattr(two, key)) for key in type(one).model_fields]
        for key, before, after in steps:
            if before != after and _one_for_all(type(one), key):
                raise NotANumber(f"`{'.'.join(map(str, (*path, key)))}` shapes the run itself")
    elif isinstance(one, dict) and isinstance(two, dict) and list(one) == list(two):
        steps = [(key, one[key], two[key]) for key in one]
    elif isinstance(one, list | tuple) and isinstance(two, list | tuple) and len(one) == len(two):
        steps = [(n, before, after) for n, (before, after) in enumerate(zip(one, two, strict=True))]
    else:
        if one != two:
            yield path, one, two
        return
    for key, before, after in steps:
        yield from _differences(before, after, (*path, key))


def _one_for_all(section: type[BaseModel], key: str) -> bool:
    extra = section.model_fields[key].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("one_for_all"))


def _with(section: Any, path: Sequence[str | int], value: np.ndarray) -> Any:
    """Copy of a section with one leaf replaced; what is not on the way to it is shared."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(section, BaseModel):
        return section.model_copy(update={str(step): _with(getattr(section, str(step)), rest, value)})
    if isinstance(section, dict):
        return {**section, step: _with(section[step], rest, value)}
    return [*section[: int(step)], _with(section[int(step)], rest, value), *section[int(step) + 1 :]]
