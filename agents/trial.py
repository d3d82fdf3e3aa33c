"""Looking for the amount that pays best by trying: a little less, a little more, as it was; then the best of the three.

Whoever sets one number for others to react to (a treasury its export subsidy, a board its initial payment) cannot read
the reaction off a formula. It keeps each trial long enough for the others to settle and compares what it earned.
"""

from __future__ import annotations

import numpy as np

from agents.arrays import Array

PHASES = 3
LONGEST_STEP = 10.0  # no review moves the amount by more than this many trials
AT_REST = 0.01  # a review that moves it by less of a trial is the last for now
NEWS = 0.001  # change of what it earns, as a share, that calls for another review


class Trial:
    """One number under review, C$/t (draw,).

    With payoffs ``W-``, ``W0``, ``W+`` at ``v - h``, ``v`` and ``v + h`` the next value is the top of the parabola
    through them, ``v + h/2 (W+ - W-) / (2 W0 - W- - W+)``. Payoffs that are quadratic in the number, as with linear
    demand and constant cost, are at their best after one review. Where the three points do not bend down the value
    moves one trial towards the better side.

    A search rests where its last review moved it by less than ``AT_REST`` of a trial; it wakes when its payoff changes.

    Parameters
    ----------
    trial_cad_t : float
        The change tried, h.
    draws : int
        Number of draws.
    """

    def __init__(self, trial_cad_t: float, draws: int) -> None:
        self.trial_cad_t = trial_cad_t
        self.settled_cad_t = np.zeros(draws)
        self.value = np.zeros(draws)
        self.awake = np.ones(draws, dtype=bool)
        self.earned_cad_k = np.zeros(draws)  # by the trial at hand, in the periods that count
        self._payoffs: list[Array] = []
        self._payoff_at_rest = np.zeros(draws)

    def begin(self, phase: int) -> None:
        """Put the amount of a phase in force: 0 a little less, 1 a little more, 2 as it was."""
        if phase == 0:
            self._payoffs = []
        self.earned_cad_k = np.zeros_like(self.value)
        change = (-self.trial_cad_t, self.trial_cad_t, 0.0)[phase]
        self.value = self.settled_cad_t + np.where(self.awake, change, 0.0)

    def take_in(self, payoff_cad_k: Array) -> None:
        """Take in what the phase brought; after the last one the amount moves to the best."""
        self._payoffs.append(payoff_cad_k)
        if len(self._payoffs) < PHASES:
            return
        below, above, at = self._payoffs
        rise, bend = above - below, 2.0 * at - below - above
        top = 0.5 * rise / np.where(bend > 0, bend, 1.0)
        steps = np.where(bend > 0, np.clip(top, -LONGEST_STEP, LONGEST_STEP), np.sign(rise))
        steps = np.where(self.awake, steps, 0.0)
        self.settled_cad_t = self.settled_cad_t + self.trial_cad_t * steps
        self.value = self.settled_cad_t
        news = np.abs(at - self._payoff_at_rest) > NEWS * np.abs(self._payoff_at_rest)
        self.awake = np.where(self.awake, np.abs(steps) >= AT_REST, news)
        self._payoff_at_rest = at
        self._payoffs = []
