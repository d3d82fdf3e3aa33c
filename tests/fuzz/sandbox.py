"""What a case may touch: its own folder, and of that only what its kind may write."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WRITERS = {
    "os.mkdir": 1, "os.remove": 1, "os.rmdir": 1, "os.rename": 2, "os.symlink": 2, "os.link": 2, "os.truncate": 1,
    "os.chmod": 1, "os.chown": 1, "shutil.rmtree": 1, "shutil.move": 2, "shutil.copyfile": 2, "os.mkfifo": 1,
}  # fmt: skip
"""Audit events that change a disk, and how many of their arguments are paths."""
NEVER = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
)
"""Audit events that nothing handed over may cause."""


class Watch:
    """Notes what this process opens and changes, by an audit hook, which stays for good."""

    def __init__(self) -> None:
        self.on = False
        self.reads: list[str] = []
        self.writes: list[str] = []
        self.others: list[str] = []
        sys.dont_write_bytecode = True  # compiling the program's own modules is no write of a case's
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open":
            name, mode, flags = (*arguments, None, None)[:3]
            if isinstance(name, int) or name is None:
                return
            writes = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
            (self.writes if writes else self.reads).append(os.path.abspath(os.fsdecode(name)))
        elif event in WRITERS:
            named = [each for each in arguments[: WRITERS[event]] if isinstance(each, (str, bytes, os.PathLike))]
            self.writes += [os.path.abspath(os.fsdecode(each)) for each in named]
        elif event.startswith(NEVER):
            self.others.append(f"{event} {arguments!r:.200}")

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Forget what was noted, and note what happens in the block."""
        self.reads, self.writes, self.others, self.on = [], [], [], True
        try:
            yield self
        finally:
            self.on = False

    def written_outside(self, *allowed: str) -> list[str]:
        """Paths that were written to and lie in none of the folders."""
        return [each for each in self.writes if not _lies_in(each, allowed) and each != os.devnull]

    def read_outside(self, *allowed: str) -> list[str]:
        """Paths that were read and lie in none of the folders, the program's own apart."""
        program = (sys.prefix, sys.base_prefix, *(os.path.abspath(each) for each in sys.path if each))
        return [each for each in self.reads if not _lies_in(each, (*allowed, *program))]


def _lies_in(path: str, folders: tuple[str, ...]) -> bool:
    real = os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path))
    return any(real == folder or real.startswith(folder + os.sep) for folder in folders)


def contents(folder: str) -> dict[str, tuple[int, int]]:
    """Every path below a folder with its size and time of change."""
    found = {}
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(where, name)
            state = os.lstat(path)
            found[path] = (state.st_size, 0 if os.path.isdir(path) else state.st_mtime_ns)
    return found
