"""``singledesk plot``: draw a saved run's figures again, from its parquet files."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

from sim.figures import KINDS, tables_kept
from sim.figures.files import FORMATS, save
from sim.scenario.problems import nearest
from sim.store import StoreError, cannot_write, find_run, make_folders, safe_stem
from sim.stored.choice import lines_of

WHY_NOT = {
    "sweep": "; curves need a numeric factor, and at most 12 combinations of the others, as in a grid; "
    "a heat map needs a whole grid of two or three factors"
}


def plot(
    run: str, names: list[str], measures: list[str], image_format: str, out: Path, into: Path | None
) -> list[Path]:
    """Draw figures of a run into ``into`` (the current folder when absent) and return the files written.

    ``measures`` are patterns that choose among those of a sweep. The run's own folder stays as it was written, so its
    checksums keep holding.

    Raises
    ------
    StoreError
        If there is no such run, figure or format, or the run's files do not hold what a figure needs.
    """
    if image_format not in FORMATS:
        raise StoreError(f"--format {image_format}: choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    stored = find_run(run, out)
    kind = stored.manifest.get("kind", "run")
    if not isinstance(kind, str) or kind not in KINDS:
        raise StoreError(f"{stored.path}: results of kind '{kind}' have no figures to draw")
    known = KINDS[kind].figures
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = near if "did you mean" in near else ""
            raise StoreError(f"no figure called '{name}'{hint or ';'} figures of this {kind}: {', '.join(known)}")
    if not isinstance(stored.manifest.get("stem"), str):
        raise StoreError(f"{stored.path / 'run.json'}: damaged (it names no scenario); run the scenario again")
    stem = safe_stem(stored.manifest["stem"])
    frames = {name: stored.frame(name) for name in tables_kept(kind, stored.manifest)}
    meta = stored.manifest
    if measures:
        if kind != "sweep":
            raise StoreError(f"--measure chooses among the measures of a sweep; {stored.path} is a {kind}")
        frames["bands"] = lines_of(frames["bands"], measures)
        meta = {**meta, "sweep": {"measures": measures}}
    target = into if into is not None else Path.cwd()
    files = []
    for name in dict.fromkeys(names) or known:
        try:
            figure = known[name](frames, meta)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            message = f"{stored.path}: figure `{name}` cannot be drawn from what run.json and its tables hold ({what})"
            raise StoreError(f"{message}; run the scenario again") from error
        if figure is None:
            continue
        make_folders(target)
        path = target / f"{stem}-{name}.{image_format}"
        try:
            save(figure, path, image_format)
        except OSError as error:
            if error.errno != errno.EISDIR:
                path.unlink(missing_ok=True)  # half an image is worse than none
            raise cannot_write(error, str(path)) from error
        files.append(path)
    if not files:
        raise StoreError(f"{stored.path}: nothing to draw{WHY_NOT.get(kind, '')}")
    return files


def listed(run: str | None, out: Path) -> Iterator[str]:
    """Lines that name the figures by kind of result: of every kind, or of that of a run."""
    chosen = KINDS
    if run is not None:
        kind = find_run(run, out).manifest.get("kind", "run")
        chosen = {kind: KINDS[kind]} if isinstance(kind, str) and kind in KINDS else {}
    width = max((len(name) for each in chosen.values() for name in each.figures), default=0)
    for kind, each in chosen.items():
        yield f"{kind}:"
        for name, function in each.figures.items():
            words = (function.__doc__ or "").strip().splitlines()[0].replace("``", "")
            yield f"  {name:{width}}  {words}"
