"""Saved results in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import pandas as pd

from sim.api.comparisons import Comparison
from sim.api.figures import WithFigures
from sim.api.runs import Run
from sim.api.sweeps import Sweep
from sim.store import StoredRun, find_run
from sim.stored.catalogue import catalogue, matching, parse_date
from sim.stored.query import ask, connection
from sim.stored.question import Question

Texts = str | Sequence[str]


class Opened(WithFigures, StoredRun):
    """A saved result of another kind (a study, an incidence, a game ...): ``frame(name)`` reads its tables."""

    @property
    def meta(self) -> dict[str, Any]:
        """What ``run.json`` says."""
        return self.manifest

    @property
    def folder(self) -> Path:
        """Where it is saved."""
        return self.path

    def read(self, name: str) -> pd.DataFrame:
        """Read a table, as ``frame`` does."""
        return self.frame(name)

    def __repr__(self) -> str:
        return f"<{self.manifest.get('kind')}: {self.manifest.get('draws')} draws, in {self.path}>"


@dataclass(frozen=True)
class Results:
    """A folder of results.

    Attributes
    ----------
    out : Path
    """

    out: Path

    def list(self, kind: str | None = None, scenario: str | None = None, since: str | None = None) -> pd.DataFrame:
        """One line per run, oldest first.

        run_id, stem, status (``finished``, ``unfinished``, ``damaged``), kind, scenario, draws, seed, started (UTC),
        bytes, remark, folder.
        """
        found = matching(catalogue(self.out), kind, scenario, parse_date(since) if since else None)
        return pd.DataFrame([entry.as_json() for entry in found])

    def open(self, name: str | PathLike[str]) -> Run | Comparison | Sweep | Opened:
        """Open a run by its folder, its id, or its scenario's name for the latest."""
        return open(name, self.out)

    def query(
        self, *runs: str | PathLike[str], measure: Texts = (), crop_year: Texts = (), where: str = "",
        stat: Texts = (), draws: bool = False, beside: bool = False, difference: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """Filter and join measures of runs and sweeps, as ``singledesk results query`` does.

        Parameters
        ----------
        *runs : str or path
            Folders, ids, or scenarios' names for their latest runs.
        measure, crop_year, stat : str or sequence of str
        where : str
        draws, beside, difference : bool
            As the options of the same names.

        Returns
        -------
        pandas.DataFrame
            run, factors, crop_year, table, column, unit, mean, p05 ... p95; side by side a column for each run.

        Raises
        ------
        StoreError
            For runs, measures, crop years and columns that there are none of.
        """
        question = Question(
            _texts(measure), _texts(crop_year), where, _texts(stat), draws, beside or difference, difference
        )
        with connection() as con:
            return ask(con, [find_run(fspath(name), self.out) for name in runs], question).frame()


def results(out: str | PathLike[str] = "results") -> Results:
    """Folder of results, to list, open and query."""
    return Results(Path(out))


def open(name: str | PathLike[str], out: str | PathLike[str] = "results") -> Run | Comparison | Sweep | Opened:
    """Open a saved run, comparison or sweep.

    Parameters
    ----------
    name : str or path
        A folder, an id, or a scenario's name for its latest run.
    out : path
        Folder of results.

    Returns
    -------
    Run, Comparison, Sweep, or Opened
        The last for other kinds of results, whose tables ``frame(name)`` reads.

    Raises
    ------
    StoreError
        When there is none, or it is damaged.
    """
    stored = find_run(fspath(name), Path(out))
    meta: dict[str, Any] = stored.manifest
    kind = meta.get("kind", "run")
    if kind == "sweep":
        return Sweep(stored)
    if kind == "run":
        return Run(stored.path.resolve().parent.name, meta, stored.frame, stored.path)
    if kind == "comparison":
        return Comparison(str(meta.get("base")), str(meta.get("other")), meta, stored.frame, None, stored.path)
    return Opened(stored.path, meta)


def _texts(given: Texts) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
