"""Arrays (line, draw) of many draws in files, read a few lines at a time: the draws never sit in memory together."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.store import cannot_write

AT_ONCE = 2**22  # numbers read at a time


class DrawWriter:
    """Writes one file of draws; a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = 0
        self._widths: list[int] = []

    def __enter__(self) -> DrawWriter:
        try:
            self._file = self.path.open("wb")
        except OSError as error:
            raise cannot_write(error, str(self.path)) from error
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()

    def add(self, blocks: Sequence[np.ndarray]) -> None:
        """Append the next draws, given as blocks of lines (line, draw)."""
        try:
            for block in blocks:
                self._file.write(np.ascontiguousarray(block, dtype=float).data)
            self._file.flush()
        except OSError as error:
            raise cannot_write(error, str(self.path)) from error
        self._lines = sum(len(block) for block in blocks)
        self._widths.append(blocks[0].shape[1])

    @property
    def written(self) -> DrawFile:
        """The file so far."""
        return DrawFile(self.path, self._lines, tuple(self._widths))


@dataclass(frozen=True)
class DrawFile:
    """File of consecutive draws: one part after the other, each (line, draw) line by line.

    Attributes
    ----------
    path : Path
    lines : int
        Lines of every part.
    widths : tuple of int
        Draws of each part.
    """

    path: Path
    lines: int
    widths: tuple[int, ...]

    def read(self, start: int, stop: int) -> Iterator[np.ndarray]:
        """Yield lines ``start`` to ``stop`` of each part."""
        with self.path.open("rb") as file:
            before = 0
            for width in self.widths:
                file.seek(8 * (before + start * width))
                found = np.fromfile(file, count=(stop - start) * width)
                if len(found) < (stop - start) * width:
                    raise OSError(errno.EIO, "a file of draws was cut short", str(self.path))
                yield found.reshape(stop - start, width)
                before += self.lines * width


@dataclass(frozen=True)
class DrawLines:
    """Lines over all draws, from files in the order of the draws."""

    files: Sequence[DrawFile]

    @property
    def shape(self) -> tuple[int, int]:
        """Lines and draws."""
        return self.files[0].lines, sum(sum(file.widths) for file in self.files)

    def read(self, start: int, stop: int) -> np.ndarray:
        """Lines ``start`` to ``stop``, shape (line, draw)."""
        result = np.empty((stop - start, self.shape[1]))
        draw = 0
        for file in self.files:
            for part in file.read(start, stop):
                result[:, draw : draw + part.shape[1]] = part
                draw += part.shape[1]
        return result

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all lines, as many at a time as memory is meant to hold."""
        lines, draws = self.shape
        step = max(1, AT_ONCE // max(draws, 1))
        for start in range(0, lines, step):
            yield self.read(start, min(start + step, lines))

    def pick(self, positions: Sequence[int]) -> np.ndarray:
        """Lines at some positions, shape (line, draw); neighbours are read together."""
        wanted = np.unique(np.asarray(positions, dtype=int))
        runs = np.split(wanted, np.flatnonzero(np.diff(wanted) != 1) + 1) if len(wanted) else []
        found = [self.read(run[0], run[-1] + 1) for run in runs]
        whole = np.concatenate(found) if found else np.empty((0, self.shape[1]))
        return whole[np.searchsorted(wanted, positions)]
