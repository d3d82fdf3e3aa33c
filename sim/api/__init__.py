"""singledesk in a notebook: load, run, compare and sweep scenarios, and open what was saved.

Everything comes back as pandas tables and xarray cubes with units. Mistakes are exceptions with the texts that the
``singledesk`` command prints: ``sim.scenario.ScenarioError`` for scenarios and sweep files, ``sim.store.StoreError``
for saved results.
"""

from __future__ import annotations

from sim.api.comparisons import Comparison, compare
from sim.api.runs import Run, run
from sim.api.saved import Results, open, results
from sim.api.scenarios import LoadedScenario, load
from sim.api.sweeps import Sweep, sweep

__all__ = [
    "Comparison",
    "LoadedScenario",
    "Results",
    "Run",
    "Sweep",
    "compare",
    "load",
    "open",
    "results",
    "run",
    "sweep",
]
