"""``singledesk animate``: a saved run as a film, from its parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from sim.guard import plain
from sim.motion.reel import encoder, format_of, write_film
from sim.motion.script import moments
from sim.motion.stage import Stage
from sim.store import StoredRun, StoreError, find_run, safe_stem
from sim.stored.whole_file import check_place
from sim.verbs.loading import progress_bar
from sim.wording import first_month

FPS = {"month": 6, "crop_year": 1}  # half a minute for 15 years by month, a quarter by crop year
KIND = "run"


def animate(
    run: str, form: str | None, fps: int | None, years: str, step: str, to: Path | None, out: Path, errors: Console
) -> Path:
    """Draw a film of a run and return its file: ``to``, or ``<scenario>.<format>`` in the current folder.

    Raises
    ------
    StoreError
        If there is no such run, format or crop year, or the run's files do not hold what a film needs.
    ResultsError
        If the film cannot be written; nothing of it is left, and an earlier one stays.
    """
    if to is not None:
        check_place(to)
    form = format_of(form, to)
    if form == "mp4":
        encoder()  # rather now than after the work
    stored = find_run(run, out)
    kind = stored.manifest.get("kind", KIND)
    if kind != KIND:
        raise StoreError(f"{stored.path}: only runs of a scenario can be animated, and this is a {kind}")
    if not isinstance(stored.manifest.get("stem"), str):
        raise StoreError(f"{stored.path / 'run.json'}: damaged (it names no scenario); run the scenario again")
    target = to if to is not None else Path.cwd() / f"{safe_stem(stored.manifest['stem'])}.{form}"
    replaced = target.is_file()
    frames = {name: stored.frame(name) for name in ("series", "ledger")}
    pictures, count = _pictures(stored, frames, years, step)
    with progress_bar(errors, "pictures") as bar:
        task = bar.add_task(f"drawing {target.name}", total=count)

        def counted() -> Iterator[np.ndarray]:
            for picture in pictures:
                yield picture
                bar.advance(task)

        write_film(counted(), form, fps or FPS[step], target)
    if replaced:
        plain(errors, f"{target}: in place of an earlier file")
    return target


def _pictures(
    stored: StoredRun, frames: dict[str, pd.DataFrame], years: str, step: str
) -> tuple[Iterator[np.ndarray], int]:
    """The pictures, drawn one by one, and how many there are."""
    try:
        chosen = moments(frames["series"], years, step, first_month(stored.manifest["scenario"]))
        stage = Stage(frames, stored.manifest, chosen)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        message = f"{stored.path}: cannot be animated from what run.json and its tables hold ({what})"
        raise StoreError(f"{message}; run the scenario again") from error
    return (stage.show(moment) for moment in chosen), len(chosen)
