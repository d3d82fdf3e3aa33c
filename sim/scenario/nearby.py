"""The file somebody may have meant when the one they named is not there."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable

from sim.scenario.kinds import VERBS
from sim.shipped import shipped_kind, shipped_names

FEW = 6  # shipped files that are listed where no name is near
CUTOFF = 0.6
MOST_FILES = 2000  # names looked through in one folder


def near_file(file: str, start: str | None = None, known: Callable[[], list[str]] = shipped_names) -> str:
    """Hint to append to "not found": the nearest file of the same folder, or the nearest shipped scenario.

    ``start`` is the folder of the file that extends it, by which its path must be written; None on the command line.
    A shipped scenario goes by its bare name in both; ``known`` lists those that come into question.
    """
    folder, name = os.path.split(file)
    stem = os.path.splitext(name)[0].lower()[:80]
    beside = _scenarios(folder or ".")
    shipped = known()
    kind = shipped_kind(name) if start is None and not folder and stem not in shipped else None
    if kind is not None:
        return f"; `{stem}` is a shipped {kind}, use `singledesk {VERBS[kind]} {stem}`"
    names = list(dict.fromkeys([*beside, *shipped]))
    begin = [each for each in names if each.startswith(stem)] if stem else []
    near = begin if len(begin) == 1 else difflib.get_close_matches(stem, names, n=1, cutoff=CUTOFF)
    if not near:
        return f"; shipped are {', '.join(shipped)}" if 0 < len(shipped) <= FEW and not folder else ""
    if near[0] in beside:
        path = os.path.join(folder, beside[near[0]])
        return f"; did you mean `{path if start is None else _from(start, path)}`?"
    return f"; did you mean the shipped `{near[0]}`?"


def _from(start: str, path: str) -> str:
    """Write the path as a file in ``start`` may name it."""
    relative = os.path.relpath(path, start or ".")
    return min(relative, path, key=len) if os.path.isabs(path) else relative


def _scenarios(folder: str) -> dict[str, str]:
    """Scenario files of a folder by their stem."""
    try:
        names = sorted(os.listdir(folder))[:MOST_FILES]
    except (OSError, ValueError):
        return {}
    return {stem: name for name in names for stem, kind in [os.path.splitext(name)] if kind in (".yaml", ".yml")}
