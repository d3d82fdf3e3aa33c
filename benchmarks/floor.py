"""(c) The ensemble against the floor: the same random numbers drawn, the same ledger written, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.clock import in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_most
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale
from sim.streams import Streams


@dataclass(frozen=True)
class Record:
    """What a run draws and writes.

    Attributes
    ----------
    drawn : list of (str, str, str, str, int)
        Method of ``Streams``, purpose, agent, crop year and count of every call, in order.
    columns : int
        Arrays of sales.
    starts : ndarray
        First sale row of each period, and the number of rows, (period + 1,).
    states : list of (int, int)
        Times and labels of each recorded state.
    """

    drawn: list[tuple[str, str, str, str, int]]
    columns: int
    starts: np.ndarray
    states: list[tuple[int, int]]

    @property
    def numbers(self) -> tuple[int, int]:
        """Random numbers drawn and numbers written, per draw."""
        written = self.columns * self.starts[-1] + sum(times * labels for times, labels in self.states)
        return sum(count for *_, count in self.drawn), int(written)


def record(loaded: Any) -> Record:
    """Run one draw and note what it draws and the shapes of what it writes."""
    from sim.experiments.ensemble import run_chunk

    drawn: list[tuple[str, str, str, str, int]] = []
    plain = {name: getattr(Streams, name) for name in ("uniform", "normal")}

    def noted(name: str) -> Any:
        def draw(self: Streams, purpose: str, agent: str, crop_year: str, count: int) -> np.ndarray:
            drawn.append((name, purpose, agent, crop_year, count))
            held = len(drawn)
            numbers = plain[name](self, purpose, agent, crop_year, count)
            del drawn[held:]  # a normal number is made from a uniform one: that is one call
            return numbers

        return draw

    with patch.multiple(Streams, **{name: noted(name) for name in plain}):
        ledger = run_chunk(loaded, 1)
    periods = ledger.rows["period"].to_numpy()
    starts = np.searchsorted(periods, np.arange(len(ledger.periods) + 1))
    states = [series.values.shape[:2] for series in ledger.states.values()]
    return Record(drawn, len(ledger.sales), starts, states)


def run_floor(done: Record, seed: int, draws: int) -> list[np.ndarray]:
    """Draw the same numbers and fill arrays of the same shapes, period by period; return the arrays."""
    streams = Streams(seed, draws)
    for name, *call in done.drawn:
        getattr(streams, name)(*call)
    sales = [np.zeros((done.starts[-1], draws)) for _ in range(done.columns)]
    states = [np.zeros((times, labels, draws)) for times, labels in done.states]
    widest = max(int(np.diff(done.starts).max()), max(labels for _, labels in done.states))
    block = np.ones((widest, draws))
    for period, (start, stop) in enumerate(zip(done.starts[:-1], done.starts[1:], strict=True)):
        for column in sales:
            column[start:stop] = block[: stop - start]
        for state in states:
            if period < len(state):
                state[period] = block[: state.shape[1]]
    return [*sales, *states]


def measure(scale: Scale) -> Iterator[Figure]:
    """Simulate the history and run its floor with the same draws, in turn."""
    from sim.experiments.ensemble import run_chunk

    history, draws = market("history", *last_years(scale.crop_years)), scale.draws
    done = record(history)
    drawn, written = done.numbers
    yield Figure("random numbers drawn", (drawn,), "per draw")
    yield Figure("numbers written", (written,), "per draw")
    works = {
        "floor": lambda: run_floor(done, history.scenario.seed, draws),
        "model": lambda: run_chunk(history, draws),
    }
    times = {name: [t / draws for t in found] for name, found in in_turn(works, scale.repeats).items()}
    yield Figure(f"floor, {draws} draws", milliseconds(times["floor"], "cpu"), "ms/draw")
    yield Figure(f"model, {draws} draws", milliseconds(times["model"], "cpu"), "ms/draw")
    yield Figure("model against the floor, CPU time", ratios(times["model"], times["floor"], "cpu"), "x", at_most(5))
    yield Figure("model against the floor, wall time", ratios(times["model"], times["floor"], "wall"), "x", at_most(5))
