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

from sim.experiments.ensemble import each_span, run_chunk
from sim.experiments.equilibria import Dilemma, Mixed, dilemmas, expected, mixed_equilibria, pure_equilibria
from sim.experiments.response_lines import crossing, line, misfit, tops
from sim.measures.arrays import mean, total
from sim.measures.welfare import Welfare, welfare

UNIT = "million C$/crop year"
ACCOUNTS = {"producers": "producers", "buyers": "consumers", "taxpayers": "taxpayers", "merchants": "merchants"}
"""Account of a side -> table of ``sim.measures.welfare.Welfare``."""
SIGNS = {"producers": 1.0, "buyers": 1.0, "taxpayers": -1.0, "merchants": 1.0}
LEVELS_FOR_A_PARABOLA = 3


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
    game: Any, draws: int, seed: int, *, chunk: int = 250, jobs: int = 1, progress: Callable[[int], None] | None = None
) -> Played:
    """Simulate every pair of strategies on common random numbers; pairs that are the same scenario once.

    Parameters
    ----------
    game : LoadedGame
    draws, seed : int
    chunk : int
        Draws simulated together; bounds the memory, never the result.
    jobs : int
        Processes, which share the pairs; 1 stays in this one.
    progress : callable, optional
        Called with the number of periods done since the last call.
    """
    distinct = {loaded.hash: loaded for loaded in game.cells.values()}
    first_draws = range(0, draws, chunk)
    task = PairTask(tuple(distinct.values()), game.sides, game.crop_years, draws, chunk, seed)
    spans = [(number, first) for number in range(len(distinct)) for first in first_draws]
    parts = iter(each_span(task, spans, min(jobs, len(spans)), progress or (lambda periods: None)))
    found = {key: _joined([next(parts) for _ in first_draws]) for key in distinct}
    shape = (2, *(len(side.strategies) for side in game.sides), draws)
    accounts = {name: np.zeros(shape) for name in ("payoff", *ACCOUNTS)}
    for (i, j), loaded in game.cells.items():
        for name, values in found[loaded.hash].items():
            accounts[name][:, i, j] = values
    first, second = game.sides
    levels = tuple(None if s.player.levels is None else np.array(s.player.levels.values, float) for s in game.sides)
    return Played(
        (first.name, second.name), (first.labels, second.labels), (first.disarmed, second.disarmed), levels, accounts
    )


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
        return side_accounts(welfare(ledger), self.sides, self.crop_years)


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


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium of the mean pay-offs.

    Attributes
    ----------
    mixtures : (ndarray, ndarray)
        Probability of each strategy of the first and of the second player.
    cell : (int, int) or None
        The pair of strategies of a pure equilibrium.
    payoffs : ndarray, shape (player, draw)
    share_of_draws : float
        Share of draws in whose own table the pair is an equilibrium; NaN for a mixed one.
    alone : ndarray, shape (player, draw)
        What a player gains when it alone disarms.
    together : ndarray, shape (player, draw)
        What a player gains when both disarm.
    dilemma : (Dilemma, Dilemma) or None
        Pay-offs (draw,) of the two-by-two game of disarming or not; None for a mixed equilibrium.
    """

    mixtures: tuple[np.ndarray, np.ndarray]
    cell: tuple[int, int] | None
    payoffs: np.ndarray
    share_of_draws: float
    alone: np.ndarray
    together: np.ndarray
    dilemma: tuple[Dilemma, Dilemma] | None

    @property
    def is_dilemma(self) -> bool:
        """Whether it is a prisoner's dilemma in the mean of the draws."""
        return self.dilemma is not None and all(bool(_mean_of(each).holds) for each in self.dilemma)

    @property
    def share_dilemma(self) -> float:
        """Share of draws in which it is one; NaN for a mixed equilibrium."""
        return np.nan if self.dilemma is None else float(np.mean(self.dilemma[0].holds & self.dilemma[1].holds))


def _mean_of(dilemma: Dilemma) -> Dilemma:
    return Dilemma(*(each.mean() for each in vars(dilemma).values()))


def equilibria(played: Played) -> tuple[list[Equilibrium], Mixed]:
    """Find the equilibria of the mean pay-offs, pure ones first, and what there is to say of mixed ones."""
    first, second = played.expected
    in_draws = pure_equilibria(*played.payoffs)
    found = []
    for i, j in np.argwhere(pure_equilibria(first, second)).tolist():
        mixtures = np.eye(first.shape[0])[i], np.eye(first.shape[1])[j]
        found.append(_equilibrium(played, mixtures, (i, j), float(in_draws[i, j].mean())))
    mixed = mixed_equilibria(first, second)
    return found + [_equilibrium(played, mixtures, None, np.nan) for mixtures in mixed.equilibria], mixed


def _equilibrium(
    played: Played, mixtures: tuple[np.ndarray, np.ndarray], cell: tuple[int, int] | None, share: float
) -> Equilibrium:
    one, other = played.payoffs
    (p, q), (a, b) = mixtures, played.disarmed
    own = np.stack([expected(each, p, q) for each in played.payoffs])
    alone = np.stack([expected(one[a : a + 1], np.ones(1), q), expected(other[:, b : b + 1], p, np.ones(1))])
    dilemma = None if cell is None else dilemmas(one, other, played.disarmed, cell)
    return Equilibrium(mixtures, cell, own, share, alone - own, played.payoffs[:, a, b] - own, dilemma)


@dataclass(frozen=True)
class Lines:
    """Continuous best responses of two players whose strategies are levels.

    Attributes
    ----------
    responses : (ndarray, ndarray)
        Best level of a player against each level of its rival, shape (rival's level, draw); NaN where there is none.
    lines : ((ndarray, ndarray), (ndarray, ndarray))
        Intercept and slope (draw,) of each player's line.
    crossing : (ndarray, ndarray)
        Levels (draw,) of both players where the lines cross.
    misfit : (float, float)
        Largest distance of a best response from its line, in the unit of the level.
    """

    responses: tuple[np.ndarray, np.ndarray]
    lines: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    crossing: tuple[np.ndarray, np.ndarray]
    misfit: tuple[float, float]


def response_lines(played: Played) -> Lines | None:
    """Continuous best responses and where they cross; None unless both players have three levels or more."""
    if any(levels is None or len(levels) < LEVELS_FOR_A_PARABOLA for levels in played.levels):
        return None
    x, y = played.levels
    one, other = played.payoffs
    responses = tops(x, one), tops(y, np.swapaxes(other, 0, 1))
    lines = line(y, responses[0]), line(x, responses[1])
    return Lines(responses, lines, crossing(*lines), (misfit(y, responses[0]), misfit(x, responses[1])))
