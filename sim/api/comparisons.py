"""Comparisons in a notebook: what another scenario changes, on common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.api.cubes import bands_cube, cube
from sim.api.figures import WithFigures
from sim.api.scenarios import LoadedScenario, as_loaded, provenance_of
from sim.experiments.engine import CHUNK
from sim.store import StoreError
from sim.stored.tidy import tidy

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from sim.measures import Table


@dataclass(frozen=True)
class Comparison(WithFigures):
    """Other minus base.

    Attributes
    ----------
    base, other : str
        Names of the scenarios.
    meta : dict
        What ``run.json`` says.
    read : callable
        Gives a table by name: ``comparison``, ``markets`` or ``welfare``.
    write : callable or None
        Saves it under a folder; None for one that was read from a folder.
    folder : Path or None
        Where it is saved.
    every_draw : Table or None
        The effects in every draw; a saved comparison does not keep them.
    """

    base: str
    other: str
    meta: dict[str, Any]
    read: Callable[[str], pd.DataFrame]
    write: Callable[[Path], Path] | None = None
    folder: Path | None = None
    every_draw: Table | None = None

    @cached_property
    def effects(self) -> pd.DataFrame:
        """The study's Table 2: crop_year (and ``mean``), column, unit, mean, p05 ... p95, and ``published``."""
        return tidy(self.read("comparison"))

    @cached_property
    def markets(self) -> pd.DataFrame:
        """Means over the crop years of prices, tonnes and programmes: measure, side, unit, mean, p05 ... p95.

        ``side`` is ``base``, ``other`` or ``difference``.
        """
        frame = self.read("markets").drop(columns="table")
        return frame.rename(columns={"row": "measure", "column": "side"})

    @cached_property
    def welfare(self) -> pd.DataFrame:
        """Change of surplus by country: crop_year (and ``mean``), column ``<country>:<part>``, mean, p05 ..., group.

        The countries grouped as ``others`` also come one by one; ``world`` is all of them.
        """
        return tidy(self.read("welfare"))

    def xarray(self, draws: bool = False) -> xr.Dataset:
        """Effects as a cube: one variable per column of Table 2, dimensions (crop_year, statistic).

        With ``draws``, (crop_year, draw).

        Raises
        ------
        StoreError
            When draws are asked of a comparison that was read from a folder.
        """
        if not draws:
            return bands_cube(self.effects)
        if self.every_draw is None:
            raise StoreError(f"{self.folder}: a saved comparison keeps no single draws; compare again")
        table = self.every_draw
        lines = tidy(table.bands())
        values = table.values.reshape(len(lines), -1)
        return cube(lines, values, "draw", list(range(values.shape[1])))

    def figure(self, name: str = "effects") -> Figure | None:
        """Draw one of ``figures``, as a run does; the effects by crop year when none is named."""
        return super().figure(name)

    def save(self, out: str | PathLike[str] = "results") -> Path:
        """Save tables and figure as ``singledesk compare`` does; return the folder.

        Raises
        ------
        StoreError
            When it is saved already, or no folder can be where ``out`` says.
        """
        if self.write is None:
            raise StoreError(f"{self.folder}: the comparison is saved there already")
        return self.write(Path(out))

    def __repr__(self) -> str:
        return f"<{self.other} minus {self.base}: {self.meta.get('draws')} draws, seed {self.meta.get('seed')}>"


def compare(
    base: LoadedScenario | str | PathLike[str],
    other: LoadedScenario | str | PathLike[str],
    *,
    draws: int | None = None,
    seed: int | None = None,
    set: Sequence[str] = (),
    jobs: int | None = None,
    dask: str | None = None,
    chunk: int = CHUNK,
) -> Comparison:
    """Simulate two scenarios on the same random numbers; nothing is written before :meth:`Comparison.save`.

    Parameters
    ----------
    base, other : LoadedScenario, str or path
    draws, seed : int, optional
        Those of ``base`` when absent.
    set : sequence of str
        Changes of single keys in both, for scenarios that are named.
    jobs, dask, chunk
        As for :func:`sim.api.run`.

    Raises
    ------
    sim.experiments.compare.Incomparable
        When the two have different calendars.
    """
    from sim.api.simulating import ensembles
    from sim.experiments.compare import EXTRA, check_comparable, with_published
    from sim.experiments.compare import compare as difference
    from sim.shipped import home_origin, published_effects
    from sim.verbs.compare import is_the_study, save, unique_names

    first, second = as_loaded(base, set), as_loaded(other, set)
    base_name, other_name = unique_names([first.name, second.name])
    names = base_name, other_name
    check_comparable(first.scenario, second.scenario, names)
    draws = first.scenario.draws if draws is None else draws
    seed = first.scenario.seed if seed is None else seed
    both = ensembles([first.loaded, second.loaded], draws, seed, jobs, dask, chunk, extra=EXTRA)
    base_run, other_run = both
    result = difference(base_run.measures, other_run.measures, home_origin(vars(first.scenario)), names)
    published = published_effects() if is_the_study(first.loaded, second.loaded) else {}
    effects = with_published(result.effects, published)
    frames = {"comparison": effects, "markets": result.market_bands(), "welfare": result.welfare_bands()}
    names_of = {"base": names[0], "other": names[1], "stem": f"compare-{names[0]}-{names[1]}"}
    meta = {**provenance_of(first, draws, seed), **names_of, "kind": "comparison"}

    def write(out: Path) -> Path:
        return save(out, result, effects, first.loaded, second.loaded, seed, command=[])

    return Comparison(*names, meta, frames.__getitem__, write, None, result.effects)
