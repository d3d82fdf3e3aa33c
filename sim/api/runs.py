"""Runs in a notebook: simulated here, or read from a folder of results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.api.cubes import bands_cube, cube
from sim.api.figures import WithFigures
from sim.api.scenarios import LoadedScenario, as_loaded, provenance_of
from sim.experiments.engine import CHUNK
from sim.kept import Inputs
from sim.store import StoreError
from sim.stored.tidy import tidy

if TYPE_CHECKING:
    import xarray as xr

    from sim.measures import Measures

TABLES = ("summary", "series", "ledger")


@dataclass(frozen=True)
class Run(WithFigures):
    """What a scenario came to, over all draws.

    Attributes
    ----------
    name : str
        Name of the scenario.
    meta : dict
        What ``run.json`` says: scenario, seed, draws, versions.
    read : callable
        Gives a table by name: ``summary``, ``series`` or ``ledger``.
    folder : Path or None
        Where it is saved.
    every_draw : Measures or None
        The measures in every draw; a saved run does not keep them.
    inputs : Inputs
        Content of the files it was made from.
    """

    name: str
    meta: dict[str, Any]
    read: Callable[[str], pd.DataFrame]
    folder: Path | None = None
    every_draw: Measures | None = None
    inputs: Inputs = field(default_factory=Inputs, repr=False, compare=False)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """One line per crop year and measure: crop_year, table, column, unit, mean, p05 ... p95, missing.

        ``missing`` counts the draws without a value. ``docs/measures.md`` lists the tables.
        """
        return tidy(self.read("summary"))

    @cached_property
    def series(self) -> pd.DataFrame:
        """Prices, stocks, payments and programmes by period, with a unit in each line, and bands over the draws."""
        return self.read("series")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every sale row with tonnes (kt), price, freight and subsidy (C$/t): means over the draws."""
        return self.read("ledger")

    def xarray(self, draws: bool = False) -> xr.Dataset:
        """Measures as a cube.

        Parameters
        ----------
        draws : bool
            Every draw in place of means and quantiles.

        Returns
        -------
        xarray.Dataset
            One variable ``table:column`` per measure with ``attrs["units"]``; dimensions (crop_year, statistic), or
            (crop_year, draw).

        Raises
        ------
        StoreError
            When draws are asked of a run that was read from a folder.
        """
        if not draws:
            return bands_cube(self.measures)
        if self.every_draw is None:
            raise StoreError(f"{self.folder}: a saved run keeps no single draws; run the scenario again, or sweep it")
        return cube(self.measures, self.every_draw.values, "draw", list(self.every_draw.draw_numbers))

    def save(self, out: str | PathLike[str] = "results") -> Path:
        """Save tables and figures as ``singledesk run`` does; return the folder.

        Raises
        ------
        StoreError
            When it is saved already, or no folder can be where ``out`` says.
        """
        if self.folder is not None:
            raise StoreError(f"{self.folder}: the run is saved there already")
        from sim.store import new_run
        from sim.verbs.run import save

        with new_run(Path(out), self.name, self.meta["scenario_hash"]) as draft:
            save(draft, {name: self.read(name) for name in TABLES}, self.meta, self.inputs)
        return draft.final

    def __repr__(self) -> str:
        place = f", in {self.folder}" if self.folder else ""
        return f"<run of {self.name}: {self.meta.get('draws')} draws, seed {self.meta.get('seed')}{place}>"


def run(
    scenario: LoadedScenario | str | PathLike[str],
    *,
    draws: int | None = None,
    seed: int | None = None,
    set: Sequence[str] = (),
    jobs: int | None = None,
    dask: str | None = None,
    chunk: int = CHUNK,
) -> Run:
    """Simulate a scenario; nothing is written before :meth:`Run.save`.

    Parameters
    ----------
    scenario : LoadedScenario, str or path
        Loaded, or a file or shipped name.
    draws, seed : int, optional
        The scenario's own when absent.
    set : sequence of str
        Changes of single keys, for a scenario that is named.
    jobs : int, optional
        Processes; one when absent, with dask="local" as many as there are cores.
    dask : str, optional
        Address of a dask scheduler, or ``local``.
    chunk : int
        Draws simulated together; bounds the memory, never the result.

    Returns
    -------
    Run
    """
    from sim.api.simulating import ensembles

    loaded = as_loaded(scenario, set)
    draws = loaded.scenario.draws if draws is None else draws
    (ensemble,) = ensembles([loaded.loaded], draws, seed, jobs, dask, chunk)
    frames = {"summary": ensemble.measures.bands(), "series": ensemble.series, "ledger": ensemble.ledger}
    meta = {"stem": loaded.name, **provenance_of(loaded, ensemble.draws, ensemble.seed)}
    return Run(loaded.name, meta, frames.__getitem__, None, ensemble.measures, loaded.loaded.inputs)
