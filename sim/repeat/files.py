"""The files of a result and of the one made again: which are the same, and where the others differ first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from sim.experiments.unfinished import differences
from sim.repeat.parquet import Difference, compare_parquet
from sim.store import INPUTS, StoredRun, StoreError, sha256
from sim.stored.inputs import unpack

IDENTICAL, SAME, DIFFERENT = "identical", "same values", "different"
MISSING, NEW, DAMAGED, REDRAWN = "missing now", "new", "damaged", "drawn otherwise"
FAILED = (DIFFERENT, MISSING, NEW, DAMAGED)
"""States of a file that make a result another one; ``same values`` are other bytes of the same content."""
FREE_LINES = {"calibrated.yaml": "extends:"}
"""Lines that hold a path from the folder of the result, which is another one now."""
FREE_KEYS = {"calibration.json": ("program", "versions")}


@dataclass(frozen=True)
class Compared:
    """A file of a result beside the one made again; ``difference`` is the first one there is."""

    name: str
    state: str
    difference: Difference | None = None


def compare_files(old: StoredRun, new: StoredRun, same_drawing: bool) -> Iterator[Compared]:
    """Compare every file but the manifest.

    Parameters
    ----------
    old, new : StoredRun
    same_drawing : bool
        Whether both drew with the same programs; where not, pictures that differ say nothing.
    """
    before, after = old.manifest["files"], new.manifest["files"]
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in before:
            yield Compared(name, NEW)
        elif name not in after:
            yield Compared(name, MISSING)
        else:
            yield _compared(name, old, new, same_drawing)


def _compared(name: str, old: StoredRun, new: StoredRun, same_drawing: bool) -> Compared:
    stated = old.manifest["files"][name]["sha256"]
    try:
        found = sha256(old.path / name)
    except OSError:
        found = ""
    now = new.manifest["files"][name]["sha256"]
    if found != stated:
        again = "what was made again is what the run wrote" if now == stated else "what was made again differs too"
        what = "cannot be read" if not found else "is not what the run wrote"
        return Compared(name, DAMAGED, Difference(f"{what} (checksum); {again}"))
    if now == stated:
        return Compared(name, IDENTICAL)
    try:
        difference = _difference(name, old.path / name, new.path / name)
    except (OSError, ValueError, StoreError) as error:
        return Compared(name, DIFFERENT, Difference(f"cannot be compared ({' '.join(str(error).split())[:200]})"))
    if difference is None:
        return Compared(name, SAME)
    if name.endswith(".png") and not same_drawing:
        return Compared(name, REDRAWN, difference)
    return Compared(name, DIFFERENT, difference)


def _difference(name: str, old: Path, new: Path) -> Difference | None:
    """First difference in content of two files that are not the same to the byte."""
    if name == INPUTS:
        return _of_inputs(unpack(old), unpack(new))
    if name.endswith(".parquet"):
        return compare_parquet(old, new)
    if name.endswith(".png"):
        return _of_pictures(old, new)
    if name.endswith(".csv"):
        return _of_tables(old, new)
    if name in FREE_KEYS:
        free = FREE_KEYS[name]
        one, other = ({**json.loads(path.read_bytes()), **dict.fromkeys(free)} for path in (old, new))
        lines = differences(one, other)
        return Difference(lines[0]) if lines else None
    return _of_lines(old, new, FREE_LINES.get(name))


def _of_inputs(old: dict[str, bytes], new: dict[str, bytes]) -> Difference | None:
    apart = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return Difference(f"file {apart[0]}", count=len(apart)) if apart else None


def _of_pictures(old: Path, new: Path) -> Difference | None:
    import numpy as np
    from PIL import Image

    with Image.open(old) as first, Image.open(new) as second:
        one, other = (np.asarray(each.convert("RGBA")) for each in (first, second))
    if one.shape != other.shape:
        sizes = ["x".join(map(str, each.shape[1::-1])) for each in (one, other)]
        return Difference("size", "", None, sizes[0], sizes[1])
    apart = (one != other).any(axis=-1)
    return Difference(f"{int(apart.sum())} of {apart.size} pixels", count=int(apart.sum())) if apart.any() else None


def _of_tables(old: Path, new: Path) -> Difference | None:
    one, other = (list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))) for path in (old, new))
    names = one[0] if one else []
    nothing: list[str] = []
    for row, (before, after) in enumerate(zip_longest(one, other, fillvalue=nothing)):
        for place, (was, now) in enumerate(zip_longest(before, after, fillvalue="")):
            if was != now:
                column = names[place] if place < len(names) else ""
                return Difference("value", column, row, was, now, 1)
    return None if old.read_bytes() == new.read_bytes() else Difference("quotes or ends of lines")


def _of_lines(old: Path, new: Path, free: str | None) -> Difference | None:
    one, other = (path.read_text(encoding="utf-8").splitlines() for path in (old, new))
    for row, (was, now) in enumerate(zip_longest(one, other, fillvalue="")):
        if was != now and not (free and was.startswith(free) and now.startswith(free)):
            return Difference("line", "", row, was[:80], now[:80], 1)
    return None
