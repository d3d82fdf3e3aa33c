"""What has been read before and need not be read again: loading an experiment reads its scenarios many times over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Known(Generic[T]):
    """Things by the very content they were read from, up to a size together; the last one is always kept.

    Only what was read without a problem belongs here, and nobody changes it afterwards.

    Parameters
    ----------
    most : int
        Size up to which things are kept.
    size : callable
        Size of a thing.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most, size
        self._held: dict[Hashable, T] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """Return what was kept for the content; None when nothing was."""
        return self._held.get(key)

    def keep(self, key: Hashable, thing: T) -> None:
        """Keep a thing, and let go of the oldest ones while they are too large together."""
        with self._lock:
            self._held[key] = thing
            total = sum(map(self._size, self._held.values()))
            while total > self._most and len(self._held) > 1:
                total -= self._size(self._held.pop(next(iter(self._held))))
