"""The folder of a calibration that is under way: what its evaluations rest on, and whether they may be taken up."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.experiments.evaluations import JOURNAL, Journal
from sim.program import source_hash
from sim.scenario.calibration import LoadedCalibration
from sim.store import MANIFEST, StoreError, cannot_write, make_folders, safe_stem

BASIS = "calibration.json"
UNFINISHED = ".unfinished"
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
    if resume is None or (resume / MANIFEST).is_file():
        now = datetime.now(UTC)
        folder = out / safe_stem(stem) / f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}{UNFINISHED}"
    else:
        folder = resume
    if resume is not None:
        _check(resume, wanted)
    if folder != resume:
        make_folders(folder)
        try:
            if resume is not None:
                (folder / JOURNAL).write_bytes((resume / JOURNAL).read_bytes())
            (folder / BASIS).write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise cannot_write(error, str(folder)) from error
    return folder


def _check(folder: Path, wanted: dict[str, Any]) -> None:
    try:
        found = json.loads((folder / BASIS).read_text(encoding="utf-8"))
        journal = (folder / JOURNAL).is_file()
    except FileNotFoundError:
        raise StoreError(f"{folder}: no {BASIS} in this folder, so it is not a calibration") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder / BASIS}: cannot be read ({' '.join(str(error).split())[:200]})") from error
    if not journal and (folder / MANIFEST).is_file():
        raise StoreError(f"{folder}: {JOURNAL} is missing; start the calibration anew")
    changed = differences(found, json.loads(json.dumps(wanted)))
    if changed:
        raise StoreError(f"{folder}: its evaluations rest on something else: {'; '.join(changed)}; start anew")


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """Say what has changed, at most four places."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        found = [line for key in keys for line in differences(old.get(key), new.get(key), f"{path}.{key}".strip("."))]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        found = [line for i, (a, b) in enumerate(pairs) for line in differences(a, b, f"{path}[{i}]")]
    elif old == new:
        found = []
    elif path.startswith(("scenarios.", "program")):
        found = [f"{path} has changed"]
    else:
        found = [f"{path} was {json.dumps(old)[:60]} and is {json.dumps(new)[:60]}"]
    return found if len(found) <= 4 else [*found[:3], f"and {len(found) - 3} more"]


@contextmanager
def journal_of(folder: Path) -> Iterator[Journal]:
    """Open the journal of a folder for this process alone."""
    try:
        lock = os.open(folder / BASIS, os.O_RDONLY)
    except OSError as error:
        raise cannot_write(error, str(folder / JOURNAL)) from error
    try:
        _claim(lock, folder)
        journal = Journal(folder / JOURNAL)
        try:
            yield journal
        finally:
            journal.close()
    finally:
        os.close(lock)


def _claim(lock: int, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on every system; there nobody is kept out
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreError(f"{folder}: another process is at work on this calibration") from None
