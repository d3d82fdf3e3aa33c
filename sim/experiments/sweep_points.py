"""The points of a sweep on their way to the draw axis: groups of one structure, with the places of their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.experiments.worlds import Group, find_numbers
from sim.scenario import load
from sim.scenario.numbers import Numbers
from sim.sweeps.loader import LoadedSweep


@dataclass
class Sweep:
    """A sweep ready to run: its points in groups, each with the places of its numbers.

    Attributes
    ----------
    loaded : LoadedSweep
    groups : list of (Group, Numbers)
    """

    loaded: LoadedSweep
    groups: list[tuple[Group, Numbers]]

    @classmethod
    def of(cls, loaded: LoadedSweep, progress: Callable[[int, int], None] = lambda done, structures: None) -> Sweep:
        """Find groups and numbers; ``progress`` gets the number of structures that are loaded, and that of all."""
        numeric = {
            key: loaded.design[each.name].to_numpy() for each in loaded.factors if each.numeric for key in each.keys
        }
        groups, structures = [], loaded.groups()
        for done, (structure, points) in enumerate(structures.items(), start=1):
            group = Group(structure, points, {key: values[points] for key, values in numeric.items()})
            groups += find_numbers(group, load)
            progress(done, len(structures))
        return cls(loaded, groups)

    @property
    def replications(self) -> int:
        """Draws of every point."""
        return self.loaded.plan.draws

    @property
    def sizes(self) -> list[int]:
        """Worlds of each group."""
        return [group.size(self.replications) for group, _ in self.groups]

    @property
    def worlds(self) -> int:
        """Worlds of the sweep."""
        return sum(self.sizes)

    @property
    def periods(self) -> int:
        """Periods of the longest calendar."""
        return max(len(numbers.loaded.timeline) for _, numbers in self.groups)
