"""(c) The ensemble against the floor: the same random numbers drawn, the same ledger written, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.clock import Times, in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_most
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale
from sim.ledger import untouched_zeros
from sim.streams import Streams


@dataclass(frozen=True)
class Record:
    """What a run draws and writes.

    Attributes
    ----------
    drawn : list of (str, str, str, str, int)
        Method of ``Streams``, purpose, agent, crop year and count of every call, in order.
    rows : int
        Sale rows.
    written : list of list of ndarray
        For each array of sales and each period, the rows in which some draw has a number; others stay untouched.
    states : list of (int, int)
        Times and labels of each recorded state.
    """

    drawn: list[tuple[str, str, str, str, int]]
    rows: int
    written: list[list[np.ndarray]]
    states: list[tuple[int, int]]

    @property
    def numbers(self) -> tuple[int, int]:
        """Random numbers drawn and numbers written, per draw."""
        sales = sum(len(rows) for column in self.written for rows in column)
        return sum(count for *_, count in self.drawn), sales + sum(times * labels for times, labels in self.states)


def record(loaded: Any, draws: int) -> Record:
    """Run so many draws and note what is drawn and where something is written."""
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
        ledger = run_chunk(loaded, draws)
    ends = np.searchsorted(ledger.rows["period"], np.arange(1, len(ledger.periods)))
    written = [
        [
            start + np.flatnonzero(block.any(axis=1))
            for start, block in zip([0, *ends], np.split(column, ends), strict=True)
        ]
        for column in ledger.sales.values()
    ]
    states = [series.values.shape[:2] for series in ledger.states.values()]
    return Record(drawn, len(ledger.rows), written, states)


def run_floor(done: Record, seed: int, draws: int) -> list[np.ndarray]:
    """Draw the same numbers and fill arrays of the same shapes, period by period; return the arrays."""
    streams = Streams(seed, draws)
    for name, *call in done.drawn:
        getattr(streams, name)(*call)
    sales = [untouched_zeros((done.rows, draws)) for _ in done.written]
    states = [np.zeros((times, labels, draws)) for times, labels in done.states]
    widest = max(len(rows) for column in done.written for rows in column)
    block = np.ones((max(widest, *(labels for _, labels in done.states)), draws))
    for period in range(len(done.written[0])):
        for column, written in zip(sales, done.written, strict=True):
            column[written[period]] = block[: len(written[period])]
        for state in states:
            if period < len(state):
                state[period] = block[: state.shape[1]]
    return [*sales, *states]


def measure(scale: Scale) -> Iterator[Figure]:
    """Simulate the history and run its floor with the same draws, in turn."""
    from sim.experiments.ensemble import run_chunk

    history, draws = market("history", *last_years(scale.crop_years)), scale.draws
    done = record(history, draws)
    drawn, written = done.numbers
    yield Figure("random numbers drawn", (drawn,), "per draw")
    yield Figure("numbers written", (written,), "per draw")
    seed = history.scenario.seed
    works = {
        "floor": lambda: run_floor(done, seed, draws),
        "model": lambda: run_chunk(history, draws),
        "floor of one": lambda: run_floor(done, seed, 1),
        "model of one": lambda: run_chunk(history, 1),
    }
    whole = in_turn(works, scale.repeats)
    times = {name: [t / draws for t in whole[name]] for name in ("floor", "model")}
    yield Figure(f"floor, {draws} draws", milliseconds(times["floor"], "cpu"), "ms/draw")
    yield Figure(f"model, {draws} draws", milliseconds(times["model"], "cpu"), "ms/draw")
    yield Figure("model against the floor, CPU time", ratios(times["model"], times["floor"], "cpu"), "x", at_most(5))
    yield Figure("model against the floor, wall time", ratios(times["model"], times["floor"], "wall"), "x", at_most(5))
    further = {
        name: [
            Times(t.wall - one.wall, t.cpu - one.cpu)
            for t, one in zip(whole[name], whole[f"{name} of one"], strict=True)
        ]
        for name in ("floor", "model")
    }
    for name, found in further.items():
        yield Figure(f"{name}, a further draw", milliseconds([t / (draws - 1) for t in found], "cpu"), "ms/draw")
    yield Figure("a further draw against its floor", ratios(further["model"], further["floor"], "cpu"), "x")
