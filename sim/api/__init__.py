"""singledesk in a notebook: load, run, compare and sweep scenarios, open and report what was saved.

Everything comes back as pandas tables and xarray cubes with units, drawn by ``figure(name)`` and put into one HTML file
by ``report``. Mistakes are exceptions with the texts that the
``singledesk`` command prints: ``sim.scenario.ScenarioError`` for scenarios and sweep files, ``sim.store.StoreError``
for saved results.
"""

from __future__ import annotations

from sim.api.comparisons import Comparison, compare
from sim.api.reports import report
from sim.api.runs import Run, run
from sim.api.saved import Opened, Results, open, results
from sim.api.scenarios import LoadedScenario, load
from sim.api.sweeps import Sweep, sweep

__all__ = [
    "Comparison",
    "LoadedScenario",
    "Opened",
    "Results",
    "Run",
    "Sweep",
    "compare",
    "load",
    "open",
    "report",
    "results",
    "run",
    "sweep",
]
