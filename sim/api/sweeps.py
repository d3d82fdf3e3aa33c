"""Sweeps in a notebook: run, or read from a folder of results."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.api.figures import WithFigures, figure_of
from sim.api.sweep_plans import plain_changes, write_plan
from sim.experiments.engine import CHUNK
from sim.store import StoredRun, check_folder, safe_stem
from sim.stored.choice import lines_of
from sim.stored.query import ask, connection
from sim.stored.question import Question
from sim.stored.sources import factor_column, measures, open_source

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Sweep(WithFigures):
    """The dataset of a sweep, on disk; what is asked for is read, and verified, when it is asked for.

    Attributes
    ----------
    stored : StoredRun
    """

    stored: StoredRun

    @property
    def folder(self) -> Path:
        """Where it is saved."""
        return self.stored.path

    @property
    def meta(self) -> dict[str, Any]:
        """What ``run.json`` says: sweep file, seed, draws, versions."""
        return self.stored.manifest

    @cached_property
    def design(self) -> pd.DataFrame:
        """Value of every factor at each point; index ``point``."""
        return self.stored.frame("design").set_index("point").rename(columns=factor_column)

    @cached_property
    def factors(self) -> pd.DataFrame:
        """One line per factor: ``name``, ``title``, ``unit``, ``numeric``, ``keys``."""
        return pd.DataFrame(self.meta.get("factors") or [{"name": name} for name in self.design.columns])

    @cached_property
    def bands(self) -> pd.DataFrame:
        """One line per point, crop year (and ``mean`` over them) and measure.

        Factors, crop_year, table, column, unit, mean, p05 ... p95 over the draws, and ``missing``.
        """
        return self.frame()

    @cached_property
    def measures(self) -> pd.DataFrame:
        """What was kept: ``table``, ``column``, ``unit``."""
        with connection() as con:
            return pd.DataFrame(measures(con, open_source(con, self.stored)), columns=["table", "column", "unit"])

    def frame(
        self, *measures: str, crop_year: str | tuple[str, ...] = (), where: str = "", draws: bool = False
    ) -> pd.DataFrame:
        """Lines of some measures.

        Parameters
        ----------
        *measures : str
            ``table`` or ``table:column``, with ``*`` and ``?``; all when absent.
        crop_year : str or tuple of str
            ``1985/86``, ``1985/86-1994/95`` or ``mean``; all when absent.
        where : str
            Condition, as in ``"bonus >= 20 and system == 'open'"``.
        draws : bool
            The value in every draw in place of mean and quantiles.

        Returns
        -------
        pandas.DataFrame
            point, factors, crop_year, table, column, unit, and the statistics, or draw and value.
        """
        years = (crop_year,) if isinstance(crop_year, str) else tuple(crop_year)
        with connection() as con:
            answer = ask(con, [self.stored], Question(measures, years, where, draws=draws))
            return answer.frame().drop(columns="run")

    def xarray(self, measure: str, draws: bool = False) -> xr.DataArray:
        """One measure as a cube.

        Parameters
        ----------
        measure : str
            ``table:column``, or a pattern that fits one measure only.
        draws : bool
            Every draw in place of mean and quantiles.

        Returns
        -------
        xarray.DataArray
            Dimensions: the factors where the design is their full grid, else ``point`` with the factors as its
            coordinates; then crop_year, and statistic or draw. ``attrs["units"]`` on it and on the factors.

        Raises
        ------
        StoreError
            When the pattern fits no measure, or several.
        """
        from sim.api.sweep_cubes import sweep_cube

        lines = self.meta.get("factors") or []
        units = {factor_column(str(line.get("name"))): str(line.get("unit") or "") for line in lines}
        return sweep_cube(self.frame(measure, draws=draws), self.design, units, measure)

    def read(self, name: str) -> pd.DataFrame:
        """Read a table as it was saved: ``design``, ``bands`` or ``measures``."""
        return self.stored.frame(name)

    def figure(self, name: str = "responses", *measures: str) -> Figure | None:
        """Draw one of ``figures``, as a run does: ``responses`` (curves over a numeric factor) or ``heat_map``.

        ``measures`` choose as in ``frame``; the first six are shown. A measure with its colon in the place of the name
        draws its responses: ``figure("price_gap:*")``.

        Raises
        ------
        StoreError
            Also when no measure fits.
        """
        if ":" in name:
            name, measures = "responses", (name, *measures)
        if not measures:
            return figure_of(self.meta, name, self.read)
        frames = {"design": self.read("design"), "bands": lines_of(self.read("bands"), measures)}
        return figure_of({**self.meta, "sweep": {"measures": [*measures]}}, name, frames.__getitem__)

    def __repr__(self) -> str:
        names = ", ".join(self.design.columns)
        return f"<sweep over {names}: {len(self.design)} points, {self.meta.get('draws')} draws each, in {self.folder}>"


def sweep(
    plan: str | PathLike[str] | Mapping[str, Any],
    *,
    out: str | PathLike[str] = "results",
    jobs: int | None = None,
    dask: str | None = None,
    chunk: int = CHUNK,
    fresh: bool = False,
    name: str = "notebook",
    **changes: Any,
) -> Sweep:
    """Run a sweep, or what is left of one that was stopped; the dataset is saved under ``out``.

    Parameters
    ----------
    plan : str, path or mapping
        A sweep file, the name of a shipped sweep, or the content of such a file; scenarios in a mapping are shipped
        names or paths from the current folder, and so is a design's table of points.
    out : path
        Folder for results.
    jobs : int, optional
        Processes; one when absent, with dask="local" as many as there are cores.
    dask : str, optional
        Address of a dask scheduler, or ``local``.
    chunk : int
        Worlds simulated together; bounds the memory, never the result.
    fresh : bool
        Start anew beside an unfinished sweep of the same name.
    name : str
        Name of a sweep given as a mapping: the dataset goes to ``out/sweep-<name>``.
    **changes
        Keys of the sweep to replace: ``draws=20``.

    Returns
    -------
    Sweep

    Raises
    ------
    sim.scenario.ScenarioError
        With every problem of the sweep and its scenarios.
    StoreError
        When an unfinished sweep of this name rests on something else, or results cannot be written to ``out``.
    ValueError
        For ``jobs`` and ``chunk`` that the command would refuse.
    """
    if not isinstance(plan, Mapping):
        return _run(fspath(plan), Path(out), jobs, dask, chunk, fresh, changes)
    with tempfile.TemporaryDirectory(prefix="singledesk-") as folder:
        file = Path(folder) / f"{safe_stem(name)}.yaml"
        write_plan(file, plan)
        return _run(str(file), Path(out), jobs, dask, chunk, fresh, changes)


def _run(
    file: str, out: Path, jobs: int | None, dask: str | None, chunk: int, fresh: bool, changes: Mapping[str, Any]
) -> Sweep:
    from sim.api.simulating import check_numbers
    from sim.experiments.engine import open_engine
    from sim.experiments.sweep import run_sweep
    from sim.shipped import sweep_path
    from sim.sweeps.loader import load_sweep

    check_numbers(jobs=jobs, chunk=chunk)
    check_folder(out)
    loaded = load_sweep(sweep_path(file), plain_changes(changes))
    with open_engine(jobs, dask) as engine:
        return Sweep(run_sweep(loaded, out, engine, chunk=chunk, fresh=fresh))
