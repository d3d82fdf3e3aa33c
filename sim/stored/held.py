"""Drafts: held while a process works on them, so that those of processes that were killed can be told and removed.

A process holds its draft by a lock, which the system lets go of whatever way the process ends. Where a file system has
no such locks nothing is held, and nothing is ever removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

ATTEMPTS = 20


class Taken(OSError):
    """Another process holds the draft, or has removed it."""


def _hold(path: Path) -> int | None:
    """Open descriptor that holds a file or folder; None where there are no locks. Raises ``Taken``."""
    try:
        import fcntl
    except ImportError:  # not on every system
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.stat(path).st_ino != os.fstat(handle).st_ino:
            raise FileNotFoundError(path)
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(handle)
        raise Taken from error
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a draft that is there.

    Raises
    ------
    Taken
        When somebody who tidies was faster: make another draft.
    """
    handle = _hold(path)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make the folder of a draft and hold it; one that somebody who tidies took for abandoned is made again."""
    for left in reversed(range(ATTEMPTS)):
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            try:
                stack.enter_context(held(folder))
            except (Taken, FileNotFoundError):
                if left:
                    continue
                raise
            yield
            return


def remove_abandoned(folder: Path, pattern: str) -> None:
    """Remove drafts in a folder that nobody holds: what processes that were killed left there."""
    for path in folder.glob(pattern):
        with suppress(OSError, Taken):
            handle = _hold(path)
            if handle is None:
                continue
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
            finally:
                os.close(handle)
