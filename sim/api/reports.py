"""Reports from a notebook: results as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from os import PathLike, fspath
from pathlib import Path

from rich.console import Console

from sim.api.comparisons import Comparison
from sim.api.runs import Run
from sim.api.sweeps import Sweep
from sim.store import StoredRun, StoreError

Result = Run | Comparison | Sweep | StoredRun | str | PathLike[str]


def report(
    results: Result | Sequence[Result],
    *,
    to: str | PathLike[str] | None = None,
    title: str | None = None,
    out: str | PathLike[str] = "results",
) -> Path:
    """Write the HTML file that ``singledesk report`` writes; return its path.

    Parameters
    ----------
    results : result, str or path, or a sequence of them
        Saved results: opened ones, folders, ids, or scenarios' names for their latest runs; 12 at most.
    to : path, optional
        The HTML file; ``report-<names>.html`` in the current folder when absent.
    title : str, optional
        Heading of the page.
    out : path
        Folder of results.

    Raises
    ------
    StoreError
        For results that are missing, damaged or not saved yet, for none, and for a place where no file can be.
    """
    from sim.verbs.report import report as write

    asked: Sequence[Result]
    asked = [results] if isinstance(results, (Run, Comparison, Sweep, StoredRun, str, PathLike)) else results
    names = [_name(each) for each in asked]
    if not names:
        raise StoreError("a report needs a result")
    silent = Console(file=StringIO())
    return write(names, None if to is None else Path(to), title, Path(out), False, silent, silent)


def _name(result: Result) -> str:
    """Folder of a result, or what names it."""
    if isinstance(result, (str, PathLike)):
        return fspath(result)
    folder = result.path if isinstance(result, StoredRun) else result.folder
    if folder is None:
        raise StoreError(f"{result!r} is not saved, so a report could not name it: report what save() returns")
    return str(folder)
