"""What follows from a game's pay-offs: equilibria, what disarming would bring, and best responses between levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.experiments.equilibria import Dilemma, Mixed, dilemmas, expected, mixed_equilibria, pure_equilibria
from sim.experiments.game import Played
from sim.experiments.response_lines import crossing, line, misfit, tops

LEVELS_FOR_A_PARABOLA = 3


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
    x, y = played.levels
    if x is None or y is None or min(len(x), len(y)) < LEVELS_FOR_A_PARABOLA:
        return None
    one, other = played.payoffs
    responses = tops(x, one), tops(y, np.swapaxes(other, 0, 1))
    lines = line(y, responses[0]), line(x, responses[1])
    return Lines(responses, lines, crossing(*lines), (misfit(y, responses[0]), misfit(x, responses[1])))
