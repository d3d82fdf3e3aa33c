"""``singledesk plot``: draw a saved run's figures again, from its parquet files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from sim.figures import KINDS, TOGETHER, TOGETHER_FIGURES, tables_kept
from sim.figures.asked import check_figure, undrawable
from sim.figures.files import FORMATS, save
from sim.figures.overview import Result
from sim.store import StoredRun, StoreError, find_run, make_folders, remove_empty, safe_stem
from sim.stored.choice import lines_of
from sim.stored.whole_file import check_place, whole_file

WHY_NOT = {
    "sweep": "; curves need a numeric factor, and at most 12 combinations of the others, as in a grid; "
    "a heat map needs a whole grid of two or three factors"
}


def plot(
    runs: list[str], names: list[str], measures: list[str], image_format: str, out: Path, into: Path | None
) -> list[Path]:
    """Draw figures of a run into ``into`` (the current folder when absent) and return the files written.

    Several runs give the figures of them together. ``measures`` are patterns that choose among those of a sweep. The
    runs' own folders stay as they were written, so their checksums keep holding.

    Raises
    ------
    StoreError
        If there is no such run, figure or format, or the runs' files do not hold what a figure needs.
    """
    if image_format not in FORMATS:
        raise StoreError(f"--format {image_format}: choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    stored = [find_run(run, out) for run in runs]
    kinds = [_kind(each) for each in stored]
    if len(stored) > 1:
        if sorted(kinds) != sorted(TOGETHER):
            raise StoreError(f"several results are drawn together as {' + '.join(TOGETHER)}, not {' + '.join(kinds)}")
        stored = [stored[kinds.index(kind)] for kind in TOGETHER]
        if len({each.manifest.get("scenario_hash") for each in stored}) > 1:
            raise StoreError("results that are drawn together are of one scenario; these are of different ones")
    known: Mapping[str, Callable[..., Figure | None]] = TOGETHER_FIGURES
    if len(stored) == 1:
        known = KINDS[kinds[0]].figures
    for name in names:
        check_figure(name, known, f"this {kinds[0]}" if len(stored) == 1 else "several results")
    results = [_result(each, measures) for each in stored]
    stem = safe_stem(stored[0].manifest["stem"])
    folder = into or Path.cwd()
    created = make_folders(folder)
    files: list[Path] = []
    try:
        for name in dict.fromkeys(names) or known:
            path = folder / f"{stem}-{name}.{image_format}"
            check_place(path)  # rather before the work than after it
            with undrawable(str(stored[0].path), name):
                figure = known[name](*results[0]) if len(results) == 1 else known[name](*results)
                if figure is not None:
                    files.append(_saved(figure, path, image_format))
    finally:
        remove_empty(created)
    if not files:
        raise StoreError(f"{stored[0].path}: nothing to draw{WHY_NOT.get(kinds[0], '')}")
    return files


def _kind(stored: StoredRun) -> str:
    kind = stored.manifest.get("kind", "run")
    if not isinstance(kind, str) or kind not in KINDS:
        raise StoreError(f"{stored.path}: results of kind '{kind}' have no figures to draw")
    if not isinstance(stored.manifest.get("stem"), str):
        raise StoreError(f"{stored.path / 'run.json'}: damaged (it names no scenario); run the scenario again")
    return kind


def _result(stored: StoredRun, measures: list[str]) -> Result:
    """Frames and manifest of a result; of a sweep only the measures that were asked for."""
    kind, meta = _kind(stored), stored.manifest
    frames = {name: stored.frame(name) for name in tables_kept(kind, meta)}
    if measures:
        if kind != "sweep":
            raise StoreError(f"--measure chooses among the measures of a sweep; {stored.path} is a {kind}")
        frames["bands"] = lines_of(frames["bands"], measures)
        meta = {**meta, "sweep": {"measures": measures}}
    return frames, meta


def _saved(figure: Figure, path: Path, image_format: str) -> Path:
    """Write an image whole or not at all: an earlier one is replaced only by a whole one."""
    with whole_file(path) as file:
        save(figure, file, image_format)
    return path


def listed(run: str | None, out: Path) -> Iterator[str]:
    """Lines that name the figures by kind of result: of every kind, or of that of a run."""
    chosen = KINDS
    if run is not None:
        kind = find_run(run, out).manifest.get("kind", "run")
        chosen = {kind: KINDS[kind]} if isinstance(kind, str) and kind in KINDS else {}
    width = max((len(name) for each in chosen.values() for name in each.figures), default=0)
    named = {f"{kind}:": each.figures for kind, each in chosen.items()}
    if run is None:
        named[f"{' + '.join(TOGETHER)}:"] = TOGETHER_FIGURES
    for heading, figures in named.items():
        yield heading
        for name, function in figures.items():
            words = (function.__doc__ or "").strip().splitlines()[0].replace("``", "")
            yield f"  {name:{width}}  {words}"
