"""A file outside the results folder that is there whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from sim.store import MANIFEST, ResultsError, StoreError, cannot_write
from sim.stored.held import ATTEMPTS, Taken, held, remove_abandoned

IMPOSSIBLE = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG)
"""What goes wrong with a path, as opposed to a disk."""


def check_place(path: Path) -> None:
    """Refuse a place for a file that is a folder or a device, has none above it, or lies in that of a finished run.

    Raises
    ------
    StoreError
        Before anything is made for it.
    """
    name = str(path)[:200]
    try:
        if path.is_dir():
            raise StoreError(f"--to {name}: is a folder")
        if path.exists() and not path.is_file():  # a device: the last move of ``whole_file`` would take its place
            raise StoreError(f"--to {name}: is no ordinary file, and would be lost")
        folder = path.resolve().parent
        if any((each / MANIFEST).exists() for each in (folder, *folder.parents)):
            raise StoreError(f"--to {name}: lies in the folder of a finished run, which stays as it was written")
        if not folder.is_dir():
            raise StoreError(f"--to {name}: cannot be written (there is no folder {str(folder)[:200]})")
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a NUL in it, links in a circle
        raise StoreError(f"--to {name}: cannot be written ({getattr(error, 'strerror', None) or error})") from error


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that ``--to`` names; an earlier one is replaced only by a whole one.

    Raises
    ------
    StoreError
        When no file can be there, or the place is in the folder of a finished run.
    ResultsError
        When the disk is full.
    """
    check_place(path)
    stem, draft = f".{path.name[:100]}", None
    try:
        remove_abandoned(path.parent, f"{glob.escape(stem)}.{'[0-9a-f]' * 8}.tmp")
        with _new_draft(path.with_name(stem)) as (file, draft):
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(draft, path)
    except OSError as error:
        if error.errno in IMPOSSIBLE and not isinstance(error, ResultsError):
            raise StoreError(f"--to {str(path)[:200]}: cannot be written ({error.strerror})") from error
        raise error if isinstance(error, ResultsError) else cannot_write(error, str(path)) from error
    finally:
        with suppress(OSError):
            if draft is not None:
                draft.unlink(missing_ok=True)


@contextmanager
def _new_draft(stem: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a file that this process holds; one that somebody who tidies took for abandoned is made again."""
    for left in reversed(range(ATTEMPTS)):
        draft = stem.with_name(f"{stem.name}.{secrets.token_hex(4)}.tmp")
        with ExitStack() as stack:
            file = stack.enter_context(draft.open("xb"))
            try:
                stack.enter_context(held(draft))
            except (Taken, FileNotFoundError):
                if left:
                    continue
                raise
            yield file, draft
            return
