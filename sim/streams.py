"""Random streams: one per (purpose, agent, crop year, draw), keyed by name.

A stream is a block of a counter-based generator (Philox; Salmon et al., 2011). The key comes from the names, the
position from the number of the draw, so draw k holds the same numbers alone, in any ensemble and in any chunk of one; a
new agent or purpose has a key of its own and moves nobody's luck; and a longer horizon leaves earlier years alone.
"""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtri

WORDS_PER_COUNT = 4  # Philox makes four 64-bit words per count, and a uniform number takes one word


class Streams:
    """Uniform and normal numbers for the draws ``first_draw .. first_draw + draws - 1``, or for any others.

    Parameters
    ----------
    seed : int
        Root of all streams.
    draws, first_draw : int
        Number of draws, and the number of the first one.
    numbers : array of int (draw,), optional
        The number of each draw, in place of those from ``first_draw`` on; a number may stand there more than once, as
        where several design points share their luck.
    """

    def __init__(self, seed: int, draws: int, first_draw: int = 0, numbers: np.ndarray | None = None) -> None:
        if draws < 1 or first_draw < 0:
            raise ValueError(f"draws must be at least 1 and first_draw at least 0, got {draws} and {first_draw}")
        if numbers is not None and (len(numbers) != draws or min(numbers) < 0):
            raise ValueError(f"{draws} numbers of draws wanted, none below 0")
        self.seed, self.draws, self.first_draw = seed, draws, first_draw
        numbers = np.arange(first_draw, first_draw + draws) if numbers is None else np.asarray(numbers)
        # Numbers in a row are one block; a block that comes again is made once.
        starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 2) != 1)
        ends = np.append(starts[1:], draws)
        self._blocks = [(int(numbers[a]), int(b - a)) for a, b in zip(starts, ends, strict=True)]

    def uniform(self, purpose: str, agent: str, crop_year: str, count: int) -> np.ndarray:
        """``count`` numbers in (0, 1) for every draw, shape (count, draw)."""
        name = "\x1f".join((str(self.seed), purpose, agent, crop_year))
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little")
        counts = -(-count // WORDS_PER_COUNT)
        made = {}
        for first, draws in dict.fromkeys(self._blocks):
            bits = np.random.Philox(key=key)
            bits.advance(first * counts)
            made[first, draws] = np.random.Generator(bits).random((draws, counts * WORDS_PER_COUNT))
        parts = [made[block] for block in self._blocks]
        luck = parts[0] if len(parts) == 1 else np.concatenate(parts)
        # 2**-54 keeps an exact zero out of the inverse normal without touching any other value
        return np.ascontiguousarray(np.maximum(luck[:, :count], 2.0**-54).T)

    def normal(self, purpose: str, agent: str, crop_year: str, count: int) -> np.ndarray:
        """``count`` standard normal numbers for every draw, by inversion, shape (count, draw)."""
        normal: np.ndarray = ndtri(self.uniform(purpose, agent, crop_year, count))
        return normal
