"""The folder in which a sweep is at work: what it rests on, whether it may be taken up, what has become of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from sim.experiments.unfinished import changes, new_folder, read_basis, unfinished_folders, write_basis
from sim.program import source_hash, versions
from sim.store import MANIFEST, RUN_ID, StoreError, draft_folder, read_small
from sim.sweeps.loader import LoadedSweep

BASIS = "sweep.json"
CHUNKS = "chunks"
FINAL = "final"  # names the run that an unfinished folder becomes


def basis(loaded: LoadedSweep) -> dict[str, Any]:
    """Everything that the chunks of a sweep rest on: the file, the scenarios, the program."""
    return {**loaded.fingerprint, "program": source_hash(), "versions": versions()}


def fingerprint(basis: dict[str, Any]) -> str:
    """SHA-256 of what a sweep rests on."""
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()


def open_folder(out: Path, stem: str, wanted: dict[str, Any], fresh: bool) -> Path:
    """Folder to work in: that of the same sweep where it was stopped, or a new one.

    Raises
    ------
    StoreError
        When an unfinished sweep of this name rests on something else, unless ``fresh``; says on what.
    """
    other = ""
    for folder in [] if fresh else reversed(unfinished_folders(out, stem)):
        try:
            changed = changes(read_basis(folder, BASIS, "sweep"), wanted)
        except StoreError as error:
            problem = f"an unfinished sweep of this name is damaged: {error}"
        else:
            if not changed:
                return folder
            if not has_chunks(folder):
                continue  # nothing would be mixed
            # the hash of the points says nothing to a reader, and the factors mostly say it already
            changed = [line for line in changed if not line.startswith("points was")] or ["the points have changed"]
            problem = f"{folder}: an unfinished sweep of this name rests on something else: {'; '.join(changed)}"
        other = other or problem
    if other:
        raise StoreError(
            f"{other}; its chunks cannot be mixed with new ones: put back what has changed to finish it, or start anew "
            "beside it with --fresh"
        )
    folder = new_folder(out, stem)
    write_basis(folder, BASIS, wanted)
    return folder


def has_chunks(folder: Path) -> bool:
    """Whether anything has been simulated in a folder."""
    return any((folder / CHUNKS).glob("*.parquet"))


def published(folder: Path, parent: Path) -> Path | None:
    """Results of a process that was stopped after it saved them; what one that was stopped before left is removed."""
    try:
        run_id = read_small(folder / FINAL)
    except (OSError, ValueError):
        return None
    if not RUN_ID.fullmatch(run_id):
        return None
    shutil.rmtree(draft_folder(parent / run_id), ignore_errors=True)
    return parent / run_id if (parent / run_id / MANIFEST).is_file() else None
