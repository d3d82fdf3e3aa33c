"""One market or two on the same luck, stepped together: what the page plays."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import mesa

from sim.dashboard.limits import check_size
from sim.dashboard.live import LiveWorld
from sim.dashboard.plans import Plan
from sim.dashboard.question import question_of
from sim.scenario import ScenarioError
from sim.scenario.problems import Mark, Problem


class SideBySide(mesa.Model):
    """Worlds of one or two plans on common random numbers.

    Parameters
    ----------
    plans : sequence of Plan
        One or two.
    draws, seed : int, optional
        Those of the first plan's scenario when absent; both worlds have the same.

    Raises
    ------
    ScenarioError
        For plans that do not start in the same month with the same length of period.
    """

    def __init__(self, *, plans: Sequence[Plan], draws: int | None = None, seed: int | None = None) -> None:
        ready = [plan.ready for plan in plans]
        _check_together(plans)
        for each in ready:
            check_size(each, ready[0].scenario.draws if draws is None else draws)
        self.draws = ready[0].scenario.draws if draws is None else draws
        root = ready[0].scenario.seed if seed is None else seed
        super().__init__(seed=root)
        self.root, self.plans = root, tuple(plans)
        self.question = question_of(*ready) if len(ready) == 2 else None
        self.worlds = tuple(
            LiveWorld(each, plan.name, plan.title, self.draws, root, incidence=self.question is not None)
            for plan, each in zip(plans, ready, strict=True)
        )
        weakref.finalize(self, _release, self.worlds)

    def step(self) -> None:
        """Simulate one period in every world that has one left."""
        for world in self.worlds:
            if world.running:
                world.step()
        self.running = any(world.running for world in self.worlds)
        for world in self.worlds:  # one part of the accounts per step, so that no step waits for all of them
            if world.accounts.work():
                break

    def catch_up(self) -> None:
        """Read all accounts of crop years that have closed."""
        for world in self.worlds:
            world.accounts.catch_up()

    @property
    def longest(self) -> LiveWorld:
        """The world whose calendar runs longest."""
        return max(self.worlds, key=lambda world: world.periods)

    @property
    def periods(self) -> int:
        """Periods of the whole run."""
        return self.longest.periods

    @property
    def done_periods(self) -> int:
        """Periods simulated."""
        return self.longest.done

    @property
    def date(self) -> str:
        """Month of the last period simulated, ``1985-05``; of the first one before any."""
        return str(self.longest.ledger.periods["month"].iloc[max(self.done_periods - 1, 0)])

    @property
    def crop_year(self) -> str:
        """Crop year of that month."""
        return str(self.longest.ledger.periods["crop_year"].iloc[max(self.done_periods - 1, 0)])

    def events(self) -> list[tuple[str, str]]:
        """Policy events in force in that month: name of the world, name of the event."""
        found = []
        for world in self.worlds:
            for event in world.loaded.scenario.events:
                if event.name and event.start[:7] <= self.date and self.date <= event.end[:7]:
                    found.append((world.name, event.name))
        return found


def _check_together(plans: Sequence[Plan]) -> None:
    first = plans[0].ready.scenario.calendar
    for plan in plans[1:]:
        other = plan.ready.scenario.calendar
        if (first.start, first.periods_per_year) != (other.start, other.periods_per_year):
            message = (
                f"{plan.title} starts in {other.start} with {other.periods_per_year} periods a year, "
                f"{plans[0].title} in {first.start} with {first.periods_per_year}; two side by side need the "
                "same start and the same length of period"
            )
            raise ScenarioError([Problem(Mark("comparison"), "calendar", message)])


def _release(worlds: Sequence[LiveWorld]) -> None:
    for world in worlds:
        world.release()
