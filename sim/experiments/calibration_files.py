"""The folder of a calibration that is under way: what its evaluations rest on, and whether they may be taken up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.experiments.evaluations import JOURNAL, Journal, open_journal
from sim.experiments.unfinished import changes, claimed, new_folder, read_basis, write_basis
from sim.program import source_hash
from sim.scenario.calibration import LoadedCalibration
from sim.store import MANIFEST, StoreError, cannot_write

BASIS = "calibration.json"
MAY_CHANGE = ("title", "description", "evaluations", "starts", "tolerance")
"""Keys of a calibration that change how far the search goes, and no evaluation."""


def basis(loaded: LoadedCalibration, versions: dict[str, str]) -> dict[str, Any]:
    """Everything that evaluations and the way to them rest on: the file, the scenarios, the program."""
    plan = {key: value for key, value in loaded.plan.model_dump().items() if key not in MAY_CHANGE}
    scenarios = {name or "held_out": each.hash for name, each in loaded.at_start.items()}
    return {"calibration": plan, "scenarios": scenarios, "program": source_hash(), "versions": versions}


def open_folder(out: Path, stem: str, resume: Path | None, wanted: dict[str, Any]) -> Path:
    """Folder to work in: a new one, or the one to take up.

    Raises
    ------
    StoreError
        When the folder to take up is no calibration, or its evaluations rest on something else; says on what.
    """
    folder = new_folder(out, stem) if resume is None or (resume / MANIFEST).is_file() else resume
    if resume is not None:
        _check(resume, wanted)
    if folder != resume:
        write_basis(folder, BASIS, wanted)
        if resume is not None:
            try:
                with open_journal(resume / JOURNAL) as journal, (folder / JOURNAL).open("wb") as own:
                    shutil.copyfileobj(journal, own)
            except OSError as error:
                raise cannot_write(error, str(folder)) from error
    return folder


def _check(folder: Path, wanted: dict[str, Any]) -> None:
    found = read_basis(folder, BASIS, "calibration")
    if not (folder / JOURNAL).is_file() and (folder / MANIFEST).is_file():
        raise StoreError(f"{folder}: {JOURNAL} is missing; start the calibration anew")
    changed = changes(found, wanted)
    if changed:
        raise StoreError(f"{folder}: its evaluations rest on something else: {'; '.join(changed)}; start anew")


@contextmanager
def journal_of(folder: Path) -> Iterator[Journal]:
    """Open the journal of a folder for this process alone."""
    with claimed(folder, BASIS, "calibration"):
        journal = Journal(folder / JOURNAL)
        try:
            yield journal
        finally:
            journal.close()
