"""The market on the page: two scenarios side by side that two buttons may not move at once, and that keep an error."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from sim.dashboard.plans import Plan
from sim.dashboard.side_by_side import SideBySide

FORGET_SECONDS = 20.0
_numbers = itertools.count(1)


class Market(SideBySide):
    """What Mesa's controller steps and resets.

    Attributes
    ----------
    number : int
        Another one for every market.
    error : str
        What stopped the market; empty while nothing did.
    bounds : dict of str to (float, float)
        Value axis of each chart: it grows with the market, and A and B share it.
    results : list of Results or None
        What a finished market leaves, once somebody asked; ``closing`` is held while it is worked out.
    """

    def __init__(self, *, plans: tuple[Plan, ...], draws: int = 200, seed: int | None = None) -> None:
        """Open the market at the start of its calendar."""
        super().__init__(plans=plans, draws=draws, seed=seed)
        self.number = next(_numbers)
        self.asked = {"plans": plans, "draws": draws, "seed": seed}
        self.error = ""
        self.bounds: dict[str, tuple[float, float]] = {}
        self.results: list[Any] | None = None
        self.closing = threading.Lock()
        self._turn = threading.Lock()

    def step(self) -> None:
        """Play one period. An error ends the market and is kept for the page to show; a finished one stays as it is."""
        with self._turn:
            if not self.running:
                return
            try:
                super().step()
            except Exception as error:  # whatever it is, the user of the page has no other place to read it
                self.running = False
                self.error = f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"

    def step_crop_year(self) -> None:
        """Play to the end of the crop year."""
        timeline = self.timeline
        year = timeline.year_of_period[min(self.done_periods, len(timeline) - 1)]
        while self.running and timeline.year_of_period[min(self.done_periods, len(timeline) - 1)] == year:
            self.step()
        self.catch_up()

    def close(self) -> None:
        """Stop, and let go of what takes memory: nobody looks any more.

        What has been read goes a little later, when no chart is in the middle of reading it.
        """
        with self._turn:
            self.running, self.results = False, None
            for world in self.worlds:
                world.release()
        later = threading.Timer(FORGET_SECONDS, self._forget)
        later.daemon = True
        later.start()

    def _forget(self) -> None:
        for world in self.worlds:
            world.forget()

    @property
    def timeline(self) -> Any:
        """Calendar of both scenarios."""
        return self.longest.loaded.timeline

    @property
    def years_read(self) -> int:
        """Crop years that have closed and been read, in every scenario."""
        return min(world.accounts.years for world in self.worlds)

    @property
    def finished(self) -> bool:
        """Whether the calendar is over."""
        return self.done_periods >= self.periods
