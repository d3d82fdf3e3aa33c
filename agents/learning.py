"""Reinforcement learning on a grid of choices (Roth and Erev, 1995, with forgetting)."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array


class RothErev:
    """Propensities over a grid of choices, one set per draw.

    A choice is drawn with probability in proportion to its propensity. After the result, propensities fade by
    ``forgetting``, the chosen one gains the reward, and the rest share ``experiment`` of it.
    """

    def __init__(self, choices: Array, draws: int, forgetting: float = 0.1, experiment: float = 0.2) -> None:
        self.choices = np.asarray(choices, dtype=float)
        self.forgetting, self.experiment = forgetting, experiment
        self.propensity = np.ones((len(self.choices), draws))
        self.chosen = np.full(draws, len(self.choices) // 2)

    def choose(self, luck: Array) -> Array:
        """Choice for every draw from uniform numbers of 0 to 1, (draw,)."""
        ladder = np.add.accumulate(self.propensity, axis=0)
        self.chosen = (ladder < luck * ladder[-1]).sum(axis=0)
        choice: Array = self.choices[self.chosen]
        return choice

    def reinforce(self, reward: Array) -> None:
        """Strengthen the last choice by a reward of at least zero, (draw,)."""
        hit = np.arange(len(self.choices))[:, None] == self.chosen
        gain = np.where(hit, reward * (1.0 - self.experiment), reward * self.experiment / (len(self.choices) - 1))
        # The floor keeps every choice alive, so that a margin can be tried again when the market has moved.
        self.propensity = np.maximum((1.0 - self.forgetting) * self.propensity + gain, 1e-3)
