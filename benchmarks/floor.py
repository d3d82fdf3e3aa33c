"""(c) The ensemble against the floor: the same random numbers drawn, the same ledger written, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
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
    spans : list of (int, int)
        First sale row and end of each period.
    written : list of list of ndarray
        For each array of sales and each period, the rows in which some draw has a number; others stay untouched.
    states : list of (int, int)
        Times and labels of each recorded state.
    """

    drawn: list[tuple[str, str, str, str, int]]
    spans: list[tuple[int, int]]
    written: list[list[np.ndarray]]
    states: list[tuple[int, int]]

    @property
    def rows(self) -> int:
        """Sale rows."""
        return self.spans[-1][1]

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Random numbers drawn, numbers recorded, and those of them that are not all zero, per draw."""
        sales = sum(len(rows) for column in self.written for rows in column)
        states = sum(times * labels for times, labels in self.states)
        return sum(count for *_, count in self.drawn), len(self.written) * self.rows + states, sales + states


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
    edges = np.searchsorted(ledger.rows["period"], np.arange(len(ledger.periods) + 1)).tolist()
    spans = list(pairwise(edges))
    written = [
        [start + np.flatnonzero(column[start:end].any(axis=1)) for start, end in spans]
        for column in ledger.sales.values()
    ]
    states = [series.values.shape[:2] for series in ledger.states.values()]
    return Record(drawn, spans, written, states)


def run_floor(done: Record, seed: int, draws: int, lean: bool = False) -> list[np.ndarray]:
    """Draw the same numbers and fill arrays of the same shapes, period by period; return the arrays.

    Every row is written, or, if ``lean``, those rows alone in which somebody sold something.
    """
    streams = Streams(seed, draws)
    for name, *call in done.drawn:
        getattr(streams, name)(*call)
    sales = [(untouched_zeros if lean else np.zeros)((done.rows, draws)) for _ in done.written]
    states = [np.zeros((times, labels, draws)) for times, labels in done.states]
    widest = max(max(end - start for start, end in done.spans), *(labels for _, labels in done.states))
    block = np.ones((widest, draws))
    for period, (start, end) in enumerate(done.spans):
        for column, written in zip(sales, done.written, strict=True):
            if lean:
                column[written[period]] = block[: len(written[period])]
            else:
                column[start:end] = block[: end - start]
        for state in states:
            if period < len(state):
                state[period] = block[: state.shape[1]]
    return [*sales, *states]


def measure(scale: Scale) -> Iterator[Figure]:
    """Simulate the history and run its floor with the same draws, in turn."""
    from sim.experiments.ensemble import run_chunk

    history, draws = market("history", *last_years(scale.crop_years)), scale.draws
    done = record(history, draws)
    for what, count in zip(
        ("random numbers drawn", "numbers recorded", "of rows with a sale"), done.numbers, strict=True
    ):
        yield Figure(what, (count,), "per draw")
    seed = history.scenario.seed
    works = {
        "floor": lambda: run_floor(done, seed, draws),
        "lean floor": lambda: run_floor(done, seed, draws, lean=True),
        "model": lambda: run_chunk(history, draws),
        "lean floor of one": lambda: run_floor(done, seed, 1, lean=True),
        "model of one": lambda: run_chunk(history, 1),
    }
    whole = in_turn(works, scale.repeats)
    times = {name: [t / draws for t in whole[name]] for name in ("floor", "lean floor", "model")}
    yield Figure(f"floor, {draws} draws", milliseconds(times["floor"], "cpu"), "ms/draw")
    yield Figure(f"model, {draws} draws", milliseconds(times["model"], "cpu"), "ms/draw")
    yield Figure("model against the floor, CPU time", ratios(times["model"], times["floor"], "cpu"), "x", at_most(5))
    yield Figure("model against the floor, wall time", ratios(times["model"], times["floor"], "wall"), "x", at_most(5))
    yield Figure(f"lean floor, {draws} draws", milliseconds(times["lean floor"], "cpu"), "ms/draw")
    yield Figure("model against the lean floor, CPU time", ratios(times["model"], times["lean floor"], "cpu"), "x")
    further = {
        name: [
            Times(t.wall - one.wall, t.cpu - one.cpu)
            for t, one in zip(whole[name], whole[f"{name} of one"], strict=True)
        ]
        for name in ("lean floor", "model")
    }
    for name, found in further.items():
        yield Figure(f"{name}, a further draw", milliseconds([t / (draws - 1) for t in found], "cpu"), "ms/draw")
    yield Figure("a further draw against its lean floor", ratios(further["model"], further["lean floor"], "cpu"), "x")
