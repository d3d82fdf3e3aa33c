"""Folders of work under way: what their contents rest on, whether they may be taken up, and by whom."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.store import StoreError, cannot_write, draft_folder, make_folders, read_small, remove_empty, safe_stem
from sim.stored.held import made

UNFINISHED = ".unfinished"


def new_folder(out: Path, stem: str) -> Path:
    """Name of a folder for work under way; nothing is made yet."""
    return out / safe_stem(stem) / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}{UNFINISHED}"


def unfinished_folders(out: Path, stem: str) -> list[Path]:
    """Folders of work under way, the latest last."""
    return sorted((out / safe_stem(stem)).glob(f"*{UNFINISHED}"))


def write_basis(folder: Path, name: str, basis: dict[str, Any]) -> None:
    """Make the folder with what its contents rest on; it is never there without that, whenever the process ends.

    Raises
    ------
    ResultsError
        When it cannot be written; nothing is left of it then.
    """
    draft = draft_folder(folder)
    created = make_folders(draft)
    try:
        with made(draft):
            with (draft / name).open("w", encoding="utf-8") as file:
                file.write(json.dumps(basis, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.rename(draft, folder)
    except OSError as error:
        with suppress(OSError):
            (draft / name).unlink(missing_ok=True)
        remove_empty(created)
        raise cannot_write(error, str(folder)) from error


def remove_folder(folder: Path) -> None:
    """Remove a folder whose work is done and saved; a process that ends half-way leaves it, or what nobody takes up."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(folder.rename(draft_folder(folder)))


def read_basis(folder: Path, name: str, what: str) -> Any:
    """What the contents of a folder rest on.

    Raises
    ------
    StoreError
        When the folder holds no such file (``what`` says what the folder is not) or it cannot be read.
    """
    try:
        return json.loads(read_small(folder / name))
    except FileNotFoundError:
        raise StoreError(f"{folder}: no {name} in this folder, so it is not a {what}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{folder / name}: cannot be read ({' '.join(str(error).split())[:200]})") from error


def changes(found: Any, wanted: Any) -> list[str]:
    """Say where what a folder rests on differs from what is wanted, at most four places."""
    return differences(found, json.loads(json.dumps(wanted)))


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """Say what has changed between plain data, at most four places."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        found = [line for key in keys for line in differences(old.get(key), new.get(key), f"{path}.{key}".strip("."))]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        found = [line for i, (a, b) in enumerate(pairs) for line in differences(a, b, f"{path}[{i}]")]
    elif old == new:
        found = []
    elif path.startswith(("scenarios", "program", "tables")):
        found = [f"{path} has changed"]
    else:
        found = [f"{path} was {json.dumps(old)[:60]} and is {json.dumps(new)[:60]}"]
    return found if len(found) <= 4 else [*found[:3], f"and {len(found) - 3} more"]


@contextmanager
def claimed(folder: Path, name: str, what: str) -> Iterator[None]:
    """Keep a folder for this process alone; ``name`` is a file in it that stays.

    Raises
    ------
    StoreError
        When another process is at work in it.
    """
    try:
        lock = os.open(folder / name, os.O_RDONLY)
    except FileNotFoundError:
        raise _ended(folder, what) from None
    except OSError as error:
        raise cannot_write(error, str(folder)) from error
    try:
        _claim(lock, folder, what)
        if not os.fstat(lock).st_nlink:
            raise _ended(folder, what)
        yield
    finally:
        os.close(lock)


def _ended(folder: Path, what: str) -> StoreError:
    return StoreError(f"{folder}: another process has just finished or removed this {what}")


def _claim(lock: int, folder: Path, what: str) -> None:
    try:
        import fcntl
    except ImportError:  # not on every system; there nobody is kept out
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreError(f"{folder}: another process is at work on this {what}") from None
