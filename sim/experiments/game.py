"""The subsidy game on the simulated market: what each pair of strategies pays each side, and what follows from it.

Every pair is simulated with the same seed and draws. A side's pay-off in a draw is the mean over crop years of

    weight_producers x producers + weight_buyers x buyers + weight_merchants x merchants - weight_taxpayers x taxpayers,

the accounts of ``sim.measures.welfare`` added up over the side's places. Strategies are chosen before the luck is
known, so equilibria are those of the mean over draws; the share of draws in whose own table a cell is an equilibrium
says how much luck matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.engine import CHUNK, Engine, ThisProcess, in_order
from sim.experiments.ensemble import run_chunk
from sim.measures.arrays import mean, total
from sim.measures.reading import Reading
from sim.measures.welfare import Welfare, welfare
from sim.scenario.game_sides import Side

UNIT = "million C$/crop year"
ACCOUNTS = {"producers": "producers", "buyers": "consumers", "taxpayers": "taxpayers", "merchants": "merchants"}
"""Account of a side -> table of ``sim.measures.welfare.Welfare``."""
SIGNS = {"producers": 1.0, "buyers": 1.0, "taxpayers": -1.0, "merchants": 1.0}


@dataclass(frozen=True)
class Played:
    """A game with its pay-offs.

    Attributes
    ----------
    names : (str, str)
        The players.
    labels : (list of str, list of str)
        Their strategies.
    disarmed : (int, int)
        The strategies that mean laying down arms.
    levels : (ndarray or None, ndarray or None)
        Numbers behind the strategies of a player whose strategies differ in one.
    accounts : dict of str to ndarray
        ``payoff`` and each of ``ACCOUNTS``, million C$ a crop year, shape (player, first's strategy, second's, draw).
    """

    names: tuple[str, str]
    labels: tuple[list[str], list[str]]
    disarmed: tuple[int, int]
    levels: tuple[np.ndarray | None, np.ndarray | None]
    accounts: dict[str, np.ndarray]

    @property
    def payoffs(self) -> np.ndarray:
        """Pay-offs (player, first's strategy, second's, draw)."""
        return self.accounts["payoff"]

    @property
    def expected(self) -> np.ndarray:
        """Mean of the pay-offs over draws (player, first's strategy, second's)."""
        return mean(np.moveaxis(self.payoffs, -1, 0))


def play(
    game: Any, draws: int, seed: int, *, chunk: int = CHUNK, engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> Played:  # fmt: skip
    """Simulate every pair of strategies on common random numbers; pairs that are the same scenario once.

    Parameters
    ----------
    game : LoadedGame
    draws, seed : int
    chunk : int
        Draws simulated together; bounds the memory, never the result.
    engine : Engine, optional
        What runs the pairs; this process when absent.
    progress : callable, optional
        Called with the number of periods done since the last call.
    """
    distinct = {loaded.hash: loaded for loaded in game.cells.values()}
    first_draws = range(0, draws, chunk)
    task = PairTask(tuple(distinct.values()), game.sides, game.crop_years, draws, chunk, seed)
    spans = [(number, first) for number in range(len(distinct)) for first in first_draws]
    parts = in_order(engine or ThisProcess(), task, spans, progress or (lambda periods: None))
    found = {key: _joined([next(parts) for _ in first_draws]) for key in distinct}
    shape = (2, *(len(side.strategies) for side in game.sides), draws)
    accounts = {name: np.zeros(shape) for name in ("payoff", *ACCOUNTS)}
    for (i, j), loaded in game.cells.items():
        for name, values in found[loaded.hash].items():
            accounts[name][:, i, j] = values
    first, second = game.sides
    return Played(
        (first.name, second.name), (first.labels, second.labels), (first.disarmed, second.disarmed),
        (_levels(first), _levels(second)), accounts,
    )  # fmt: skip


def _levels(side: Side) -> np.ndarray | None:
    levels = side.player.levels
    return None if levels is None else np.array(levels.values, float)


@dataclass(frozen=True)
class PairTask:
    """What a worker needs to know to find the accounts of any pair of strategies."""

    scenarios: tuple[Any, ...]
    sides: tuple[Any, Any]
    crop_years: tuple[str, ...]
    draws: int
    chunk: int
    seed: int

    def run(self, number: int, first_draw: int, progress: Callable[[int], None]) -> dict[str, np.ndarray]:
        """Simulate a chunk of the draws of one scenario."""
        draws = min(self.chunk, self.draws - first_draw)
        ledger = run_chunk(self.scenarios[number], draws, first_draw, progress, self.seed)
        parts = Reading.of(ledger).parts(welfare)
        return _joined([side_accounts(welfare(part), self.sides, self.crop_years) for part in parts])


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def side_accounts(found: Welfare, sides: Sequence[Any], crop_years: Sequence[str]) -> dict[str, np.ndarray]:
    """Accounts and pay-off of both sides, million C$ a crop year, each of shape (player, draw)."""
    result: dict[str, np.ndarray] = {}
    for account, name in ACCOUNTS.items():
        table = getattr(found, name).only(crop_years)
        lines = []
        for side in sides:
            own = [table.column(place) for place in side.places if place in table.columns]
            zero = np.zeros((len(crop_years), table.values.shape[-1]))
            lines.append(mean(total(np.stack([zero, *own]))))
        result[account] = np.stack(lines)
    weights = {name: np.array([[getattr(side.player.weights, name)] for side in sides]) for name in ACCOUNTS}
    payoff = total(np.stack([SIGNS[name] * weights[name] * result[name] for name in ACCOUNTS]))
    return {"payoff": payoff, **result}
