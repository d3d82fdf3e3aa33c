"""The files a result was made from: what was read, by names that hold on every machine, and reading them back.

A shipped file goes by ``shipped:`` and its place among the shipped ones, any other by its path as it was given. While
kept files are in use, nothing else is read in their place: a file that is not among them is not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import resources

SHIPPED = "shipped:"

_kept: ContextVar[Mapping[str, bytes] | None] = ContextVar("kept", default=None)


class Inputs(dict[str, bytes]):
    """Content of files by name; left behind when what holds it goes to another process, which has no use for it."""

    def __reduce__(self) -> tuple[type[Inputs], tuple[()]]:
        return Inputs, ()

    def add(self, file: str, content: bytes) -> None:
        """Note a file that was read."""
        self[name_of(file)] = _once(content)


@lru_cache(maxsize=64)
def _once(content: bytes) -> bytes:
    """One copy of what many scenarios read."""
    return content


@lru_cache(maxsize=1)
def shipped_root() -> str:
    """Folder of the shipped files, with the separator at its end."""
    return os.path.join(str(resources.files("scenarios")), "")


def name_of(file: str) -> str:
    """Name that a file goes by on every machine."""
    root = shipped_root()
    return SHIPPED + file.removeprefix(root).replace(os.sep, "/") if file.startswith(root) else file


def file_of(name: str) -> str:
    """Path, here, of the file that goes by a name."""
    return shipped_root() + name.removeprefix(SHIPPED) if name.startswith(SHIPPED) else name


@contextmanager
def in_use(files: Mapping[str, bytes]) -> Iterator[None]:
    """Read kept files in place of those on disk."""
    token = _kept.set(files)
    try:
        yield
    finally:
        _kept.reset(token)


def only_kept() -> bool:
    """Whether kept files are in use."""
    return _kept.get() is not None


def kept_content(file: str) -> bytes | None:
    """Content of a kept file; None when there is none of that name, or none are in use."""
    return (_kept.get() or {}).get(name_of(file))


def exists(file: str) -> bool:
    """Whether a file or folder is there, among the kept ones while they are in use."""
    kept = _kept.get()
    return os.path.exists(file) if kept is None else name_of(file) in kept


def kept_stems(folder: str, ending: str) -> list[str]:
    """Names, without their ending, of kept files that were shipped in a folder (``games/``; empty for the first)."""
    start = SHIPPED + folder
    names = [name.removeprefix(start) for name in _kept.get() or () if name.startswith(start)]
    return [name.removesuffix(ending) for name in names if "/" not in name and name.endswith(ending)]


def is_folder(file: str) -> bool:
    """Whether there is a folder; kept files are none."""
    return _kept.get() is None and os.path.isdir(file)
