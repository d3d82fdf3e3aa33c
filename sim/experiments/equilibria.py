"""Two-player games in tables: best responses, dominance, pure and mixed equilibria, the prisoner's dilemma.

Pure functions of the two players' pay-offs. ``first[i, j]`` and ``second[i, j]`` are what the first and the second
player get when the first plays its strategy i and the second its strategy j; more axes, such as draws, may follow.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

TIE = 1e-9  # pay-offs closer than this share of the largest one count as equal
MOST_STRATEGIES = 7  # of a player, once dominated ones are gone; the search for mixed equilibria doubles with each more


def best_responses(payoffs: np.ndarray) -> np.ndarray:
    """Whether each own strategy is a best response to each rival strategy.

    Parameters
    ----------
    payoffs : ndarray, shape (own strategy, rival strategy, ...)

    Returns
    -------
    ndarray of bool, same shape
        Ties are all best.
    """
    best_responses: np.ndarray = payoffs >= payoffs.max(axis=0) - _slack(payoffs)
    return best_responses


def pure_equilibria(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether each cell is a Nash equilibrium in pure strategies (Nash 1950): no player gains by moving alone.

    Parameters
    ----------
    first, second : ndarray, shape (first's strategy, second's strategy, ...)

    Returns
    -------
    ndarray of bool, same shape
    """
    pure_equilibria: np.ndarray = best_responses(first) & np.swapaxes(best_responses(np.swapaxes(second, 0, 1)), 0, 1)
    return pure_equilibria


def dominated(payoffs: np.ndarray) -> list[tuple[int, int, bool]]:
    """Own strategies that another one beats: (dominated, by, strictly).

    Strictly: better against every rival strategy. Weakly: never worse and somewhere better. Where several strategies
    dominate one, a strict one comes first. ``payoffs`` has the shape (own strategy, rival strategy).
    """
    slack = _slack(payoffs)
    found = []
    for own, row in enumerate(payoffs):
        lead = payoffs - row
        strictly = np.flatnonzero((lead > slack).all(axis=1))
        weakly = np.flatnonzero((lead >= -slack).all(axis=1) & (lead > slack).any(axis=1))
        if len(strictly) or len(weakly):
            found.append((own, int(strictly[0] if len(strictly) else weakly[0]), bool(len(strictly))))
    return found


def dominant(payoffs: np.ndarray) -> tuple[int, bool] | None:
    """Own strategy that dominates all others, and whether it does so strictly; None when there is none."""
    slack = _slack(payoffs)
    for own, row in enumerate(payoffs):
        lead = row - np.delete(payoffs, own, axis=0)
        if len(lead) and (lead >= -slack).all() and (lead > slack).any(axis=1).all():
            return own, bool((lead > slack).all())
    return None


def undominated(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strategies of each player left when strictly dominated ones are taken away again and again, shapes (m,), (n,).

    Every equilibrium, pure or mixed, plays these only.
    """
    rows, columns = np.arange(first.shape[0]), np.arange(first.shape[1])
    while True:
        block = np.ix_(rows, columns)
        gone = [own for own, _, strictly in dominated(first[block]) if strictly]
        lost = [own for own, _, strictly in dominated(second[block].T) if strictly]
        if not gone and not lost:
            return rows, columns
        rows, columns = np.delete(rows, gone), np.delete(columns, lost)


@dataclass(frozen=True)
class Mixed:
    """Equilibria in which a player draws lots.

    Attributes
    ----------
    equilibria : list of (ndarray, ndarray)
        Probabilities of the first's strategies, shape (m,), and of the second's, shape (n,).
    note : str
        Why there is no list when there is none to trust: too many strategies, or a degenerate game, in which equilibria
        may be infinitely many. Empty otherwise.
    """

    equilibria: list[tuple[np.ndarray, np.ndarray]]
    note: str = ""


def mixed_equilibria(first: np.ndarray, second: np.ndarray) -> Mixed:
    """Find the equilibria that are not pure, by support enumeration (``nashpy``).

    A game is degenerate when some strategy, pure or mixed, has more pure best responses than strategies in its support
    (von Stengel 2002); ties are seen here, other cases by the even number of equilibria they give.

    Parameters
    ----------
    first, second : ndarray, shape (first's strategy, second's strategy)
    """
    rows, columns = undominated(first, second)
    if len(rows) == 1 or len(columns) == 1:
        ties = _has_ties(first[np.ix_(rows, columns)], second[np.ix_(rows, columns)])
        return Mixed([], _DEGENERATE if ties else "")
    if max(len(rows), len(columns)) > MOST_STRATEGIES:
        return Mixed([], f"not looked for: more than {MOST_STRATEGIES} undominated strategies")
    one, other = (_scaled(payoffs[np.ix_(rows, columns)]) for payoffs in (first, second))
    if _has_ties(one, other):
        return Mixed([], _DEGENERATE)
    import nashpy

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = list(nashpy.Game(one, other).support_enumeration(tol=TIE))
    if caught:
        return Mixed([], _DEGENERATE)
    equilibria = []
    for p, q in found:
        if min(np.count_nonzero(p > TIE), np.count_nonzero(q > TIE)) > 1:
            full = np.zeros(first.shape[0]), np.zeros(first.shape[1])
            full[0][rows], full[1][columns] = p, q
            equilibria.append(full)
    return Mixed(equilibria)


_DEGENERATE = "the game is degenerate (ties between best responses): its equilibria may be infinitely many"


def expected(payoffs: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Expected pay-off, shape (...), of the mixtures ``p`` and ``q`` in ``payoffs`` of shape (m, n, ...)."""
    return np.tensordot(q, np.tensordot(p, payoffs, axes=(0, 0)), axes=(0, 0))


@dataclass(frozen=True)
class Dilemma:
    """What one player gets in the two-by-two game of disarming (C) or playing the equilibrium (D); arrays (...).

    Attributes
    ----------
    temptation : ndarray
        It plays the equilibrium, the other disarms.
    reward : ndarray
        Both disarm.
    punishment : ndarray
        Both play the equilibrium.
    sucker : ndarray
        It disarms, the other plays the equilibrium.
    """

    temptation: np.ndarray
    reward: np.ndarray
    punishment: np.ndarray
    sucker: np.ndarray

    @property
    def holds(self) -> np.ndarray:
        """Whether T > R > P > S: arming pays whatever the other does, and both arming leaves it worse off."""
        ranks = (self.temptation, self.reward, self.punishment, self.sucker)
        slack = TIE * np.max(np.abs(ranks), axis=0)
        holds: np.ndarray = np.all([high > low + slack for high, low in zip(ranks, ranks[1:], strict=False)], axis=0)
        return holds


def dilemmas(
    first: np.ndarray, second: np.ndarray, disarmed: tuple[int, int], equilibrium: tuple[int, int]
) -> tuple[Dilemma, Dilemma]:
    """Pay-offs of both players in the game that leaves each its disarmed and its equilibrium strategy.

    It is a prisoner's dilemma when ``holds`` is true of both.
    """
    (a, b), (x, y) = disarmed, equilibrium
    return (
        Dilemma(first[x, b], first[a, b], first[x, y], first[a, y]),
        Dilemma(second[a, y], second[a, b], second[x, y], second[x, b]),
    )


def _slack(payoffs: np.ndarray) -> np.ndarray:
    """Difference that counts as none, shape (...)."""
    slack: np.ndarray = TIE * np.abs(payoffs).max(axis=(0, 1))
    return slack


def _scaled(payoffs: np.ndarray) -> np.ndarray:
    """Pay-offs moved and stretched to 0-1, which changes no equilibrium."""
    spread = payoffs.max() - payoffs.min()
    scaled: np.ndarray = (payoffs - payoffs.min()) / (spread or 1.0)
    return scaled


def _has_ties(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether a pure strategy has more than one best response."""
    return any((best_responses(own).sum(axis=0) > 1).any() for own in (first, second.T))
