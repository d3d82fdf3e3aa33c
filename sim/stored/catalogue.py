"""The catalogue of a results folder: every run in it, finished, under way or damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.store import MANIFEST, RUN_ID, StoredRun, StoreError, open_run

FINISHED, UNFINISHED, DAMAGED = "finished", "unfinished", "damaged"


@dataclass(frozen=True)
class Entry:
    """One folder of results.

    Attributes
    ----------
    run_id, stem : str
        Name of the folder, and of the one above it: ``results/<stem>/<run_id>``.
    status : str
        ``finished``, ``unfinished`` (under way, or left behind by a run that was killed) or ``damaged``.
    kind, scenario : str
        ``run``, ``comparison``, ``sweep`` ..., and the title of what ran; empty where it is not known.
    draws, seed : int or None
    started : str
        ISO date and time, UTC; empty where it is not known.
    bytes : int
        Size of all files.
    remark : str
        What is wrong with a damaged folder.
    folder : str
    """

    run_id: str
    stem: str
    status: str
    kind: str
    scenario: str
    draws: int | None
    seed: int | None
    started: str
    bytes: int
    remark: str
    folder: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as ``results list --json`` prints it."""
        return asdict(self)


def catalogue(out: Path | str) -> list[Entry]:
    """List every run under ``out``, oldest first; checksums are left to those who read the files.

    Raises
    ------
    StoreError
        When ``out`` is something else than a folder that can be read.
    """
    out = Path(out)
    try:
        folders = [folder for stem in sorted(out.iterdir()) if stem.is_dir() for folder in sorted(_folders(stem))]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"{out}: cannot be read as a folder of results ({error.strerror})") from error
    return sorted((_entry(folder) for folder in folders), key=lambda entry: (entry.started, entry.run_id))


def matching(
    entries: Sequence[Entry], kind: str | None = None, scenario: str | None = None, since: datetime | None = None
) -> list[Entry]:
    """Choose entries by kind, by name (stem) and by their start.

    Raises
    ------
    StoreError
        When no entry at all has the kind or the name; says which there are.
    """
    entries = _named(entries, "kind", kind)
    entries = _named(entries, "stem", scenario)
    if since is None:
        return list(entries)
    return [entry for entry in entries if (started := _time(entry.started)) and started >= since]


def parse_date(text: str) -> datetime:
    """Date, or date and time, in ISO form; UTC where it does not say.

    Raises
    ------
    StoreError
        When the text is neither.
    """
    found = _time(text)
    if found is None:
        raise StoreError(f"--since {text[:40]}: write a date as 2026-01-31, or with a time, 2026-01-31T14:30")
    return found


def _named(entries: Sequence[Entry], what: str, wanted: str | None) -> Sequence[Entry]:
    if wanted is None:
        return entries
    chosen = [entry for entry in entries if getattr(entry, what) == wanted]
    if not chosen and entries:
        from sim.scenario.problems import nearest, printable

        known = sorted({getattr(entry, what) for entry in entries} - {""})
        label = "results of kind" if what == "kind" else "results of"
        raise StoreError(f"no {label} '{printable(wanted, 60)}' here{nearest(wanted, known)}")
    return chosen


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _folders(stem: Path) -> Iterator[Path]:
    """Folders that are runs, or look like one that is not whole."""
    try:
        for path in stem.iterdir():
            if path.is_dir() and (RUN_ID.match(path.name.lstrip(".")) or (path / MANIFEST).is_file()):
                yield path
    except PermissionError:
        return


def _entry(folder: Path) -> Entry:
    hidden = folder.name.startswith(".")
    if hidden or not (folder / MANIFEST).exists():
        partial = hidden or "." in folder.name  # the names of drafts and of searches that may be resumed
        remark = "" if partial else f"no {MANIFEST}"
        return _unread(folder, UNFINISHED if partial else DAMAGED, remark)
    try:
        stored = open_run(folder)
    except StoreError as error:
        return _unread(folder, DAMAGED, str(error).partition(": ")[2])
    manifest, remark = stored.manifest, _fault(stored)
    scenario = manifest.get("scenario")
    title = scenario.get("title") if isinstance(scenario, dict) else None
    return Entry(
        run_id=folder.name,
        stem=folder.parent.name,
        status=DAMAGED if remark else FINISHED,
        kind=_text(manifest.get("kind", "run")),
        scenario=_text(title or manifest.get("title")),
        draws=_whole(manifest.get("draws")),
        seed=_whole(manifest.get("seed")),
        started=_text(manifest.get("started")),
        bytes=_size(folder, manifest["files"]),
        remark=remark,
        folder=str(folder),
    )


def _unread(folder: Path, status: str, remark: str) -> Entry:
    size = sum(_bytes(path) for path in folder.rglob("*") if path.is_file())
    return Entry(folder.name, folder.parent.name, status, "", "", None, None, "", size, remark, str(folder))


def _fault(stored: StoredRun) -> str:
    """What a look at names and sizes shows to be wrong; empty when nothing."""
    for name, entry in stored.manifest["files"].items():
        try:
            size = os.stat(stored.path / name).st_size
        except OSError:
            return f"{name} is missing"
        if "bytes" in entry and entry["bytes"] != size:
            return f"{name} has another size than the run wrote"
    return ""


def _size(folder: Path, files: dict[str, Any]) -> int:
    stated = sum(entry.get("bytes", 0) for entry in files.values() if isinstance(entry.get("bytes", 0), int))
    size: int = stated + _bytes(folder / MANIFEST)
    return size


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # what is under way comes and goes
        return 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
