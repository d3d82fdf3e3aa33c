"""Runs a docking scenario and reads from its last crop year what a user reads from ``singledesk run --json``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from sim.experiments.ensemble import run_chunk
from sim.measures import summary
from sim.scenario import load

FOLDER = Path(__file__).parent


class Played:
    """The last crop year of a run."""

    def __init__(self, scenario, draws=1):
        self.scenario = scenario.scenario
        self.ledger = run_chunk(scenario, draws)
        year = self.ledger.crop_years[-1]
        found = summary(self.ledger)
        self._values = {(t, c): v for (t, row, c, _), v in zip(found.keys, found.values, strict=True) if row == year}

    def draws_of(self, table, column):
        """Values (draw,) of a table of the summary; zeros where there is no such column."""
        return self._values.get((table, column), np.zeros(self.ledger.draws))

    def get(self, table, column):
        """The value in the first draw."""
        return float(self.draws_of(table, column)[0])

    def list(self, table, columns):
        """Values of several columns in the first draw."""
        return np.array([self.get(table, column) for column in columns])

    def row(self, table, names, tail=":feed"):
        """Values of columns ``<name>:feed``."""
        return self.list(table, [f"{name}{tail}" for name in names])


@cache
def play(name, *sets, draws=1):
    """Run ``<name>.yaml`` of this folder with ``--set`` values; a run is made once."""
    return Played(load(FOLDER / f"{name}.yaml", list(sets)), draws)
