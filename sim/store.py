"""The results folder: runs are written whole or not at all, and read back only when they are what was written.

A run is put together in a hidden folder beside its final place, flushed to disk and renamed in one move. Whatever
happens before that move (an interruption, a full disk, a bug) leaves earlier results as they were.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.stored.held import made, remove_abandoned

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "run.json"
INPUTS = "inputs.zip"
MANIFEST_BYTES = 16 * 2**20  # the largest, of a sweep in thousands of parts, is some hundred kB
OWN_SUM = "manifest_sha256"
FORMAT = 1
DRAFTS = ".2*.tmp"
TYPES: dict[str, type | tuple[type, ...]] = {
    "kind": str,
    "stem": str,
    "started": str,
    "seed": int,
    "draws": int,
    "warnings": list,
    "factors": list,
    "sweep": (dict, str),  # the plan of a sweep, or the sweep that a sensitivity is of
}
"""Of what a manifest may hold and readers rely on."""
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names that are no files on Windows, whatever comes after a dot."""
RUN_ID = re.compile(r"\d{8}T\d{0,6}Z?[0-9a-f-]*")
"""A run's id, or the beginning of one."""


class StoreError(Exception):
    """A results folder that is missing, incomplete or damaged; the message says which and what to do."""


class ResultsError(OSError):
    """Results that could not be written: a full disk, a size limit, a folder that went away. Nothing was kept."""


def cannot_write(error: OSError, what: str) -> ResultsError:
    """Say what could not be written, and why; a short write has no error number of its own."""
    reason = error.strerror or _one_line(error) or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = f"the disk is full ({reason}): free some space there, or write to another disk"
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        reason = f"{reason}: choose a folder that may be written to"
    elif error.errno == errno.ENOENT:
        reason = f"{reason}: was the folder removed meanwhile? run it again"
    return ResultsError(error.errno, f"writing {what} failed: {reason}")


def safe_stem(name: str) -> str:
    """Make a folder name from a scenario's name: no separators, no leading dots, never empty, no device of Windows."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-")[:80].rstrip("._-") or "scenario"
    return f"scenario_{stem}" if DEVICE.match(stem) else stem


def new_run_id(scenario_hash: str, now: datetime) -> str:
    """Start time (UTC) + short scenario hash + four random characters: sorts by time, never repeats."""
    return f"{now:%Y%m%dT%H%M%SZ}-{scenario_hash[:8]}-{secrets.token_hex(2)}"


def csv_text(frame: pd.DataFrame, units: list[str] | None = None) -> str:
    """CSV of a table: a header row and, when ``units`` is given, a row of units under it."""
    header = frame.head(0).to_csv(index=False, lineterminator="\n")
    below = "" if units is None else ",".join(f'"{unit}"' if "," in unit else unit for unit in units) + "\n"
    rows: str = frame.to_csv(index=False, header=False, lineterminator="\n")
    csv_text: str = header + below + rows
    return csv_text


@dataclass
class RunDraft:
    """A run that is being written: ``path`` is the hidden folder, ``final`` its place once it is whole."""

    run_id: str
    path: Path
    final: Path
    started: datetime

    def table(self, name: str, frame: pd.DataFrame, units: list[str] | None = None) -> None:
        """Write ``tables/<name>.csv``: a header row and, when ``units`` is given, a row of units under it."""
        path = self.path / "tables" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(csv_text(frame, units))

    def parquet(self, name: str, frame: pd.DataFrame) -> None:
        """Write ``<name>.parquet``."""
        frame.to_parquet(self.path / f"{name}.parquet", index=False, compression="zstd")

    def figure(self, name: str, figure: Any) -> None:
        """Write ``figures/<name>.png``."""
        path = self.path / "figures" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        from sim.figures.files import save  # drawing is slow to import

        save(figure, path)

    def inputs(self, *parts: Mapping[str, bytes]) -> None:
        """Write ``inputs.zip``: what ``singledesk reproduce`` reads in place of the files a result was made from."""
        from sim.stored.inputs import write_inputs

        write_inputs(self.path / INPUTS, {name: content for part in parts for name, content in part.items()})

    def manifest(self, content: dict[str, Any]) -> None:
        """Write ``run.json``: ``content``, the times, and the size and SHA-256 of every file written before it."""
        files = {
            path.relative_to(self.path).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
        }
        finished = max(datetime.now(UTC), self.started)  # the clock may have been set back meanwhile
        times = {
            "started": self.started.isoformat(),
            "finished": finished.isoformat(),
            "wall_seconds": round((finished - self.started).total_seconds(), 3),
        }
        text = _as_json({"format": FORMAT, "run_id": self.run_id, **content, **times, "files": files})
        whole = json.loads(text)
        (self.path / MANIFEST).write_text(_as_json({**whole, OWN_SUM: manifest_sum(whole)}) + "\n", encoding="utf-8")


def _as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def manifest_sum(manifest: dict[str, Any]) -> str:
    """SHA-256 of what a manifest says, apart from the sum itself; its layout does not count."""
    rest = {key: value for key, value in manifest.items() if key != OWN_SUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


_repeated: ContextVar[str | None] = ContextVar("repeated", default=None)


@contextmanager
def repeating(run_id: str) -> Iterator[None]:
    """Save under the id of a result that is made again: figures show it."""
    token = _repeated.set(run_id)
    try:
        yield
    finally:
        _repeated.reset(token)


def draft_folder(final: Path) -> Path:
    """Hidden folder in which what is to be in ``final`` is put together."""
    return final.with_name(f".{final.name}.tmp")


@contextmanager
def new_run(out: Path | str, stem: str, scenario_hash: str, started: datetime | None = None) -> Iterator[RunDraft]:
    """Open a draft under ``out/stem``; publish it when the block ends well, remove every trace of it otherwise.

    ``started`` is when the work began, now when absent.
    """
    started = started or datetime.now(UTC)
    parent = Path(out) / safe_stem(stem)
    created = make_folders(parent)
    remove_abandoned(parent, DRAFTS)
    while (final := parent / (_repeated.get() or new_run_id(scenario_hash, started))).exists():
        if _repeated.get():
            raise StoreError(f"{final}: is there already")
    draft = RunDraft(final.name, draft_folder(final), final, started)
    try:
        with made(draft.path):
            yield draft
            _flush(draft.path)
            os.rename(draft.path, final)
            _flush_folder(parent)
    except BaseException as error:
        shutil.rmtree(draft.path, ignore_errors=True)
        remove_empty(created)
        if isinstance(error, OSError) and not isinstance(error, (ResultsError, BrokenPipeError)):
            raise cannot_write(error, f"the results in {parent}") from error
        raise


@dataclass(frozen=True)
class StoredRun:
    """A finished run on disk: its folder and manifest. Frames are read, and verified, when asked for."""

    path: Path
    manifest: dict[str, Any]

    def frame(self, name: str) -> pd.DataFrame:
        """Read ``<name>.parquet``, or all of its parts in ``<name>/``, after checking that the run wrote them so."""
        import pandas as pd

        parts = sorted(file for file in self.manifest["files"] if file.startswith(f"{name}/"))
        paths = [self.file(file) for file in parts or [f"{name}.parquet"]]
        try:
            return pd.read_parquet(paths if parts else paths[0])
        except (OSError, ValueError) as error:
            raise StoreError(f"{paths[0]}: cannot be read ({_one_line(error)}); run the scenario again") from error

    def file(self, name: str) -> Path:
        """Path of a file of the run (``measures/part-00000.parquet``) after checking that the run wrote it so."""
        path = self.path / name
        entry = self.manifest["files"].get(name)
        if entry is None or not path.is_file():
            raise StoreError(f"{path}: missing; run the scenario again")
        if sha256(path) != entry["sha256"]:
            raise StoreError(f"{path}: damaged or changed since the run (checksum differs); run the scenario again")
        return path


def open_run(path: Path | str) -> StoredRun:
    """Open the run in folder ``path``."""
    path = Path(path)
    try:
        manifest = json.loads(read_small(path / MANIFEST), parse_constant=_no_number)
    except FileNotFoundError:
        raise StoreError(f"{path}: no {MANIFEST} in this folder, so it is not a run") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path / MANIFEST}: cannot be read ({_one_line(error)})") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StoreError(f"{path / MANIFEST}: not the manifest of a run (format {FORMAT} expected)")
    if OWN_SUM in manifest and manifest[OWN_SUM] != manifest_sum(manifest):  # earlier ones have none
        raise StoreError(f"{path / MANIFEST}: damaged or changed since the run (checksum differs); run it again")
    held = {name: manifest[name] for name in TYPES if manifest.get(name) is not None}
    wrong = [name for name, value in held.items() if not isinstance(value, TYPES[name])]
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(_is_inside(name) and _is_file_entry(files[name]) for name in files):
        wrong.append("files")
    if wrong:
        raise StoreError(f"{path / MANIFEST}: damaged (its `{wrong[0]}` is not what a run writes); run it again")
    return StoredRun(path, manifest)


def read_small(path: Path) -> str:
    """Text of a file of ours that is never large; ValueError for one that is, or that is no file at all."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a named pipe would make us wait for a writer
            raise ValueError("not a regular file")
        raw = file.read(MANIFEST_BYTES + 1)
    if len(raw) > MANIFEST_BYTES:
        raise ValueError(f"longer than {MANIFEST_BYTES // 2**20} MiB")
    return raw.decode("utf-8")


def _is_inside(name: str) -> bool:
    """Whether a name stays in its folder, wherever that is."""
    parts = name.split("/")
    return "\\" not in name and "\0" not in name and not {"", ".", ".."}.intersection(parts)


def _is_file_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and isinstance(entry.get("bytes", 0), int)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def find_run(name: str, out: Path | str = "results") -> StoredRun:
    """Find the run in folder ``name``, the one with that id, or the latest of the scenario called ``name``.

    A folder may be given from ``out`` on; an id may be cut short as long as it fits one run under ``out`` only.
    """
    folder = Path(name)
    try:
        whole, here = (folder / MANIFEST).is_file(), folder.is_dir()
    except OSError as error:  # a name too long for the file system
        raise StoreError(f"{name[:60]}...: not a possible folder ({error.strerror})") from None
    if whole:
        return open_run(folder)
    try:
        return _find_under(Path(out), name, folder if here else None)
    except OSError as error:
        raise StoreError(f"{str(out)[:200]}: cannot be read as a folder of results ({error.strerror})") from error


def _find_under(out: Path, name: str, here: Path | None) -> StoredRun:
    named = Path(name)
    scenario = here or out / safe_stem(named.stem if named.suffix else named.name)
    runs = list_runs(scenario)
    if runs:
        return runs[-1]
    if (Path(out) / name / MANIFEST).is_file():
        return open_run(Path(out) / name)
    damaged = sorted(path.parent for path in scenario.glob(f"2*/{MANIFEST}"))
    if damaged:
        return open_run(damaged[-1])  # says what is wrong with it
    if RUN_ID.fullmatch(name):
        found = sorted(path.parent for path in out.glob(f"*/{name}*/{MANIFEST}"))
        if len(found) > 1:
            raise StoreError(f"{name}: fits {len(found)} runs: {', '.join(path.name for path in found[:6])}")
        if found:
            return open_run(found[0])
    known = sorted(p.name for p in out.glob("*") if p.is_dir() and list_runs(p)) if out.is_dir() else []
    hint = (
        f"scenarios with runs: {', '.join(known)}"
        if known
        else "there are none yet; start with: singledesk run SCENARIO"
    )
    raise StoreError(f"{name}: no run found here or under {out}; {hint}")


def list_runs(scenario_folder: Path) -> list[StoredRun]:
    """All finished runs in a scenario's results folder, oldest first; folders that are not runs are passed over."""
    runs = []
    for path in sorted(scenario_folder.glob("*")) if scenario_folder.is_dir() else []:
        if not path.name.startswith(".") and (path / MANIFEST).is_file():
            try:
                runs.append(open_run(path))
            except StoreError:
                continue
    return sorted(runs, key=lambda run: (str(run.manifest.get("started", "")), run.path.name))


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folders(path: Path) -> list[Path]:
    """Create ``path`` with its parents; return those that were not there, innermost first.

    Raises
    ------
    StoreError
        Where no folder can be: below a file, under a name that is too long, without permission.
    """
    missing: list[Path] = []
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK | os.X_OK) and path.exists():  # not one that another process has removed again
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        remove_empty(missing)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise cannot_write(error, f"folder {path}") from error
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}..."
        reason = error.strerror or _one_line(error)
        raise StoreError(f"{name}: cannot be a folder for results ({reason}); choose another one") from error
    return missing


def check_folder(path: Path | str) -> None:
    """Raise ``StoreError`` when results could not be written under ``path``; leaves everything as it was."""
    remove_empty(make_folders(Path(path)))


def remove_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, up to the first one that something is in."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _flush(folder: Path) -> None:
    """Force every file and folder of the draft to disk, so that the rename never publishes half a file."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            _flush_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":  # other systems cannot open a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _one_line(error: BaseException) -> str:
    from sim.scenario.problems import printable

    return printable(" ".join(str(error).split()), 200)  # what a damaged file holds may be in it
